"""A formula of one's own: how long a text takes to be read or refused, and its minima to be found."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import suppress

from bench.clock import bounded, figure
from lrviz.formula import read, reading, search
from lrviz.knob import BadInput
from tests.formulas import SAMPLES, hostile

COUNT = 5000
USUAL = (1.0, 1.0)


def processor(work: Callable[[], object]) -> float:
    """Seconds of a processor: others who use the machine do not count."""
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


def refused(text: str) -> None:
    with suppress(BadInput):
        read(text)


def main() -> None:
    print("\nA formula of one's own")
    reading._read.cache_clear()
    with figure("hostile texts"):
        times = [processor(lambda text=text: refused(text)) for text in hostile(COUNT)]  # type: ignore[misc]
        bounded(f"{COUNT} hostile texts, each read or refused: the slowest", 1000 * max(times), "ms", most=50)
        bounded("  the median", 1000 * statistics.median(times), "ms")
    with figure("minima"):
        texts = [
            *SAMPLES["f"],
            "20 + x^2 + y^2 - 10*cos(2*pi*x) - 10*cos(2*pi*y)",
            "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        ]
        read_back = [read(text).text for text in texts]
        for text in read_back:
            search.search(text, (-5.0, 5.0, -5.0, 5.0), USUAL)
        search.search.cache_clear()
        times = [processor(lambda text=text: search.search(text, (-5.0, 5.0, -5.0, 5.0), USUAL)) for text in read_back]  # type: ignore[misc]
        bounded(f"the minima of {len(texts)} formulas, one search: the slowest", 1000 * max(times), "ms", most=50)
        bounded("  the median", 1000 * statistics.median(times), "ms")


if __name__ == "__main__":
    main()
