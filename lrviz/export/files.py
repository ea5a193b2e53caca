"""A race as a file of any kind, made here and now: what the command line and short exports of the page use."""

from __future__ import annotations

from lrviz import play
from lrviz.export import html
from lrviz.export.choices import DELAY, USUAL_FRAMES, KindName
from lrviz.race import Race


def title(race: Race) -> str:
    """What the file is of, with the names of all runs."""
    return race.title if len(race.names) == 1 else f"{race.title}: {' · '.join(race.names)}"


def page(race: Race, link: str = "") -> bytes:
    """The player in one file."""
    message = play.message(race, autoplay=True)
    return html.page(message, title=title(race), params=race.to_params(), link=link).encode()


def name(race: Race, kind: KindName) -> str:
    """A name for the file: rosenbrock-adam-alpha-0.05-cosine.gif."""
    return f"{race.file_name}.{kind}"


def frames(race: Race) -> int:
    """Of a film that lasts as long as the player plays it at 1x: a third of a second a step, eight seconds at most."""
    return min(USUAL_FRAMES, max(2, round(max(scenario.steps for scenario in race.scenarios) * 1000 / DELAY / 3)))
