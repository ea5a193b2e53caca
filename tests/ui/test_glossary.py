"""The glossary: short sentences, formulas that a page can set, and links whose run shows what the term says."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lrviz import Scenario, simulate
from lrviz.analysis.diagnosis import diagnose
from lrviz.glossary import MAPS, REPLAY, TERMS, found
from lrviz.lessons import LESSONS
from lrviz.race import Race

ROOT = Path(__file__).parents[2]
PAGE = "pages/start/glossary.py"
COMMANDS = {
    *("alpha", "beta", "lambda", "kappa", "sigma", "xi", "nabla", "partial", "tfrac", "sqrt", "text", "left", "right"),
    *("hat", "tilde", "top", "mathrm", "mathbb", "arg", "min", "max", "sum", "cos", "pi", "leftarrow", "Rightarrow"),
    *("to", "mu", "quad", "times", "cdot", "approx", "le", "ge", "Delta", "begin", "end", "in", "log"),
}
"""Of LaTeX, what the formulas use; KaTeX knows all of it. A browser test sees that nothing is set as an error."""


@pytest.fixture(scope="module")
def page() -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    at.switch_page(PAGE).run()
    assert not at.exception
    return at


def test_names_are_unique():
    names = [term.name.lower() for term in TERMS]
    assert len(names) == len(set(names))
    assert len(names) >= 35


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_term_is_one_short_sentence_a_formula_and_a_place(term):
    assert len(term.sentence.split()) <= 40
    assert term.sentence.endswith(".") and not re.search(r"\.\s", term.sentence)
    assert term.formula.count("{") == term.formula.count("}") > -1
    assert term.formula.count(r"\left(") == term.formula.count(r"\right)")
    assert set(re.findall(r"\\([a-zA-Z]+)", term.formula)) <= COMMANDS
    assert term.see in (*LESSONS, MAPS, REPLAY) if isinstance(term.see, str) else isinstance(term.see, Scenario)


@pytest.mark.parametrize("term", [term for term in TERMS if isinstance(term.see, Scenario)], ids=lambda term: term.name)
def test_the_run_of_a_term_shows_it(term):
    race, wrong = Race.from_params(Race(term.see).to_params())
    assert (race.first, wrong) == (term.see, [])
    run = simulate(term.see)
    assert not term.shows or diagnose(term.see, run).of(term.shows)


def scenario(name: str) -> Scenario:
    see = next(term.see for term in TERMS if term.name == name)
    assert isinstance(see, Scenario)
    return see


def test_what_no_event_is_there_for():
    rate = simulate(scenario("Warm-up")).learning_rate
    assert rate[0] < 0.1 * rate.max() and np.argmax(rate) >= 25
    rate = simulate(scenario("Warm restart")).learning_rate
    assert (np.diff(rate) > 0.1).any()
    assert (np.diff(simulate(scenario("Decay")).learning_rate) < 0).all()
    up = np.diff(simulate(scenario("Cycle")).learning_rate) > 0
    assert up.any() and not up.all()
    saddle = simulate(scenario("Saddle"))
    assert np.hypot(*saddle.x.T).min() < 0.2 < abs(saddle.x[-1][0])
    assert simulate(scenario("min_lr")).epochs.learning_rate[-1] == 0.03
    clipped, free = scenario("Gradient clipping"), simulate(scenario("Gradient clipping").having(clipnorm=0))
    assert simulate(clipped).diverged is None and not np.nanmax(np.abs(free.x)) < 10
    noise = scenario("Noise floor")
    floors = [np.mean(simulate(noise.having(alpha=alpha, steps=4000)).loss[1000:]) for alpha in (0.1, 0.01)]
    assert floors[1] < 0.3 * floors[0]
    assert floors[1] == pytest.approx(0.01 * noise.noise**2 / 2, rel=0.25)


def test_the_page_shows_every_term_and_its_link(page):
    text = " ".join(element.value for element in page.markdown).replace("\\", "")
    assert all(term.sentence in text for term in TERMS)
    assert len(page.latex) == len(page.page_link) == len(TERMS)
    for element in page.page_link:
        _, wrong = Race.from_params({key: values[-1] for key, values in parse_qs(element.proto.query_string).items()})
        assert not wrong


@pytest.mark.parametrize(("text", "first"), [("patien", "Patience"), ("adam", "Adaptive rate"), ("WARMUP", "Warm-up")])
def test_a_search_finds_by_name_and_by_other_names(text, first):
    assert found(text)[0].name == first


def test_the_search_box(page):
    page.text_input(key="glossary_search").set_value("cooldown").run()
    assert len(page.latex) == len(found("cooldown")) < 5
    page.text_input(key="glossary_search").set_value("<b>xyzzy</b>").run()
    assert not page.latex and not page.exception
