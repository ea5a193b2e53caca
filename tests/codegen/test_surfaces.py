"""A surface as code."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lrviz import Scenario
from lrviz.codegen import surfaces


@pytest.mark.parametrize("key", surfaces.SOURCES)
def test_a_surface_as_code_is_the_surface(key):
    points = jnp.array(np.random.default_rng(1).uniform(-2, 2, (20, 2)))
    for values in [{}, {"rotation": 25.0, "kappa": 7.0}][: 2 if key == "bowl" else 1]:
        scenario = Scenario(surface=key, values=values)
        f, coef = scenario.surface_row.f, jnp.array(scenario.coef)
        loss, slope = jax.vmap(jax.value_and_grad(f), (0, None))(points, coef)
        space = {"np": np, "jnp": jnp, "math": math}
        exec("\n".join([*surfaces.constants(scenario, "jnp"), *surfaces.loss(scenario, "jnp")]), space)
        np.testing.assert_allclose(jax.vmap(space["loss"])(points), loss, rtol=1e-12, atol=1e-12)
        exec("\n".join([*surfaces.loss(scenario, "np"), *surfaces.gradient(scenario)]), space)
        for number, point in enumerate(np.array(points)):
            np.testing.assert_allclose(space["loss"](point), loss[number], rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(space["gradient"](point), slope[number], rtol=1e-11, atol=1e-11)
