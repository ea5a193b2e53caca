"""Titles and names of files."""

from __future__ import annotations

import pytest

from lrviz import Race, Scenario, play
from lrviz.export import files
from lrviz.export.message import read
from lrviz.export.pictures import Picture
from lrviz.optimizers import OPTIMIZERS
from lrviz.schedules import SCHEDULES
from lrviz.stage.pack import unpack
from lrviz.surfaces import SURFACES
from tests.export.races import RACE


@pytest.mark.parametrize(
    ("race", "title", "name"),
    [
        (
            Race(Scenario(surface="rosenbrock", optimizer="adam", alpha=0.05, schedule="cosine")),
            "Adam on Rosenbrock, α 0.05, cosine decay",
            "rosenbrock-adam-alpha-0.05-cosine.gif",
        ),
        (
            Race(Scenario(optimizer="amsgrad", alpha=1e-5, schedule="cosine_restarts")),
            "AMSGrad on Bowl, α 1e-05, cosine with warm restarts",
            "bowl-amsgrad-alpha-1e-05-cosine-restarts.gif",
        ),
        (
            RACE,
            "A race on Bowl, α 0.05, reduce on plateau: Momentum · Adam · Momentum, α 0.9",
            "bowl-race-alpha-0.05-plateau.gif",
        ),
        (Race(Scenario(optimizer="newton")), "Newton on Bowl", "bowl-newton.gif"),  # it has no rate
    ],
)
def test_a_title_and_a_file_name_hold_optimizer_rate_and_schedule(race, title, name):
    assert (files.title(race), files.name(race, "gif")) == (title, name)
    meta, _ = unpack(play.message(race))
    assert title.startswith(meta["label"]) and meta["file"] == name.removesuffix(".gif"), "the stage saves under it too"


def test_the_title_of_a_picture_leaves_room_for_the_step():
    longest = {
        kind: max(rows, key=lambda key: len(rows[key].name))
        for kind, rows in (("surface", SURFACES), ("optimizer", OPTIMIZERS), ("schedule", SCHEDULES))
    }
    race = Race(Scenario(**longest, alpha=0.0123, steps=3))
    picture = Picture(read(play.message(race)), "loss", "light", (800, 500))
    picture.at(3)
    picture.step.set_text("step 20000 / 20000")
    title, step = picture.canvas.axes.texts[:2]
    assert title.get_text() == race.title
    assert title.get_position()[0] + picture.canvas.wide(title) < step.get_position()[0] - picture.canvas.wide(step)
