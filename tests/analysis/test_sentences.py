"""Sentences about a cut, a plateau, a loss that grows or a limit are true: recomputed for 330 runs, and by cases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from lrviz import Scenario, diagnose, simulate
from lrviz.analysis import summary as whole
from lrviz.analysis.sentences import sentences
from lrviz.analysis.verdicts import FLOAT64, cut, remarks
from lrviz.knob import apart, digits
from lrviz.lessons import stuck
from lrviz.plateau import PLATEAU, initial_state
from lrviz.replay import History, Replay, Settings
from lrviz.replay.findings import find
from lrviz.trajectory import Epochs
from tests.by_hand import along
from tests.claims import Claims, scenarios

ROOT = Path(__file__).parents[2]
PLACES = [
    ("bowl", "gradient_descent"), ("shelf", "gradient_descent"), ("styblinski_tang", "adam"), ("saddle", "nesterov"),
    ("himmelblau", "momentum"), ("six_hump_camel", "gradient_descent"),
]  # fmt: skip
EACH = 55


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_every_sentence_is_true(place):
    checked = [Claims(scenario) for scenario in scenarios(EACH, [place], PLACES.index(place))]
    assert [(one.scenario.to_params(), *claim) for one in checked for claim in one.false] == []
    texts = [sentence for one in checked for sentence, _ in one.checked]
    for what in ("the rate is cut from", "the lowest loss so far", "plateau rule", "Rate × curvature"):
        assert any(what in sentence for sentence in texts)


def summary(scenario, run):
    return sentences(whole.summary(scenario, run))


def stability(scenario, gauge):
    return sentences(whole.stability(scenario, gauge))


def run_with(losses, **settings):
    """A scenario, and a run whose epochs end with these losses, as the plateau rule sees them."""
    values = {key: settings.pop(key) for key in list(settings) if key not in ("framework", "alpha")}
    scenario = Scenario(schedule="plateau", steps=len(losses), values=values, **settings)
    rule = PLATEAU[scenario.framework]
    settings = {knob.key: scenario[knob.key] for knob in rule.knobs}
    settings |= {"threshold_mode": settings["threshold_mode"] == "abs"} if "threshold_mode" in settings else {}
    hyper = rule.hyper(*(jnp.full(1, float(value)) for value in settings.values()))
    state, rows, rates = initial_state(jnp.full(1, scenario.alpha), scenario.framework), [], [scenario.alpha]
    for k, loss in enumerate(losses):
        state, verdict = rule.step(state, jnp.full(1, float(loss)), jnp.full(1, k == 0), hyper)
        seen = (state.best, state.wait, state.cooldown, state.lr, verdict.threshold, verdict.improved, verdict.cut)
        rows.append([k + 1, loss, *(float(value[0]) for value in seen)])
        rates.append(float(state.lr[0]))
    step, *others, improved, made = np.array(rows).T
    run = along(scenario, [(-1, 0)] * (len(losses) + 1), rates[:-1], loss=[9, *losses])
    epochs = Epochs(step.astype(int), *others, improved == 1, made == 1)
    return scenario, replace(run, epochs=epochs, plateau=True)


def why(losses, **settings):
    """The sentences of all cuts."""
    scenario, run = run_with(losses, **settings)
    return [cut(scenario, run, int(epoch)).sentence for epoch in np.flatnonzero(run.epochs.cut)]


def test_a_loss_that_falls_and_is_cut_has_missed_a_bar():
    (first, *others) = why([1e-5 * 0.9**t for t in range(40)], alpha=0.1, patience=5, min_delta=1e-4)
    assert first == (
        "After step 6 the rate is cut from 0.1 to 0.01: val_loss fell too little: now 5.9e-6, it has not been below"
        " −9e-5 (best 1e-5 − min_delta 1e-4) for 5 epochs (patience 5)."
    )
    assert len(others) == 6
    assert not why([1e-5 * 0.9**t for t in range(40)], alpha=0.1, patience=5, min_delta=0)


def test_a_sentence_has_the_digits_that_make_it_true():
    losses = [0.5, 0.45, 0.455, 0.452, 0.451, 0.45, 0.43]
    (keras,) = why(losses, alpha=0.1, factor=0.5, patience=3)
    assert keras.startswith("After step 5 the rate is cut from 0.1 to 0.05: val_loss, now 0.451, has not been below")
    assert "0.4499 (best 0.45 − min_delta 1e-4) for 3 epochs (patience 3)" in keras
    (pytorch,) = why(losses, framework="pytorch", alpha=0.1, factor=0.5, patience=3)
    assert pytorch.startswith("After step 6")
    assert "0.44995 (best 0.45 × (1 − threshold 1e-4)) for 4 epochs (more than patience 3)" in pytorch
    assert apart(0.123, 0.1229) == ["0.123", "0.1229"] and apart(2.0, 2.0) == ["2", "2"]
    assert (digits(999.7), digits(0.44995, 5), digits(123456.7, 7)) == ("1000", "0.44995", "1.234567e5")
    assert (digits(8.05e-22), digits(-3e-9), digits(1e200, 3)) == ("8.05e-22", "−3e-9", "1e200")


@pytest.mark.parametrize(
    ("framework", "cooldown", "steps"),
    [("keras", 0, [3, 5, 7, 9]), ("keras", 1, [3, 5, 7, 9]), ("pytorch", 0, [4, 7, 10]), ("pytorch", 1, [4, 8])],
)
def test_a_cooldown_is_said_where_it_held_the_count_back(framework, cooldown, steps):
    scenario, run = run_with([0] * 10, framework=framework, alpha=0.1, patience=2, cooldown=cooldown)
    assert run.cuts.tolist() == steps
    texts = [cut(scenario, run, step - 1).sentence for step in steps]
    held = [", after 1 epoch of cooldown that did not count." in sentence for sentence in texts]
    assert held == [framework == "pytorch" and cooldown == 1 and step > steps[0] for step in steps]
    none = "Cooldown 1 changes nothing in Keras: it is counted down before the epoch after the cut is looked at."
    texts = remarks(scenario, run)
    assert [one.startswith(none) for one in texts] == [True] * ((framework, cooldown) == ("keras", 1))


def test_keras_takes_patience_0_as_1():
    scenario, run = run_with([1] * 4, alpha=0.1, patience=0)
    assert run.cuts.tolist() == run_with([1] * 4, alpha=0.1, patience=1)[1].cuts.tolist() == [2, 3, 4]
    (text,) = remarks(scenario, run)
    assert text.startswith("Keras takes patience 0 as 1: one epoch without improvement makes a cut. Set patience=1")
    assert "for 1 epoch (patience 0 counts as 1)" in cut(scenario, run, 1).sentence
    assert not remarks(*run_with([1] * 4, framework="pytorch", alpha=0.1, patience=0))
    assert not remarks(*run_with([4, 3, 2, 1], alpha=0.1, patience=0)), "nothing was cut"


def test_a_relative_threshold_lies_above_a_negative_best():
    scenario, run = run_with([-1.0] * 8, framework="pytorch", alpha=0.1, patience=2)
    assert not len(run.cuts) and "The plateau rule never cut the rate." in summary(scenario, run)
    (text,) = remarks(scenario, run)
    assert text.startswith("7 epochs counted as better without a lower val_loss: best × (1 − threshold) is easier")
    assert text.endswith('so a flat val_loss is never cut. Set threshold_mode="abs".')
    assert any("a flat val" in sentence for sentence in summary(scenario, run)), "the playground says so too"
    absolute = run_with([-1.0] * 8, framework="pytorch", alpha=0.1, patience=2, threshold_mode="abs")
    assert absolute[1].cuts.tolist() == [4, 7] and not remarks(*absolute)
    assert run_with([-1.0] * 8, alpha=0.1, patience=2)[1].cuts.tolist() == [3, 5, 7]


def test_a_cut_that_eps_drops_is_said_once_and_not_at_the_lowest_rate():
    small = {"framework": "pytorch", "alpha": 1e-7, "patience": 1}
    scenario, run = run_with([1] * 12, **small)
    assert run.cuts.tolist() == [3]
    (text,) = remarks(scenario, run)
    assert text.startswith("From step 5 on PyTorch drops each cut: from 1e-8 to 1e-9 is no more than eps, 1e-8. Set")
    (text,) = remarks(*run_with([1] * 12, **small, min_lr=1e-8))
    assert text.startswith("The rate is at min_lr, 1e-8, since step 3."), "the floor, not eps"
    assert len(run_with([1] * 12, **small, eps=0)[1].cuts) == 5


def test_a_run_has_the_findings_of_its_epochs_as_a_log_of_them_would():
    """Each with the step in which its epoch ends; what only a log can have is left out."""
    scenario = Scenario(
        surface="six_hump_camel", framework="pytorch", schedule="plateau", steps=300, steps_per_epoch=5,
        values={"patience": 3},
    )  # fmt: skip
    run = simulate(scenario)
    history = History(run.epochs.monitored, "val_loss", np.full(60, scenario.alpha))
    found = find(Replay(history, Settings(("pytorch",), values={"patience": 3, "rate": scenario.alpha})), "pytorch")
    assert "relative_below_zero" in [finding.key for finding in found] and not len(run.cuts)
    texts = remarks(scenario, run)
    assert len(texts) == len(found) and all(one.remedy in other for one, other in zip(found, texts, strict=True))
    assert any("is easier to beat than a negative best" in one for one in texts)
    long = Scenario(schedule="plateau", monitor="loss", steps=600, values={"patience": 2})
    assert not any("one a batch" in one for one in remarks(long, simulate(long)))


def test_a_finding_of_a_run_names_its_step():
    (text,) = remarks(*run_with([1, 0.5, *[0.6] * 4, 0.55], alpha=0.1, patience=8))
    assert "at most 5 epochs in a row, up to step 7, were no improvement" in text


def test_the_lowest_rate_is_reached_once_in_float64_and_page_and_readme_say_so():
    _, run = run_with([1] * 10, alpha=1e-3, min_lr=1e-4, patience=1)
    assert run.cuts.tolist() == [2]
    rate, cuts = np.float32(1e-3), 0  # as Keras in float32
    while float(rate) > np.float32(1e-4):
        rate, cuts = np.float32(max(float(rate) * 0.1, 1e-4)), cuts + 1
    assert cuts == 2 and "one more cut" in FLOAT64
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert "frameworks' in float64" in readme and "one more cut" in readme


def test_values_that_are_no_numbers():
    nan, inf = float("nan"), float("inf")
    (text,) = why([nan, 3, 2], alpha=0.1, patience=2)
    assert "val_loss, now 2, has not been below nan, with which the rule began, for 2 epochs" in text
    (text,) = why([inf, nan, inf], framework="pytorch", alpha=0.1, patience=2)
    assert "val_loss, now ∞, has not been below ∞, with which the rule began, for 3 epochs" in text
    (text,) = why([1, 1], alpha=0.1, patience=1, min_delta=0)
    assert "val_loss, now 1, has not been below 1, the best, for 1 epoch" in text


def test_a_rate_that_moves_nothing_is_the_reason_before_the_noise():
    scenario = Scenario(alpha=1e-46, noise=1.3, steps=60, start=(-0.5, 0.1))
    (plateau,) = diagnose(scenario, simulate(scenario)).of("plateau")
    assert plateau.detail == "small rate"
    assert plateau.sentence.endswith(": the rate, at most 1e-46, is too small to move the point.")
    cut_down = Scenario(alpha=0.15, noise=1.0, steps=100, schedule="plateau", values={"patience": 3})
    (plateau,) = diagnose(cut_down, simulate(cut_down)).of("plateau")
    assert plateau.detail == "small rate" and "on the rate, at most" in plateau.sentence
    floor = cut_down.having(schedule="constant", alpha=0.01, steps=600)
    assert diagnose(floor, simulate(floor)).of("plateau")[0].detail == "noise floor"
    shelf = Scenario(surface="shelf", schedule="constant", alpha=0.3, steps=60, start=(-4.5, 1.8))
    assert diagnose(shelf, simulate(shelf)).of("plateau")[0].detail == "flat gradient"
    shelf = shelf.having(alpha=1e-6)
    assert diagnose(shelf, simulate(shelf)).of("plateau")[0].detail == "small rate"


def test_only_grows_is_said_of_a_loss_that_never_falls():
    scenario = Scenario()
    grows = diagnose(scenario, along(scenario, [(0, 2.0 * (-1.5) ** k) for k in range(9)])).of("divergence")
    assert grows[0].sentence.startswith("From step 1 on the loss only grows, from 20 at the start to")
    heights = [2, 4, 3, 6, 5, 9, 12, 20, 40]
    (noisy,) = diagnose(scenario, along(scenario, [(0, v) for v in heights])).of("divergence")
    assert noisy.sentence.startswith("From step 1 on the loss is above that of the start, 20, and highest at the end,")


def test_the_limit_is_for_a_surface_that_curves_up():
    def sentence_of(**settings):
        scenario = Scenario(**settings)
        return stability(scenario, diagnose(scenario, simulate(scenario)).gauge)[0]

    hill = sentence_of(surface="himmelblau", start=(0, 0.1), steps=3, alpha=1e-4)
    assert "the ground never curves up there. No limit holds there" in hill and "limit 2" not in hill
    saddle = sentence_of(surface="saddle", steps=10, alpha=0.05)
    assert "below the limit 2, which is for ground that curves up" in saddle and "bowl" not in saddle
    assert "At 10 of 10 steps it curves downwards along some direction" in saddle
    assert sentence_of(alpha=0.1).endswith("That is below the limit 2: in a bowl, every swing shrinks.")
    assert "at most **1.9998**. That is below the limit 2" in sentence_of(alpha=0.19998)


def test_what_reduce_means_says_the_floor_and_the_warm_up():
    floored = Scenario(schedule="plateau", alpha=0.1, noise=1.0, values={"patience": 2, "min_lr": 0.05})
    text = stuck.reduced(floored, simulate(floored))
    assert text.startswith("The first cut of this run: 0.1 × 0.1 = 0.01, but not below the lowest rate, 0.05. Cut by")
    exact = Scenario(schedule="plateau", alpha=0.003, noise=1.0, values={"patience": 0, "factor": 0.7855})
    assert "0.003 × 0.7855 = 0.002357." in stuck.reduced(exact, simulate(exact))
    below = floored.having(min_lr=0.2)
    assert "is not above the lowest, 0.2" in stuck.reduced(below, simulate(below))
    warm = Scenario(schedule="plateau", alpha=0.2, noise=9.0, values={"patience": 1, "warmup_steps": 30})
    assert "of what the warm-up rises to: 0.2 × 0.1 = 0.02" in stuck.reduced(warm, simulate(warm))
    assert "from 0.2 to" in " ".join(summary(warm, simulate(warm)))
