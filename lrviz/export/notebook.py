"""A run in a notebook: the same file that is taken home, in a frame of its own."""

from __future__ import annotations

import html

from lrviz import play
from lrviz.export.html import page
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.trajectory import Trajectory

ALLOWED = "allow-scripts allow-downloads"
HEIGHT = 760
"""Pixels: title, stage and settings of a single run, where the notebook is at least 800 wide."""


def framed(document: str, title: str) -> str:
    """The document inside an ``iframe`` with ``sandbox``: it cannot touch the notebook, nor the notebook's style touch
    it. The player is a script and saves pictures and films: that is allowed and nothing else. So it has no origin,
    reads no cookie of the notebook's server, opens no window and sends no form."""
    style = "width: 100%; border: 0; border-radius: 6px; color-scheme: light dark"
    frame = f'title="{html.escape(title)}" sandbox="{ALLOWED}" height="{HEIGHT}" style="{style}"'
    return f'<iframe {frame} srcdoc="{html.escape(document)}"></iframe>'


def player(scenario: Scenario, run: Trajectory) -> str:
    """The run as a notebook shows it."""
    race = Race(scenario)
    message = play.message(race, made=[play.named(race.names[0], scenario, run)])
    return framed(page(message, title=race.title, params=race.to_params()), race.title)
