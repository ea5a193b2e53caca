"""A good rate: what each search finds is computed anew from single runs, and what the lesson says of it holds."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import simulate, survey, turns
from lrviz.analysis.finding import suggestions, sweep
from lrviz.analysis.sentences import sentences
from lrviz.analysis.stability import edge
from lrviz.figures.lessons.finding import LETTERS, beside_figure, finding_figure
from lrviz.lessons import LESSONS, finding
from lrviz.lessons.finding import (
    ALL,
    BESIDE,
    GRID,
    PIECE,
    RATES,
    SEEDS,
    advice,
    at_random,
    best_of,
    constant,
    ends,
    lowest_rate,
)
from tests.charts import checked

LESSON = LESSONS["finding"]
BOWL, NOISE, ADAM = (LESSON.case_race(case).first for case in LESSON.cases)


def end(scenario, rate):
    """The loss of one run with this rate, above the floor, which is 0 on a bowl."""
    loss = simulate(constant(scenario, rate)).loss[-1]
    return loss if np.isfinite(loss) else np.inf


@pytest.mark.parametrize("scenario", [BOWL, ADAM], ids=["bowl", "adam"])
def test_all_rates_end_as_their_runs_do(scenario):
    every = ends(scenario)
    assert len(every.rates) == ALL == 256 and every.start == pytest.approx(28)
    for place in (0, 60, 150, 255):
        np.testing.assert_allclose(every.losses[place], end(scenario, RATES[place]), rtol=1e-9)
    assert every.losses.min() == every.losses[every.best] and every.lower(every.losses[every.best]) == 0
    assert every.flies_off(np.inf) and not every.flies_off(every.start)


def test_with_noise_an_end_is_the_median_of_64_noises():
    every, rate = ends(NOISE, (0.02,)), 0.02
    many = np.sort([end(NOISE.having(seed=seed), rate) for seed in range(SEEDS)])
    np.testing.assert_allclose([every.low[0], every.losses[0], every.high[0]], many[[16, 32, 48]], rtol=1e-9)


class Left(Exception):
    """The visitor has left."""


def test_it_stops_at_the_next_piece_once_nobody_waits(monkeypatch):
    scenario, made = NOISE.having(noise=1.5), []

    def leave() -> None:
        if made:
            raise Left

    def piece(*given, **named):
        made.append(len(named["alpha"]) * len(named["seed"]))
        return survey(*given, **named)

    monkeypatch.setattr(finding, "survey", piece)
    monkeypatch.setattr(turns, "still_wanted", leave)
    with pytest.raises(Left):
        ends(scenario)
    assert made == [PIECE], "one of the four pieces"
    monkeypatch.setattr(turns, "still_wanted", lambda: None)
    assert ends(scenario).losses.shape == (ALL,) and made[1:] == [PIECE] * 4, "who asks next has all of it"
    assert ends(scenario.having(alpha=0.15)) is ends(constant(scenario)), "whatever the test's own rates are"
    assert len(made) == 5


def test_on_the_bowl_the_best_rate_and_the_edge_are_in_closed_form():
    """Both axes shrink alike at 2/(l + L); past 2/L one grows."""
    every = ends(BOWL)
    assert every.rates[every.best] == pytest.approx(2 / 11, rel=0.03)
    flown = every.rates[[every.flies_off(loss) for loss in every.losses]]
    assert flown.min() == pytest.approx(edge(BOWL), rel=0.05) and edge(BOWL) == 0.2


def test_a_search_finds_the_best_of_its_rates():
    found = best_of(BOWL, "grid", GRID)
    losses = [end(BOWL, rate) for rate in GRID]
    assert found.rate == GRID[int(np.argmin(losses))] and found.loss == pytest.approx(min(losses), rel=1e-9)
    assert found.lower == sum(loss < found.loss for loss in ends(BOWL).losses)
    random, lower = at_random(BOWL)
    drawn = [np.random.default_rng(seed).choice(ALL, 10, replace=False) for seed in range(SEEDS)]
    assert lower == sorted(ends(BOWL).lower(ends(BOWL).losses[one].min()) for one in drawn)
    assert random.lower == lower[32] and random.middle == (lower[16], lower[48])


def test_a_log_grid_beats_an_even_one_where_good_rates_are_small():
    log, even, _ = finding.searches(BOWL)
    assert log.loss < even.loss / 1e3


@pytest.mark.parametrize("scenario", [BOWL, NOISE, ADAM], ids=["bowl", "noise", "adam"])
def test_advice_is_what_the_test_suggests_and_how_that_ends(scenario):
    rows, own = advice(scenario), suggestions(sweep(simulate(scenario), 0.0))
    assert {row.key: row.rate for row in rows} == own and list(own) == list(LETTERS)
    for row in rows:
        expected = ends(scenario, (row.rate,)).losses[0]
        assert (row.loss, row.lower) == (expected, ends(scenario).lower(expected))
        assert len(row.others) == (SEEDS if scenario.noise else 0)
    if scenario.noise:
        again = [suggestions(sweep(simulate(scenario.having(seed=seed)), 0.0))["steep"] for seed in range(SEEDS)]
        np.testing.assert_array_equal(rows[0].others, np.sort(again))


def test_a_test_that_begins_late_misleads_most_of_its_suggestions():
    late = BOWL.having(alpha=finding.LATE)
    off = [row.key for row in advice(late) if ends(BOWL).flies_off(row.loss)]
    assert off == ["steep", "valley", "slide"] and not any(ends(BOWL).flies_off(row.loss) for row in advice(BOWL))
    assert advice(BOWL.having(alpha=1.0)) == []


def test_the_loss_of_the_test_is_lowest_past_the_edge():
    """So says the lesson: a loss needs some steps to rise."""
    step, rate = lowest_rate(BOWL)
    run = simulate(BOWL)
    assert run.loss[step] == run.loss[:-1].min() and run.learning_rate[step] == rate > 2 * edge(BOWL)
    assert LESSON.prediction(BOWL).right == 2


@pytest.mark.parametrize(
    "scenario", [BOWL, NOISE, ADAM, BOWL.having(alpha=0.1), BOWL.having(alpha=0.15), BOWL.having(alpha=1.0)]
)
def test_what_is_said_holds(scenario):
    text, every, rows = " ".join(sentences(finding.story(scenario))), ends(scenario), advice(scenario)
    assert ("a run flies off" in text) == (edge(scenario) is not None)
    assert ("nothing can be read" in text) == (not rows)
    for row in rows:
        flies, good = every.flies_off(row.loss), row.lower < 25.6
        named = [part for part in text.split(". ") if row.name in part]
        assert any("off" in part for part in named) == flies
        assert any("best tenth" in part for part in named) == good
    late = every.flies_off(end(scenario, lowest_rate(scenario)[1]))
    assert ("needs some steps" in text) == (late and bool(rows))


@pytest.mark.parametrize("which", ["Momentum", "Patience"])
def test_the_rate_matters_more_than_the_knob_beside_it(which):
    height, share = finding.matters(which)
    plan = BESIDE[which]
    assert share.x > 0.5 > share.y and sum(share) == pytest.approx(1)
    place = (height.shape[0] // 3, height.shape[1] // 2)
    x, y = plan.values(height.shape[1])[0][place[1]], plan.values(height.shape[0])[1][place[0]]
    loss = simulate(plan.cell(x, y)).loss[-1]
    assert height[place] == pytest.approx(np.log10(np.clip(loss, 28e-12, 28)), rel=1e-9)
    figure = checked(beside_figure(plan, height))
    assert figure.data[0].z.shape == height.shape


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_shows_the_numbers(theme):
    every, rows = ends(NOISE), advice(NOISE)
    figure = checked(finding_figure(finding.seen(NOISE), every, rows, edge(NOISE), {0.02: 0.1}, theme))
    lines = {shape.x0 for shape in figure.layout.shapes if shape.x0 == shape.x1}
    assert lines == {*(row.rate for row in rows), every.rates[every.best], 0.2}
    words = " ".join(note.text for note in figure.layout.annotations).split()
    assert {*LETTERS.values(), "best", "2/L"} <= {*words}
    by_name = {trace.name: trace for trace in figure.data}
    np.testing.assert_array_equal(by_name["yours"].x, [0.02])
    assert "middle half" in by_name


@pytest.mark.parametrize("late", [False, True], ids=["low", "late"])
@pytest.mark.parametrize("scenario", [BOWL, NOISE, ADAM], ids=["bowl", "noise", "adam"])
def test_each_line_has_its_name_above_it_and_no_name_lies_over_another(scenario, late):
    scenario = scenario.having(alpha=finding.LATE) if late else scenario
    every, rows = ends(scenario), advice(scenario)
    figure = checked(finding_figure(finding.seen(scenario), every, rows, edge(scenario), {}))
    labels = [note for note in figure.layout.annotations if note.xref != "paper"]
    named = {LETTERS[row.key]: row.rate for row in rows} | {"best": every.rates[every.best]}
    for name, rate in named.items():
        (label,) = (label for label in labels if name in label.text.split())
        assert abs(label.x - np.log10(rate)) < 0.1
    pixels = 59  # a decade on a phone
    boxes = [
        (label.x * pixels - 3 * len(label.text), label.x * pixels + 3 * len(label.text), label.y) for label in labels
    ]
    for i, (_, end, y) in enumerate(boxes):
        assert all(begin >= end for begin, _, other in boxes[i + 1 :] if other == y)


def test_long_and_other_runs_are_none_of_this_lesson():
    slow = ({"alpha": 1e-308}, {"end_lr": 5e-324}, {"warmup_steps": 9, "start_factor": 0})
    other = ({"schedule": "cosine"}, {"optimizer": "newton"})
    for wrong in ({"steps": 5000}, {"steps": 10}, {"x": 0, "y": 0}, *other, *slow):
        assert LESSON.lacks(LESSON.race.leading(BOWL.having(**wrong)))
    assert not LESSON.lacks(LESSON.race)
    assert LESSON.case_of(BOWL.having(surface="rosenbrock")) == LESSON.case_of(BOWL.having(optimizer="lion")) == ""
