"""The first visit: a fresh server, a cold browser, a network between them, and code that comes late."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from lrviz import Scenario, simulate
from lrviz.lessons import LESSONS
from lrviz.link import Link
from tests.browser.conftest import away, settle
from tests.browser.driver import TOGETHER, Stage, assert_drawn, assert_race_drawn, widget

pytestmark = pytest.mark.browser

KINDS = ("Selectbox", "Slider", "TextInput", "Checkbox", "ButtonGroup")
"""Streamlit's code for each kind of widget that the pages have, in a file of its own."""

SHOWN = """element => {
  const input = element.querySelector("input");
  if (!input) return [...element.querySelectorAll("[aria-checked=true], [aria-pressed=true]")].map(e => e.innerText);
  return input.type === "checkbox" ? input.checked : input.getAttribute("aria-valuetext") ?? input.value;
}"""
"""What a widget shows: the text over a slider, in a field or a box, whether a switch is on, what is chosen of a row."""

LINKS: dict[str, dict[str, object]] = {
    "playground?surface=himmelblau&optimizer=rmsprop&schedule=multi_step&noise=0.2&steps=120&milestones=30,90"
    "&alpha=0.01&run2=optimizer:adam;framework:pytorch;alpha:0.05": {
        "name_surface": "Himmelblau",
        "name_optimizer": "RMSprop",
        "name_framework": "Keras",
        "name_schedule": "Multi-step",
        "knob_milestones": "30,90",
        "knob_noise": "0.2",
        "knob_steps": "120 steps",
        "run_1_optimizer": "Adam",
        "run_1_framework": "PyTorch",
        "run_1_alpha": "0.05",
    },
    "stuck?alpha=0.2&steps=100&schedule=plateau&run2=framework:pytorch": {
        "case": ["Zig-zag"],
        "plateau_rival": True,
    },
    "schedules?noise=0&alpha=0.05&run2=schedule:cosine": {"schedule_pills": ["Constant", "Cosine decay"]},
}
"""A link -> what the widgets of its page show. None of it is what they show without a link."""


def race_of(address: str):
    params = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
    return Link.from_params(params)[0].race


def assert_kept(page, link: str) -> None:
    """The page shows its link, and a key on the stage's slider changes alpha and nothing else."""
    stage, race = Stage(page), race_of(f"/{link}")
    settle(page)
    for name in LINKS[link]:
        widget(page, name).locator("input, button").first.wait_for(state="attached")
    settle(page)
    for name, text in LINKS[link].items():
        assert widget(page, name).evaluate(SHOWN) == text, name
    prediction = page.locator(".st-key-prediction button")
    if prediction.count():
        prediction.first.click()
        stage.wait(f"runs[0].steps === {race.first.steps}")
        settle(page)
    stage.part("[data-knob=alpha] input[type=range]").focus()
    stage.press("ArrowRight")
    page.wait_for_function("link => !location.href.endsWith(link)", arg=link)
    stage.wait("live.alpha.preview === false")
    settle(page)
    alpha = stage("live.alpha.value")
    assert alpha != race.first.alpha
    changed = race.leading(race.first.having(alpha=alpha))
    assert race_of(page.url) == changed
    assert_race_drawn(stage, changed)
    for name, text in LINKS[link].items():
        assert widget(page, name).evaluate(SHOWN) == text, name


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.partition("?")[0])
def test_widgets_whose_code_comes_late_show_the_link_and_change_nothing(server, visit, link):
    """Streamlit loads the code of a widget when it first shows one. Until then it can lose what a script put into it,
    and it later tells the server of a default that nobody chose. Where our page cannot bring this code with the rest, a
    file of its own can still come late."""
    late: list = []
    there = False

    def hold_back(page) -> None:
        page.route(TOGETHER, lambda route: route.fulfill(body="", content_type="text/javascript"))
        code = re.compile(rf"/({'|'.join(KINDS)})\.[^/]*\.js")
        page.route(code, lambda route: route.continue_() if there else late.append(route))

    page = visit(f"{server}/{link}", prepare=hold_back)
    Stage(page).wait("runs.length > 0")
    settle(page)
    assert late, "no code was held back"
    there = True
    for route in late:
        route.continue_()
    assert_kept(page, link)


@away(0.1)
@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.partition("?")[0])
def test_a_cold_visit_over_a_network_keeps_the_run(server, visit, link):
    assert_kept(visit(f"{server}/{link}"), link)


@away(0.1)
def test_from_the_welcome_page_over_a_network_the_run_is_the_same(server, visit):
    page = visit(server)
    page.get_by_text("Change this run yourself").click()
    page.wait_for_url("**/playground?*")
    stage = Stage(page)
    stage.wait("live.alpha")
    race = race_of(page.url)
    settle(page)
    assert_drawn(stage, 0, race.first)
    slider = widget(page, "knob_steps").locator("input[type=range]")
    slider.focus()
    stage.press("ArrowRight")
    page.wait_for_function("old => location.href !== old", arg=page.url)
    settle(page)
    steps = stage("steps")
    assert steps != race.first.steps
    assert race_of(page.url) == race.leading(race.first.having(steps=steps))


def test_a_deep_link_opens_on_a_fresh_server(serving, visit):
    with serving() as url:
        link = "playground?optimizer=momentum&alpha=0.05&schedule=plateau&patience=3&factor=0.5&steps=90"
        stage = Stage(visit(f"{url}/{link}"))
        values = {"patience": 3, "factor": 0.5}
        scenario = Scenario(optimizer="momentum", alpha=0.05, schedule="plateau", steps=90, values=values)
        assert_drawn(stage, 0, scenario)
        assert stage("runs[0].cuts") == simulate(scenario).cuts.tolist()
        assert stage.part("[data-knob=patience] input[type=range]").get_attribute("aria-valuetext") == "3 epochs"
        stage.page.goto("about:blank")  # before its server is gone


@pytest.mark.parametrize("place", ["glossary", "playground", "maps", "training", "replay", "class", *LESSONS])
def test_the_first_visit_of_a_fresh_server_may_be_a_deep_link_to_each_page(serving, visit, place):
    """Streamlit opens a dialog over it where it finds a folder ``pages`` beside the main script."""
    with serving() as url:
        page = visit(f"{url}/{place}", waits_for="h1, .lrviz-stage")
        assert page.locator("[role=dialog]:visible").all_inner_texts() == []
        assert urlsplit(page.url).path == f"/{place}"
        assert place == "class" or page.get_by_role("link", name="Welcome").count() == 1, "the frame is missing"
        page.goto("about:blank")  # before its server is gone
