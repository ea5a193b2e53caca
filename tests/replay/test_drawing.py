"""The picture of a replay: of every history, in a notebook too, without a peak lost."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from lrviz.figures import replay as figures
from lrviz.replay import History, Settings, drawing, report
from lrviz.replay.grid import grid
from lrviz.replay.prepared import PREPARED
from lrviz.replay.result import Replay
from lrviz.replay.rules import RULES


@pytest.mark.parametrize(
    "values",
    [
        [1.0],
        [float("nan")] * 3,
        [float("inf"), 1, -float("inf")],
        [0.0, 0.0],
        [1.7e308, -1.7e308],
        [1e-300, 1.7e308],
        [5e-324, 1],
    ],
)
def test_every_history_has_a_picture(values):
    replay = Replay(History(np.array(values)), Settings(values={"patience": 0, "stop_patience": 1, "resume_after": 1}))
    for theme in ("light", "dark"):
        assert "nan" not in drawing.as_svg(replay, theme)
    for framework in RULES:
        assert figures.grid_figure(grid(replay, framework)).data
    assert report.story(replay)


@pytest.mark.parametrize("key", PREPARED)
def test_a_notebook_shows_each_cut_and_no_mark_up_of_a_name(key):
    replay = PREPARED[key].replay
    named = Replay(replace(replay.history, monitor='<script>"&'), replay.settings)
    picture = ElementTree.fromstring(drawing.as_svg(named))
    texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == '<script>"&'
    marks = [path for path in picture.iter("{http://www.w3.org/2000/svg}path") if path.get("fill") != "none"]
    counts = {RULES[framework].name: int(made.cut.sum()) for framework, made in replay.decisions.items()}
    assert len(marks) == 2 * sum(counts.values())
    assert all(f"Rate by {name}: {count} cut{'s' * (count != 1)}" in texts for name, count in counts.items())
    assert drawing.as_svg(replay) in replay._repr_html_()


def test_of_many_values_no_peak_is_lost():
    values = np.random.default_rng(3).standard_normal(100_000)
    values[[7, 50_001, 99_998]] = [100, -90, 80]
    x, y = drawing.thinned(np.arange(values.size), values)
    assert x.size <= drawing.MOST_DRAWN + 2 and {100, -90, 80} <= set(y.tolist())
    assert np.array_equal(values[x], y)
