"""The engine against the loops that people write: PyTorch, Keras, optax; and a map of many runs against numpy."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import numpy as np

from bench.clock import compared, figure, median, seconds
from lrviz import Scenario, simulate, survey

STEPS = 500
ADAM = Scenario(surface="rosenbrock", optimizer="adam", alpha=0.001, steps=STEPS)
START = list(ADAM.start or ())
SIDE = 256


def torch_loop() -> np.ndarray:
    """What a person writes in PyTorch."""
    import torch

    x = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([x], lr=0.001)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
        loss.backward()
        optimizer.step()
    return x.detach().numpy()


def keras_loop() -> np.ndarray:
    """What a person writes in Keras, on its JAX backend."""
    import jax
    import keras

    keras.config.set_floatx("float64")
    slope = jax.jit(jax.grad(lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2))
    x = keras.Variable(np.array(START), dtype="float64")
    optimizer = keras.optimizers.Adam(0.001)
    optimizer.build([x])
    for _ in range(STEPS):
        optimizer.apply([slope(x.value)])
    return np.asarray(x.value)


def optax_loop() -> np.ndarray:
    """What a person writes in optax, without jit around the loop."""
    import jax
    import jax.numpy as jnp
    import optax

    slope = jax.grad(lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2)
    optimizer = optax.adam(0.001)
    x = jnp.array(START)
    state = optimizer.init(x)
    for _ in range(STEPS):
        updates, state = optimizer.update(slope(x), state)
        x = optax.apply_updates(x, updates)
    return np.asarray(x)


def numpy_map(alphas: np.ndarray, walls: np.ndarray) -> np.ndarray:
    """The same map of descent on Rosenbrock's valley, vectorised in numpy: the last and the best loss of every run."""
    lr, b = (grid.ravel() for grid in np.meshgrid(alphas, walls, indexing="ij"))
    x, y = np.full(lr.shape, START[0]), np.full(lr.shape, START[1])
    best = (1 - x) ** 2 + b * (y - x * x) ** 2
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            away = y - x * x
            slope_x, slope_y = -2 * (1 - x) - 4 * b * x * away, 2 * b * away
            x, y = x - lr * slope_x, y - lr * slope_y
            loss = (1 - x) ** 2 + b * (y - x * x) ** 2
            best = np.fmin(best, loss)
    return best


def main() -> None:
    """Print the figures."""
    print(f"\n{STEPS} steps of Adam on Rosenbrock")
    print(f"  compile, once                      {seconds(lambda: simulate(ADAM)) * 1e3:10.1f} ms")
    ours = median(lambda: simulate(ADAM), 41)
    print(f"  this engine                        {ours * 1e3:10.2f} ms")
    end = simulate(ADAM).x[-1]
    for name, loop, tolerance in (
        ("PyTorch loop", torch_loop, 1e-6),
        ("Keras loop", keras_loop, 1e-9),
        ("eager optax loop", optax_loop, 1e-5),
    ):
        with figure(name):
            np.testing.assert_allclose(loop(), end, rtol=tolerance)
            compared(name, ours, median(loop, 3), 50)

    print(f"\n{SIDE} x {SIDE} runs of gradient descent on Rosenbrock, {STEPS} steps")
    alphas, walls = np.geomspace(1e-5, 1e-3, SIDE), np.geomspace(10, 100, SIDE)
    descent = Scenario(surface="rosenbrock", steps=STEPS)
    rates, steepness = alphas.tolist(), walls.tolist()
    first = seconds(lambda: survey(descent, alpha=rates, b=steepness))
    print(f"  compile, once                      {first * 1e3:10.1f} ms")
    ours = median(lambda: survey(descent, alpha=rates, b=steepness), 7)
    print(f"  this engine                        {ours * 1e3:10.1f} ms")
    np.testing.assert_allclose(
        survey(descent, alpha=rates, b=steepness).best_loss.ravel(), numpy_map(alphas, walls), rtol=1e-6
    )
    compared("vectorised numpy", ours, median(lambda: numpy_map(alphas, walls), 3), 3)
