"""A figure that many see is drawn once, and is what Plotly would send."""

from __future__ import annotations

import json

import plotly.io
from plotly.tools import return_figure_from_figure_or_data

from lrviz import Scenario
from lrviz.analysis import basins
from lrviz.figures.lessons.valleys import shares_figure
from lrviz.lessons import LESSONS, valleys
from lrviz.palette import Theme
from lrviz.ui.frame import drawn_once

SCENARIO = LESSONS["valleys"].race.first


def shares(scenario: Scenario, theme: Theme):
    rows, home = basins.minima(scenario), basins.home(scenario)
    return shares_figure(valleys.shares(scenario, "noise"), rows, home, "noise", 0.5, theme)


def test_a_figure_is_drawn_once_for_all_who_see_the_same():
    themes = []
    drawn = drawn_once(lambda scenario, theme: themes.append(theme) or shares(scenario, theme))
    first = drawn(SCENARIO, "light")
    assert drawn(SCENARIO.having(), "light") is first and themes == ["light"]
    assert drawn(SCENARIO, "dark") is not first and themes == ["light", "dark"]


def test_what_streamlit_sends_of_it_is_what_plotly_says():
    drawn = drawn_once(shares)(SCENARIO, "light")
    for _ in range(2):
        sent = plotly.io.to_json(return_figure_from_figure_or_data(drawn, validate_figure=True), validate=False)
        assert json.loads(sent) == json.loads(shares(SCENARIO, "light").to_json())
