"""Words wait while a picture is made, and for those before them; pictures and who has waited long enough do not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from lrviz import turns
from lrviz.turns import Turns
from lrviz.ui import redraw

PATIENCE = 30


class Moved(Exception):
    """The visitor has moved on."""


@pytest.fixture
def pool():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def pass_on() -> None:
    """Somebody still waits for these words."""


class Words:
    """A run in a thread of its own that makes a picture and then words, until it is told to end."""

    def __init__(self, pool: ThreadPoolExecutor, these: Turns, look: Callable[[], None] = pass_on) -> None:
        self.looked, self.begun, self.end = threading.Event(), threading.Event(), threading.Event()
        self.look = look
        self.done: Future[None] = pool.submit(self._run, these)

    def _run(self, these: Turns) -> None:
        with these.run():
            these.words(self._look)
            self.begun.set()
            assert self.end.wait(PATIENCE)

    def _look(self) -> None:
        self.looked.set()
        self.look()

    def finish(self) -> None:
        self.end.set()
        self.done.result(PATIENCE)


def test_words_wait_for_no_run_that_is_away_itself(pool, monkeypatch):
    monkeypatch.setattr(turns, "LONGEST", PATIENCE)
    these = Turns()
    with these.run():
        words = Words(pool, these)
        assert words.looked.wait(PATIENCE) and not words.begun.is_set()
        with these.away():
            assert words.begun.wait(PATIENCE)
        words.finish()
        later = Words(pool, these)
        assert later.looked.wait(PATIENCE) and not later.begun.is_set(), "back, it makes its picture"
    assert later.begun.wait(PATIENCE)
    later.finish()


def test_words_wait_until_the_picture_of_another_stands(pool, monkeypatch):
    monkeypatch.setattr(turns, "LONGEST", PATIENCE)
    these = Turns()
    with these.run():
        words = Words(pool, these)
        assert words.looked.wait(PATIENCE) and not words.begun.is_set()
    assert words.begun.wait(PATIENCE)
    words.finish()


def test_words_wait_for_those_before_them(pool, monkeypatch):
    monkeypatch.setattr(turns, "LONGEST", PATIENCE)
    these = Turns()
    first = [Words(pool, these) for _ in range(turns.AT_ONCE)]
    assert all(words.begun.wait(PATIENCE) for words in first)
    last = Words(pool, these)
    assert last.looked.wait(PATIENCE) and not last.begun.is_set()
    first[0].finish()
    assert last.begun.wait(PATIENCE)
    for words in (last, *first[1:]):
        words.finish()


def test_a_picture_waits_for_nobody(pool):
    these = Turns()
    words = [Words(pool, these) for _ in range(turns.AT_ONCE)]
    assert all(one.begun.wait(PATIENCE) for one in words)
    with these.run():
        pass
    for one in words:
        one.finish()


def test_words_that_have_waited_long_enough_begin_beside_a_picture(pool, monkeypatch):
    monkeypatch.setattr(turns, "LONGEST", 0)
    these = Turns()
    with these.run():
        words = Words(pool, these)
        assert words.begun.wait(PATIENCE)
        words.finish()


def test_who_has_moved_on_leaves_the_queue_and_keeps_nobody_waiting(pool, monkeypatch):
    monkeypatch.setattr(turns, "LONGEST", PATIENCE)

    def gone() -> None:
        raise Moved

    these = Turns()
    with these.run():
        left = [Words(pool, these, gone) for _ in range(turns.AT_ONCE + 1)]
        for words in left:
            with pytest.raises(Moved):
                words.done.result(PATIENCE)
    stays = Words(pool, these)
    assert stays.begun.wait(PATIENCE)
    stays.finish()


def test_long_work_for_a_page_ends_where_its_visitor_has_moved_on(monkeypatch):
    def gone() -> None:
        raise Moved

    turns.still_wanted()  # no page waits for it
    monkeypatch.setattr(redraw, "get_script_run_ctx", lambda **_: SimpleNamespace(yield_check=gone))
    with pytest.raises(Moved):
        turns.still_wanted()


def test_a_part_of_a_run_is_a_part_of_its_turn():
    these = Turns()
    with these.run():
        with these.run():
            pass
        assert these._pictures == 1
        these.words(pass_on)
        with these.run():
            assert these._pictures == 0
    assert these._pictures == these._words == 0


LESSON = """
import runpy
from lrviz import ui

with ui.frame("how_long"):
    runpy.run_path("pages/lessons/how_long.py")
"""


def test_a_page_makes_its_picture_first_and_takes_its_turn_for_the_words(monkeypatch):
    looks = []
    monkeypatch.setattr(turns.turns, "words", lambda look: looks.append(turns.turns._pictures))
    at = AppTest.from_string(LESSON, default_timeout=120).run()
    assert looks == [], "a visitor who has just come has the stage alone"
    at.run()
    assert looks == [1], "up to there it is a picture"
    at.session_state["lab"].redraw.following = True
    at.run()
    assert looks == [1, 1, 1], "the rest after a picture waits before it is drawn"
    assert turns.turns._pictures == turns.turns._words == 0
