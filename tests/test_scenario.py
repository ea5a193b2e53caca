"""A scenario goes to JSON and to a link and back, and refuses what is not allowed in one sentence."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, BadInput, Scenario
from lrviz.scenario import RUN_KNOBS
from tests.formulas import SAMPLES


@st.composite
def knob_values(draw, knob):
    if knob.kind == "choice":
        return draw(st.sampled_from(knob.choices))
    if knob.kind == "text":
        return draw(st.sampled_from(SAMPLES[knob.key]))
    if knob.kind == "flag":
        return draw(st.sampled_from([0, 1]))
    if knob.kind == "steps":
        return ",".join(map(str, sorted(draw(st.sets(st.integers(1, 999), min_size=1, max_size=5)))))
    if knob.kind == "points":
        steps = sorted(draw(st.sets(st.integers(0, 999), min_size=1, max_size=5)))
        return ",".join(f"{step}:{draw(st.floats(1e-6, 10))!r}" for step in steps)
    number = (
        st.integers(int(knob.low), int(knob.high))
        if knob.kind == "integer"
        else st.floats(knob.low, knob.high, exclude_min=knob.low_open)
    )
    return draw(number | st.none() if knob.auto else number)


@st.composite
def scenarios(draw):
    optimizer = draw(st.sampled_from(sorted(OPTIMIZERS)))
    named = {
        "surface": draw(st.sampled_from(sorted(SURFACES))),
        "optimizer": optimizer,
        "framework": draw(st.sampled_from(sorted(OPTIMIZERS[optimizer].rules))),
        "schedule": draw(st.sampled_from(sorted(SCHEDULES))),
    }
    plain = Scenario(**named)
    some = draw(st.lists(st.sampled_from(plain.knobs), max_size=4, unique_by=lambda knob: knob.key))
    run = draw(st.lists(st.sampled_from(RUN_KNOBS), max_size=3, unique_by=lambda knob: knob.key))
    start = draw(st.none() | st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)))
    values = {knob.key: draw(knob_values(knob)) for knob in some}
    return Scenario(**named, start=start, values=values, **{knob.key: draw(knob_values(knob)) for knob in run})


@given(scenarios())
@settings(max_examples=300, deadline=None)
def test_round_trips(scenario):
    assert Scenario.from_json(scenario.to_json()) == scenario
    assert Scenario.from_params(scenario.to_params()) == scenario
    assert all(isinstance(text, str) for text in scenario.to_params().values())


def test_a_default_scenario_is_an_empty_link():
    assert Scenario().to_params() == {}
    assert Scenario(surface="rosenbrock").to_params() == {"surface": "rosenbrock"}
    link = Scenario(schedule="plateau", alpha=0.25, values={"factor": 0.5, "patience": 10}).to_params()
    assert link == {"schedule": "plateau", "alpha": "0.25", "factor": "0.5"}


def test_names_are_found_whatever_their_case_and_hyphens():
    scenario = Scenario(surface="Styblinski-Tang", optimizer="SGD", framework="PyTorch", schedule="ReduceLROnPlateau")
    assert (scenario.surface, scenario.optimizer) == ("styblinski_tang", "gradient_descent")
    assert (scenario.framework, scenario.schedule) == ("pytorch", "plateau")


def test_an_optimizer_brings_its_framework():
    assert Scenario(optimizer="radam").framework == "pytorch" and Scenario().framework == "keras"
    assert Scenario(optimizer="radam").to_params() == {"optimizer": "radam"}
    assert Scenario(optimizer="adam", framework="pytorch").to_params() == {"optimizer": "adam", "framework": "pytorch"}


def test_other_names_keep_the_knobs_that_they_share():
    scenario = Scenario(optimizer="momentum", schedule="plateau", values={"momentum": 0.5, "factor": 0.3, "kappa": 4})
    other = scenario.having(optimizer="nesterov", framework="pytorch", surface="rosenbrock", noise=0.1)
    assert other.values == {"momentum": 0.5, "factor": 0.3} and other.noise == 0.1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"surface": "bowll"}, "There is no surface 'bowll'. Did you mean bowl? There are: bowl,"),
        ({"optimizer": "lion", "framework": "pytorch"}, "optimizer lion is not in framework pytorch; it is in: keras."),
        ({"framework": "jax"}, "There is no framework 'jax'"),
        ({"alpha": "nan"}, "alpha is 'nan', but must be a number above 0, up to 1000000."),
        ({"alpha": 0}, "alpha is '0', but"),
        ({"alpha": True}, "alpha is 'True', but"),
        ({"steps": 2.5}, "steps is '2.5', but must be a whole number from 1 to 20000."),
        ({"steps": 10**9}, "steps is '1000000000', but"),
        ({"monitor": "accuracy"}, "monitor is 'accuracy', but must be one of val_loss, loss."),
        ({"start": "1"}, "start is '1', but must be two numbers such as -4,2"),
        ({"start": (1, float("inf"))}, "start is"),
        ({"start": 5}, "start is '5', but"),
        ({"values": {"kappa": 0}}, "kappa is '0', but must be a number from 1 to 100."),
        ({"values": {"kapa": 2}}, "There is no knob in this scenario called 'kapa'. Did you mean kappa?"),
        ({"alpha": 10**5000}, "alpha is 'a number of thousands of digits', but"),
        ({"values": 3}, "values is '3', but must be knobs and their values."),
        (
            {"schedule": "multi_step", "values": {"milestones": "9,3"}},
            "milestones is '9,3', but must be increasing step numbers",
        ),
        ({"optimizer": "rmsprop", "values": {"centered": "perhaps"}}, "centered is 'perhaps', but must be 0 or 1."),
    ],
)
def test_bad_input_names_the_field_the_value_and_what_is_allowed(fields, sentence):
    with pytest.raises(BadInput) as refused:
        Scenario(**fields)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"alpha": "0,05"}, "0,05 has a decimal comma; write 0.05."),
        ({"alpha": " 1,5e-3 "}, "1,5e-3 has a decimal comma; write 1.5e-3."),
        ({"alpha": "1,500"}, "1,500 has a comma; write 1.500 or 1500."),
        ({"steps": "20,000"}, "20,000 has a comma; write 20000."),
        ({"steps": "20,5"}, ""),
        ({"start": "-4,5,2,5"}, "-4,5,2,5 has decimal commas; write -4.5,2.5."),
        ({"start": "-4,5;2"}, "-4,5;2 has decimal commas; write -4.5,2."),
        ({"start": "-4,5,2"}, ""),  # -4.5,2 or -4,5.2
        ({"values": {"kappa": "2,5"}}, "2,5 has a decimal comma; write 2.5."),
        ({"values": {"kappa": "0,5"}}, ""),  # 0.5 is not allowed either
        ({"schedule": "multi_step", "values": {"milestones": "9,3"}}, ""),
        (
            {"schedule": "drawn", "values": {"points": "0:0,1,50:0,01"}},
            "0:0,1,50:0,01 has decimal commas; write 0:0.1,50:0.01.",
        ),
        (
            {"schedule": "drawn", "values": {"points": "0:0,1; 50:0,01"}},
            "0:0,1; 50:0,01 has decimal commas; write 0:0.1, 50:0.01.",
        ),
        (
            {"schedule": "drawn", "values": {"points": ",".join(f"{step}:0,1" for step in range(20))}},
            "It has decimal commas; write decimal points.",
        ),
        ({"alpha": "０,05"}, ""),  # other digits stay out of the sentence
    ],
)
def test_a_decimal_comma_is_named_and_mended_where_it_is_plain_what_was_meant(fields, hint):
    with pytest.raises(BadInput) as refused:
        Scenario(**fields)
    sentence = str(refused.value)
    assert sentence.endswith(f". {hint}") if hint else "comma" not in sentence
    key = list(fields)[-1]
    for meant in re.findall(r"[-\d][-\d.,:e ]*\d", hint.partition("write ")[2]):  # is allowed
        Scenario(**fields | {key: dict.fromkeys(fields[key], meant) if key == "values" else meant})


def test_a_comma_between_numbers_stays_what_it_is():
    assert Scenario(start="-4,2").start == (-4, 2)
    assert Scenario(schedule="multi_step", values={"milestones": "60,120"})["milestones"] == "60,120"
    assert Scenario(schedule="drawn", values={"points": "0:0.1,50:0.01"})["points"] == "0:0.1,50:0.01"


@pytest.mark.parametrize(
    "text", ["", "[]", "1", "{", "[" * 100_000, '{"surfaces": 1}', '{"values": {"kappa": "1e999"}}', '{"alpha": NaN}']
)
def test_json_of_nonsense_is_refused(text):
    with pytest.raises(BadInput):
        Scenario.from_json(text)


@given(
    st.dictionaries(
        st.text(max_size=20),
        st.one_of(st.text(max_size=50), st.integers(), st.floats(), st.none(), st.lists(st.integers())),
        max_size=4,
    )
)
@settings(max_examples=200, deadline=None)
def test_any_json_object_gives_a_scenario_or_a_sentence(data):
    try:
        Scenario.from_json(json.dumps(data))
    except BadInput as refused:
        assert 10 < len(str(refused)) < 2000
