"""Writes the data sets that are shipped, from the packages that ship them: ``python -m tools.datasets``.

In an environment of its own, as only their files are read: pip install --no-deps numpy scikit-learn==1.9.1
palmerpenguins==0.1.6.
"""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path

import numpy as np

SETS = Path(__file__).parent.parent / "lrviz" / "training" / "sets"
NUMBERS = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")


def folder(package: str) -> Path:
    """Where an installed package's files are."""
    spec = find_spec(package)
    if spec is None or not spec.origin:
        raise SystemExit(f"{package} is not installed here.")
    return Path(spec.origin).parent


def save(name: str, x: np.ndarray, y: np.ndarray) -> None:
    """x (n, d) and y (n,), in the smallest type that holds them exactly."""
    small = [array.astype(np.uint8) if np.array_equal(array, array.astype(np.uint8)) else array for array in (x, y)]
    np.savez_compressed(SETS / f"{name}.npz", x=small[0], y=small[1])
    print(f"{name:<14} {x.shape}  {(SETS / f'{name}.npz').stat().st_size:,} bytes")


def main() -> None:
    """Every data set that no formula makes."""
    SETS.mkdir(exist_ok=True)
    data = folder("sklearn") / "datasets" / "data"
    for name in ("iris", "breast_cancer"):
        table = np.loadtxt(data / f"{name}.csv", delimiter=",", skiprows=1)
        save(name, table[:, :-1], table[:, -1])
    digits = np.loadtxt(data / "digits.csv.gz", delimiter=",")
    save("digits", digits[:, :-1], digits[:, -1])
    save("diabetes", np.loadtxt(data / "diabetes_data_raw.csv.gz"), np.loadtxt(data / "diabetes_target.csv.gz"))

    with (folder("palmerpenguins") / "data" / "penguins.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if all(row[key] not in ("", "NA") for key in NUMBERS)]
    species = sorted({row["species"] for row in rows})
    x = np.array([[float(row[key]) for key in NUMBERS] for row in rows])
    save("penguins", x, np.array([species.index(row["species"]) for row in rows]))


if __name__ == "__main__":
    main()
