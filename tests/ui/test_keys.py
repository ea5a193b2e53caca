"""A widget of a page has one writer, the visitor: what its key does when the page, the visitor or the browser moves."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lrviz import turns
from lrviz.ui.keys import Keys
from tests.visits import fine, link, playground, scenario_of


@pytest.fixture
def session(monkeypatch) -> dict:
    """What Streamlit holds of the widgets that are on the page."""
    held: dict = {}
    monkeypatch.setattr(st, "session_state", held)
    return held


def test_a_widget_that_shows_what_the_page_has_stays(session):
    keys = Keys()
    session[keys.key("noise", "0")] = "0"
    assert keys.key("noise", "0") == "noise"
    session["noise"] = "0.2"  # the visitor moves it, and the page takes that
    assert keys.given("noise") == "0.2"
    assert keys.key("noise", "0.2") == "noise"


def test_another_value_of_the_page_is_another_widget_and_the_old_one_says_no_more(session):
    keys = Keys()
    session[keys.key("noise", "0")] = "0"
    session[keys.key("noise", "0.5")] = "0.5"
    assert keys.now == {"noise": "noise-2"}
    session["noise"] = "0"  # the browser has not seen that yet
    assert keys.given("noise") is None
    session["noise-2"] = "0"  # it has, and the visitor goes back
    assert keys.given("noise-2") == "0"
    assert keys.key("noise", "0") == "noise-2"


def test_a_widget_that_left_the_page_comes_back_as_another(session):
    keys = Keys()
    session[keys.key("noise", "0")] = "0"
    keys.begin()
    keys.end()
    assert keys.given("noise") is None, "the browser has not seen yet that it is gone"
    session.clear()
    assert keys.key("noise", "0") == "noise-2"


def test_a_run_that_is_cut_short_takes_no_widget_away(session):
    keys = Keys()
    session[keys.key("noise", "0")] = "0"
    keys.begin()
    assert keys.given("noise") == "0"


def test_a_run_whose_visitor_has_moved_on_puts_no_other_widget_there(session, monkeypatch):
    """It still has the page's value from before the visitor's last move; the next run takes that, and goes on with the
    widget that the visitor has in hand."""
    keys = Keys()
    session[keys.key("noise", "0")] = "0"
    session["noise"] = "0.2"

    def moved_on() -> None:
        raise InterruptedError

    monkeypatch.setattr(turns, "still_wanted", moved_on)
    with pytest.raises(InterruptedError):
        keys.key("noise", "0")
    assert keys.key("noise", "0.2") == "noise"


def test_what_means_the_same_is_left_as_it_was_typed(session):
    keys = Keys()
    session[keys.key("milestones", "60,120")] = "60, 120"
    assert keys.key("milestones", "60,120", lambda given, value: given.replace(" ", "") == value) == "milestones"
    assert keys.key("milestones", "60,120") == "milestones-2"


def test_a_message_from_before_does_not_undo_what_the_page_did():
    """The page changes a slider, as a link or a preset does; a browser that has not seen that yet moves another."""
    at = playground(noise="0.2", steps="50")
    steps = at.select_slider(key="knob_steps").set_value("60")
    late = at._tree.get_widget_states()
    steps.set_value("50")
    at.session_state["lab"].race = at.session_state["lab"].race.leading(scenario_of(at).having(noise=0.5))
    fine(at.run())
    fine(at._run(late))
    assert scenario_of(at).noise == 0.5 and scenario_of(at).steps == 60
    assert link(at)["noise"] == "0.5"
    assert at.select_slider(key="knob_noise-2").value == "0.5"


def test_every_widget_has_the_pages_value_as_its_default():
    """The browser shows the default where it missed what else was said of the widget."""
    at: AppTest = playground(
        surface="himmelblau", optimizer="rmsprop", schedule="multi_step", milestones="30,90", noise="0.2", centered="1",
        run2="optimizer:adam;framework:pytorch;alpha:0.05",
    )  # fmt: skip
    boxes = {box.key: box for box in at.selectbox}
    for name in ("name_surface", "name_optimizer", "name_framework", "name_schedule", "run_1_optimizer"):
        assert boxes[name].proto.options[boxes[name].proto.default] == boxes[name].format_func(boxes[name].value), name
    fields = {field.key: field for field in at.text_input}
    assert fields["knob_milestones"].proto.default == "30,90" and fields["run_1_alpha"].proto.default == "0.05"
    noise = at.select_slider(key="knob_noise")
    assert noise.proto.options[int(noise.proto.default[0])].split()[0] == "0.2"
    assert at.toggle(key="knob_centered").proto.default is True
    assert not any(widget.proto.set_value for widget in (*at.selectbox, *at.text_input, *at.select_slider, *at.toggle))
