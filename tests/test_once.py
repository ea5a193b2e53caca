"""What is the same for each visitor is made once, also where all ask at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from lrviz import Scenario
from lrviz.once import made_once_for

CLASS = 8


def test_a_class_that_asks_at_once_has_it_made_once():
    made, all_here = [], Barrier(CLASS)

    @made_once_for(4)
    def question(scenario, text, **changes):
        made.append((scenario.alpha, text, changes))
        return len(made)

    def visitor(_):
        all_here.wait()
        return question(Scenario(alpha=0.1), "?", times={"alpha": 2})

    with ThreadPoolExecutor(CLASS) as pool:
        assert set(pool.map(visitor, range(CLASS))) == {1}
    assert made == [(0.1, "?", {"times": {"alpha": 2}})]


def test_what_differs_is_made_for_itself_and_what_fails_is_asked_again():
    @made_once_for(4)
    def question(scenario, *options):
        if not options:
            raise ValueError("nothing to choose from")
        return scenario.alpha, options

    for alpha in (0.1, 0.2):
        for options in (("a", "b"), ("b", "a")):
            assert question(Scenario(alpha=alpha), *options) == (alpha, options)
    for _ in range(2):
        try:
            question(Scenario())
        except ValueError as wrong:
            assert str(wrong) == "nothing to choose from"
        else:
            raise AssertionError
