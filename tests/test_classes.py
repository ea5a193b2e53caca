"""Under a framework's name a schedule is that framework's class: its defaults and its rates, as recorded from the real
ones in ``golden/schedules.json``; and classes and their arguments are understood by their names."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lrviz import OPTIMIZERS, SCHEDULES, BadInput, Scenario
from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import Knob
from lrviz.race import Race

GOLDEN = json.loads((Path(__file__).parent / "golden" / "schedules.json").read_text())
ALPHA = GOLDEN["alpha"]
SIGNATURES = GOLDEN["signatures"]
KNOWN = {
    ("CyclicLR", "step_size_up"): 25,  # its 2000 would not turn in most runs here, and the knob's help says so
    ("LinearLR", "total_iters"): 0,  # no warm-up unless one is asked for
    ("LBFGS", "history_size"): 5,  # its 100 would be kept for each step of each run, and two axes need few
    ("SGD", "momentum"): 0.9,  # of the optimizers that are SGD with a momentum
}
"""Where a default here is not the class's, and what it is."""


def differences(scenario: Scenario, kind: str) -> dict[tuple[str, str], object]:
    """The defaults of a class that the scenario, in which nothing is set, does not have."""
    found: dict[tuple[str, str], object] = {}
    for argument, default in SIGNATURES[scenario.framework][kind].items():
        if default is None or (argument == "alpha" and kind != "RMSprop"):  # the floor of the cosine: below
            continue
        ours = "rho" if (kind, argument) == ("RMSprop", "alpha") else argument
        try:
            sets = scenario.arguments({ours: default})
        except BadInput:  # no knob here, as the weight_decay of Adam
            assert default in (0, True, False) or argument in ("base_momentum", "max_momentum", "max_iter"), (
                kind,
                argument,
            )
            continue
        for key, value in sets.items():
            if key in scenario.rows and key != "alpha" and kept(scenario.knob(key), value) != scenario[key]:
                found[kind, argument] = scenario[key]
    return found


def kept(knob: Knob, value: object) -> object:
    """As the knob takes it; what it does not take stays as it is."""
    try:
        return knob.check(value)
    except BadInput:
        return value


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("key", SCHEDULES)
def test_a_schedule_has_the_defaults_of_the_class(key, framework):
    kinds = [name for name in SCHEDULES[key].aliases if name in SIGNATURES[framework]]
    for kind in kinds:
        scenario = Scenario(schedule=key, framework=framework)
        if key == "step_decay" and framework == "keras":
            continue  # ExponentialDecay, which has no defaults
        for place, ours in differences(scenario, kind).items():
            assert KNOWN[place] == ours, (place, ours)


def test_the_floor_of_keras_is_0_as_here_and_a_warm_up_begins_where_linear_lr_does():
    assert SIGNATURES["keras"]["CosineDecay"]["alpha"] == SIGNATURES["keras"]["CosineDecayRestarts"]["alpha"] == 0
    assert Scenario(schedule="cosine")["eta_min"] == Scenario(schedule="cosine_restarts")["eta_min"] == 0
    assert Scenario(framework="pytorch")["start_factor"] == SIGNATURES["pytorch"]["LinearLR"]["start_factor"]
    assert "2000" in Scenario(schedule="cyclical").knob("step_size_up").help
    assert SIGNATURES["pytorch"]["CyclicLR"]["step_size_up"] == 2000


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_optimizer_has_the_defaults_of_the_class(framework):
    calls = {key: row.rules[framework].call for key, row in OPTIMIZERS.items() if framework in row.rules}
    seen = set()
    for key, call in calls.items():
        if call is None:
            continue
        kind, row = call.name, OPTIMIZERS[key]
        seen.add(kind)
        theirs = SIGNATURES[framework][kind]
        assert row.alpha[framework] == theirs["learning_rate" if framework == "keras" else "lr"]
        scenario = Scenario(optimizer=key, framework=framework)
        for place, ours in differences(scenario, kind).items():
            assert KNOWN[place] == ours, (key, place, ours)
    recorded = {"Lion", "ScheduleFreeAdamW"} if framework == "keras" else {"RAdam", "LBFGS", "Prodigy"}
    recorded |= {"SGDScheduleFree", "AdamWScheduleFree"} if framework == "pytorch" else set()
    recorded |= {"SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW", "Adamax"}
    assert seen >= recorded | {{"keras": "Nadam", "pytorch": "NAdam"}[framework]}


def scenario_of(row: dict) -> Scenario:
    """The recorded class with its arguments, as the lab understands them."""
    given, values = row["arguments"], dict(row["arguments"])
    schedule = row["class"]
    if schedule == "LinearLR":
        values = {"warmup_steps": given.get("total_iters", 5)} | {k: v for k, v in given.items() if k == "start_factor"}
        schedule = "constant"
    elif row["framework"] == "keras" and "alpha" in values:
        values["eta_min"] = values.pop("alpha") * ALPHA
    return Scenario(
        schedule=schedule, framework=row["framework"], alpha=ALPHA, steps=len(row["rates"]), values=values
    )  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [pytest.param([row for row in GOLDEN["rates"] if row["class"] == kind], id=kind)
     for kind in dict.fromkeys(row["class"] for row in GOLDEN["rates"])],
)  # fmt: skip
def test_a_schedule_has_the_rates_of_the_class(rows):
    for row in rows:
        np.testing.assert_allclose(scenario_of(row).rates(), row["rates"], rtol=1e-9, atol=1e-16, err_msg=str(row))


def test_pytorchs_cosine_rises_again_and_keras_stays_down():
    (row, *_) = [
        row for row in GOLDEN["rates"] if row["class"] == "CosineAnnealingLR" and row["arguments"]["T_max"] < 60
    ]
    length = row["arguments"]["T_max"]
    scenario = scenario_of(row)
    assert np.argmin(scenario.rates()[: 2 * length]) == length and np.isclose(scenario.rates()[2 * length], ALPHA)
    stays = scenario.having(framework="keras").rates()
    assert (stays[length:] == scenario["eta_min"]).all()
    assert any("rises again after T_max" in note for note in scenario.notes)
    assert scenario.having(decay_steps=None).notes == scenario.having(framework="keras").notes == []


def test_one_cycle_raises_there_and_goes_on_at_its_last_rate_here():
    past = GOLDEN["one_cycle_past_its_end"]
    assert past["steps"] == past["total_steps"] and "Tried to step" in past["error"]
    scenario = Scenario(
        schedule="one_cycle", framework="pytorch", steps=30, values={"total_steps": past["total_steps"]}
    )
    rates = scenario.rates()
    np.testing.assert_array_equal(rates[19:], rates[19])
    assert scenario.notes[0].startswith("OneCycleLR raises ValueError after total_steps, 20")
    assert not any("ValueError" in note for note in scenario.having(steps=20).notes)


@pytest.mark.parametrize(
    ("framework", "schedule", "values", "words"),
    [
        ("pytorch", "cosine_restarts", {"t_mul": 1.5}, "T_mult of CosineAnnealingWarmRestarts must be a whole number"),
        ("pytorch", "cosine_restarts", {"m_mul": 0.5}, "begins each period at the full height"),
        ("pytorch", "polynomial", {"end_learning_rate": 0.01}, "PolynomialLR always ends at 0"),
        ("pytorch", "polynomial", {"cycle": 1}, "PolynomialLR does not begin again"),
        ("pytorch", "polynomial", {}, "PolynomialLR ends after 5 steps"),
        ("pytorch", "exponential", {"staircase": 1}, "ExponentialLR has no staircase"),
        ("pytorch", "inverse_time", {}, "PyTorch has no inverse time decay"),
        ("pytorch", "annealing", {}, "PyTorch has no such annealing"),
        ("pytorch", "one_cycle", {}, "By default OneCycleLR cycles the momentum"),
        ("pytorch", "cyclical", {}, "By default CyclicLR cycles the momentum"),
        ("pytorch", "one_cycle", {"total_steps": 20, "pct_start": 0.05}, "OneCycleLR divides by zero"),
        ("pytorch", "step_decay", {"warmup_steps": 5, "start_factor": 0}, "LinearLR refuses a start_factor of 0"),
        ("pytorch", "one_cycle", {"warmup_steps": 5}, "OneCycleLR sets the first rate itself"),
        ("pytorch", "plateau", {"warmup_steps": 5}, "SequentialLR takes no ReduceLROnPlateau"),
        ("keras", "one_cycle", {}, "Keras has no one-cycle schedule (PyTorch has one): the program"),
        ("keras", "cyclical", {}, "Keras has no cyclical schedule (PyTorch has one): the program"),
        ("keras", "annealing", {}, "Keras has no such annealing"),
        ("keras", "polynomial", {"warmup_steps": 5}, "In Keras only CosineDecay has a warm-up"),
        ("keras", "plateau", {"warmup_steps": 5}, "Keras has no warm-up before ReduceLROnPlateau"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_class_cannot_do_is_one_sentence(framework, schedule, values, words):
    scenario = Scenario(schedule=schedule, framework=framework, values=values)
    (sentence,) = [note for note in scenario.notes if words in note]
    assert sentence.endswith(".") and len(sentence) < 140
    assert scenario.having(optimizer="newton").notes == []


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize(
    "schedule", ["constant", "step_decay", "multi_step", "cosine", "cosine_restarts", "plateau", "drawn"]
)
def test_what_a_class_can_do_needs_no_words(schedule, framework):
    assert Scenario(schedule=schedule, framework=framework).notes == []


# Names ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_class_is_its_schedule_or_a_sentence_and_never_another(framework):
    for name in GOLDEN["classes"][framework]:
        try:
            key = Scenario(schedule=name).schedule
        except BadInput as refused:
            assert f"{name} is no schedule of its own here" in str(refused) or "Did you mean" not in str(refused), name
            continue
        assert name in getattr(SCHEDULES[key], framework) or (name, key) == ("PiecewiseConstantDecay", "multi_step")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("CosineAnealingLR", "CosineAnnealingLR"), ("StepRL", "StepLR"), ("cosin", "cosine"),
     ("exponentail", "exponential"),
     ("Cosine annealing with restarts", "CosineAnnealingWarmRestarts"), ("LinearWarmup", None),
     ("OneCycleScheduler", None), ("Linear", None), ("Annealed", None)],
)  # fmt: skip
def test_a_suggestion_is_a_slip_of_the_finger_and_never_another_schedule(typed, meant):
    with pytest.raises(BadInput) as refused:
        Scenario(schedule=typed)
    assert (f"Did you mean {meant}?" if meant else "There is no schedule") in str(refused.value)
    assert bool(meant) == ("Did you mean" in str(refused.value))


@pytest.mark.parametrize(
    ("given", "own"),
    [
        ({"schedule": "CosineAnnealingLR", "T_max": "50"}, {"schedule": "cosine", "decay_steps": "50"}),
        ({"schedule": "step_lr", "gamma": "0.3", "lr": "0.05"},
         {"schedule": "step_decay", "gamma": "0.3", "alpha": "0.05"}),
        ({"schedule": "ExponentialLR", "gamma": "0.97"},
         {"schedule": "exponential", "decay_rate": "0.97", "decay_steps": "1"}),
        ({"schedule": "CosineAnnealingWarmRestarts", "T_0": "9", "T_mult": "3"},
         {"schedule": "cosine_restarts", "first_decay_steps": "9", "t_mul": "3"}),
        ({"schedule": "PolynomialLR", "total_iters": "70"}, {"schedule": "polynomial", "decay_steps": "70"}),
        ({"optimizer": "Adam", "betas": "0.8, 0.99", "eps": "1e-6"},
         {"optimizer": "adam", "beta_1": "0.8", "beta_2": "0.99", "epsilon": "1e-6"}),
        ({"optimizer": "NAdam", "learning_rate": "0.02"}, {"optimizer": "nadam", "alpha": "0.02"}),
        ({"optimizer": "SGD", "nesterov": "False"}, {"optimizer": "gradient_descent"}),
        ({"schedule": "OneCycleLR", "cycle_momentum": "False"}, {"schedule": "one_cycle"}),
        ({"schedule": "ReduceLROnPlateau", "optimizer": "adam", "framework": "pytorch", "eps": "1e-6"},
         {"schedule": "plateau", "optimizer": "adam", "framework": "pytorch", "eps": "1e-6"}),
    ],
    ids=str,
)  # fmt: skip
def test_classes_and_their_arguments_are_names_in_links_in_python_and_on_the_command_line(given, own):
    mean = Scenario.from_params(own)
    assert Scenario.from_params(given) == mean
    assert Race.from_params(given) == (Race(mean), [])
    names = {key: value for key, value in given.items() if key in ("schedule", "optimizer", "framework")}
    assert Scenario(**names, values={key: value for key, value in given.items() if key not in names}) == mean
    assert Scenario(**names).having(**{key: value for key, value in given.items() if key not in names}) == mean
    second = ";".join(f"{key}:{value}" for key, value in given.items())
    race, sentences = Race.from_params({"run2": second})
    assert sentences == [] and race.scenarios[1] == mean and Race.from_params(race.to_params()) == (race, [])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"schedule": "cosine", "values": {"T_max": 5, "decay_steps": 6}},
            "'decay_steps' sets decay_steps, which is set",
        ),
        ({"alpha": 0.1, "values": {"lr": 0.2}}, "'lr' sets alpha, which is set already"),
        (
            {"optimizer": "adam", "values": {"betas": "0.9"}},
            "betas is '0.9', but must be two numbers such as 0.9,0.999.",
        ),
        ({"optimizer": "adam", "values": {"amsgrad": True}}, "Adam with amsgrad=True is the optimizer amsgrad here."),
        ({"optimizer": "SGD", "values": {"momentum": 0.9}}, "SGD with a momentum is the optimizer momentum here"),
        ({"optimizer": "SGD", "values": {"nesterov": True}}, "SGD with nesterov=True is the optimizer nesterov here."),
        ({"schedule": "PiecewiseConstantDecay", "values": {"boundaries": [5]}}, "milestones here, each one step later"),
        ({"schedule": "OneCycleLR", "values": {"cycle_momentum": True}}, "The momentum is not cycled here"),
        ({"optimizer": "rmsprop", "framework": "pytorch", "values": {"alpha": 0.9}}, "calls its smoothing alpha"),
        ({"schedule": "CosineDecay", "values": {"alpha": 0.1}}, "here it is eta_min, as a rate"),
        ({"schedule": "LambdaLR"}, "LambdaLR is no schedule of its own here"),
        ({"schedule": "LinearLR"}, "is the warm-up here, with warmup_steps and start_factor"),
    ],
    ids=str,
)
def test_what_means_no_one_knob_is_a_sentence(fields, words):
    with pytest.raises(BadInput) as refused:
        Scenario(**fields)
    assert words in str(refused.value)


def test_eps_is_the_plateau_rules_where_it_has_one_and_that_is_said():
    scenario = Scenario(optimizer="adam", framework="pytorch", schedule="plateau", values={"eps": 1e-5})
    assert scenario.values == {"eps": 1e-5} and any("the optimizer's eps is epsilon" in note for note in scenario.notes)
    assert Scenario(optimizer="adam", framework="pytorch", values={"eps": 1e-5}).values == {"epsilon": 1e-5}


# Links that were made before ------------------------------------------------------------------------------------------


def opened(**params: str) -> tuple[Race, list[str]]:
    race, wrong = Race.from_params(params)
    assert wrong == []
    return race, race.changed(params)


@pytest.mark.parametrize(
    ("schedule", "then"),
    [("polynomial", "decay_steps=auto and end_learning_rate=0.0001"), ("step_decay", "gamma=0.5"),
     ("multi_step", "gamma=0.5"), ("cosine_restarts", "t_mul=2")],
)  # fmt: skip
def test_a_link_from_before_says_what_it_showed_and_that_can_be_had_again(schedule, then):
    race, (sentence,) = opened(framework="pytorch", schedule=schedule)
    assert f"Links made before showed {then}: add that" in sentence
    added = dict(pair.split("=") for pair in then.split(" and "))
    again, notices = opened(framework="pytorch", schedule=schedule, **added)
    assert notices == []
    np.testing.assert_allclose(again.first.rates(), race.first.having(framework="keras").rates(), rtol=1e-12)


def test_a_link_from_before_with_a_short_cosine_says_that_it_rises_now():
    _, (sentence,) = opened(framework="pytorch", schedule="cosine", decay_steps="50")
    assert "rises again" in sentence and "CosineDecay" in sentence
    assert opened(framework="pytorch", schedule="cosine", decay_steps="250")[1] == []
    _, (sentence,) = opened(schedule="cosine", decay_steps="50", run2="framework:pytorch")
    assert sentence.startswith("run2: ")
    _, (sentence,) = opened(framework="pytorch", schedule="plateau", warmup_steps="9")
    assert "PyTorch has start_factor=0.333 by default. Links made before showed start_factor=0: add" in sentence


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_link_from_now_on_says_nothing(schedule, framework):
    race = Race(Scenario(schedule=schedule, framework=framework, values={"warmup_steps": 5}))
    params = race.to_params()
    assert Race.from_params(params) == (race, []) and race.changed(params) == []
    if framework == "keras":
        assert "v" not in params


def test_an_explicit_default_is_not_talked_about():
    assert opened(framework="pytorch", schedule="step_decay", gamma="0.1")[1] == []
    assert opened(framework="pytorch", schedule="StepLR", gamma="0.1")[1] == []
    assert opened(framework="pytorch", schedule="cosine_restarts", T_mult="1")[1] == []
    assert opened(framework="pytorch", optimizer="line_search", schedule="polynomial")[1] == []
