"""New data: what 32 seeds say is computed anew, seed by seed, and as sure as a coin that is thrown allows."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lrviz.analysis.sentences import sentences
from lrviz.lessons import LESSONS, new_data
from lrviz.lessons.new_data import LEVEL, SEEDS, sides, spread
from lrviz.training import train

LESSON = LESSONS["new_data"]
CASES = {case: LESSON.case_race(case).first for case in LESSON.cases}


def test_a_side_is_32_trainings_of_its_own():
    training = CASES["rate"]
    one, other = sides(training)
    assert (one.name, other.name) == ("α = 0.05", "α = 0.5") and len(one.loss) == SEEDS == 32
    for seed in (0, 31):
        alone = train(training.having(seed=seed), sharpness=training.epochs)
        log = alone.log
        got = [side[seed] for side in (one.loss, one.val_loss, one.sharpness)]
        np.testing.assert_allclose(got, [log.loss[-1], log.val_loss[-1], alone.sharpness[-1]], rtol=1e-3)
        there = np.flatnonzero(log.loss <= LEVEL)
        np.testing.assert_allclose(one.level[seed], log.val_loss[there[0]] if len(there) else np.nan, rtol=1e-3)


def test_both_sides_take_as_many_steps_and_a_stop_is_a_stop():
    few, many = sides(CASES["batch"])
    assert (few.name, many.name) == ("batches of 4", "batches of 30")
    assert few.epochs[0] * 15 <= CASES["batch"].steps == 800 < (few.epochs[0] + 1) * 15 and many.epochs[0] == 400
    whole, stopped = sides(CASES["stop"])
    history = train(CASES["stop"].having(seed=5))
    assert history.stopped == history.epochs < 200
    np.testing.assert_allclose(stopped.val_loss[5], history.log.val_loss[-1], rtol=1e-3)
    assert np.median(stopped.loss) > np.median(whole.loss)


def test_spreads_leave_out_three_seeds_at_each_end():
    values = np.arange(32.0)
    assert spread(values) == (3, 28) and spread(np.append(values, np.nan)) == (3, 28)
    assert np.isnan(spread(np.full(32, np.nan))).all()


def by_seed(one, other) -> tuple[int, int, int]:
    """For how many seeds the first is lower, the second is, and both are known: one after the other."""
    known = [(a, b) for a, b in zip(one, other, strict=True) if not np.isnan([a, b]).any()]
    return sum(a < b for a, b in known), sum(b < a for a, b in known), len(known)


def sure(one, other) -> int | None:
    """0 or 1 where 26 of 32 seeds agree, or 22 of 26."""
    first, second, count = by_seed(one, other)
    enough = {32: 26, 26: 22}[count]
    return 0 if first >= enough else 1 if second >= enough else None


@pytest.mark.parametrize("case", CASES)
def test_what_is_said_holds(case):
    one, other = sides(CASES[case])
    texts = sentences(new_data.story(CASES[case]))
    assert LESSON.lacks(LESSON.case_race(case)) == "" and LESSON.case_of(CASES[case]) == case
    for sentence, (a, b) in zip(
        [line for line in texts if "own rows" not in line],
        [(one.val_loss, other.val_loss), (one.gap, other.gap), (one.level, other.level)],
        strict=False,
    ):
        numbers = [float(text.replace("−", "-")) for text in re.findall(r"(−?[\d.]+)(?= \(| to |\))", sentence)]
        known = [side[~np.isnan(side)] for side in (a, b)]
        expected = [number for side in known for number in (np.median(side), *np.sort(side)[[3, -4]])]
        np.testing.assert_allclose(numbers, expected, rtol=6e-3)
        first, second, count = by_seed(a, b)
        often = f"all {count} seeds" if max(first, second) == count else f"{max(first, second)} of {count} seeds"
        ending = f"It is lower with {one.name if first > second else other.name} for {often}"
        assert sentence.endswith(ending + (": that may be chance." if sure(a, b) is None else "."))


def test_a_preset_has_the_smallest_training_loss_and_the_worse_val_loss():
    (slow, fast), preset = sides(CASES["rate"]), LESSON.cases["rate"].presets[0]
    assert float(preset.changes["alpha"]) == 10 * CASES["rate"].alpha
    assert spread(fast.loss)[1] < spread(slow.loss)[0] and spread(slow.val_loss)[1] < spread(fast.val_loss)[0]
    assert any(
        line.startswith("With α = 0.5 the loss on its own rows") for line in sentences(new_data.story(CASES["rate"]))
    )


def test_questions_are_graded_by_the_seeds():
    for training in CASES.values():
        one, other = sides(training)
        pairs = [(one.val_loss, other.val_loss), (one.loss, other.loss), (one.gap, other.gap)]
        for question, pair in zip([LESSON.prediction(training), *LESSON.check(training)], pairs, strict=False):
            which = sure(*pair)
            assert question.right == (2 if which is None else which)
            named = new_data.UNDECIDED if which is None else (one, other)[which].name
            assert question.choices[question.right] == named
    assert LESSON.prediction(CASES["rate"]).right == 0 and LESSON.prediction(CASES["stop"]).right == 1


@pytest.mark.parametrize(
    "changes", [{"data": "diabetes"}, {"model": "logistic"}, {"validation": 0}, {"epochs": 3000}], ids=str
)
def test_what_is_none_of_this_lesson(changes):
    more = {"monitor": "loss"} if changes.get("validation") == 0 else {}
    assert LESSON.lacks(LESSON.race.having(**changes, **more)) and not LESSON.lacks(LESSON.race)
