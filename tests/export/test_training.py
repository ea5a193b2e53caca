"""Trainings as files: every kind from the command line, and what a picture draws is the model's own."""

from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from lrviz import play
from lrviz.cli import main
from lrviz.export import files, film, pictures
from lrviz.export.panels import Series
from lrviz.export.render_queue import Order, RenderQueue
from lrviz.export.training_message import read
from lrviz.export.training_picture import TrainingPicture, outputs
from lrviz.stage.pack import unpack
from lrviz.training import DATA, MODELS, Training, TrainingRace, train
from lrviz.training.history import History, Log
from tests.export.races import embedded, until

SMALL = "--data moons --model network --layers 4 --alpha 0.3 --epochs 6 --batch-size 50"
RACE = TrainingRace(Training("moons", "network", alpha=0.3, epochs=6, batch_size=50), ({"optimizer": "adam"},))
PAIRS = [(data.key, model.key) for data in DATA.values() for model in MODELS.values() if data.task in model.tasks]


def pixels(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as picture:
        return np.array(picture.convert("RGB"), int)


@pytest.fixture(scope="module")
def message() -> bytes:
    return play.training_message(RACE, [train(training) for training in RACE.trainings])


@pytest.mark.parametrize("kind", ["html", "gif", "png", "svg", "csv", "json"])
def test_the_command_line_writes_every_kind(kind, tmp_path, capsys):
    target = tmp_path / f"run.{kind}"
    assert main(["train", *shlex.split(SMALL), "--size", "300x200", "--frames", "4", "--to", str(target)]) == 0
    assert str(target) in capsys.readouterr().out
    content = target.read_bytes()
    history = train(Training("moons", "network", alpha=0.3, epochs=6, batch_size=50, values={"layers": "4"}))
    if kind == "html":
        run = read(embedded(content.decode(), "message")).runs[0]
        np.testing.assert_allclose(run.curves["val_loss"], history.log.val_loss, rtol=1e-6)
        np.testing.assert_allclose(run.weights[-1], history.final, rtol=1e-6)
    elif kind in ("gif", "png"):
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.size == (300, 200) and getattr(picture, "n_frames", 1) == (4 if kind == "gif" else 1)
    elif kind == "svg":
        ET.fromstring(content)
    elif kind == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        np.testing.assert_array_equal([float(row["loss"]) for row in rows], history.log.loss)
    else:
        assert json.loads(content)["epochs"]["loss"] == history.log.loss.tolist()


def test_a_race_comes_from_its_link_and_what_does_not_go_together_is_said(tmp_path, capsys):
    link = "https://lab.example.org/training?data=moons&epochs=3&epoch=2&run2=optimizer:adam&open=alpha&title=A+race"
    target = tmp_path / "race.html"
    assert main(["train", "--link", link, "--to", str(target)]) == 0
    assert [run.row["name"] for run in read(embedded(target.read_text(), "message")).runs] == [
        "Gradient descent", "Adam",
    ]  # fmt: skip
    for more in (["--alpha", "1"], ["--format", "json"], ["--to", str(tmp_path / "x.csv")], ["--to", "x.doc"]):
        capsys.readouterr()
        assert main(["train", "--link", link, "--to", str(target), *more]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert main(["train", "--link", link]) == 2
    assert main(["train", "--link", "?data=moons&alpha=fast", "--to", str(target)]) == 2


@pytest.mark.parametrize(("data", "model"), PAIRS)
def test_every_data_set_and_model_is_drawn_and_its_outputs_are_the_models(data, model):
    training = Training(data, model, epochs=1)
    log = Log(*(np.full(1, 0.5) for _ in Log._fields))  # its numbers are of no interest here, and nothing is compiled
    weights = np.stack([training.initial, training.initial + 0.1])
    history = History(training, log, weights, np.array([0, 1]), np.full(1, np.nan))
    made = play.training_message(TrainingRace(training), [history])
    run = read(made).runs[0]
    x = training.split.x[:9]
    np.testing.assert_allclose(
        outputs(run, training.initial, x), training.shape.at(training.initial, x), rtol=1e-12, atol=1e-12
    )
    assert pixels(pictures.draw(made, "png", panel="training", size=(300, 200)))[60:140, 30:140].std() > 5


def test_a_picture_is_of_its_epoch_and_a_film_ends_as_the_last_one(message):
    size = (400, 250)
    first, last = (pixels(pictures.draw(message, "png", panel="training", size=size, step=step)) for step in (0, None))
    left = np.s_[60:200, 30:190]
    assert np.abs(first[left] - last[left]).mean() > 1, "the model is another one"
    assert np.abs(first[60:240, 210:] - last[60:240, 210:]).mean() > 1, "and so are its curves"
    shown = []
    with Image.open(io.BytesIO(film.gif(message, panel="training", size=size, frames=7))) as gif:
        for i in range(gif.n_frames):
            gif.seek(i)
            shown.append(np.array(gif.convert("RGB"), int))
    assert len(shown) == 7 and all((a != b).any() for a, b in pairwise(shown))
    assert np.abs(shown[-1] - last).mean() < 4


def test_with_sharpness_there_is_a_panel_of_it_and_of_its_edge():
    first = RACE.first.having(optimizer="momentum", momentum=0.5)
    made = play.training_message(TrainingRace(first), [train(first, sharpness=1)])
    *_, accuracy, rate, sharpness = TrainingPicture(read(made), "light", (400, 250)).panels
    assert isinstance(sharpness, Series) and isinstance(accuracy, Series) and isinstance(rate, Series)
    assert [len(panel.rows) for panel in (accuracy, rate, sharpness)] == [2, 1, 2]
    edge = min((run.loss[1:] for run, _ in sharpness.rows), key=np.ptp)
    np.testing.assert_allclose(edge, 3 / first.alpha, rtol=1e-6)


def test_of_a_race_the_picture_is_that_of_the_chosen_one():
    histories = [train(training) for training in RACE.trainings]
    seen = read(play.training_message(RACE, histories, chosen=1))
    (model, *_) = TrainingPicture(seen, "light", (400, 250)).panels
    np.testing.assert_allclose(model.run.weights[-1], histories[1].final, rtol=1e-6)


def test_what_left_the_finite_says_since_which_epoch():
    history = train(Training("line", alpha=1e5, epochs=40))
    made = play.training_message(TrainingRace(history.training), [history])
    picture = TrainingPicture(read(made), "light", (400, 250))
    picture.at(40)
    loss = next(panel for panel in picture.panels if isinstance(panel, Series))
    first = 1 + int(np.argmax(~(history.log.loss < np.finfo(np.float32).max)))
    assert f"from epoch {first} on: too large to draw" in loss.labels[0].get_text()


def test_the_queue_draws_it_in_a_small_process(message):
    job = RenderQueue().order(Order("png", "training", size=(300, 200), step=3), message)
    until(lambda: job.state != "running")
    assert job.state == "done", job.fault
    np.testing.assert_array_equal(
        pixels(job.result or b""), pixels(pictures.draw(message, "png", panel="training", size=(300, 200), step=3))
    )
    alone = (
        "import sys; from lrviz.export import pictures; sys.exit('jax' in sys.modules or 'streamlit' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", alone], check=False).returncode == 0


def test_the_player_in_a_file_is_small_and_named(message):
    histories = [train(training) for training in RACE.trainings]
    page = files.training_page(RACE, histories)
    assert len(page) < 200_000
    meta, _ = unpack(embedded(page.decode(), "message"))
    assert meta["autoplay"] and meta["state"] == "done" and meta["label"] == RACE.title
    assert "run2" in page.decode() and "createTrained" in embedded(page.decode(), "code").decode()
