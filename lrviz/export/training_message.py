"""A packed message of trainings as the drawings read it (lrviz/stage/trained.py says how it is packed)."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Any

import numpy as np

from lrviz.stage.pack import unpack
from lrviz.stage.trained import FIELDS


@dataclass(frozen=True)
class Trained:
    """row: its meta. curves: a name of `FIELDS`, or that of its edge, -> (E,). weight_epochs (W,), weights
    (W, P). data: x (n, d) or None, y (n,), train (n,), place (n, 2), basis (2, d), mean and spread (d,)."""

    row: dict[str, Any]
    curves: dict[str, np.ndarray]
    weight_epochs: np.ndarray
    weights: np.ndarray
    data: dict[str, np.ndarray | None]

    @property
    def n(self) -> int:
        """Epochs."""
        return len(self.curves["loss"])

    def weights_at(self, epoch: int) -> np.ndarray:
        """The last that are here up to this epoch, (P,)."""
        return self.weights[max(int(np.searchsorted(self.weight_epochs, epoch, side="right")) - 1, 0)]


@dataclass(frozen=True)
class Trainings:
    """label: what it is in one line. chosen: whose picture it is."""

    label: str
    runs: list[Trained]
    chosen: int = 0

    @property
    def n(self) -> int:
        """Epochs of the longest."""
        return max(run.n for run in self.runs)


def read(message: bytes) -> Trainings:
    """Of a packed message that holds all (`lrviz.play.training_message`). Raises ``ValueError`` for other bytes."""
    meta, arrays = unpack(message)
    rows = [meta, *meta["others"]]
    data: dict[str, dict[str, np.ndarray | None]] = {}
    presents: dict[str, bytes] = {}
    for place, row in enumerate(rows):
        own = f"{place}." if place else ""
        if f"{own}data.y" in arrays:
            names = ("x", "y", "train", "place", "basis", "mean", "spread")
            data[row["data"]] = {name: arrays.get(f"{own}data.{name}") for name in names}
        if f"{own}present" in arrays:
            presents[row["present"]] = gzip.decompress(arrays[f"{own}present"].tobytes())
    return Trainings(
        meta["label"], [_trained(row, presents[row["present"]], data[row["data"]]) for row in rows], meta["chosen"]
    )


def _trained(row: dict[str, Any], present: bytes, data: dict[str, np.ndarray | None]) -> Trained:
    meta, arrays = unpack(present)
    curves = {name: arrays[name].astype(float) for name in FIELDS}
    edge, bound = row["edge"]
    with np.errstate(divide="ignore"):  # a schedule may end at 0
        curves[edge] = bound / curves["learning_rate"]
    weights = arrays["weights"].astype(float).reshape(-1, meta["numbers"])
    return Trained(row, curves, arrays["weight_epochs"], weights, data)
