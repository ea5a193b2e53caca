"""The app and its pages run, whatever is chosen."""

import re
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Scenario, play, simulate
from lrviz.frameworks import FRAMEWORKS
from lrviz.lessons import LESSONS
from lrviz.link import Link
from tests.visits import (
    PLAYGROUND,
    ROOT,
    RULES,
    alerts,
    every_widget,
    fine,
    formulas,
    playground,
    scenario_of,
    unlinked,
)


def test_the_app_opens_with_the_welcome_page_and_leads_to_the_playground():
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    assert not at.exception
    assert at.title[0].value
    at.switch_page(PLAYGROUND).run()
    fine(at)
    assert at.selectbox(key="name_surface").value == "bowl"


def test_the_ways_in_show_what_they_promise():
    """A link on the welcome page may say only what its race does; the lessons are there in their order."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    links = {element.proto.label: element.proto.query_string for element in at.page_link}
    races = {}
    for words, query in links.items():
        link, wrong = Link.from_params({key: values[-1] for key, values in parse_qs(query).items()})
        assert not wrong
        races[words] = link.race
    assert len(simulate(races["Change this run yourself"].first).cuts) == 1
    assert len({scenario.optimizer for scenario in races["Race three optimizers"].scenarios}) == 3
    titles = [label.strip("*").partition(" ")[2] for label in links if label.startswith("**")]
    assert titles == [lesson.question for lesson in LESSONS.values()]


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_is_shown(surface):
    at = playground(surface=surface)
    assert scenario_of(at) == Scenario(surface=surface)
    assert not alerts(at)


@pytest.mark.parametrize(("optimizer", "framework"), RULES)
def test_every_optimizer_is_shown(optimizer, framework):
    at = playground(optimizer=optimizer, framework=framework)
    assert scenario_of(at) == Scenario(optimizer=optimizer, framework=framework)
    assert formulas(at)[0].count(r"\alpha") == OPTIMIZERS[optimizer].rules[framework].formula.count(r"\alpha")
    offered = at.selectbox(key="name_optimizer").options
    assert offered == [row.name for row in OPTIMIZERS.values() if framework in row.rules]
    rated = OPTIMIZERS[optimizer].has_rate
    assert ("alpha" in [slider.knob for slider in play.live(scenario_of(at))]) == rated
    assert at.selectbox(key="name_schedule").disabled == (not rated)
    assert any("no rate to set" in unlinked(caption.value) for caption in at.caption) == (not rated)


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_is_shown_with_all_its_knobs(schedule, framework):
    at = playground(schedule=schedule, framework=framework)
    scenario = scenario_of(at)
    keys = {row.key for row in (*scenario.schedule_row.knobs, *scenario.plateau_knobs)}
    keys -= {slider.knob for slider in play.live(scenario)}
    if scenario.schedule_row.plateau:
        keys |= {"monitor", "steps_per_epoch"}
    widgets = {widget.key for widget in every_widget(at)}
    assert {f"knob_{key}" for key in keys} <= widgets


def test_what_a_class_cannot_do_stands_below_its_formula_once_for_all_runs():
    at = playground(
        framework="pytorch",
        schedule="one_cycle",
        total_steps="50",
        run2="optimizer:adam",
        run3="schedule:cosine;decay_steps:9",
        v="2",
    )
    words = " ".join(text.value for text in at.markdown).replace("\\", "")
    assert words.count("OneCycleLR raises ValueError after total_steps, 50") == 1
    assert re.search("osine[^:]*: CosineAnnealingLR rises again after T_max, 9 steps", words), "with the run's name"
    assert not alerts(at)


def test_a_link_from_before_says_what_it_showed_until_something_is_changed():
    at = playground(framework="pytorch", schedule="step_decay")
    assert "Links made before showed gamma=0.5" in alerts(at)
    fine(at.select_slider(key="knob_gamma").set_value("0.2").run())
    assert not alerts(at)
    assert not alerts(playground(framework="pytorch", schedule="step_decay", v="2"))
    assert not alerts(playground(schedule="step_decay"))
