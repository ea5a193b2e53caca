"""The bench tells what it could not measure, and goes on."""

from __future__ import annotations

import pytest

from bench import clock


@pytest.fixture
def missing(monkeypatch):
    monkeypatch.setattr(clock, "missing", [])


def test_a_figure_that_cannot_be_taken_is_named_and_the_others_follow(missing, capsys):
    with clock.figure("a drag"):
        raise AssertionError("only 3 frames were drawn\nand more")
    with clock.figure("a map"):
        clock.bounded("a map of 64 x 64", 5.0, "ms", most=10)
    assert clock.finish() == 1
    printed = capsys.readouterr().out
    assert "a drag: NOT TAKEN (AssertionError: only 3 frames were drawn)" in printed
    assert "a map of 64 x 64" in printed and printed.rstrip().endswith("Not taken: a drag.")


def test_with_every_figure_taken_the_status_is_0(missing, capsys):
    with clock.figure("a map"):
        pass
    assert clock.finish() == 0 and capsys.readouterr().out == ""


def test_a_measurement_can_still_be_interrupted(missing):
    with pytest.raises(KeyboardInterrupt), clock.figure("a drag"):
        raise KeyboardInterrupt
