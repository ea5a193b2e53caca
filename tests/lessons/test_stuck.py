"""The lesson on plateaus: what its page says is measured here against runs made otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.figures.lessons.stuck import patience_figure
from lrviz.knob import digits
from lrviz.lessons import LESSONS
from lrviz.lessons.hyperparameter import jobs
from lrviz.lessons.stuck import (
    against,
    at_the_end,
    compare,
    cuts,
    does_it_help,
    forgotten,
    how_many_cuts,
    kind,
    never_cut,
    predicted_floor,
    reduced,
    rival,
    story,
    sweep,
    waste,
    which_rate,
)
from lrviz.plateau import limit
from lrviz.stage.message import Run, _run_arrays

LESSON = LESSONS["stuck"].race.first
WEAK = {"alpha": 0.05, "steps": 100}
"""With these the callback helps some noises, harms others, and most not at all."""
PLATEAUS = tuple(LESSONS["stuck"].cases)


def plateau(key: str) -> Scenario:
    return LESSONS["stuck"].case_race(key).first


def test_each_plateau_is_what_it_is_called():
    assert [kind(plateau(key)) for key in PLATEAUS] == list(PLATEAUS)
    assert plateau("noise") == LESSON
    assert [compare(plateau(key)).outcome for key in PLATEAUS] == ["better", "better", "worse"]
    for key in PLATEAUS:
        scenario = plateau(key)
        plain = simulate(scenario.having(schedule="constant"))
        last = scenario.steps // 10
        if not scenario.noise:
            assert compare(scenario).without == pytest.approx(np.mean(plain.loss[-last:]))
        assert does_it_help(scenario).right == (1 if key == "shelf" else 0)


def test_the_opening_shows_several_cuts_and_a_lower_loss_after_each():
    run = simulate(LESSON)
    made = cuts(run)
    assert len(made) >= 4
    assert [cut.step for cut in made] == run.cuts.tolist()
    for cut in made:
        assert cut.new == pytest.approx(cut.old * 0.5)
        assert cut.loss_after < 0.7 * cut.loss_before
        assert run.epochs.improved[run.epochs.step > cut.step].any()


def test_the_noise_floor_is_that_of_the_formula_on_the_page():
    base = Scenario(alpha=0.2, noise=1, steps=20_000, values={"kappa": 3})
    for alpha in (0.2, 0.1):
        run = simulate(base.having(alpha=alpha))
        floor = sum(alpha / (2 * (2 - alpha * curvature)) for curvature in (1, 3))
        assert np.mean(run.loss[1000:]) == pytest.approx(floor, rel=0.1)


def test_a_run_that_is_never_cut_is_told_why():
    camel = Scenario(surface="six_hump_camel", framework="pytorch", schedule="plateau", values={"patience": 5})
    run = simulate(camel)
    assert not len(run.cuts) and "easier to beat than a negative best" in never_cut(camel, run)
    assert 'threshold_mode="abs"' in never_cut(camel, run)
    assert not never_cut(LESSON, simulate(LESSON))


def preset(case: str, place: int) -> Scenario:
    row = LESSONS["stuck"]
    return row.preset_race(case, row.cases[case].presets[place]).first


def test_presets_hold_what_they_say():
    patient, hardly = preset("noise", 0), preset("noise", 1)
    assert compare(LESSON).with_it < min(compare(patient).with_it, compare(hardly).with_it) / 3
    cuts_of = [simulate(patient.having(seed=seed)).cuts for seed in range(64)]
    assert np.mean([not len(cut) or cut[0] > 0.5 * patient.steps for cut in cuts_of]) > 0.9
    run = simulate(hardly)
    assert len(run.cuts) >= 4 and run.learning_rate[-1] > 0.4 * run.learning_rate[0]
    late, never = preset("zigzag", 0), preset("zigzag", 1)
    assert simulate(late).cuts[0] > simulate(plateau("zigzag")).cuts[0]
    assert at_the_end(simulate(late)) < at_the_end(simulate(plateau("zigzag")))
    assert not len(simulate(never).cuts) and at_the_end(simulate(never)) > 1
    uncut, small = simulate(preset("shelf", 0)), simulate(preset("shelf", 1))
    assert not len(uncut.cuts) and at_the_end(uncut) < 0.1
    drop = int(np.argmax(small.loss < 0.5))
    assert 0 < drop <= small.cuts[0] and at_the_end(small) < 0.1


def test_with_noise_64_runs_say_whether_the_callback_helps():
    compared = compare(LESSON)
    for scenario, median in ((LESSON, compared.with_it), (LESSON.having(schedule="constant"), compared.without)):
        ends = [at_the_end(simulate(scenario.having(seed=seed))) for seed in range(64)]
        assert median == pytest.approx(np.median(ends))
    assert compared.seeds == 64 and compared.lower > 60 and compared.sure
    assert does_it_help(LESSON).because.endswith(f"Of 64 runs, {compared.lower} end lower with it.")
    own = at_the_end(simulate(LESSON))
    ends = np.sort([at_the_end(simulate(LESSON.having(seed=seed))) for seed in range(64)])
    assert ends[16] < own < ends[47], "the run on the stage is a typical one"


def test_what_may_be_chance_is_called_no_clear_difference():
    """Near a noise floor a cut or two late in the run hardly matter."""
    weak = LESSON.having(**WEAK)
    told = compare(weak)
    ends = [[at_the_end(simulate(one.having(seed=seed))) for seed in range(64)] for one in (weak, constant(weak))]
    assert (told.lower, told.higher) == (np.sum(np.less(*ends)), np.sum(np.greater(*ends))) and told.higher
    assert not told.sure and told.outcome == "same" and abs(told.with_it - told.without) > 0.01 * told.without
    question = does_it_help(weak)
    assert question.choices[question.right] == "It makes no clear difference"
    assert (
        question.because.endswith(": that may be chance.")
        and f"{told.lower} end lower with it, {told.higher} higher" in question.because
    )


def test_runs_that_are_never_cut_tell_nothing():
    patient, never = compare(preset("noise", 0)), compare(LESSON.having(patience=29))
    assert patient.sure and patient.outcome == "better" and patient.lower + patient.higher < 64
    assert (never.lower, never.higher, never.outcome) == (0, 0, "same")
    assert does_it_help(LESSON.having(patience=29)).because.endswith("Of 64 runs, 64 end the same with it.")


def constant(scenario: Scenario) -> Scenario:
    return scenario.having(schedule="constant")


def test_the_predicted_floor_is_near_the_measured_means():
    """Over many noises: the mean loss in the second half of a long run at one rate."""
    base = LESSON.having(schedule="constant", steps=4000)
    for rate in (0.4, 0.1):
        run = simulate(base.having(alpha=rate))
        assert predicted_floor(LESSON, rate) == pytest.approx(np.mean(run.loss[2000:]), rel=0.2)
    assert predicted_floor(LESSON.having(optimizer="adam"), 0.1) is None
    assert predicted_floor(plateau("zigzag"), 0.1) is None and predicted_floor(LESSON, 1.0) is None


@pytest.mark.parametrize("key", PLATEAUS)
def test_keras_and_pytorch_with_the_same_numbers_are_one_epoch_apart(key):
    keras = plateau(key)
    pytorch = keras.having(**rival(keras))
    assert pytorch["threshold"] == keras["min_delta"] and pytorch["threshold_mode"] == "abs"
    assert pytorch.having(**rival(pytorch)) == keras
    first = [simulate(one).cuts[0] // one.steps_per_epoch for one in (keras, pytorch)]
    text = " ".join(against(keras, pytorch))
    assert first[1] == first[0] + 1
    assert f"Keras's first cut is in epoch {first[0]}, PyTorch's in epoch {first[1]}: 1 epoch later." in text


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
@pytest.mark.parametrize("patience", [0, 1, 4])
def test_the_cells_are_as_many_as_bad_epochs_make_a_cut(framework, patience):
    run = simulate(
        Scenario(alpha=0.2, steps=60, framework=framework, schedule="plateau", values={"patience": patience})
    )
    at = int(np.flatnonzero(run.epochs.cut)[0])
    before = 0 if at == 0 or run.epochs.improved[at - 1] else int(run.epochs.wait[at - 1])
    assert before + 1 == limit(framework, patience)


def test_reduce_means_times_the_factor():
    assert reduced(LESSON, simulate(LESSON)).startswith("The first cut of this run: 0.4 × 0.5 = 0.2. Cut by cut: 0.4 →")
    small = LESSON.having(alpha=0.001, factor=0.1, min_lr=0)
    assert "from 0.001 to 1e-4" in reduced(small, simulate(small))
    question = which_rate(small)
    assert question.choices[question.right] == "1e-4" and "0.01" in question.choices
    for changes in ({"factor": 0.9}, {"factor": 0.5}, {"min_lr": 0.39}, {"factor": 0.05}):
        question = which_rate(LESSON.having(**changes))
        assert len(set(question.choices)) == 3


def test_the_questions_are_graded_by_running():
    question = how_many_cuts(LESSON)
    more, now = (len(simulate(LESSON.having(patience=p)).cuts) for p in (6, 3))
    assert more < now and question.choices[question.right] == "Fewer cuts"


def test_the_sweep_is_what_single_runs_say():
    scenario = plateau("shelf")
    found = sweep(scenario)
    for patience in (0, 5, 20):
        run = simulate(scenario.having(patience=patience))
        at = int(np.flatnonzero(found.patience == patience)[0])
        assert found.loss[at] == pytest.approx(at_the_end(run))
        assert found.cuts[at] == len(run.cuts)
    assert found.loss[20] < 0.1 < found.loss[5]
    assert "patience 5" in story(scenario, found).lower()
    assert max(sweep(LESSON.having(patience=100)).patience) == 100
    figure = patience_figure(found, 5, 0.0)
    assert list(figure.data[0].y) == pytest.approx((100 * found.wasted).tolist())


def test_wasted_steps_are_told_from_the_run():
    text = " ".join(waste(plateau("zigzag"), simulate(plateau("zigzag"))))
    assert (
        text.startswith("No step was wasted") and f"loss of {digits(at_the_end(simulate(plateau('zigzag'))))} (" in text
    )


def test_stairs_of_a_run_are_its_rates():
    run = simulate(LESSON)
    for job in jobs(run):
        assert set(run.learning_rate[job.begin : job.end]) == {job.rate}
        assert job.start == tuple(run.x[job.begin])
    assert sum(job.steps for job in jobs(run)) == run.steps


def test_a_message_tells_of_cooldown_and_epoch_means_where_there_are_any():
    cooling = simulate(LESSON.having(cooldown=2))
    meta, arrays = _run_arrays(0, Run("GD", cooling, rule={"limit": 3, "late": 0, "cooldown": 2}))
    assert meta["rule"] == {"limit": 3, "late": 0, "cooldown": 2}
    np.testing.assert_array_equal(arrays["run0.epoch.cooldown"], cooling.epochs.cooldown)
    np.testing.assert_allclose(arrays["run0.epoch.monitored"], cooling.epochs.monitored, rtol=1e-6)
    assert sum(array.nbytes for array in arrays.values()) < 30_000
    _, plain = _run_arrays(0, Run("GD", simulate(plateau("zigzag"))))
    assert not {"run0.epoch.cooldown", "run0.epoch.monitored"} & plain.keys()


def test_a_sweep_over_noises_is_the_median_of_64_single_runs():
    found = sweep(LESSON)
    assert found.seeds == 64 and 3 in found.patience
    at = int(np.flatnonzero(found.patience == 3)[0])
    ends = np.sort([at_the_end(simulate(LESSON.having(seed=seed))) for seed in range(64)])
    assert ends[31] <= found.loss[at] <= ends[32]
    assert ends[14] <= found.low[at] <= ends[17] and ends[46] <= found.high[at] <= ends[49]
    assert sweep(LESSON.having(seed=7)) is found, "it is the same for each seed"
    assert "in the median of 64 noises" in story(LESSON, found)
    bars = patience_figure(found, 3, 0.0).data[1].error_y
    assert bars.array[at] == pytest.approx(found.high[at] - found.loss[at])


CASES = [LESSON, *(plateau(case) for case in ("zigzag", "shelf"))]


@pytest.mark.parametrize("scenario", [*CASES, LESSON.having(framework="pytorch")], ids=lambda one: one.surface_row.key)
def test_a_callback_that_forgot_cuts_later_and_the_weights_go_on(scenario):
    """The fresh rule as a loop of its own over the losses that the resumed run has."""
    run = simulate(scenario)
    found, texts = forgotten(scenario)
    cut, length = int(run.cuts[0]), scenario.steps_per_epoch
    assert found.epoch * length == cut - length
    np.testing.assert_array_equal(found.run.x[: cut + 1], run.x[: cut + 1])
    keras = scenario.framework == "keras"
    best, wait, rate, cuts = None if keras else np.inf, 0, scenario.alpha, []
    for epoch in range(found.epoch + 1, scenario.steps // length + 1):
        steps = slice((epoch - 1) * length, epoch * length)
        np.testing.assert_allclose(found.run.learning_rate[steps], rate, rtol=1e-12)
        now = found.run.loss[steps].mean() if scenario.monitor == "loss" else found.run.loss[epoch * length]
        bar = np.inf if best is None else best - scenario["min_delta"] if keras else best * (1 - scenario["threshold"])
        better = best is None or now < bar
        best, wait = (now, 0) if better else (best, wait + 1)
        if wait >= scenario["patience"] + (not keras) and rate > scenario["min_lr"]:
            rate, wait = max(rate * scenario["factor"], scenario["min_lr"]), 0
            cuts.append(epoch * length)
    assert found.cuts == tuple(cuts) and cuts[0] > cut
    assert f"and {found.wait} epoch" in texts[1] and f"the cut comes after step {cuts[0]}, " in texts[1]
    assert texts[0].endswith(f"the cut still comes after step {cut}.")


def test_a_run_without_a_cut_has_nothing_to_forget():
    assert forgotten(LESSON.having(patience=200)) == (None, ())
    assert forgotten(LESSON.having(warmup_steps=20))[0] is None
