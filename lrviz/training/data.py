"""Data to train on: made by formula, for the eye, or measured and shipped. A row says what each is and whose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

import numpy as np

from lrviz.knob import Knob

Task = Literal["numbers", "two classes", "classes"]
"""What is to be predicted: a number, one of two classes, one of several."""
Points = tuple[np.ndarray, np.ndarray]
"""x (n, d) and y (n,), a number or the index of a class."""
Make = Callable[[np.random.Generator, int, float], Points]

ROWS = Knob(
    "rows", "Rows", 20, 2000, 250, "log", kind="integer", slider=(20, 1000),
    help="How many points are made, those for validation among them.",
)  # fmt: skip
NOISE = Knob(
    "noise", "Noise in the data", 0, 10, 0.2, slider=(0, 1), symbol=r"\sigma",
    help="Spread of the normal numbers that are added to what the formula gives.",
)  # fmt: skip
DATA_SEED = Knob(
    "data_seed", "Seed of the data", 0, 2**31 - 1, 0, kind="integer", slider=(0, 99),
    help="Which points are made, and which rows validate: the same seed gives the same.",
)  # fmt: skip


@dataclass(frozen=True)
class Data:
    """One data set.

    ``make(rng, rows, noise)``: its formula; None where it is read from a file. ``noise``: the spread by default.
    ``rows``: how many there are; what is made has as many as asked for. ``licence``: under which it may be passed on.
    """

    key: str
    name: str
    task: Task
    features: tuple[str, ...]
    classes: tuple[str, ...]
    rows: int
    source: str
    licence: str
    make: Make | None = None
    noise: float = 0.0

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """What can be set of it, besides the seed."""
        return () if self.make is None else (ROWS, NOISE.with_default(self.noise))


def _halves(rows: int) -> np.ndarray:
    """0 for the first half of the rows, 1 for the others."""
    return (np.arange(rows) >= rows // 2).astype(int)


def line(rng: np.random.Generator, rows: int, noise: float) -> Points:
    """y = 1.5 x + 0.5 + noise, x uniform in [-2, 2]."""
    x = rng.uniform(-2, 2, (rows, 1))
    return x, 1.5 * x[:, 0] + 0.5 + noise * rng.standard_normal(rows)


def groups(rng: np.random.Generator, rows: int, noise: float) -> Points:
    """Normal around (-1, -1) and around (1, 1), with spread noise."""
    y = _halves(rows)
    return (2 * y - 1)[:, None] + noise * rng.standard_normal((rows, 2)), y


def circles(rng: np.random.Generator, rows: int, noise: float) -> Points:
    """On circles of radius 1 and 1/2 round the origin."""
    y, angle = _halves(rows), rng.uniform(0, 2 * np.pi, rows)
    on = np.stack([np.cos(angle), np.sin(angle)], axis=1) / (1 + y)[:, None]
    return on + noise * rng.standard_normal((rows, 2)), y


def moons(rng: np.random.Generator, rows: int, noise: float) -> Points:
    """Two half circles of radius 1 that reach into each other: (cos t, sin t) and (1 - cos t, 1/2 - sin t)."""
    y, angle = _halves(rows), rng.uniform(0, np.pi, rows)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    on = np.where(y[:, None] == 0, upper, [1, 0.5] - upper)
    return on + noise * rng.standard_normal((rows, 2)), y


def xor(rng: np.random.Generator, rows: int, noise: float) -> Points:
    """Uniform in [-1, 1]^2, the class by whether the signs differ; then moved by the noise."""
    x = rng.uniform(-1, 1, (rows, 2))
    return x + noise * rng.standard_normal((rows, 2)), (x[:, 0] * x[:, 1] < 0).astype(int)


def spirals(rng: np.random.Generator, rows: int, noise: float) -> Points:
    """Radius r in [0.1, 1], angle 3 pi r, the second arm turned by pi."""
    y, radius = _halves(rows), np.sqrt(rng.uniform(0.01, 1, rows))
    angle = 3 * np.pi * radius + np.pi * y
    on = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return on + noise * rng.standard_normal((rows, 2)), y


_MADE = (
    "Made by formula",
    "CC0: nobody's",
)
_XY = ("x", "y")
_UCI = "CC BY 4.0"
_CELL = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
    "fractal dimension",
)  # fmt: skip
_OF_CELLS = tuple(f"{which} {what}" for which in ("mean", "error of", "worst") for what in _CELL)
_PIXELS = tuple(f"pixel {row},{column}" for row in range(8) for column in range(8))

DATA: dict[str, Data] = {
    row.key: row
    for row in (
        Data("line", "A line", "numbers", ("x",), (), 250, *_MADE, line, 0.3),
        Data("groups", "Two groups", "two classes", _XY, ("lower left", "upper right"), 250, *_MADE, groups, 0.7),
        Data("circles", "Two circles", "two classes", _XY, ("outer", "inner"), 250, *_MADE, circles, 0.1),
        Data("moons", "Two moons", "two classes", _XY, ("upper", "lower"), 250, *_MADE, moons, 0.2),
        Data("xor", "XOR", "two classes", _XY, ("same signs", "other signs"), 250, *_MADE, xor, 0.1),
        Data("spirals", "Two spirals", "two classes", _XY, ("first arm", "second arm"), 250, *_MADE, spirals, 0.03),
        Data(
            "penguins", "Penguins", "classes", ("bill length", "bill depth", "flipper length", "body mass"),
            ("Adelie", "Chinstrap", "Gentoo"), 342,
            "Gorman, Williams & Fraser (2014), doi 10.1371/journal.pone.0090081; palmerpenguins; 2 incomplete rows left"
            " out", "CC0",
        ),
        Data(
            "iris", "Iris", "classes", ("sepal length", "sepal width", "petal length", "petal width"),
            ("setosa", "versicolor", "virginica"), 150,
            "Fisher (1936), doi 10.1111/j.1469-1809.1936.tb02137.x; UCI, doi 10.24432/C56C76", _UCI,
        ),
        Data(
            "breast_cancer", "Breast cancer", "two classes", _OF_CELLS, ("malignant", "benign"), 569,
            "Wolberg, Mangasarian, Street & Street (1995), Breast Cancer Wisconsin (Diagnostic); UCI, doi"
            " 10.24432/C5DW2B", _UCI,
        ),
        Data(
            "diabetes", "Diabetes", "numbers",
            (
                "age", "sex", "body mass index", "blood pressure", "total cholesterol", "LDL", "HDL",
                "cholesterol / HDL", "log of triglycerides", "blood sugar",
            ),
            (), 442, "Efron, Hastie, Johnstone & Tibshirani (2004), Least Angle Regression; as scikit-learn ships it",
            "BSD 3-Clause, as part of scikit-learn",
        ),
        Data(
            "digits", "Handwritten digits", "classes", _PIXELS, tuple("0123456789"), 1797,
            "Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits, its test rows; UCI, doi"
            " 10.24432/C50P49", _UCI,
        ),
    )
}  # fmt: skip
CSV = "csv"
"""The key of one's own file, which is no row: what it holds is only known when it is read."""


@cache
def _shipped(key: str) -> Points:
    with (files("lrviz.training") / "sets" / f"{key}.npz").open("rb") as file, np.load(file) as held:
        x, y = held["x"].astype(float), held["y"]
    x.flags.writeable = y.flags.writeable = False
    return x, y


def points(data: Data, rows: int, noise: float, seed: int) -> Points:
    """The data as they are, in their own units."""
    if data.make is None:
        return _shipped(data.key)
    return data.make(np.random.default_rng([seed, 0]), rows, noise)


class Split(NamedTuple):
    """Data ready for a model.

    x (n, d): every feature less the mean of the training rows, by their standard deviation, where that is not 0.
    y (n,): a number in the same way, or the index of a class. train, validation: which rows, increasing. mean,
    spread (d,): of the features; target_mean, target_spread: of a number, else 0 and 1.
    """

    x: np.ndarray
    y: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    target_mean: float
    target_spread: float


def held_back(rows: int, share: float) -> int:
    """How many of the rows validate: at least one where any does, and two are always left to train."""
    return min(max(round(share * rows), 1), rows - 2) if share else 0


def split(x: np.ndarray, y: np.ndarray, numbers: bool, share: float, seed: int) -> Split:
    """The rows that validate, drawn from the seed, and the data by the training rows' numbers alone.

    numbers: y is a number. share: the part that validates.
    """
    count = held_back(len(x), share)
    order = np.random.default_rng([seed, 1]).permutation(len(x))
    train, validation = np.sort(order[count:]), np.sort(order[:count])
    mean, spread = _scale(x[train])
    target_mean, target_spread = _scale(y[train]) if numbers else (0.0, 1.0)
    scaled = (y - target_mean) / target_spread if numbers else y.astype(int)
    return Split((x - mean) / spread, scaled, train, validation, mean, spread, float(target_mean), float(target_spread))


def _scale(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation, 1 where that is 0 but for rounding."""
    mean, spread = values.mean(axis=0), values.std(axis=0)
    return mean, np.where(spread > 1e-12 * np.abs(mean), spread, 1.0)
