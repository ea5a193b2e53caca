"""The engine: closed forms, families equal single runs, long runs, knobs at their ends."""

from __future__ import annotations

import itertools

import jax
import jax.monitoring
import numpy as np
import pytest

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, BadInput, Scenario, simulate, simulate_many, survey
from lrviz.columns import COLUMNS, ENDS
from lrviz.engine import Cancelled
from lrviz.scenario import RUN_KNOBS
from lrviz.simulation import noise as draws

RULES = [
    pytest.param(o.key, framework, id=f"{o.key}-{framework}") for o in OPTIMIZERS.values() for framework in o.rules
]


def test_descent_on_a_bowl_is_its_closed_form():
    """x_k = (1 - alpha lambda)^k x_0 on each axis."""
    run = simulate(Scenario(surface="bowl", start=(-4, 2), alpha=0.15, steps=300, values={"kappa": 10}))
    k = np.arange(301)
    np.testing.assert_allclose(run.x[:, 0], -4 * 0.85**k, rtol=1e-11)
    np.testing.assert_allclose(run.x[:, 1], 2 * (-0.5) ** k, rtol=1e-11)
    np.testing.assert_allclose(run.loss, (run.x[:, 0] ** 2 + 10 * run.x[:, 1] ** 2) / 2, rtol=1e-14)
    np.testing.assert_array_equal(run.dx, -0.15 * run.grad[:-1])


def test_the_edge_of_divergence_is_two_over_the_curvature():
    runs = simulate_many(Scenario(surface="bowl", steps=2000, values={"kappa": 10}), alpha=[0.1999, 0.2, 0.2001])
    heights = [abs(run.x[-1, 1] / run.x[0, 1]) for run in runs]
    assert heights[0] < 0.5 and heights[1] == pytest.approx(1, rel=1e-9) and heights[2] > 2


def test_a_run_that_leaves_the_finite_says_where():
    run = simulate(Scenario(surface="rosenbrock", alpha=1.0, steps=50))
    assert run.diverged is not None and 2 < run.diverged < 20
    assert np.isfinite(run.loss[: run.diverged]).all() and len(run.x) == 51
    assert simulate(Scenario()).diverged is None


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_batch_is_its_single_runs_to_the_last_bit(schedule):
    scenario = Scenario(
        surface="himmelblau", optimizer="adam", schedule=schedule, alpha=0.1, steps=40, noise=0.2, seed=3
    )
    alphas = np.geomspace(1e-3, 10, 7).tolist()
    for alpha, run in zip(alphas, simulate_many(scenario, alpha=alphas), strict=True):
        single = simulate(scenario.having(alpha=alpha))
        np.testing.assert_array_equal(run.x, single.x)
        np.testing.assert_array_equal(run.learning_rate, single.learning_rate)
        np.testing.assert_array_equal(run.epochs.cut, single.epochs.cut)


BATCHES = {
    "x": [-1.0, 2.0],
    "kappa": [1.0, 30.0],
    "momentum": [0.0, 0.95],
    "factor": [0.1, 0.9],
    "patience": [0, 4],
    "noise": [0.0, 0.5],
    "seed": [1, 2],
    "steps": [20, 30],
    "steps_per_epoch": [1, 7],
    "monitor": ["loss", "val_loss"],
    "threshold_mode": ["rel", "abs"],
    "warmup_steps": [0, 9],
    "clipnorm": [0.0, 0.3],
}


@pytest.mark.parametrize("key", BATCHES)
def test_any_knob_makes_a_batch(key):
    scenario = Scenario(
        optimizer="momentum",
        framework="pytorch",
        schedule="plateau",
        alpha=0.05,
        steps=50,
        noise=0.1,
        values={"patience": 2},
    )
    runs = simulate_many(scenario, **{key: BATCHES[key]})
    for value, run in zip(BATCHES[key], runs, strict=True):
        np.testing.assert_array_equal(run.x, simulate(scenario.having(**{key: value})).x)


@pytest.mark.parametrize("knobs", [("alpha", "steps"), ("steps", "alpha"), ("alpha", "momentum"), ("monitor", "steps")])
def test_two_knobs_make_pairs_the_last_fastest(knobs):
    scenario = Scenario(optimizer="momentum", steps=20, schedule="plateau")
    values = {"alpha": [0.01, 0.1, 0.2], "steps": [10, 20], "momentum": [0.5, 0.9], "monitor": ["loss", "val_loss"]}
    first, second = ({key: values[key]} for key in knobs)
    runs = iter(simulate_many(scenario, **first, **second))
    for a in values[knobs[0]]:
        for b in values[knobs[1]]:
            np.testing.assert_array_equal(next(runs).x, simulate(scenario.having(**{knobs[0]: a, knobs[1]: b})).x)


def convergence_measure(v: np.ndarray) -> float:
    """Sohl-Dickstein (2024), arXiv 2402.06184, of the losses v before each step, as his notebook has it."""
    v = np.where(np.isfinite(v), v, 1e6) / v[0]
    v = np.minimum(v, 1e6)
    return -v.sum() if v[-20:].mean() < 1 else (1 / v).sum()


MAPS = [
    pytest.param(
        Scenario(surface="himmelblau", optimizer="adam", schedule="plateau", steps=600, values={"patience": 5}),
        {"alpha": [0.01, 0.3, 5.0], "factor": [0.3, 0.7]},
        id="adam under the plateau rule",
    ),
    pytest.param(Scenario(surface="rosenbrock", steps=90), {"x": [-1.2, 9.0], "y": [1.0, -3.0]}, id="starts"),
    pytest.param(
        Scenario(surface="bowl", optimizer="momentum", framework="pytorch", schedule="cosine", steps=15),
        {"kappa": [1.0, 40.0], "alpha": [0.04, 0.3, 2.0]},
        id="rates of a schedule",
    ),
    pytest.param(
        Scenario(surface="bowl", optimizer="momentum", framework="pytorch", schedule="cosine", steps=15),
        {"warmup_steps": [0, 4], "eta_min": [0.0, 0.05]},
        id="shapes of a schedule",
    ),
    pytest.param(
        Scenario(
            surface="bowl",
            optimizer="momentum",
            framework="pytorch",
            schedule="cosine",
            steps=40,
            noise=0.5,
            values={"plateau_on_top": 1, "patience": 1},
        ),
        {"alpha": [0.04, 0.3], "eta_min": [0.0, 0.02]},
        id="cut on top of a schedule",
    ),
    pytest.param(
        Scenario(surface="himmelblau", noise=0.5, schedule="cosine", steps=600),
        {"seed": [1, 2, 3], "alpha": [0.001, 0.01]},
        id="noises and rates of their own, longer than a chunk",
    ),
    pytest.param(
        Scenario(optimizer="adam", noise=0.3), {"alpha": [0.1, 50.0], "steps": [1, 30, 600]}, id="lengths of their own"
    ),
    pytest.param(
        Scenario(schedule="plateau", noise=0.3, steps=90, values={"patience": 2}),
        {"monitor": ["loss", "val_loss"], "alpha": [0.1, 0.3]},
        id="what they judge by",
    ),
    pytest.param(Scenario(), {"steps": [3, 5]}, id="lengths alone"),
    pytest.param(
        Scenario(surface="styblinski_tang", optimizer="newton", steps=70), {"damping": [0.1, 5.0]}, id="newton"
    ),
]


@pytest.mark.parametrize(("scenario", "axes"), MAPS)
def test_every_column_of_a_survey_is_what_the_runs_say(scenario, axes):
    runs = simulate_many(scenario, **axes)
    sizes = [len(values) for values in axes.values()]
    target = np.array([run.loss[len(run.loss) * place // (len(runs) + 1)] for place, run in enumerate(runs)])
    ends = survey(scenario, columns=[*ENDS, *COLUMNS], target=target.reshape(sizes), **axes)
    assert ends.reached.dtype == ends.diverged_at.dtype == ends.cuts.dtype == int
    for place, run in enumerate(runs):
        cell = {name: column.reshape(*column.shape[: -len(sizes)], -1)[..., place] for name, column in ends.items()}
        hit = np.flatnonzero(run.loss <= target[place])
        assert cell["reached"] == (hit[0] if hit.size else -1)
        assert cell["diverged_at"] == (-1 if run.diverged is None else run.diverged)
        assert cell["cuts"] == (len(run.cuts) if run.plateau else 0)
        np.testing.assert_array_equal(cell["x"], run.x[-1])
        np.testing.assert_array_equal(cell["loss"], run.loss[-1])
        np.testing.assert_array_equal(cell["best_loss"], np.fmin.reduce(run.loss))
        if scenario.optimizer_row.has_rate:
            rate = run.epochs.learning_rate[-1] if run.plateau else run.learning_rate[-1]
            np.testing.assert_array_equal(cell["learning_rate"], rate)
        above = run.loss[:-1] - scenario.surface_row.floor(scenario.coef)
        np.testing.assert_allclose(cell["convergence"], convergence_measure(above), rtol=1e-12)


def test_the_rates_of_a_survey_take_no_scenario_each(monkeypatch):
    scenario = Scenario(schedule="cosine", steps=20)
    monkeypatch.setattr(Scenario, "__post_init__", lambda self: pytest.fail("a map of them takes seconds"))
    assert survey(scenario, alpha=[0.1, 0.2, 0.3], eta_min=[0.0, 0.01]).loss.shape == (3, 2)


def test_a_survey_has_the_columns_that_were_asked_for():
    scenario, axes = Scenario(surface="rosenbrock", steps=40), {"alpha": [1e-4, 1e-3, 1.0], "b": [10.0, 50.0]}
    every = survey(scenario, columns=[*ENDS, *COLUMNS], target=1.0, **axes)
    for name in every:
        ends = survey(scenario, columns=(name,), target=1.0, **axes)
        assert list(ends) == [name]
        np.testing.assert_array_equal(ends[name], every[name])
    with pytest.raises(AttributeError, match="no column 'loss'"):
        survey(scenario, columns=("x",), **axes).loss  # noqa: B018
    with pytest.raises(BadInput, match="best_los"):
        survey(scenario, columns=("best_los",), **axes)
    with pytest.raises(BadInput, match="needs a target"):
        survey(scenario, columns=("reached",), **axes)
    with pytest.raises(BadInput, match="one for each run, 3 x 2"):
        survey(scenario, columns=("reached",), target=np.ones(5), **axes)
    with pytest.raises(BadInput, match="at least one value"):
        survey(scenario)


def test_pairs_where_a_survey_wants_axes_are_told_so():
    """65,536 pairs as two flat lists would be 4,294,967,296 runs."""
    flat = [0.1] * 65_536
    with pytest.raises(BadInput, match="4,294,967,296 runs: every value of one knob meets every value of the other"):
        survey(Scenario(), alpha=flat, kappa=flat)
    with pytest.raises(BadInput, match="runs"):
        simulate_many(Scenario(), alpha=flat, kappa=flat)
    for one in (0.1, "0.1", None, np.array(0.1)):
        for many in (survey, simulate_many):
            with pytest.raises(BadInput, match="a list of its values"):
                many(Scenario(), alpha=one)


def test_a_survey_that_nobody_wants_any_more_ends():
    calls = []

    def cancelled() -> bool:
        calls.append(1)
        return len(calls) > 3

    scenario, alphas = Scenario(surface="rosenbrock", steps=20_000), np.geomspace(1e-5, 1e-3, 200).tolist()
    with pytest.raises(Cancelled):
        survey(scenario, cancelled=cancelled, alpha=alphas, b=np.linspace(10, 100, 200).tolist())
    assert len(calls) < 20


def test_a_survey_on_a_busy_machine_still_makes_many_steps_at_once(monkeypatch):
    """Where each call takes a second, however few steps it makes."""
    clock, calls = itertools.count(), []
    monkeypatch.setattr("lrviz.engine.survey.time.perf_counter", lambda: float(next(clock)))
    survey(Scenario(steps=640), columns=("loss",), cancelled=lambda: bool(calls.append(1)), alpha=[0.1, 0.2])
    assert len(calls) <= 10


def test_a_long_run_is_one_run():
    """Longer than a chunk of the engine: state, epochs and noise go on across the seam."""
    scenario = Scenario(
        surface="rosenbrock", optimizer="adam", schedule="plateau", alpha=0.02, steps=1300, steps_per_epoch=7, noise=50,
        monitor="loss", values={"patience": 3, "factor": 0.7},
    )  # fmt: skip
    run = simulate(scenario)
    short = simulate(scenario.having(steps=500))
    np.testing.assert_array_equal(run.x[:501], short.x)
    np.testing.assert_array_equal(run.x[1:], run.x[:-1] + run.dx)
    assert len(run.epochs.step) == 1300 // 7 and len(run.cuts) > 5
    means = run.loss[: 185 * 7].reshape(185, 7).mean(axis=1)
    np.testing.assert_allclose(run.epochs.monitored, means, rtol=1e-12)
    np.testing.assert_array_equal(run.used_grad - run.grad[:-1] != 0, np.ones((1300, 2), bool))
    np.testing.assert_allclose(run.used_grad - run.grad[:-1], 50 * draws(0, 1300), rtol=1e-6, atol=1e-9)


def test_the_rate_of_an_epoch_is_the_rate_of_the_steps_after_it():
    run = simulate(
        Scenario(schedule="plateau", alpha=0.19, steps=100, steps_per_epoch=4, values={"patience": 2, "min_delta": 1})
    )
    assert len(run.cuts)
    np.testing.assert_array_equal(run.learning_rate[run.epochs.step[:-1]], run.epochs.learning_rate[:-1])
    for step in run.cuts[:-1]:
        assert run.learning_rate[step] < run.learning_rate[step - 1]


@pytest.mark.parametrize(("optimizer", "framework"), RULES)
def test_carried_and_pushed_make_the_step(optimizer, framework):
    run = simulate(Scenario(surface="himmelblau", optimizer=optimizer, framework=framework, alpha=0.01, steps=30))
    assert np.isfinite(run.x).all()
    if {"carried", "pushed"} <= run.terms.keys():
        np.testing.assert_allclose(
            run.terms["carried"] + run.terms["pushed"] + run.terms.get("decayed", 0), run.dx, rtol=1e-9, atol=1e-15
        )


@pytest.mark.parametrize(("optimizer", "framework"), RULES)
def test_every_knob_of_a_rule_runs_at_both_ends(optimizer, framework):
    scenario = Scenario(surface="bowl", optimizer=optimizer, framework=framework, alpha=0.01, steps=20)
    for knob in (*scenario.rule.knobs, scenario.knob("clipnorm")):
        for run in simulate_many(scenario, **{knob.key: [knob.low, knob.high]}):
            assert run.diverged is None or run.diverged >= 1
            assert np.isfinite(run.x[0]).all() and len(run.x) == 21


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_knob_of_a_schedule_runs_at_both_ends(schedule):
    for framework in ("keras", "pytorch"):
        scenario = Scenario(schedule=schedule, framework=framework, alpha=0.05, steps=40)
        for knob in scenario.knobs:
            ends = {"choice": knob.choices, "steps": ("1", "10,20"), "points": ("0:0.1", "3:0.2,30:0.01")}.get(
                knob.kind, (knob.low, knob.high)
            )
            for end in ends:
                value = knob.high / 1000 if knob.low_open and end == knob.low else end
                run = simulate(scenario.having(**{knob.key: value}))
                assert len(run.x) == 41 and not np.isnan(run.learning_rate).any(), (knob.key, value)


def test_every_run_knob_runs_at_both_ends():
    for knob in RUN_KNOBS:
        if knob.kind != "choice":
            for end in (knob.low or 1e-9 if knob.low_open else knob.low, knob.high):
                assert simulate(Scenario(steps=3).having(**{knob.key: end})).steps >= 1


def test_newton_descends_on_a_saddle_and_is_at_once_right_on_a_bowl():
    bowl = simulate(Scenario(surface="bowl", optimizer="newton", steps=5, values={"rotation": 30, "damping": 1e-6}))
    np.testing.assert_allclose(bowl.x[2], 0, atol=1e-5)
    saddle = simulate(Scenario(surface="saddle", optimizer="newton", start=(0.01, 1), steps=40))
    assert (np.diff(saddle.loss) <= 0).all()
    np.testing.assert_allclose(np.abs(saddle.x[-1]), [1, 0], atol=1e-6)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("optimizer", ["newton", "line_search"])
def test_without_a_rate_the_loss_never_rises(surface, optimizer):
    run = simulate(Scenario(surface=surface, optimizer=optimizer, steps=100))
    assert (np.diff(run.loss) <= 1e-12 * np.abs(run.loss[:-1])).all() and run.loss[-1] < run.loss[0]
    np.testing.assert_array_equal(run.learning_rate, run.terms["step_size"][:, 0])


def test_nothing_that_a_visitor_moves_compiles():
    compiles = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, _, **kw: compiles.append(event) if "backend_compile" in event else None
    )
    simulate(Scenario(surface="beale", optimizer="nadam", framework="pytorch", steps=7))
    assert compiles
    compiles.clear()
    for schedule in SCHEDULES:
        for steps in (1, 30, 600):
            scenario = Scenario("beale", (0.5, 0.5), "nadam", "pytorch", 0.01, schedule, "loss", 3, steps, 0.1, 4)
            simulate(scenario.having(beta_1=0.5, clipnorm=1.0, warmup_steps=5))
    assert not compiles


def test_a_batch_of_an_unknown_knob_is_refused():
    with pytest.raises(BadInput, match="kapa"):
        simulate_many(Scenario(), kapa=[1.0])
    with pytest.raises(BadInput, match="at least one value"):
        simulate_many(Scenario(), alpha=[])
