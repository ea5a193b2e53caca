"""A link to a page: what is right in it works, what is wrong is a sentence, and all of it is text."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Scenario, ui
from lrviz.frameworks import FRAMEWORKS
from lrviz.race import Race
from tests.visits import alerts, all_knobs, fine, playground, scenario_of


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"surface": "hill"}, "There is no surface 'hill'"),
        ({"surfce": "bowl"}, "Did you mean surface?"),
        ({"alpha": "nan"}, "alpha is 'nan', but must be a number above 0, up to 1000000."),
        ({"alpha": ""}, "alpha is ''"),
        ({"steps": "1e9"}, "a whole number from 1 to 20000"),
        ({"start": "1"}, "must be two numbers such as -4,2"),
        ({"optimizer": "lion", "framework": "pytorch"}, "optimizer lion is not in framework pytorch"),
        ({"factor": "0.5"}, "There is no parameter 'factor'"),
        ({"alpha": "9" * 5000}, "alpha has 5000 characters"),
        ({"alpha": "<img src=x onerror=alert(1)>"}, "<img src=x onerror=alert(1)>"),
    ],
)
def test_a_wrong_parameter_is_a_sentence_and_the_rest_of_the_link_works(params, words):
    at = playground(**params, kappa="25")
    assert words in alerts(at)
    assert len(at.warning) == 1
    assert len(alerts(at)) < 400
    assert scenario_of(at)["kappa"] == 25


def test_each_wrong_parameter_is_dropped_alone():
    race, sentences = Race.from_params({"alpha": "nan", "surface": "rosenbrock", "b": "oh", "steps": "50"})
    assert race.first == Scenario(surface="rosenbrock", steps=50)
    assert [sentence.split()[0] for sentence in sentences] == ["alpha", "b"]


def test_a_very_long_link_is_cut_and_says_so():
    race, sentences = Race.from_params({f"p{i}": "x" for i in range(5000)} | {"surface": "beale"})
    assert race.first.surface == "beale"
    assert "were left out" in sentences[0]
    at = playground(**{f"p{i}": "x" for i in range(30)})
    assert "more parameters of this link are wrong" in alerts(at)


@pytest.mark.parametrize(
    "text",
    [
        "**a**",
        "_a_ b_c",
        "<b>",
        "[a](http://b.c)",
        "$x$",
        ":smile:",
        "# a",
        "`a`",
        "www.a.b",
        "~~a~~",
        ":material/lock:",
        "a -> b",
    ],
)
def test_text_of_a_link_is_shown_as_it_is(text):
    shown = ui.plain(text)
    assert shown.replace("\\", "").replace("\u2060", "") == text
    assert shown != text


@given(st.text(alphabet=":/<>-=~@._*$[]()|`#&! \nawsmile19é", max_size=40))
def test_text_of_a_link_keeps_its_letters(text):
    shown = ui.plain(text)
    assert shown.replace("\\", "").replace("\u2060", "") == " ".join(text.splitlines()).strip()
    assert "\n" not in shown


def known_keys() -> list[str]:
    return sorted({"surface", "optimizer", "framework", "schedule", "start", *(row.key for row in all_knobs())})


ODD = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789.,:-+eE_ na", max_size=12),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(
        [*SURFACES, *OPTIMIZERS, *SCHEDULES, *FRAMEWORKS, "auto", "", "None", "1e400", "-0", "0x10", "x" * 9000]
    ),
)
LINKS = st.dictionaries(st.one_of(st.sampled_from(known_keys()), st.text(max_size=15)), ODD, max_size=8)


@given(LINKS)
@settings(max_examples=400, deadline=None)
def test_any_link_is_a_scenario_and_short_sentences(params):
    race, sentences = Race.from_params(params)
    assert all(0 < len(sentence) < 1200 and sentence.isprintable() for sentence in sentences)
    assert len(sentences) <= len(params)
    assert Race.from_params(race.to_params()) == (race, [])


@given(LINKS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_link_is_a_whole_page(params):
    """Names that take long to compile are left to other tests."""
    params = {key: value for key, value in params.items() if key not in ("surface", "optimizer", "framework")}
    _, sentences = Race.from_params(params)
    at = playground()
    for key, value in params.items():
        at.query_params[key] = value
    at.session_state["labs"] = {}
    fine(at.run())
    assert bool(at.warning) == bool(sentences)
