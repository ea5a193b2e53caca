"""How sharp the loss is: the largest eigenvalue of its Hessian, by Lanczos's method."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lrviz.training.models import Shape

KRYLOV, ROUNDS, PRECISION = 12, 30, 1e-3
"""Vectors between two restarts of Lanczos's method, restarts at most, and the error at which it ends, as a part."""
SQUARINGS = 40


def largest(matrix: Array) -> tuple[Array, Array]:
    """The largest eigenvalue of a small symmetric matrix, and its vector.   (m, m) -> (), (m,)

    (I + M/|M|)^(2^SQUARINGS), kept to a trace of 1, is the projector on that vector: every other eigenvalue that lies
    2^-SQUARINGS |M| or more below it is gone. Not LAPACK's: that asks XLA's threads for help, and where each of them
    asks all wait for ever.
    """
    norm = jnp.linalg.norm(matrix)
    whole = jnp.eye(len(matrix)) + matrix / jnp.where(norm == 0, 1.0, norm)

    def square(_: Array, power: Array) -> Array:
        squared = (power[:, :, None] * power[None]).sum(axis=1)
        return squared / jnp.trace(squared)

    projector = jax.lax.fori_loop(0, SQUARINGS, square, whole)
    vector = projector[jnp.argmax(jnp.diag(projector))]
    vector = vector / jnp.linalg.norm(vector)
    return vector @ (matrix @ vector), vector


def _sharpness(shape: Shape, weights: Array, start: Array, x: Array, y: Array, rows: Array, l2: Array) -> Any:
    """The largest eigenvalue of the Hessian of the whole training loss, and its vector.   weights, start: (P,)

    Lanczos's method on Hessian-vector products, every vector made orthogonal to all before, begun anew from its best
    vector until |H v - s v| <= PRECISION s: a symmetric matrix has an eigenvalue no farther from s than that.
    Golub & Van Loan (2013), Matrix Computations, 10.1.
    """
    mask = jnp.arange(len(x)) < rows
    size = min(KRYLOV, shape.weights)

    def loss(weights: Array) -> Array:
        losses = shape.losses(shape.outputs(shape.unpack(weights), x), y)
        return jnp.where(mask, losses, 0.0).sum() / rows + l2 * (shape.kernels * weights**2).sum()

    times = jax.linearize(jax.grad(loss), weights)[1]

    def lanczos(vector: Array) -> tuple[Array, Array, Array]:
        def extend(j: Array, carry: tuple[Array, ...]) -> tuple[Array, ...]:
            basis, images = carry
            image = times(basis[j])
            rest = image - basis.T @ (basis @ image)
            rest = rest - basis.T @ (basis @ rest)
            norm = jnp.linalg.norm(rest)
            following = jnp.where(norm > 1e-12 * jnp.linalg.norm(image), rest / norm, 0.0)
            return basis.at[j + 1].set(following, mode="drop"), images.at[j].set(image)

        first = jnp.zeros((size, shape.weights)).at[0].set(vector / jnp.linalg.norm(vector))
        basis, images = jax.lax.fori_loop(0, size, extend, (first, jnp.zeros_like(first)))
        small = basis @ images.T
        missing = (basis**2).sum(axis=1) < 0.5  # the space is smaller: no eigenvalue of its own
        small = (small + small.T) / 2 + jnp.diag(jnp.where(missing, small[0, 0] - jnp.abs(small[0, 0]) - 1.0, 0.0))
        value, parts = largest(small)
        best = parts @ basis
        error = jnp.linalg.norm(parts @ images - value * best)
        return value, best, error

    def go_on(carry: Any) -> Array:
        value, _, error, rounds = carry
        return (error > PRECISION * jnp.abs(value)) & (rounds < ROUNDS)

    def again(carry: Any) -> Any:
        return (*lanczos(carry[1]), carry[3] + 1)

    value, vector, _, _ = jax.lax.while_loop(
        go_on, again, (jnp.zeros(()), start, jnp.full((), jnp.inf), jnp.zeros((), int))
    )
    return value, vector


def sharpnesses(
    shape: Shape, weights: Array, start: Array, x: Array, y: Array, rows: Array, l2: Array, n: Array
) -> tuple[Array, Array]:
    """Of n vectors of weights one after the other, each begun from the last one's eigenvector and a tenth of something
    new, lest another that has grown larger is missed.   weights (C, P, K), start (P, K) -> (C, K), (P, K)"""
    fresh = jnp.asarray(start_vector(shape))

    def body(e: Array, carry: tuple[Array, Array]) -> tuple[Array, Array]:
        values, vector = carry
        of = jax.vmap(partial(_sharpness, shape), (1, 1, None, None, None, 0), (0, 1))
        found, vector = of(weights[e], vector + 0.1 * fresh, x, y, rows, l2)
        return values.at[e].set(found), vector

    return jax.lax.fori_loop(0, n, body, (jnp.zeros((len(weights), weights.shape[2])), start))


def start_vector(shape: Shape) -> np.ndarray:
    """A unit vector that is the same each time, (P, 1)."""
    vector = np.random.default_rng(0).standard_normal((shape.weights, 1))
    return vector / np.linalg.norm(vector)
