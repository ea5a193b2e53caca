"""Compiled programs: how many stay, who waits for which, what happens where nothing may be compiled, memory."""

from __future__ import annotations

import itertools
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import jax
import pytest

from bench import memory
from lrviz import programs


class Compiler:
    """It names what it compiles, and may be kept waiting or fail."""

    def __init__(self, monkeypatch, at_work=lambda of: None, threads: int = 1):
        self.compiled: list[str] = []
        self.at_work = at_work
        monkeypatch.setattr(programs, "_programs", OrderedDict())
        monkeypatch.setattr(programs, "_compilers", ThreadPoolExecutor(threads))

    def compile(self, name: str) -> str:
        self.compiled.append(name)
        self.at_work(name)
        return f"program of {name}"

    def program(self, name: str) -> str:
        return programs.compiled((name,), lambda: self.compile(name))


def test_a_program_too_many_takes_the_place_of_the_one_not_used_for_longest(monkeypatch):
    compiler, names = Compiler(monkeypatch), [f"{i}" for i in range(programs.MOST_PROGRAMS + 1)]
    monkeypatch.setattr(jax, "clear_caches", lambda: pytest.fail("what all others have was dropped"))
    for name in names[:-1]:
        compiler.program(name)
    compiler.program("0")
    compiler.program(names[-1])
    assert compiler.compiled == names
    for name in set(names) - {"1"}:
        assert compiler.program(name) == f"program of {name}"
    assert compiler.compiled == names
    compiler.program("1")
    assert compiler.compiled == [*names, "1"]


def test_who_needs_many_programs_lets_others_pass_after_each(monkeypatch):
    def both_wait(_):
        for _ in range(20_000):  # until the other one has asked, or is done
            if len(programs._compiling) == 2 or len(compiler.compiled) > 6:
                return
            time.sleep(0.001)

    compiler = Compiler(monkeypatch, both_wait)
    with ThreadPoolExecutor(2) as visitors:
        list(visitors.map(lambda who: [compiler.program(f"{who} {i}") for i in range(4)], ["ann", "ben"]))
    turns = [name.split()[0] for name in compiler.compiled]
    assert all(one != other for one, other in itertools.pairwise(turns[:-1])), turns


def test_who_asks_for_a_program_that_is_being_compiled_waits_for_that_one(monkeypatch):
    go = Event()
    compiler = Compiler(monkeypatch, lambda _: go.wait(20), threads=2)
    with ThreadPoolExecutor(4) as visitors:
        requests = [visitors.submit(compiler.program, "bowl") for _ in range(4)]
        while not compiler.compiled:
            time.sleep(0.001)
        go.set()
        assert {one.result() for one in requests} == {"program of bowl"}
    assert compiler.compiled == ["bowl"]


def test_a_program_that_could_not_be_compiled_is_tried_again(monkeypatch):
    def fails(_):
        if len(compiler.compiled) == 1:
            raise MemoryError

    compiler = Compiler(monkeypatch, fails)
    with pytest.raises(MemoryError):
        compiler.program("bowl")
    assert compiler.program("bowl") == "program of bowl"


def test_where_nothing_may_compile_only_what_is_compiled_runs(monkeypatch):
    compiler = Compiler(monkeypatch)
    compiler.program("bowl")
    with programs.without_compiling():
        assert compiler.program("bowl") == "program of bowl"
        with pytest.raises(programs.NotCompiled, match="saddle"):
            compiler.program("saddle")
    assert compiler.compiled == ["bowl"]
    assert compiler.program("saddle") == "program of saddle"


def test_many_programs_leave_memory_where_it_was():
    """In a process of its own: more than twice as many programs as are kept; `make bench` measures 200."""
    growth = memory.growth(70)
    assert growth.programs == 70 > 2 * programs.MOST_PROGRAMS
    assert growth.megabytes < 250
