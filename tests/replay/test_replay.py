"""A replay: its sentences and findings, how far it is true, the command line, notebooks, links and programs."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as searched
from hypothesis import strategies as st

import lrviz
from lrviz import BadInput, History
from lrviz.cli import main
from lrviz.knob import read as number_in
from lrviz.replay import Replay, Settings, code, report
from lrviz.replay.drawing import as_svg
from lrviz.replay.findings import find
from lrviz.replay.mode import DOWN, UP, is_rising, known_to_keras
from lrviz.replay.prepared import PREPARED
from lrviz.replay.reading import read
from lrviz.replay.rules import RULES
from lrviz.replay.settings import KNOBS, LONGEST, values_text
from lrviz.replay.why import why

ROOT = Path(__file__).parent
SHOWN = [0.5, 0.45, 0.455, 0.452, 0.451, 0.45, 0.43]


def replayed(values, framework="keras", monitor="val_loss", **knobs):
    return lrviz.replay(History(np.array(values, float), monitor), framework=framework, **knobs)


def found(values, framework="keras", **knobs):
    """The findings by their kind."""
    return {finding.key: finding for finding in find(replayed(values, framework, **knobs), framework)}


# Why ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("framework", "epoch", "sentence"),
    [
        ("keras", 1, "0.5 is the first value: the best, wait 0."),
        ("keras", 2, "0.45 is below 0.5 − 1e-4: the best, wait 0."),
        ("keras", 3, "0.455 is not below 0.45 − 1e-4: wait 1 of 3."),
        ("keras", 5, "0.451 is not below 0.45 − 1e-4: wait 3 of 3, cut to 5e-4."),
        ("pytorch", 5, "0.451 is not below 0.45 × (1 − 1e-4): wait 3, not more than 3."),
        ("pytorch", 6, "0.45 is not below 0.45 × (1 − 1e-4): wait 4, more than 3, cut to 5e-4."),
        ("optax", 5, "0.451 is not below 0.45 × (1 − 1e-4): wait 3 of 3, cut to 5e-4."),
    ],
)
def test_the_reason_for_each_decision(framework, epoch, sentence):
    assert why(replayed(SHOWN, framework, patience=3, factor=0.5), framework, epoch - 1) == sentence


FLAT = "1 is not below 1 × (1 − 1e-4)"
COOLED, LOW, BOTTOM = {"patience": 1, "cooldown": 2}, {"patience": 0, "rate": 1e-8}, {"patience": 0, "min_lr": 1e-3}
NARROW = {"min_delta": 0, "float32": True}


@pytest.mark.parametrize(
    ("framework", "values", "knobs", "epoch", "sentence"),
    [
        ("pytorch", [1] * 6, COOLED, 4, f"{FLAT}: cooldown, not counted, 1 to go."),
        ("pytorch", [1] * 6, COOLED, 5, f"{FLAT}: the last epoch of the cooldown, not counted."),
        ("pytorch", [1] * 6, LOW, 2, f"{FLAT}: wait 1, more than 0, but the cut is no more than eps: dropped."),
        ("pytorch", [1] * 6, BOTTOM, 2, f"{FLAT}: wait 1, more than 0, but the rate is at its floor."),
        ("keras", [1] * 6, BOTTOM, 3, "1 is not below 1 − 1e-4: wait 2 of 1, but the rate is at its floor."),
        ("keras", [0.5, 0.49996], {}, 2, "0.49996 is not below 0.5 − 1e-4: wait 1 of 10."),
        ("keras", [0.5, 0.4], {"mode": "max", "min_delta": 0}, 2, "0.4 is not above 0.5: wait 1 of 10."),
        ("pytorch", [0.5, 0.6], {"mode": "max"}, 2, "0.6 is above 0.5 × (1 + 1e-4): the best, wait 0."),
        ("optax", [1, 1, 1, 1], {"accumulation_size": 2}, 3, "One of 2 values that are averaged."),
        ("keras", [1, 1 - 2e-8], NARROW, 2, "0.99999998 is not below 1 in float32: wait 1 of 10."),
        ("keras", [1, 0.5, 0.4, 0.6], {"resume_after": 3}, 4, "0.6 is the first value: the best, wait 0."),
        ("pytorch", [np.nan, 1], {}, 1, "nan is not below ∞ × (1 − 1e-4): wait 1, not more than 10."),
    ],
)  # fmt: skip
def test_the_reason_where_it_is_another(framework, values, knobs, epoch, sentence):
    assert why(replayed(values, framework, **knobs), framework, epoch - 1) == sentence


COMPARED = re.compile(r"(\S+) is (not )?(below|above) (\S+)(?: × \(1 ([−+]) (\S+)\))?(?: ([−+]) (\S+))?:")


@given(
    values=st.lists(st.floats(-1, 1).map(lambda value: round(value, 5)), min_size=2, max_size=12),
    tolerance=st.sampled_from([0.0, 1e-4, 0.01]),
    relative=st.booleans(),
    mode=st.sampled_from(["min", "max"]),
)
@searched(max_examples=200, deadline=None)
@pytest.mark.parametrize("framework", RULES)
def test_each_sentence_is_true_as_it_is_read(framework, values, tolerance, relative, mode):
    absolute = framework == "keras" or (framework == "pytorch" and not relative)
    optax = {"rtol": tolerance if relative else 0, "atol": tolerance or 1e-4}
    own = {
        "keras": {"min_delta": tolerance},
        "pytorch": {"threshold": tolerance, "threshold_mode": "rel" if relative else "abs"},
    }
    knobs = {**own, "optax": optax}[framework]
    made = replayed(values, framework, mode=mode, **knobs)
    for epoch in range(1, len(values)):
        sentence = why(made, framework, epoch)
        match = COMPARED.match(sentence)
        now, no, word, best, sign, part, plus, size = match.groups()
        bar = number_in(best) * (1 + {"−": -1, "+": 1}[sign] * number_in(part) if part else 1)
        bar += {"−": -1, "+": 1}[plus] * number_in(size) if size else 0
        assert (word == "above") == (mode == "max") and not (absolute and part)
        slack = 1e-12  # the reader adds in decimals, the rule in binary
        value = number_in(now) if word == "above" else -number_in(now)
        bar = bar if word == "above" else -bar
        assert value <= bar + slack if no else value > bar - slack
        assert bool(no) != made.decisions[framework].improved[epoch]


# Findings -------------------------------------------------------------------------------------------------------------


def test_optax_refuses_two_tolerances_of_0():
    assert "refused" in found([1, 0.5, 0.5], "optax", rtol=0)
    assert "refused" not in found([1, 0.5, 0.5], "optax", rtol=0, atol=1e-9)
    assert "refused" not in found([1, 0.5, 0.5], "optax") | found([1, 0.5, 0.5], "pytorch", rtol=0)


def test_a_relative_threshold_below_zero():
    finding = found([-1] * 8, "pytorch", patience=2)["relative_below_zero"]
    assert finding.epoch == 2 and "7 epochs counted as better" in finding.sentence and "abs" in finding.remedy
    assert "relative_below_zero" in found([-1] * 8, "optax") and "relative_below_zero" in found(
        [-1] * 8, "pytorch", mode="max"
    )
    assert "relative_below_zero" not in found([-1] * 8, "pytorch", threshold_mode="abs")
    assert "relative_below_zero" not in found([1] * 8, "pytorch") | found([-1] * 8, "keras")


def test_a_min_delta_larger_than_the_improvements():
    values = 1e-5 * 0.9 ** np.arange(40)
    finding = found(values, patience=5)["improvement_too_small"]
    assert finding.epoch == 6 and "from 1e-5 to 5.9e-6" in finding.sentence and "min_delta" in finding.remedy
    enough = number_in(re.search(r"to (\S+) or less", finding.remedy)[1])
    assert enough > 1e-7 and not replayed(values, patience=5, min_delta=enough).decisions["keras"].cut[5]
    assert "improvement_too_small" in found(values, "pytorch", patience=5, threshold_mode="abs")
    assert "improvement_too_small" not in found(values, min_delta=0) | found(values, "pytorch") | found(
        [1] * 20, patience=2
    )


NOISY = [1, 0.9, 0.95, 0.8, 0.85, 0.7, 0.75, 0.6, 0.65, 0.5]


@pytest.mark.parametrize(
    ("framework", "patience", "enough"), [("keras", 0, 2), ("keras", 1, 2), ("pytorch", 0, 1), ("optax", 1, 2)]
)
def test_patience_0_and_noise(framework, patience, enough):
    finding = found(NOISY, framework, patience=patience)["patience_and_noise"]
    assert finding.epoch == 3 and "4 of 4 cuts" in finding.sentence and f"patience={enough}" in finding.remedy
    assert not replayed(NOISY, framework, patience=enough).decisions[framework].cut.any()
    assert "patience_and_noise" not in found([1] * 10, framework, patience=patience)


def test_patience_0_in_optax():
    assert found([1, 1, 0.5], "optax", patience=0)["patience_0"].epoch == 1
    assert "patience_0" not in found([1, 1, 0.5], "optax", patience=1)


def test_eps_drops_the_cut():
    finding = found([1] * 8, "pytorch", patience=0, rate=1e-7, factor=0.1)["eps"]
    assert finding.epoch == 3 and "from 1e-8 to 1e-9" in finding.sentence
    enough = number_in(re.search(r"to (\S+) or less", finding.remedy)[1])
    assert enough > 0 and "eps" not in found([1] * 3, "pytorch", patience=0, rate=1e-7, factor=0.1, eps=enough)
    assert "eps" not in found([1] * 8, "pytorch", patience=0, rate=1e-7, eps=0)
    assert "eps" not in found([1] * 30, "pytorch", patience=0, rate=1e-3, min_lr=1e-6)  # that is the floor


def test_a_rate_at_its_floor():
    assert found([1] * 8, patience=2, rate=0.1, min_lr=0.01)["floor"].epoch == 3
    assert found([1] * 8, "optax", patience=2, rate=0.1, min_scale=0.1)["floor"].epoch == 3
    assert found([1] * 8, patience=2, rate=0.1, min_lr=0.1)["floor"].epoch == 1
    assert "floor" not in found([1] * 8, patience=2, rate=0.1, min_lr=1e-9)


def test_one_more_cut_in_float32():
    knobs = {"rate": 1e-3, "factor": 0.1, "min_lr": 1e-4, "patience": 1}
    assert found([1] * 8, float32=True, **knobs)["float32_floor"].epoch == 3
    assert "float32_floor" not in found([1] * 8, **knobs)


def test_patience_that_counts_batches():
    values = 1 + 0.1 * np.random.default_rng(0).standard_normal(1600)
    knobs = {"factor": 0.1, "patience": 6, "min_lr": 1e-6, "rate": 1e-3}
    said = found(values, steps_per_epoch=800, **knobs)
    assert "800 an epoch" in said["batches"].sentence and "in epoch 1" in said["batches"].sentence
    assert said["floor"].epoch < 800 and "once an epoch" in said["batches"].remedy
    assert "If these 1600 values are one a batch" in found(values, **knobs)["batches"].sentence
    assert "batches" not in found([1] * 50, patience=5)
    made = replayed(values, steps_per_epoch=800, cooldown=2, stop_patience=3, resume_after=700, **knobs)
    said = report.as_text(made), *report.story(made), *(why(made, "keras", k) for k in range(60)), as_svg(made)
    named = re.findall(r"[Ee]pochs? \d+|\d+ epochs?|(?:one|each|worse|last|same|an) epoch", " ".join(said))
    assert set(named) <= {"an epoch", "0075 epochs", "epoch 1"}, "each value is a step, of an epoch that has 800"
    assert "1600 steps" in said[0] and "cuts, after step " in said[0] and "since step " in said[0]


def test_cooldown_in_keras():
    assert "changes nothing" in found([1] * 10, patience=2, cooldown=1)["cooldown"].sentence
    assert "every 3 epochs" in found([1] * 10, patience=1, cooldown=3)["cooldown"].sentence
    assert np.flatnonzero(replayed([1] * 10, patience=1, cooldown=3).decisions["keras"].cut).tolist() == [1, 4, 7]
    assert "cooldown" not in found([1] * 10, patience=2, cooldown=2) | found(
        [1] * 10, "pytorch", patience=2, cooldown=1
    )


def test_a_lone_lucky_low_value_as_best():
    values = [1, 0.9, 0.3, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55]
    finding = found(values, patience=5)["lone_best"]
    assert (
        finding.epoch == 3
        and "0.3 in epoch 3" in finding.sentence
        and "cut after epoch 8 would not come" in finding.sentence
    )
    assert "lone_best" not in found([1, 0.9, 0.8, 0.7, 0.6, 0.61, 0.6, 0.62, 0.6, 0.61], patience=4)
    assert "lone_best" in found([1 - value for value in values], "pytorch", patience=4, mode="max")


def test_a_best_that_cannot_be_beaten():
    assert found([np.nan, 1, 0.5, 0.4], patience=2)["best_beyond_beating"].epoch == 1
    assert found([1, -np.inf, 0.5, 0.4], "pytorch", patience=2)["best_beyond_beating"].epoch == 2
    assert "best_beyond_beating" not in found([np.nan, 1, 0.5, 0.4], "pytorch", patience=2)


def test_what_a_fresh_rule_has_forgotten():
    values = [1, *[0.5] * 6]
    assert (
        "Without the stop there is a cut after epoch 6"
        in found(values, patience=4, resume_after=4)["forgotten"].sentence
    )
    assert "forgotten" not in found(values, patience=4)
    said = found([1] * 8, "optax", patience=2, rate=0.1, resume_after=4)["forgotten"].sentence
    assert "the rate is 0.1 again" in said


def test_a_name_of_which_keras_knows_no_direction():
    history = History(np.array([0.5, 0.6]), "score")
    assert "ValueError" in find(lrviz.replay(history), "keras")[0].sentence
    assert not [f for f in find(lrviz.replay(history, mode="max"), "keras") if f.key == "mode"]


def test_early_stopping_first():
    finding = found([1] * 12, patience=5, stop_patience=3)["stopped_first"]
    assert finding.epoch == 4 and "before the first cut, after epoch 6" in finding.sentence
    assert "it is for nothing" in found([1] * 12, patience=3, stop_patience=3)["stopped_first"].sentence
    assert "stopped_first" not in found([1] * 12, patience=3, stop_patience=6) | found([1] * 12, patience=5)


def test_why_there_is_no_cut():
    finding = found([1, 0.9, 0.95, 0.96, 0.8, 0.7], patience=5)["no_cut"]
    assert finding.epoch == 4 and "patience=2" in finding.remedy
    assert replayed([1, 0.9, 0.95, 0.96, 0.8, 0.7], patience=2).decisions["keras"].cut.any()
    assert found(1 - 1e-6 * np.arange(30), min_delta=0, patience=5)["by_a_hair"].remedy == "Set a larger min_delta."
    assert "no_cut" not in found([1] * 9, patience=5)


@given(
    values=st.lists(st.floats() | st.sampled_from([0.0, 1.0, -1.0]), min_size=1, max_size=25),
    repeated=st.sampled_from([1, 20]),
    mode=st.sampled_from(["min", "max", "auto"]),
    float32=st.booleans(),
    knobs=st.fixed_dictionaries(
        {},
        optional={
            "patience": st.integers(0, 3),
            "cooldown": st.integers(0, 3),
            "min_lr": st.sampled_from([0, 1e-4, 1e-3]),
            "min_delta": st.sampled_from([0, 1e6]),
            "threshold": st.sampled_from([0, 1, 1e6]),
            "threshold_mode": st.sampled_from(["rel", "abs"]),
            "eps": st.sampled_from([0, 1]),
            "rtol": st.sampled_from([0, 1]),
            "atol": st.sampled_from([0, 1e6]),
            "accumulation_size": st.integers(1, 4),
            "min_scale": st.sampled_from([0, 0.1, 1]),
            "resume_after": st.integers(1, 30),
            "steps_per_epoch": st.integers(1, 30),
            "stop_patience": st.integers(0, 3),
            "start_from_epoch": st.integers(0, 30),
            "rate": st.sampled_from([1e-3, 1e-8, 1e-44, 1e6]),
        },
    ),
)
@searched(max_examples=300, deadline=None)
def test_any_values_and_settings_are_reported(values, repeated, mode, float32, knobs):
    made = lrviz.replay(values * repeated, mode=mode, float32=float32, **knobs)
    told = json.loads(report.as_json(made), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert all(len(numbers["learning_rate"]) == len(values) * repeated for numbers in told.values())
    assert len(report.as_csv(made).splitlines()) == 1 + 3 * len(values) * repeated
    assert report.as_text(made) and report.html(made)
    for framework in RULES:
        compile(code.program(made, framework) + code.lines(made, framework), "<program>", "exec")


# How far it is true ---------------------------------------------------------------------------------------------------


def test_a_replay_is_true_until_the_rates_part():
    assert replayed(SHOWN, patience=3).valid_until("keras") == 5
    assert replayed(SHOWN, patience=10).valid_until("keras") is None
    recorded = History(np.array(SHOWN), rates=np.array([1e-3] * 5 + [5e-4] * 2))
    made = lrviz.replay(recorded, patience=3, factor=0.5)
    assert made.valid_until("keras") is None and made.valid_until("pytorch") == 5
    assert "would have been others" in report.as_text(made)


def test_the_log_of_a_real_training_is_retraced():
    """Recorded with patience 1 and min_delta 0.3, in float32."""
    history = read((ROOT / "histories" / "keras_csv_logger.csv").read_bytes())
    made = lrviz.replay(history, patience=1, min_delta=0.3, float32=True)
    np.testing.assert_array_equal(made.used_rates("keras"), history.rates)
    assert made.valid_until("keras") is None and made.decisions["keras"].cut.sum() > 2
    assert lrviz.replay(history, patience=3, min_delta=0.3, float32=True).valid_until("keras") == 4


# Mode -----------------------------------------------------------------------------------------------------------------


def test_modes():
    recorded = np.load(ROOT.parent / "golden" / "replay_float64.npz")
    up, down = set(recorded["keras_up"].tolist()), set(recorded["keras_down"].tolist())
    assert up <= UP and down <= DOWN and len(up) > 20 and len(down) > 10
    assert UP - up == {"acc"} and DOWN - down <= {"loss", "mse", "mae", "mape", "msle"}
    assert all(is_rising("auto", name) for name in ("val_accuracy", "acc", "my_auc_2", "fmeasure"))
    assert not any(is_rising("auto", name) for name in ("val_loss", "accuracy_loss", "score", "val_mse"))
    assert is_rising("max", "loss") and not is_rising("min", "acc")
    assert known_to_keras("val_auc") and not known_to_keras("score")


# Settings and links ---------------------------------------------------------------------------------------------------


def test_settings_go_through_a_link():
    settings = Settings(
        ("pytorch", "keras"), True, {"patience": 3, "threshold_mode": "abs", "rate": 0.1, "resume_after": None}
    )
    params = settings.to_params()
    assert params == {"patience": "3", "threshold_mode": "abs", "rate": "0.1", "rules": "pytorch,keras", "float32": "1"}
    assert Settings.from_params(params) == (
        Settings(("pytorch", "keras"), True, {"patience": 3, "threshold_mode": "abs", "rate": 0.1}),
        [],
    )
    assert Settings().to_params() == {}
    settings, sentences = Settings.from_params({"patience": "x", "factor": "0.5", "self": "2", "rules": "jax"})
    assert settings == Settings(values={"factor": 0.5}) and len(sentences) == 3


def test_a_link_holds_up_to_200_values_as_they_are():
    values = np.array([0.1, 1 / 3, np.nan, np.inf, -np.inf, -2, 1e-300])
    np.testing.assert_array_equal(read(values_text(values), decimal=".").values, values)
    assert values_text(np.ones(LONGEST)) == ",".join(["1"] * LONGEST) and values_text(np.ones(LONGEST + 1)) == ""


@pytest.mark.parametrize("key", KNOBS)
def test_every_knob_takes_its_default_and_refuses_what_is_none(key):
    knob = KNOBS[key]
    assert knob.help.endswith(".") and Settings(values={key: knob.default})[key] == knob.check(knob.default)
    with pytest.raises(BadInput):
        Settings(values={key: "feather"})


def test_what_is_wrong_is_said():
    for wrong in ({"patience": -1}, {"wings": 1}, {"framework": "jax"}, {"framework": ""}, {"rate": 0}, {"mode": "up"}):
        with pytest.raises(BadInput):
            lrviz.replay([1, 2], **wrong)


# Prepared histories ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "framework", "finding"),
    [
        ("noisy", "keras", "patience_and_noise"),
        ("flat", "keras", "cooldown"),
        ("tiny", "keras", "improvement_too_small"),
        ("negative", "pytorch", "relative_below_zero"),
        ("every_two", "keras", "cooldown"),
        ("batches", "pytorch", "batches"),
        ("batches", "keras", "floor"),
    ],
)
def test_a_prepared_history_shows_what_it_says(key, framework, finding):
    assert finding in {found.key for found in find(PREPARED[key].replay, framework)}


def test_the_other_prepared_histories():
    spike = PREPARED["spike"].replay
    cut = int(np.flatnonzero(spike.decisions["keras"].cut)[0])
    assert cut > 12 and (np.diff(spike.history.values[12 : cut + 1]) < 0).all()
    rising = PREPARED["accuracy"].replay
    assert rising.rising and rising.decisions["pytorch"].cut.any() and is_rising("auto", rising.history.monitor)
    every = np.flatnonzero(PREPARED["every_two"].replay.decisions["keras"].cut)
    assert len(every) > 5 and (np.diff(every) == 2).all()
    last = np.flatnonzero(PREPARED["batches"].replay.decisions["keras"].cut)[-1]
    assert len(PREPARED) == 8 and last < 100
    for row in PREPARED.values():
        assert row.what.endswith(".") and read(values_text(row.values), decimal=".").values.tolist() == list(row.values)


# Notebooks ------------------------------------------------------------------------------------------------------------


def test_in_a_notebook():
    made = lrviz.replay({"loss": [1, 1], "val_loss": SHOWN}, patience=3, framework="keras")
    assert (
        isinstance(made, Replay)
        and "1 cut, after epoch 5" in str(made)
        and "1 cut, after epoch 5" in made._repr_html_()
    )
    alone = History({"loss": [1, 1], "val_loss": SHOWN})._repr_html_()
    assert alone.startswith("<svg") and alone == lrviz.replay(SHOWN)._repr_html_()
    evil = lrviz.replay({"<script>": [1, 2]})
    assert "<script>" not in evil._repr_html_() and "&lt;script&gt;" in evil._repr_html_()
    package = import_module("lrviz.replay")
    assert package([1, 2]).history.values.tolist() == lrviz.replay([1, 2]).history.values.tolist() == [1, 2]


# The command line -----------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "losses.csv"
    path.write_text("epoch,loss,val_loss\n" + "".join(f"{k},1,{value}\n" for k, value in enumerate(SHOWN)))
    return str(path)


def test_json(file, capsys):
    arguments = ["replay", file, "--column", "val_loss", "--rate", "0.01", "--framework", "keras,pytorch,optax"]
    assert main([*arguments, "--set", "patience=3", "--set", "factor=0.5", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["keras", "pytorch", "optax"]
    assert told["keras"]["learning_rate"] == [0.01] * 4 + [0.005] * 3 and told["keras"]["wait"] == [0, 0, 1, 2, 0, 1, 0]
    assert told["pytorch"]["cut"] == [False] * 5 + [True, False] and told["optax"]["cooldown"] == [0] * 7
    assert told["keras"]["best"] == [0.5, *[0.45] * 5, 0.43] and told["keras"]["valid_until"] == 6
    assert main(["replay", file, "--format", "json", "--set", "patience=6"]) == 0
    findings = json.loads(capsys.readouterr().out)["keras"]["findings"]
    assert [finding["key"] for finding in findings] == ["no_cut"] and set(findings[0]) == {
        "key",
        "epoch",
        "sentence",
        "remedy",
    }


def test_json_is_strict_where_a_value_is_not_finite(tmp_path, capsys):
    (tmp_path / "losses.txt").write_text("nan 1 inf")
    assert main(["replay", str(tmp_path / "losses.txt"), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert told["keras"]["best"] == ["nan"] * 3 and told["pytorch"]["best"] == ["inf", 1.0, 1.0]


def test_csv_and_text(file, capsys):
    assert main(["replay", file, "--format", "csv", "--framework", "pytorch", "--set", "patience=3"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["val_loss"] for row in rows] == list(map(str, SHOWN)) and [row["cut"] for row in rows].index(
        "True"
    ) == 5
    assert rows[5]["why"].endswith("cut to 1e-4.")
    assert main(["replay", file, "--set", "patience=3"]) == 0
    text = capsys.readouterr().out
    assert "Keras: 1 cut, after epoch 5" in text and "PyTorch: 1 cut, after epoch 6" in text and "optax" in text


@pytest.mark.parametrize(
    ("arguments", "cuts"),
    [
        (["--set", "patience=1", "--mode", "max"], [2, 3, 4, 5, 6, 7]),
        (["--set", "patience=4", "--resume-after", "4"], []),
        (["--set", "patience=1", "--set", "min_lr=1e-4", "--float32"], [3, 4]),
    ],
)
def test_flags(file, arguments, cuts, capsys):
    assert main(["replay", file, "--framework", "keras", "--format", "json", *arguments]) == 0
    assert (np.flatnonzero(json.loads(capsys.readouterr().out)["keras"]["cut"]) + 1).tolist() == cuts


def test_early_stopping_on_the_command_line(file, capsys):
    stop = ["--set", "stop_patience=2", "--set", "stop_min_delta=0"]
    assert main(["replay", file, *stop, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["keras"]["early_stopping"] == 4 and "early_stopping" not in told["pytorch"]
    assert main(["replay", file, *stop]) == 0
    assert "EarlyStopping ends it after epoch 4" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        *("", "/no/such/file", "/", "a\0b"),
        *("{file} --column wings", "{file} --set patience=x", "{file} --set patience", "{file} --set wings=1"),
        *("{file} --framework jax", "{file} --framework ,", "{file} --mode up", "{file} --resume-after 0"),
        *("{file} --rate 0", "{file} --wings 1", "{file} --decimal x", "{file} --format xml"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, file, capsys):
    assert main(["replay", *(part.format(file=file) for part in arguments.split(" ") if part)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("lrviz: ") and err.count("\n") == 1


def test_standard_input_in_a_process_of_its_own():
    run = [
        sys.executable,
        "-m",
        "lrviz",
        "replay",
        "-",
        "--rate",
        "0.1",
        "--set",
        "patience=2",
        "--framework",
        "pytorch",
    ]
    told = subprocess.run(run, input="0,0,0,0,0,0,0,0,0,0", capture_output=True, text=True, check=True)
    assert "3 cuts, after epoch 4, 7, 10" in told.stdout and told.stderr == ""


# Code -----------------------------------------------------------------------------------------------------------------


def test_lines_for_a_training_script():
    made = lrviz.replay(SHOWN, patience=3, min_delta=0, threshold_mode="abs", rtol=0, atol=0.01, stop_patience=8)
    keras = code.lines(made, "keras")
    assert 'ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=3, min_delta=0.0)' in keras.replace("\n", " ")
    assert 'EarlyStopping(monitor="val_loss", patience=8)' in keras
    pytorch = code.lines(made, "pytorch")
    assert 'ReduceLROnPlateau(optimizer, factor=0.1, patience=3, threshold_mode="abs")' in pytorch
    assert "reduce_on_plateau(factor=0.1, patience=3, rtol=0.0, atol=0.01)" in code.lines(made, "optax")
    rising = lrviz.replay(History(np.array(SHOWN), 'x"; import os #'), mode="max")
    assert r'monitor="x\"; import os #", mode="max"' in code.lines(rising, "keras")
    assert "value=-value" in code.lines(rising, "optax") and 'mode="max"' in code.lines(rising, "pytorch")


@pytest.mark.parametrize("framework", RULES)
@pytest.mark.parametrize("values", [SHOWN, [np.nan, 1, np.inf, -1], [1] * 300])
def test_programs_are_python_and_hold_the_values(framework, values):
    text = code.program(replayed(values, framework, patience=3), framework)
    compile(text, "<program>", "exec")
    assert (str(SHOWN) in text) == (values is SHOWN) and ("values.txt" in text) == (len(values) == 300)
    with pytest.raises(BadInput):
        code.program(replayed(values), "jax")
