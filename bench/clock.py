"""How a time is taken: the median of several, or the least of several in turn with others, after one that is not
counted; and what becomes of a figure that cannot be taken."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

missing: list[str] = []
"""The figures of this run that could not be taken."""


@contextmanager
def figure(what: str) -> Iterator[None]:
    """Around a measurement: where it fails, on a machine that is too busy for instance, it says so, and the other
    figures follow."""
    try:
        yield
    except Exception as error:
        missing.append(what)
        first = next(iter(str(error).strip().splitlines()), "")
        print(f"  {what}: NOT TAKEN ({type(error).__name__}: {first[:160]})")


def finish() -> int:
    """The exit status at the end: 0, or 1 after a sentence that names what is missing."""
    if missing:
        print(f"\nNot taken: {', '.join(missing)}.")
    return 1 if missing else 0


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def median(work: Callable[[], object], times: int) -> float:
    """The median over so many calls, after one to warm up."""
    work()
    return statistics.median(seconds(work) for _ in range(times))


class Taken(NamedTuple):
    """Seconds, the least of several calls: by the clock, and of all processors."""

    wall: float
    processor: float


def fastest(works: Sequence[Callable[[], object]], times: int) -> list[Taken]:
    """Of each, over so many calls in turn, after one to warm up: what else the machine has to do falls on all of them
    alike, and least on the least."""

    def taken(work: Callable[[], object]) -> Taken:
        begin = time.process_time()
        return Taken(seconds(work), time.process_time() - begin)

    rounds = [[taken(work) for work in works] for _ in range(times + 1)][1:]
    return [Taken(*map(min, zip(*one, strict=True))) for one in zip(*rounds, strict=True)]


def compared(what: str, ours: float, theirs: float, wanted: float) -> None:
    """One line: both times, their ratio, and the ratio that is asked for."""
    ratio = theirs / ours
    verdict = "ok" if ratio >= wanted else "TOO SLOW"
    print(f"  {what:<34} {theirs * 1e3:10.1f} ms   {ratio:8.1f} x   (at least {wanted:g} x)   {verdict}")


def bounded(what: str, value: float, unit: str, *, most: float | None = None, least: float | None = None) -> None:
    """One line: a figure; and where there is a bound, whether it is met."""
    fits = (most is None or value <= most) and (least is None or value >= least)
    bounds = {"at most": most, "at least": least}
    limits = ", ".join(f"{word} {bound:g} {unit}" for word, bound in bounds.items() if bound is not None)
    print(f"  {what:<62} {value:10.1f} {unit:<5}" + (f" ({limits})   {'ok' if fits else 'NOT MET'}" if limits else ""))
