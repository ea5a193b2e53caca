"""``python -m bench``: every figure. The exit status is 1 where one could not be taken."""

import sys

from bench import (
    attacks,
    classroom,
    clock,
    devices,
    engine,
    exports,
    formulas,
    hostile,
    maps,
    memory,
    metal,
    network,
    pages,
    replay,
    stage,
    training,
    training_page,
)

for module in (
    engine,
    metal,
    devices,
    formulas,
    memory,
    stage,
    pages,
    maps,
    classroom,
    attacks,
    network,
    exports,
    replay,
    training,
    training_page,
    hostile,
):
    with clock.figure(module.__name__):
        module.main()
sys.exit(clock.finish())
