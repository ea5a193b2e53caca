"""A thousand random loss histories with settings, full of the values a plateau rule can stumble over."""

from dataclasses import dataclass

import numpy as np

COUNT, LONGEST = 1000, 60
FACTORS = (0.1, 0.2, 0.5, 0.9, 0.99, 10**-0.5)
TOLERANCES = (0.0, 1e-4, 1e-3, 0.01, 0.1, 0.125, 0.25)
# float32 puts 0.1 and 0.3 above themselves, 0.7 and 1e-5 below, and 1e-46 at zero.
FLOORS = (0.1, 0.3, 0.7, 1e-3, 1e-5, 0.25, 1e-46)
FULL_RATES = (1.0, 0.1, 0.01, 0.3, 2e-8, 5e-9, 1e-12, 1e-44, 1e-46)


@dataclass
class History:
    """One run of ReduceLROnPlateau: what it sees and how it is set."""

    losses: list[float]
    alpha: float
    factor: float
    patience: int
    tolerance: float
    relative: bool
    eps: float
    cooldown: int
    min_lr: float


def demand(best: float, tolerance: float, relative: bool) -> float:
    """The loss that just misses being an improvement."""
    return best * (1.0 - tolerance) if relative else best - tolerance


def shape(rng: np.random.Generator, length: int) -> np.ndarray:
    """The bare course of a loss."""
    epochs = np.arange(length)
    match rng.integers(5):
        case 0:  # decays and then rattles
            return np.exp(-epochs * rng.uniform(0.02, 0.5)) + 0.05 * rng.standard_normal(length)
        case 1:  # wanders, below zero too
            return np.cumsum(rng.standard_normal(length)) * 0.2
        case 2:  # stairs: exactly equal values
            return np.round(2 * np.exp(-epochs * 0.1) + 0.1 * rng.standard_normal(length), 1)
        case 3:  # eighths, so that sums and differences are exact and ties are true
            return np.round(8 * rng.standard_normal(length).cumsum() * 0.2) / 8
        case _:  # never moves
            return np.full(length, rng.choice([1.0, 0.0, -1.0, rng.standard_normal()]))


def rates(rng: np.random.Generator, factor: float) -> tuple[float, float]:
    """A first rate and a floor: far apart, or touching in one of several ways."""
    floor = float(rng.choice(FLOORS))
    match rng.integers(6):
        case 0 | 1:
            return float(rng.choice(FULL_RATES)), 0.0
        case 2:
            return float(rng.choice([1.0, 10.0]) * floor * rng.uniform(1, 30)), floor
        case 3:  # at the floor, or off it by less than float32 can see
            return float(floor * (1 + rng.choice([0, 2**-52, 1e-9, -1e-9, 1e-7, 1e-6]))), floor
        case 4:  # reaches the floor exactly, give or take one rounding
            return floor / factor ** int(rng.integers(1, 4)), floor
        case _:  # starts below its floor
            return 0.5 * floor, floor


def history(rng: np.random.Generator) -> History:
    """One random history."""
    losses = shape(rng, int(rng.integers(1, LONGEST + 1)))
    tolerance, relative = float(rng.choice(TOLERANCES)), bool(rng.integers(2))
    if rng.random() < 0.5:
        for epoch in range(1, len(losses)):
            if rng.random() < 0.3:
                losses[epoch] = demand(losses[:epoch].min(), tolerance, relative)
    if rng.random() < 0.25:
        strange = rng.random(len(losses)) < 0.1
        losses[strange] = rng.choice([np.nan, np.inf, -np.inf], size=strange.sum(), p=[0.5, 0.4, 0.1])
    factor = float(rng.choice(FACTORS))
    alpha, floor = rates(rng, factor)
    return History(
        losses=losses.tolist(),
        alpha=alpha,
        factor=factor,
        patience=int(rng.choice([0, 1, 2, 3, 5, 10])),
        tolerance=tolerance,
        relative=relative,
        eps=float(rng.choice([1e-8, 0.0, 1e-3])),
        cooldown=int(rng.integers(6)),
        min_lr=floor,
    )


def histories() -> list[History]:
    """Always the same thousand."""
    rng = np.random.default_rng(2015)
    return [history(rng) for _ in range(COUNT)]
