"""The command line writes every kind of file, and says what is wrong in one line."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from lrviz import Scenario, simulate
from lrviz.cli import main
from lrviz.export import film, render_queue
from lrviz.stage.pack import unpack
from tests.export.races import embedded


@pytest.mark.parametrize(("steps", "seconds"), [(1, 1 / 3), (6, 2), (60, 8), (2000, 8)])
def test_a_film_lasts_as_long_as_the_player_plays(steps, seconds, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(f"export --to run.gif --steps {steps} --panel rate --size 300x200")) == 0
    with Image.open("run.gif") as gif:
        assert gif.n_frames * film.DELAY / 1000 == pytest.approx(seconds, abs=0.03)


@pytest.mark.parametrize("kind", ["html", "gif", "png", "svg", "csv", "json"])
def test_the_command_line_writes_every_kind(kind, tmp_path, capsys):
    target = tmp_path / f"run.{kind}"
    command = "export --optimizer adam --alpha 0.1 --steps 30 --size 300x200 --frames 4 --panel loss --theme dark --to"
    assert main([*shlex.split(command), str(target)]) == 0
    assert str(target) in capsys.readouterr().out
    content, run = target.read_bytes(), simulate(Scenario(optimizer="adam", alpha=0.1, steps=30))
    if kind == "html":
        np.testing.assert_array_equal(unpack(embedded(content.decode(), "message"))[1]["run0.x"], run.x)
    elif kind in ("gif", "png"):
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.size == (300, 200) and getattr(picture, "n_frames", 1) == (4 if kind == "gif" else 1)
    elif kind == "svg":
        ET.fromstring(content)
    elif kind == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        np.testing.assert_array_equal([float(row["x1"]) for row in rows], run.x[:, 1])
    else:
        assert json.loads(content)["loss"] == run.loss.tolist()


def test_a_race_comes_from_its_link(tmp_path, capsys):
    target = tmp_path / "race.html"
    link = "https://lab.example.org/race?alpha=0.05&run2=optimizer:adam"
    assert main(["export", "--link", link, "--to", str(target)]) == 0
    assert len(unpack(embedded(target.read_text(), "message"))[0]["runs"]) == 2
    assert main(["export", "--link", link, "--to", str(tmp_path / "race.csv")]) == 2
    assert "2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ("export", "--to"),
        ("export --to run.exe", ".html"),
        ("export --to run", ".gif"),
        ("export --to run.png --panel lss", "Did you mean loss"),
        ("export --to run.png --theme grey", "light"),
        ("export --to run.png --size 10x10", "200"),
        ("export --to run.png --size 9999999x3", "800x500"),
        ("export --to run.gif --frames 0", "frames"),
        ("export --to run.gif --frames x", "frames"),
        ("export --to /no/such/folder/run.csv", "cannot be written"),
        ("export --to run.html --link ?nonsense=1", "nonsense"),
        ("export --to run.html --link ?alpha=1 --alpha 2", "--link"),
    ],
)
def test_what_is_wrong_is_one_line(command, what, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)) == 2
    errors = capsys.readouterr().err
    assert what in errors and errors.count("\n") == 1 and not list(tmp_path.iterdir())


def modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_nobody_loads_what_is_not_needed():
    assert not {"matplotlib", "jax", "streamlit"} & modules_after("import lrviz")
    assert not {"matplotlib", "streamlit"} & modules_after(
        "import lrviz.cli, lrviz.export.files, lrviz.export.render_queue"
    )
    assert not {"matplotlib"} & modules_after("import lrviz.ui")
    assert not {"jax", "streamlit", "plotly"} & modules_after("import lrviz.export.worker, lrviz.export.film")


@pytest.mark.parametrize("kind", ["gif", "svg"])
def test_without_matplotlib_the_command_line_says_so_in_one_line(kind, tmp_path):
    code = "import sys; sys.modules['matplotlib'] = None; from lrviz.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, *shlex.split(f"export --steps 5 --to run.{kind}")]
    path = os.pathsep.join(filter(None, [str(render_queue.ROOT), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "package matplotlib" in done.stderr
    assert not list(tmp_path.iterdir())
