"""Questions are graded by running them, and the presets of the first lesson do what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lrviz import Scenario, simulate
from lrviz.analysis.stability import edge
from lrviz.lessons import LESSONS
from lrviz.lessons.questions import VERDICTS, how_it_ends, how_many, verdict, which_ends_lowest
from lrviz.ui import lesson_page
from tests.visits import followed

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("alpha", "ends"), [(0.002, "crawls"), (0.18, "arrives"), (0.2, "swings"), (0.21, "leaves"), (900.0, "leaves")]
)
def test_a_verdict_on_a_bowl_is_its_closed_form(alpha, ends):
    """kappa 10: |1 - 10 alpha| is below, at or above 1."""
    scenario = Scenario(alpha=alpha, steps=60)
    assert verdict(scenario, simulate(scenario)) == ends


@pytest.mark.parametrize(("times", "ends"), [(0.01, "crawls"), (1, "arrives"), (2, "leaves")])
def test_how_it_ends_is_what_the_run_does(times, ends):
    question = how_it_ends(Scenario(alpha=0.15, steps=60), "?", {"alpha": times})
    assert list(VERDICTS)[question.right] == ends
    assert question.choices[question.right] == VERDICTS[ends]


def test_the_lowest_is_the_lowest():
    options = {f"{alpha}": {"alpha": alpha} for alpha in (0.01, 0.15, 0.5)}
    question = which_ends_lowest(Scenario(steps=60), "?", options)
    ends = [simulate(Scenario(steps=60, alpha=alpha)).loss[-1] for alpha in (0.01, 0.15, 0.5)]
    assert question.right == int(np.argmin(ends)) == 1


@pytest.mark.parametrize("count", [0, 1, 7])
def test_how_many_has_the_count_among_three_choices(count):
    question = how_many("?", count, "")
    assert len(set(question.choices)) == 3 and question.choices[question.right] == str(count)


def test_the_presets_of_the_first_lesson_do_what_they_say():
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    followed(at.switch_page(str(lesson_page("how_long"))).run())
    ends = {}
    for label in ("Too short", "Just right", "On the edge", "Too long"):
        followed(next(button for button in at.button if button.label == label).click().run())
        scenario = at.session_state["lab"].scenario
        ends[label] = (verdict(scenario, simulate(scenario)), scenario)
    assert [end for end, _ in ends.values()] == ["crawls", "arrives", "swings", "leaves"]
    (_, right), (_, on_edge) = ends["Just right"], ends["On the edge"]
    assert right.alpha == pytest.approx(2 / (1 + 10), rel=0.02)
    assert on_edge.alpha == edge(LESSONS["how_long"].race.first)
