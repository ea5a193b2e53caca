"""A race, of runs or of trainings, as a file of any kind, made here and now: what the command line and short exports of
the page use."""

from __future__ import annotations

from collections.abc import Sequence

from lrviz import play
from lrviz.export import html
from lrviz.export.choices import DELAY, USUAL_FRAMES, KindName, Numbers
from lrviz.race import Race
from lrviz.training import History, TrainingRace
from lrviz.training.numbers import as_csv, as_json


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


def training_page(
    race: TrainingRace, histories: Sequence[History], sharpness: bool = False, link: str = "", chosen: int = 0
) -> bytes:
    """The player of trainings in one file. chosen: whose picture is seen first."""
    message = play.training_message(race, histories, sharpness, chosen, autoplay=True)
    params = {"data": race.first.data} | race.to_params()
    return html.page(message, title=race.title, params=params, link=link, player="stage/web/training").encode()


def training_numbers(history: History, kind: Numbers) -> bytes:
    """A table, a row an epoch, or all to retrace it."""
    return ((as_csv if kind == "csv" else as_json)(history) + "\n").encode()


def frames(race: Race) -> int:
    """Of a film of these runs."""
    return frames_of(max(scenario.steps for scenario in race.scenarios))


def frames_of(steps: int) -> int:
    """Of a film that lasts as long as the player plays it at 1x: a third of a second a step, eight seconds at most."""
    return min(USUAL_FRAMES, max(2, round(steps * 1000 / DELAY / 3)))
