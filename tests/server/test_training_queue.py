"""The trainings of all visitors: in turn, given up when nobody waits, and each as if it were alone."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from lrviz.server import training_queue
from lrviz.training import Training, train
from lrviz.turns import Turns

SHORT = Training("line", epochs=3)
LONG = Training("moons", "network", batch_size=1, epochs=1000)
LARGE = Training("moons", "network", epochs=2000, values={"layers": "64,64", "rows": 2000})


@pytest.fixture
def long():
    job = training_queue.begin([LONG])
    yield job
    job.cancel()


def until(true) -> None:
    """Looks again and again, but not for ever."""
    for _ in range(6000):
        if true():
            return
        threading.Event().wait(0.01)
    raise AssertionError("never")


def test_a_training_ends_as_the_command_lines():
    job = training_queue.begin([SHORT], sharpness=1)
    assert job.ended.wait(60) and job.state == "done"
    own = train(SHORT, sharpness=1)
    np.testing.assert_array_equal(job.history.final, own.final)
    np.testing.assert_array_equal(job.history.sharpness, own.sharpness)


def test_a_long_one_grows_keeps_nobody_waiting_and_is_cancelled(long):
    others = [training_queue.begin([LONG.having(seed=seed)]) for seed in range(1, 4)]
    until(lambda: long.history is not None)
    before = long.history.epochs
    assert training_queue.begin([SHORT]).ended.wait(60), "a short one has its turn"
    until(lambda: long.history.epochs > before)
    assert not long.done and long.state == "running"
    for job in (long, *others):
        job.cancel()
    assert long.done and long.state == "cancelled" and long.history.epochs < 1000
    until(lambda: not training_queue._begun)


def test_one_whose_visitor_has_left_is_given_up():
    here = threading.Event()
    here.set()
    job = training_queue.begin([LONG], wanted=here.is_set)
    until(lambda: job.history is not None)
    here.clear()
    assert job.ended.wait(60) and job.state == "cancelled"


def test_more_large_ones_than_there_is_room_for_wait_and_a_small_one_passes_them(monkeypatch):
    monkeypatch.setattr(training_queue, "MOST_LARGE", 1)
    first, second = (training_queue.begin([LARGE.having(seed=seed)]) for seed in (1, 2))
    assert first.large and training_queue.begin([SHORT]).ended.wait(60)
    until(lambda: first.history is not None)
    assert not first.done and second.state == "waiting"
    first.cancel()
    until(lambda: second.history is not None)
    second.cancel()
    until(lambda: not training_queue._begun)


def test_who_waits_for_a_training_keeps_no_words_waiting(monkeypatch, long):
    these, words = Turns(), threading.Event()
    monkeypatch.setattr(training_queue, "turns", these)
    monkeypatch.setattr("lrviz.turns.LONGEST", 120)

    def another() -> None:
        with these.run():
            these.words(lambda: None)
            words.set()

    with these.run():
        other = threading.Thread(target=another)
        other.start()
        for _ in range(200):
            if not words.is_set():
                long.wait(0.05)
        assert words.is_set()
    other.join(60)


def test_stops_of_a_slider_are_trained_one_by_one():
    rates = [0.1, 0.2, 0.5]
    histories = training_queue.together([SHORT.having(alpha=rate) for rate in rates])
    for rate, history in zip(rates, histories, strict=True):
        np.testing.assert_array_equal(history.final, train(SHORT.having(alpha=rate)).final)


def test_a_fault_ends_the_job_and_not_the_others(monkeypatch, caplog):
    monkeypatch.setattr(training_queue, "run", lambda *_, **__: 1 / 0)
    job = training_queue.begin([SHORT])
    assert job.ended.wait(60) and job.state == "failed" and "A training failed" in caplog.text
    monkeypatch.undo()
    assert training_queue.begin([SHORT]).ended.wait(60)


def test_what_does_not_come_in_time_is_an_error(monkeypatch):
    monkeypatch.setattr(training_queue, "LONGEST", 0.01)
    with pytest.raises(TimeoutError):
        training_queue.together([LONG])
    until(lambda: not training_queue._begun)
