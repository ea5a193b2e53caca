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
from tests.charts import checked


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
        assert checked(figures.grid_figure(grid(replay, framework))).data
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


@pytest.mark.parametrize(("key", "true"), [("spike", 17), ("negative", 3)])
def test_a_notebook_shows_what_to_beat_and_pales_where_the_losses_would_have_been_others(key, true):
    replay = PREPARED[key].replay
    picture = ElementTree.fromstring(
        drawing.as_svg(Replay(replay.history, replace(replay.settings, frameworks=("keras",))))
    )
    texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "best and, dotted, what to beat: Keras" in texts
    lines = [path for path in picture.iter("{http://www.w3.org/2000/svg}path") if path.get("fill") == "none"]
    (pale,) = (line for line in lines if line.get("opacity"))
    (dotted,) = (line for line in lines if line.get("stroke-dasharray") == "1 3")
    wide = drawing.WIDTH - drawing.LEFT - drawing.RIGHT
    begins = drawing.LEFT + wide * true / len(replay.history)
    assert float(pale.get("d")[1:].split()[0]) == pytest.approx(begins, abs=0.06)
    first, last = (float(point.split()[0]) for point in (dotted.get("d")[1:], dotted.get("d").rpartition("L")[2]))
    assert first == pytest.approx(drawing.LEFT + wide / len(replay.history), abs=0.06), "in the next epoch"
    assert last == pytest.approx(drawing.LEFT + wide, abs=0.06)


def test_of_many_values_no_peak_is_lost():
    values = np.random.default_rng(3).standard_normal(100_000)
    values[[7, 50_001, 99_998]] = [100, -90, 80]
    x, y = drawing.thinned(np.arange(values.size), values)
    assert x.size <= drawing.MOST_DRAWN + 2 and {100, -90, 80} <= set(y.tolist())
    assert np.array_equal(values[x], y)
