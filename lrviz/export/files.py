"""A race as a file of any kind, made here and now: what the command line and short exports of the page use."""

from __future__ import annotations

from typing import Literal

from lrviz import scene
from lrviz.export import html
from lrviz.race import Race

Kind = Literal["html", "gif", "png", "svg", "csv", "json"]
KINDS: dict[Kind, str] = {
    "html": "one file with the player inside",
    "gif": "the run as it plays",
    "png": "a picture",
    "svg": "a drawing that stays sharp",
    "csv": "a row a step",
    "json": "every number",
}
TYPES: dict[Kind, str] = {
    "html": "text/html",
    "gif": "image/gif",
    "png": "image/png",
    "svg": "image/svg+xml",
    "csv": "text/csv",
    "json": "application/json",
}


def title(race: Race) -> str:
    """What the file is of."""
    return html.title_of(race.names, race.first.surface_row.name)


def page(race: Race, link: str = "") -> bytes:
    """The player in one file."""
    message = scene.message(race, autoplay=True)
    return html.page(message, title=title(race), params=race.to_params(), link=link).encode()


def name(race: Race, kind: Kind) -> str:
    """A name for the file: rosenbrock-adam.gif."""
    return f"{race.first.surface}-{race.first.optimizer if len(race.scenarios) == 1 else 'race'}.{kind}".replace(
        "_", "-"
    )
