"""The page of maps without a browser: its widgets, its link, and a map in an assignment."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lrviz.maps.presets import PRESETS
from lrviz.maps.shown import SHOWN

PAGES = Path(__file__).parents[2] / "pages" / "lab"


def opened(page: str = "maps.py", **params: str) -> AppTest:
    at = AppTest.from_file(str(PAGES / page), default_timeout=120)
    for key, value in params.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception
    return at


def components(at: AppTest) -> set[str]:
    return {element.proto.component_name for element in at.get("bidi_component")}


def link(at: AppTest) -> dict[str, str]:
    return {key: value[0] if isinstance(value, list) else value for key, value in at.query_params.items()}


def test_the_page_has_a_map_a_stage_and_a_question():
    at = opened()
    assert {"lrviz_map", "lrviz_stage"} <= components(at)
    assert at.title[0].value == PRESETS["curvature"].question


@pytest.mark.parametrize("show", [key for key in SHOWN if key != "loss"])
def test_what_is_shown_is_in_the_address(show):
    at = opened(schedule="plateau")
    at.selectbox(key="map_show").set_value(show).run()
    assert not at.exception and f"show:{show}" in link(at)["map"]


def test_an_axis_is_chosen_and_another_optimizer_keeps_what_it_has():
    at = opened(optimizer="momentum", momentum="0.5", map="x:alpha,0.01,1,256,log;y:momentum,0,0.9")
    at.selectbox(key="map_x").set_value("kappa").run()
    assert "x:kappa,1,100,256,log" in link(at)["map"]
    at.session_state["lab"].switch(optimizer="gradient_descent")
    at.run()
    plan = at.session_state["lab"].map
    assert not at.exception and plan.x.key == "kappa" and plan.y.key == "alpha"
    assert any("momentum is no axis" in alert.value for alert in at.warning)


def test_a_link_that_is_wrong_says_so_and_the_page_stands():
    at = opened(map="x:alpha,1,0.1,256,log")
    assert any("must rise" in alert.value for alert in at.warning) and "lrviz_map" in components(at)


def test_a_map_without_the_rate_asks_for_no_rate():
    assert opened(optimizer="dog").title[0].value == "What would every value do?"


def test_a_map_can_be_part_of_an_assignment():
    params = {"map": "x:alpha,0.01,1,256,log;y:kappa,1,50", "open": "alpha,kappa", "title": "Find the edge"}
    at = opened("classroom.py", **params)
    assert "lrviz_map" in components(at) and at.title[0].value == "Find the edge"
    assert "lrviz_map" not in components(opened("classroom.py", open="alpha"))
