"""What stays in memory when many programs are compiled: in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import NamedTuple

SCRIPT = """
import resource
import sys
from lrviz import OPTIMIZERS, SURFACES, Scenario, simulate

def resident():
    pages = int(open("/proc/self/statm").read().split()[1])
    return pages * resource.getpagesize() / 1e6

rows = [(s, o.key, f) for s in SURFACES for o in OPTIMIZERS.values() for f in o.rules][:int(sys.argv[1])]
simulate(Scenario(*[rows[0][0], None, *rows[0][1:]], steps=20))
begin, most = resident(), 0.0
for surface, optimizer, framework in rows:
    simulate(Scenario(surface, None, optimizer, framework, steps=20))
    most = max(most, resident())
print(len(set(rows)), most - begin)
"""


class Growth(NamedTuple):
    """programs: distinct (surface, optimizer, framework); megabytes: the most there was, above the begin."""

    programs: int
    megabytes: float


def growth(programs: int) -> Growth:
    """Compile and run so many programs."""
    printed = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(programs)], capture_output=True, text=True, check=True
    ).stdout.split()
    return Growth(int(printed[0]), float(printed[1]))


def main() -> None:
    """Print the figure."""
    found = growth(200)
    verdict = "ok" if found.megabytes < 250 else "TOO MUCH"
    print(f"\n{found.programs} programs in one process")
    print(f"  memory at its most, above the begin {found.megabytes:8.0f} MB   (below 250 MB)   {verdict}")
