"""An optimizer's terms, short: what is a product of numbers that are sent anyway travels as a recipe.

Most parts of a step are: momentum carries mu times the last velocity, Adam pushes by (1 - beta_1) times its effective
rate times the gradient. No optimizer is named here: a recipe is found, and holds for every number or is not used.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

PARTS = ("carried", "pushed", "decayed")
"""Terms that add up to a step; what the others say is needed to make these."""
LARGEST, SMALLEST = 3e38, 1.2e-38
"""Of a float32; what is smaller becomes 0, which does for all but a loss on its logarithmic axis."""

Recipe = list[float | str | int]
"""[factor, scale, of, back]: factor * scale[t] * of[t - back], 0 before the first. scale may be "" for 1."""


def single(numbers: np.ndarray, smallest: float = SMALLEST) -> bool:
    """Do all of these, (...), lie in a float32's range? smallest: what is nearer to 0 does not, but for 0 itself."""
    size = np.abs(numbers[numbers != 0])
    return bool(np.all((size < LARGEST) & (size > smallest)))


def recipes(
    x: np.ndarray, used: np.ndarray, rate: np.ndarray, terms: Mapping[str, np.ndarray]
) -> tuple[dict[str, Recipe | None], bool]:
    """terms {name: (N, 2)} -> name -> recipe, None for what must be sent; and: do the parts add up to x[k+1] - x[k]?

    x: (N+1, 2). used: (N, 2), the gradients as the rule had them.
    """
    found: dict[str, Recipe | None] = dict.fromkeys(terms)
    if not len(rate) or not all(single(a, smallest=0) for a in (x, used, *terms.values())):
        return found, False
    sent = {name: term for name, term in terms.items() if name not in PARTS}
    scales = {"": np.ones((len(rate), 1)), "rate": rate[:, None], **sent}
    factors = {"grad": used, "x": x[:-1], **sent}
    for name in terms.keys() & set(PARTS):
        found[name] = _recipe(terms[name], scales, factors)
    parts = [terms[name].astype(np.float32) for name in PARTS if name in terms]
    dx = np.diff(x, axis=0)
    adds_up = bool(parts) and np.allclose(sum(parts), dx, rtol=2e-4, atol=SMALLEST + 4e-16 * float(np.abs(x).max()))
    return found, adds_up


def _recipe(term: np.ndarray, scales: Mapping[str, np.ndarray], factors: Mapping[str, np.ndarray]) -> Recipe | None:
    if np.abs(term).max() < SMALLEST:
        return [0.0, "", "x", 0]
    wide = {name: np.broadcast_to(by, term.shape).ravel() for name, by in scales.items()}
    flat = term.ravel()
    first = int(np.argmax(np.abs(flat)))
    probes = np.array([first, len(flat) // 3, len(flat) // 2, len(flat) - 1])
    for of, factor in factors.items():
        for back in (0, 1):
            past = np.concatenate([np.zeros(2 * back), factor.ravel()])[: len(flat)]
            for scale, by in wide.items():
                few = by[probes] * past[probes]  # most are wrong, and a few numbers tell
                if not few[0] or not _same(few * (flat[first] / few[0]), flat[probes]):
                    continue
                if _same(by * past * (flat[first] / few[0]), flat):
                    return [float(flat[first] / few[0]), scale, of, back]
    return None


def _same(made: np.ndarray, wanted: np.ndarray) -> bool:
    return bool(np.all(np.abs(made - wanted) <= SMALLEST + 1e-6 * np.abs(wanted)))
