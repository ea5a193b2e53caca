"""The check is graded by training."""

from __future__ import annotations

import pytest

from lrviz.training import train
from tests.lessons.real_model.recomputed import CASES, LESSON


@pytest.mark.parametrize("case", CASES)
def test_the_check_is_answered_by_training(case):
    for question in LESSON.check(CASES[case]):
        assert len(set(question.choices)) == len(question.choices) and question.tries is not None
        right = question.choices[question.right]
        cuts = len(train(question.tries).cuts)
        if "cut?" in question.text:
            assert right == str(cuts)
        elif "look at" in question.text:
            assert right == f"{question.tries.steps if case == 'batch' else question.tries.epochs} times"
        elif "With patience" in question.text:
            before = len(train(CASES[case]).cuts)
            assert right == ("Fewer" if cuts < before else "More" if cuts > before else "As many")
        else:
            assert case == "starts"
