"""Tiles: remembered up to a bound, given up where nobody waits."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from lrviz import engine
from lrviz.maps.axis import Axis
from lrviz.maps.grid import LEVELS, Field, Place, Tiles, cells
from lrviz.maps.presets import PRESETS
from lrviz.play import map_tiles
from lrviz.stage.pack import unpack
from tests.maps.plans import MAPS


def test_tiles_are_remembered_up_to_a_bound(monkeypatch):
    made = []
    monkeypatch.setattr("lrviz.maps.grid.cells", lambda plan, x, y, *_: made.append(1) or np.zeros((len(y), len(x))))
    tiles, plan = Tiles(most=3 * 8 * 64 * 66), PRESETS["curvature"].map
    others = [replace(plan, scenario=plan.scenario.having(steps=steps)) for steps in (10, 20, 30, 40)]
    for other in (*others[:3], *others[:3]):
        tiles.tile(other, Place(64))
    assert len(made) == 3
    tiles.tile(others[3], Place(64))
    assert tiles.held <= tiles.most and tiles.remembered(others[0], Place(64)) is None
    assert tiles.remembered(others[2], Place(64)) is not None
    with pytest.raises(IndexError):
        tiles.tile(plan, Place(64, 1, 0))


def test_a_map_that_nobody_wants_any_more_is_given_up_and_not_remembered():
    plan, tiles, requested = MAPS["starts"], Tiles(), threading.Event()

    def stop() -> bool:
        requested.set()
        return True

    with pytest.raises(engine.Cancelled):
        tiles.tile(plan, Place(64), stop)
    assert requested.is_set() and tiles.remembered(plan, Place(64)) is None


def test_a_tile_travels_with_all_its_digits_that_are_read():
    plan = replace(MAPS["starts"], y=Axis("y", -5, 9))
    meta, arrays = unpack(map_tiles.tile(plan, Place(LEVELS[0])))
    field = Field(*plan.values(64), cells(plan, *plan.values(64)))
    assert (meta["size"], meta["logged"]) == ([64, 64], True)
    np.testing.assert_array_equal(arrays["x"], field.x)
    lost = ~np.isfinite(field.values)
    read = 10.0 ** arrays["values"].astype(float)
    np.testing.assert_array_equal(~np.isfinite(read), lost)
    assert lost.any() and meta["span"]["low"] < meta["span"]["high"] and meta["levels"]
    np.testing.assert_allclose(read[~lost], field.values[~lost], rtol=1e-4)
