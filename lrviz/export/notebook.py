"""A run in a notebook: the same file that is taken home, in a frame of its own."""

from __future__ import annotations

import html

from lrviz import scene
from lrviz.export.html import page, title_of
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.trajectory import Trajectory

HEIGHT = 760
"""Pixels: title, stage and settings of a single run, where the notebook is at least 800 wide."""


def framed(document: str, title: str) -> str:
    """The document inside an ``iframe``: it cannot touch the notebook, nor the notebook's style touch it."""
    style = "width: 100%; border: 0; border-radius: 6px; color-scheme: light dark"
    source = html.escape(document)
    return f'<iframe title="{html.escape(title)}" srcdoc="{source}" height="{HEIGHT}" style="{style}"></iframe>'


def player(scenario: Scenario, run: Trajectory) -> str:
    """The run as a notebook shows it."""
    race = Race(scenario)
    title = title_of(race.names, scenario.surface_row.name)
    message = scene.message(race, made=[scene.named(race.names[0], scenario, run)])
    return framed(page(message, title=title, params=race.to_params()), title)
