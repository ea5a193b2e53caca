"""Figures go to Streamlit as Plotly would send them."""

from __future__ import annotations

import subprocess
import sys

import plotly.io
import streamlit as st
from plotly.tools import return_figure_from_figure_or_data

from lrviz import Scenario
from lrviz.analysis import basins
from lrviz.figures.lessons.valleys import shares_figure
from lrviz.lessons import LESSONS, valleys
from lrviz.palette import Theme
from lrviz.ui.frame import chart
from tests.charts import checked

SCENARIO = LESSONS["valleys"].race.first


def shares(scenario: Scenario, theme: Theme):
    rows, home = basins.minima(scenario), basins.home(scenario)
    return shares_figure(valleys.shares(scenario, "noise"), rows, home, "noise", 0.5, theme)


def test_what_streamlit_sends_is_what_plotly_says_but_for_checks(monkeypatch):
    figure, sent = shares(SCENARIO, "light"), []
    monkeypatch.setattr(st, "plotly_chart", lambda figure, **_: sent.append(figure))
    chart(figure, "shares", "shares of runs")
    for _ in range(2):
        spec = return_figure_from_figure_or_data(sent[0], validate_figure=True)
        assert plotly.io.to_json(spec, validate=False) == plotly.io.to_json(figure, validate=False)
    assert checked(figure).layout.template.layout.colorway


def test_a_figure_needs_no_description_of_all_that_plotly_can_draw():
    """Streamlit has read it for its own theme."""
    code = (
        "from plotly.validator_cache import ValidatorCache as cache\n"
        "from lrviz.server.lifespan import forget_plotly\n"
        "from tests.ui.test_charts import SCENARIO, chart, shares\n"
        "assert cache._json_cache and cache._cache\n"
        "forget_plotly()\n"
        "chart(shares(SCENARIO, 'light'), 'shares', 'shares of runs')\n"
        "print(cache._json_cache, cache._cache)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None {}", done.stderr
