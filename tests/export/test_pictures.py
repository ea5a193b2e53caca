"""A picture of every panel, drawn from what the message tells."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lrviz import Race, Scenario, play, simulate
from lrviz.export import pictures
from lrviz.export.choices import PANELS
from lrviz.export.geometry import Box, clipped, exit_of, log_ticks, nice_ticks
from lrviz.export.message import read
from lrviz.export.panels.marks import loss_text
from lrviz.export.panels.paths import leaves_at
from lrviz.palette import PALETTES
from lrviz.stage import Run
from tests.export.races import CUTS, NASTY, RACE


@pytest.mark.parametrize("panel", PANELS)
def test_a_picture_of_every_panel(message, panel):
    content = pictures.draw(message, "png", panel=panel, theme="dark", size=(640, 400))
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (640, 400)
        colours = picture.convert("RGB").getcolors(1 << 20)
    assert len(colours) > 100 and max(colours)[0] < 0.95 * 640 * 400
    assert (0x16, 0x1D, 0x28) in {colour for _, colour in colours}, "the paper of the dark palette"


@pytest.mark.parametrize("panel", ["landscape", "slice", "loss"])
def test_a_drawing_is_well_formed_and_the_same_again(message, panel):
    content = pictures.draw(message, "svg", panel=panel)
    assert content == pictures.draw(message, "svg", panel=panel)
    root = ET.fromstring(content)
    assert root.tag.endswith("svg") and len(list(root.iter())) > 100
    assert b"#c2410c" in content, "the first run's colour"


def test_any_name_can_be_drawn_and_none_is_markup():
    message = play.message(RACE, made=[Run(NASTY, simulate(CUTS))])
    ET.fromstring(pictures.draw(message, "svg", panel="loss"))


def test_what_is_drawn_is_what_the_message_tells(message):
    shown = read(message)
    for run, scenario in zip(shown.runs, RACE.scenarios, strict=True):
        made = simulate(scenario)
        np.testing.assert_array_equal(run.x, made.x)
        np.testing.assert_array_equal(run.rate, made.learning_rate)
        np.testing.assert_array_equal(run.cuts, made.cuts)
    low, high = shown.surface.height(
        np.array([shown.surface.floor, RACE.first.surface_row.grid(RACE.first.coef).max()])
    )
    assert low <= 0 and abs(high - 1) < 1e-9


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.one_of(st.floats(-30, 30), st.floats())] * 2), min_size=2, max_size=12))
def test_lines_are_clipped_and_nothing_inside_is_lost(points):
    box = Box(0, 0, 10, 10)
    given_points = np.array(points)
    piece = clipped(given_points, box)
    ends = piece[np.isfinite(piece).all(axis=1)]
    assert box.has(np.clip(ends, 1e-9, 10 - 1e-9)).all() and (np.abs(ends - 5) <= 5 + 1e-6).all()
    inside = box.has(given_points)
    for before, after in zip(np.flatnonzero(inside[:-1]), np.flatnonzero(inside[1:]), strict=False):
        if after == before and np.isfinite(given_points[before : before + 2]).all():
            assert (np.abs(ends - given_points[before]).max(axis=1) < 1e-9).any()
    way = exit_of(given_points, len(points) - 1, box)
    assert (way is None) == bool(inside[-1])


def test_a_loss_that_ends_where_the_surface_has_no_value_is_not_too_large():
    assert loss_text(np.array([9, 2, np.nan]), 1) == "2"
    assert loss_text(np.array([9, 2, np.nan, np.nan]), 3) == "without a value"
    assert leaves_at(np.array([9, 2, np.nan, np.nan]), 3) == "ends at step 2: no value there"
    assert leaves_at(np.array([9, 80.0]), 1) == "leaves at step 1, loss 80"
    for grows in ([9, 80, np.nan], [9, 2, np.inf, np.nan], [np.nan, np.nan]):
        assert loss_text(np.array(grows, float), len(grows) - 1) == "too large to compute"


def test_ticks_are_round():
    assert nice_ticks(0, 500, 5) == [0, 100, 200, 300, 400, 500]
    assert nice_ticks(-0.35, 0.3, 5) == [-0.2, 0, 0.2]
    assert log_ticks(1e-8, 1e4, 4) == [1e-8, 1e-4, 1] or log_ticks(1e-8, 1e4, 4)[-1] == 1e4
    assert log_ticks(0.04, 0.3, 4) == [0.05, 0.1, 0.2]


def test_a_run_without_a_rate_has_no_line_on_the_panel_of_rates():
    colour = PALETTES["light"].runs[0]
    lines = []
    for optimizer in ("gradient_descent", "newton"):
        message = play.message(Race(Scenario(optimizer=optimizer, steps=20)))
        lines.append(pictures.draw(message, "svg", panel="rate").count(colour.encode()))
    assert lines[0] > lines[1]
