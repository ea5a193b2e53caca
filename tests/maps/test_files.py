"""Files of a map and the command line."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys

import numpy as np
import pytest

from lrviz import Scenario
from lrviz.cli import main
from lrviz.maps.axis import Axis
from lrviz.maps.files import as_csv, as_json
from lrviz.maps.grid import compute
from lrviz.maps.map import Map
from tests.maps.plans import shown

RUN = "--surface bowl --optimizer momentum --steps 60 --set momentum=0.5 --x alpha=1e-3:1:5:log --y kappa=1:50:4"


def test_npz_holds_axes_and_cells(tmp_path, capsys):
    to = tmp_path / "map.npz"
    assert main(shlex.split(f"map {RUN} --show reached --tolerance 0.01 --to {to}")) == 0
    assert "20 runs of 60 steps" in capsys.readouterr().out
    with np.load(to) as held:
        x, y, reached, plan = held["x"], held["y"], held["reached"], Map.from_json(str(held["map"]))
    assert (x.shape, y.shape, reached.shape) == ((5,), (4,), (4, 5))
    runs = [[shown(plan.cell(across, up), "reached", 0.01) for across in x] for up in y]
    np.testing.assert_array_equal(reached, runs)
    assert np.isfinite(reached).any() and np.isnan(reached).any()


def test_csv_and_json_hold_the_same(tmp_path):
    plan = Map.of(Scenario(steps=30), x=Axis("alpha", 0.01, 30, 4, "log"), y=Axis("kappa", 1, 50, 3))
    field = compute(plan)
    rows = [line.split(",") for line in as_csv(plan, field).decode().split()]
    assert rows[0] == ["alpha", "kappa", "loss"] and len(rows) == 13
    np.testing.assert_array_equal(np.array(rows[1:], float)[:, 2].reshape(3, 4), field.values)
    held = json.loads(as_json(plan, field), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    np.testing.assert_array_equal(np.array(held["loss"], float), field.values)
    assert Map.from_dict(held["map"]) == plan


@pytest.mark.parametrize("ending", ["png", "svg"])
@pytest.mark.parametrize("show", ["loss", "basin", "convergence", "cuts"])
def test_pictures_are_drawn_with_axes_legend_and_title(tmp_path, ending, show):
    to = tmp_path / f"map.{ending}"
    more = "--schedule plateau --y patience=0:6 --x alpha=0.01:30:24:log --steps 40 --theme dark --size 600x400"
    assert main(shlex.split(f"map {more} --show {show} --to {to}")) == 0
    content = to.read_bytes()
    assert content[:4] == b"\x89PNG" if ending == "png" else b"<svg" in content[:2000]


def test_what_draws_a_map_needs_no_engine():
    code = (
        "import sys; from lrviz.export import map_picture; sys.exit('jax' in sys.modules or 'streamlit' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("", "--to is missing"),
        ("--to map.pdf", "must end in"),
        ("--to map.npz --x alpha=1:0.1", "must rise"),
        ("--to map.npz --x alpha=0.1:1:many", "whole number"),
        ("--to map.npz --x alpha=0.1", "such as"),
        ("--to map.npz --x momentum=0:0.9", "belongs to: optimizer momentum"),
        ("--to map.npz --show lossy", "lossy"),
        ("--to map.png --theme blue", "blue"),
        ("--to map.png --size 10x10", "size"),
        ("--to map.npz --link ?surface=bowl --show cuts", "does not go with"),
        ("--to /nowhere/map.npz --x alpha=0.1:1:2 --y kappa=1:2:2 --steps 3", "cannot be written"),
    ],
)
def test_bad_input_is_one_line(more, says, capsys):
    assert main(["map", *shlex.split(more)]) == 2
    error = capsys.readouterr().err
    assert says in error and error.count("\n") == 1 and "Traceback" not in error


def test_where_a_file_cannot_be_written_nothing_is_computed_for_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("lrviz.cli.maps.compute", lambda plan: pytest.fail("computed first"))
    for where in ("/nowhere/map.npz", f"{tmp_path}/none/map.png"):
        assert main(["map", "--to", where]) == 2
        assert "cannot be written: there is no folder" in capsys.readouterr().err
    folder = tmp_path / "folder.npz"
    folder.mkdir()
    assert main(["map", "--to", str(folder)]) == 2 and "cannot be written" in capsys.readouterr().err


def test_a_link_on_the_command_line_is_the_map_of_the_page(tmp_path):
    plan = Map.of(Scenario(steps=20), x=Axis("alpha", 0.01, 1, 3, "log"), y=Axis("kappa", 1, 50, 2))
    query = "&".join(f"{key}={value}" for key, value in plan.to_params().items())
    to = tmp_path / "map.npz"
    assert main(["map", "--link", f"http://lab/maps?{query}", "--to", str(to)]) == 0
    with np.load(to) as held:
        np.testing.assert_array_equal(held["loss"], compute(plan).values)
