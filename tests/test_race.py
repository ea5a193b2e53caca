"""A race shares what is not a run's own, goes to a link and back, and says what is wrong with a bad one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import BadInput, Scenario
from lrviz.palette import MOST_RUNS
from lrviz.race import Race


@pytest.fixture
def race():
    first = Scenario(surface="rosenbrock", alpha=0.002, steps=50, values={"b": 20})
    return Race(first).add({"optimizer": "adam"}).add({"optimizer": "momentum", "alpha": "0.0005", "momentum": "0.5"})


def test_a_run_shares_what_is_not_its_own(race):
    plain, adam, momentum = race.scenarios
    assert (adam.optimizer, adam.alpha, adam.steps, adam["b"]) == ("adam", 0.002, 50, 20)
    assert (momentum.alpha, momentum["momentum"], momentum.start) == (0.0005, 0.5, plain.start)
    faster = race.leading(race.first.having(alpha=0.004, steps=70))
    assert [s.alpha for s in faster.scenarios] == [0.004, 0.004, 0.0005] and faster.scenarios[1].steps == 70


def test_a_link_restores_a_race(race):
    race = race.show(1, False)
    params = race.to_params()
    assert (
        params["run2"] == "optimizer:adam"
        and params["run3"] == "optimizer:momentum;alpha:0.0005;momentum:0.5"
        and params["off"] == "2"
    )
    again, sentences = Race.from_params(params)
    assert again == race and sentences == []


def test_runs_come_and_go(race):
    assert [s.optimizer for s in race.remove(1).scenarios] == ["gradient_descent", "momentum"]
    assert race.show(2, False).remove(1).hidden == {1}
    assert race.own(1, alpha="0.1").scenarios[1].alpha == 0.1
    assert race.own(2, alpha=None).scenarios[2].alpha == race.first.alpha
    full = race
    while len(full.scenarios) < MOST_RUNS:
        full = full.add({"optimizer": "adam"})
    with pytest.raises(BadInput, match="at most 6"):
        full.add({})
    assert len(set(full.names)) == MOST_RUNS


def test_names_tell_runs_apart(race):
    assert race.names == ["Gradient descent", "Adam", "Momentum, α 0.0005"]
    assert Race().add({"framework": "pytorch"}).names == ["Gradient descent", "Gradient descent, PyTorch"]


def test_a_title_names_a_schedule_that_all_have():
    alone = Scenario(alpha=0.15, schedule="cosine")
    assert Race(alone, ({"optimizer": "adam"},)).title == "A race on Bowl, α 0.15, cosine decay"
    apart = Race(alone, ({"schedule": "constant"},))
    assert (apart.title, apart.file_name) == ("A race on Bowl, α 0.15", "bowl-race-alpha-0.15")


def test_an_optimizer_that_only_the_other_framework_has_brings_its_framework():
    assert Race().add({"optimizer": "radam"}).scenarios[1].framework == "pytorch"
    assert Race().leading(Scenario(framework="pytorch")).add({"optimizer": "lion"}).scenarios[1].framework == "keras"


def test_what_a_run_can_no_longer_have_is_dropped():
    race = Race(Scenario(optimizer="momentum")).add({"momentum": "0.5", "alpha": "0.2"})
    changed = race.leading(Scenario(optimizer="adam"))
    assert changed.others == ({"alpha": "0.2"},)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"alpha": "nan", "surface": "rosenbrock"}, "alpha is 'nan', but must be"),
        ({"wings": "2", "surface": "rosenbrock"}, "There is no parameter 'wings'."),
        ({"run2": "optimizer:adm", "surface": "rosenbrock"}, "run2: There is no optimizer 'adm'. Did you mean adam?"),
        ({"run2": "alpha:x;optimizer:adam", "surface": "rosenbrock"}, "run2: alpha is 'x'"),
        ({"run2": "surface:bowl", "surface": "rosenbrock"}, "run2: Runs of a race share"),
        ({"run2": "b:3", "surface": "rosenbrock"}, "run2: Runs of a race share"),
        ({"run2": "x:3", "surface": "rosenbrock"}, "run2: Runs of a race share"),
        ({"off": "001" + "9" * 9000, "surface": "rosenbrock"}, "off is '001999"),
        ({"run7": "optimizer:adam", "surface": "rosenbrock"}, "There is no parameter 'run7'."),
        ({"off": "3", "surface": "rosenbrock"}, "off is '3', but must be numbers of runs from 1 to 1"),
    ],
)
def test_one_wrong_thing_is_one_sentence_and_the_rest_works(params, sentence):
    race, sentences = Race.from_params(params)
    assert race.first.surface == "rosenbrock"
    assert len(sentences) == 1 and sentences[0].startswith(sentence)


WORDS = st.sampled_from(
    [
        "surface",
        "alpha",
        "optimizer",
        "run2",
        "run3",
        "off",
        "bowl",
        "adam",
        "nan",
        "0.1",
        "optimizer:adam",
        "alpha:;",
        "<b>",
        "[a](b)",
    ]
)


@given(st.dictionaries(WORDS | st.text(max_size=30), WORDS | st.text(max_size=200), max_size=8))
@settings(max_examples=500, deadline=None)
def test_any_link_gives_a_race_and_sentences(params):
    race, sentences = Race.from_params(params)
    assert len(race.scenarios) <= MOST_RUNS
    assert all(10 < len(sentence) < 2500 and sentence.isprintable() for sentence in sentences)
    again, wrong = Race.from_params(race.to_params())
    assert again.scenarios == race.scenarios and not wrong
