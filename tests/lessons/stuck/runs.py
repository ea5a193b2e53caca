"""The runs of lesson 2: its opening, its cases and their presets."""

from __future__ import annotations

from lrviz import Scenario
from lrviz.lessons import LESSONS

LESSON = LESSONS["stuck"].race.first
PLATEAUS = tuple(LESSONS["stuck"].cases)


def plateau(key: str) -> Scenario:
    return LESSONS["stuck"].case_race(key).first


def preset(case: str, place: int) -> Scenario:
    row = LESSONS["stuck"]
    return row.preset_race(case, row.cases[case].presets[place]).first


def constant(scenario: Scenario) -> Scenario:
    return scenario.having(schedule="constant")
