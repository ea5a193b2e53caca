"""Runs that are exported in these tests, and what waits for them."""

from __future__ import annotations

import base64
import gzip
import os
import re
import time

from lrviz import Race, Scenario

CUTS = Scenario(optimizer="momentum", alpha=0.05, steps=60, schedule="plateau", values={"factor": 0.5, "patience": 3})
RACE = Race(CUTS, ({"optimizer": "adam"}, {"alpha": "0.9"}))
LARGE = Race(
    Scenario(surface="rosenbrock", alpha=0.001, steps=500, schedule="plateau"),
    ({"optimizer": "adam", "alpha": "0.05"}, {"optimizer": "adam", "alpha": "0.01"}, {"alpha": "0.002"}),
)
NASTY = "</script><b onclick='x()'>\"&$x^{2$\u202e\U0001f600\x00"


def embedded(page: str, name: str) -> bytes:
    found = re.search(rf'id="{name}">([^<]*)<', page)
    assert found
    return gzip.decompress(base64.b64decode(found[1]))


def until(what, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "never"
        time.sleep(0.02)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
