"""The field of a formula without a browser: what it takes, what it refuses, and what stands beside it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lrviz import Scenario, lessons
from lrviz.race import Race
from tests.visits import ROOT, alerts, fine, followed, formulas, link, playground, scenario_of

LESSONS = sorted(f"{key}.py" for key, lesson in lessons.LESSONS.items() if isinstance(lesson.race, Race))


def field(at):
    return next(text for text in at.text_input if str(text.key).startswith("knob_f"))


def keys(at):
    return {str(widget.key).split("-")[0] for widget in [*at.select_slider, *at.text_input]}


def test_a_formula_is_typed_refused_and_taken_from_an_example():
    at = playground(surface="formula")
    fine(field(at).set_value("x^2 + a*exp(y) + exp(-y)").run())
    assert scenario_of(at) == Scenario(surface="formula", values={"f": "x^2 + a*exp(y) + exp(-y)"})
    assert link(at)["f"] == "x^2 + a*exp(y) + exp(-y)" and not alerts(at)
    assert any(r"{x}^{2} + a\,\exp" in formula for formula in formulas(at))
    assert {"knob_a", "knob_domain"} <= keys(at) and "knob_b" not in keys(at)  # which is not in it

    for text, word in {"x^2 + [y]": "write ( for [", "<b>x</b>": "'<'", "x*": "missing"}.items():
        fine(field(at).set_value(text).run())
        assert word in alerts(at) and field(at).value == text and link(at)["f"].startswith("x^2 + a")

    fine(at.button(key="example_Four valleys").click().run())
    assert not alerts(at) and field(at).value == "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
    assert "4 minima with a dashed ring" in " ".join(text.value for text in at.markdown)

    fine(at.selectbox(key="name_surface").set_value("bowl").run())
    assert "knob_f" not in keys(at) and "f" not in link(at)


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_goes_on_with_a_formula_without_a_minimum(lesson):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    at.run()
    at.switch_page(f"pages/lessons/{lesson}")
    for key, value in {"surface": "formula", "f": "x + log(y)", "steps": "20"}.items():
        at.query_params[key] = value
    followed(at.run())
    assert not at.exception and scenario_of(at).surface == "formula"
