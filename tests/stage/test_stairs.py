"""Stairs give back each number of the curve that they were made of."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.stage.stairs import folded, stairs, unfolded

CURVES = {
    "empty": [],
    "flat": [0.1] * 300,
    "stairs": [np.inf] * 5 + [3.0] * 90 + [np.nan] * 40 + [-0.0, 0.0],
    "falling": list(np.geomspace(1, 1e-6, 300)),
    "long": [0.5] * 70_000,
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int32])
@pytest.mark.parametrize("name", CURVES)
def test_a_curve_comes_back_bit_for_bit_and_is_never_longer(name, dtype):
    with np.errstate(invalid="ignore"):
        curve = np.array(CURVES[name], float).astype(dtype)
    packed = folded("rate", curve)
    back = unfolded(packed, "rate")
    assert back.dtype == curve.dtype and back.tobytes() == curve.tobytes()
    assert sum(array.nbytes for array in packed.values()) <= curve.nbytes
    assert len(packed) == (2 if name in ("flat", "stairs", "long") or (name, dtype) == ("falling", np.int32) else 1)


def test_nan_is_the_same_as_nan():
    values, lengths = stairs(np.array([np.nan, np.nan, 1.0]))
    assert np.array_equal(values, [np.nan, 1.0], equal_nan=True) and lengths.tolist() == [2, 1]
