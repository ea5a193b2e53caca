"""Every sentence about 2,100 runs, of each surface with each optimizer at many rates and schedules, is true, and no two
of one story contradict each other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Scenario, simulate
from lrviz.analysis.summary import stability, summary
from lrviz.analysis.waste import waste
from lrviz.analysis.wording import TABLE
from tests import quick
from tests.claims import Claims

TIMES = (0.01, 0.3, 1, 2, 4, 30)
"""Rates, as multiples of the one that suits descent on the surface."""
EACH = 14
ALWAYS = {
    ("divergence", "converged"), ("divergence", "plateau"), ("divergence", "unfinished"),
    ("divergence", "local_minimum"),
    ("converged", "unfinished"), ("plateau", "unfinished"), ("local_minimum", "unfinished"),
    ("left.outside", "converged"), ("run.lowest_last", "divergence.grows"), ("bound.below", "divergence.bound"),
    ("converged.no_minimum", "local_minimum"), ("run.lowest_start", "unfinished"), ("run.diverges", "converged"),
    ("run.diverges", "unfinished"), ("run.diverges", "plateau"), ("rule.never", "cut"), ("waste.all", "converged"),
    ("waste.all", "unfinished"), ("swing.steady", "swing.ratio"),
}  # fmt: skip
"""Rows, or the beginnings of their names, that may not stand together in what is said of one run: of the last pair, in
one sentence."""
MEANWHILE = {
    ("swing.steady", "converged"), ("swing", "plateau.flat"), ("swing", "plateau.still"), ("swing", "plateau.rate"),
    ("overshoot", "plateau.still"),
}  # fmt: skip
"""The same where the steps that they speak of overlap by more than half of the longer."""
HALF = 0.5


def lanes(surface, optimizer, place):
    """So many runs of a surface and an optimizer, with every schedule by turns, some with the plateau rule on top."""
    rng = np.random.default_rng(place)
    framework = list(OPTIMIZERS[optimizer].rules)[place % len(OPTIMIZERS[optimizer].rules)]
    schedules = [key for key in SCHEDULES if key != "drawn"]
    low, high = np.reshape(SURFACES[surface].domain, (2, 2)).T
    for lane in range(EACH):
        schedule = (
            schedules[(place * EACH + lane) % len(schedules)] if lane % 2 else ("constant", "plateau")[lane % 4 // 2]
        )
        plain = Scenario(surface=surface, optimizer=optimizer, framework=framework, schedule=schedule, steps=80)
        if framework == "pytorch" and schedule != "plateau" and lane % 4 == 3:
            plain = plain.having(plateau_on_top=1)
        values = {"patience": int(rng.integers(1, 8)), "factor": float(rng.choice([0.1, 0.5, 0.9]))}
        rate = {"alpha": float(f"{plain.alpha * TIMES[lane % len(TIMES)]:.4g}")} if plain.alpha else {}
        yield plain.having(
            start=tuple(rng.uniform(low, high).round(3).tolist()) if lane > 3 else plain.start,
            noise=float(rng.choice([0, 0, 0, 1])),
            seed=place,
            **rate,
            **(values if plain.plateau_knobs else {}),
        )


def test_each_row_says_when_it_may_be_said_and_states_what_it_names():
    begins = [key for key, row in TABLE.items() if row.words[0].isupper() or row.words[0] == "{"]
    for key, row in TABLE.items():
        assert row.when and not row.words.endswith("."), key
        assert set(row.differ) <= {*row.states, "product", "limit"}, key
        assert key in begins or row.words[0] in ",;:. ", f"{key} neither begins a sentence nor goes on with one"


@pytest.mark.parametrize("optimizer", ["gradient_descent", "nesterov", "adam"])
def test_these_runs_are_those_of_the_app(optimizer):
    scenarios = [
        Scenario(surface="himmelblau", optimizer=optimizer, alpha=alpha, steps=40, noise=noise, schedule=schedule)
        for alpha, noise, schedule in ((0.002, 0, "plateau"), (0.003, 0.5, "plateau"), (0.002, 1, "cosine"))
    ]
    for scenario, run in zip(scenarios, quick.runs(scenarios), strict=True):
        own = simulate(scenario)
        np.testing.assert_allclose(run.x, own.x, rtol=1e-9, atol=1e-10)
        np.testing.assert_array_equal(run.cuts, own.cuts)


def steps_of(event):
    return range(event.step, (event.step if event.until is None else event.until) + 1)


def is_row(row, beginning):
    return row == beginning or row.startswith((f"{beginning}.", f"{beginning}_"))


def contradictions(claims):
    """Pairs of sentences of one run that cannot both be."""
    scenario, run, found = claims.scenario, claims.run, claims.found
    events = [(event, steps_of(event)) for event in found.events]
    whole = [*summary(scenario, run), *stability(scenario, found.gauge), *waste(scenario, run)]
    statements = [*events, *((statement, range(run.steps + 1)) for statement in whole)]
    for (one, during), (other, meanwhile) in combinations(statements, 2):
        overlap = len(range(max(during[0], meanwhile[0]), min(during[-1], meanwhile[-1]) + 1))
        for pairs, counts in (
            (ALWAYS - {("swing.steady", "swing.ratio")}, True),
            (MEANWHILE, overlap > HALF * max(len(during), len(meanwhile))),
        ):
            for a, b in pairs:
                for here, there in ((a, b), (b, a)):
                    both = any(is_row(r, here) for r in one.rows) and any(is_row(r, there) for r in other.rows)
                    if both and counts:
                        yield one.sentence, other.sentence
    for statement, _ in statements:
        if {"swing.steady", "swing.ratio"} <= set(statement.rows):
            yield statement.sentence, statement.sentence
    most = [s.numbers["product"] for s in whole if "bound.most" in s.rows]
    reached = [e.numbers["product"] for e, _ in events if "divergence.bound" in e.rows]
    if most and reached and most != reached:
        yield f"rate × curvature {most}", f"rate × curvature {reached}"
    still = [e for e in found.of("plateau") if e.until == run.steps and e.until - e.step > 0.4 * run.steps]
    if still and not scenario.noise and found.wasted.settled is None:
        yield still[0].sentence, waste(scenario, run)[0].sentence


NAMED = [key for key, row in SURFACES.items() if not row.found]
"""All but a formula of one's own, which is any surface."""


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_sentence_is_true_and_none_contradicts_another(optimizer):
    count, stories = 0, 0
    for number, surface in enumerate(NAMED):
        scenarios = list(lanes(surface, optimizer, 100 * list(OPTIMIZERS).index(optimizer) + number))
        for scenario, run in zip(scenarios, quick.runs(scenarios), strict=True):
            claims = Claims(scenario, run)
            assert [(scenario.to_params(), *wrong) for wrong in claims.false] == []
            assert [(scenario.to_params(), *pair) for pair in contradictions(claims)] == []
            story = claims.found.story(9)
            assert len(story) <= 3 and len({event.kind for event in story}) == len(story)
            assert all(event.sentence[0].isupper() and event.sentence.endswith(".") for event in story)
            count, stories = count + 1, stories + bool(story)
    assert count == EACH * len(NAMED) and stories > 0.9 * count
