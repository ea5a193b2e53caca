"""Maps: each cell is the run that `simulate` makes of it; links, JSON and files give back what was put in."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import Scenario, engine, simulate
from lrviz.analysis.basins import basin
from lrviz.analysis.stability import regimes
from lrviz.cli import main
from lrviz.knob import BadInput
from lrviz.link import Link
from lrviz.maps.axis import Axis, axes_of
from lrviz.maps.files import as_csv, as_json
from lrviz.maps.grid import LEVELS, Field, Place, Tiles, assembled, cells, compute, places
from lrviz.maps.incoming import incoming
from lrviz.maps.map import Map
from lrviz.maps.presets import PRESETS, preset_of, whole
from lrviz.maps.scale import levels, position, span
from lrviz.maps.shown import SHOWN
from lrviz.maps.theory import lines
from lrviz.play import map_tiles
from lrviz.stage.pack import unpack

MAPS = {
    "plateau": Map(
        Scenario(schedule="plateau", steps=80, noise=0.5, monitor="loss", steps_per_epoch=2, values={"patience": 3}),
        Axis("alpha", 0.01, 30, 4, "log"), Axis("factor", 0.2, 0.8, 3),
    ),
    "starts": Map(
        Scenario("himmelblau", optimizer="momentum", alpha=0.01, steps=120, values={"momentum": 0.5}),
        Axis("x", -6, 5, 4), Axis("y", -5, 6, 3), tolerance=1e-2,
    ),
    "ground": Map(
        Scenario("rosenbrock", optimizer="adam", alpha=0.3, steps=60), Axis("b", 1, 90, 3), Axis("a", 0.5, 1.5, 4)
    ),
}  # fmt: skip
"""Knobs of the run, of its start, and of the ground."""


def told(scenario: Scenario, show: str, tolerance: float) -> float:
    """The same of one run, from its whole path."""
    run = simulate(scenario)
    floor = scenario.surface_row.floor(scenario.coef)

    def first(holds: np.ndarray) -> float:
        return float(np.argmax(holds)) if holds.any() else np.nan

    def measure() -> float:
        v = np.where(np.isfinite(run.loss[:-1]), run.loss[:-1] - floor, 1e6) / (run.loss[0] - floor)
        v = np.minimum(v, 1e6)
        return -v.sum() if v[-20:].mean() < 1 else (1 / v).sum()

    best = np.fmin.reduce(run.loss)
    gained = first(run.loss <= floor + ((1 + 1e-3) * (best - floor) + 1e-6 * (run.loss[0] - floor)))
    valley = basin(scenario, run).valley
    return float(
        {
            "loss": lambda: np.maximum(run.loss[-1] - floor, 0),
            "best_loss": lambda: np.maximum(best - floor, 0),
            "reached": lambda: first(run.loss <= floor + tolerance),
            "cuts": lambda: len(run.cuts),
            "wasted": lambda: (run.steps - gained) / run.steps,
            "diverged_at": lambda: np.nan if run.diverged is None else run.diverged,
            "basin": lambda: np.nan if valley is None else valley,
            "convergence": measure,
        }[show]()
    )


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.parametrize("name", MAPS)
def test_every_cell_is_its_run(name, show):
    plan = replace(MAPS[name], show=show)
    x, y = plan.values()
    drawn = cells(plan, x, y)
    assert drawn.shape == (len(y), len(x))
    runs = [[told(plan.cell(across, up), show, plan.tolerance) for across in x] for up in y]
    if show == "convergence":  # a sum of many numbers, in another order
        np.testing.assert_allclose(drawn, runs, rtol=1e-9)
    else:
        np.testing.assert_array_equal(drawn, runs)


def test_a_map_is_the_same_in_blocks_tiles_and_at_once():
    plan = replace(MAPS["plateau"], x=Axis("alpha", 0.01, 1, 300, "log"), y=Axis("patience", 0, 4), show="cuts")
    x, y = plan.values(300)
    at_once = cells(plan, x, y, side=512)
    np.testing.assert_array_equal(cells(plan, x, y, side=100), at_once)
    tiles = Tiles()
    made = assembled(plan, 300, lambda place: tiles.tile(plan, place))
    np.testing.assert_array_equal(made.values, at_once)
    assert len(places(plan, 300)) == 2 and (at_once > 0).any()


# Axes ---------------------------------------------------------------------------------------------------------------


def test_the_values_of_an_axis_are_even_on_its_scale_however_near_its_ends_are():
    row = Scenario().knob("alpha")
    log = Axis("alpha", 1e-4, 10, 256, "log").values(row)
    np.testing.assert_allclose(log, np.geomspace(1e-4, 10, 256), rtol=1e-13)
    assert (log[0], log[-1]) == (1e-4, 10)
    low, high = 0.1, 0.1 + 256 * np.spacing(0.1)
    for scale in ("log", "linear"):
        near = Axis("alpha", low, float(high), 257, scale).values(row)
        assert len(np.unique(near)) > 200 and (np.diff(near) >= 0).all() and near[-1] == high


def test_whole_numbers_are_hit_once_each():
    plan = Map(Scenario(schedule="plateau"), y=Axis("patience", 0, 20))
    assert plan.values()[1].tolist() == list(range(21))
    assert plan.values(1024)[1].tolist() == list(range(21))


def test_every_number_of_a_scenario_can_be_an_axis():
    scenario = Scenario(schedule="plateau", optimizer="adam")
    rows = axes_of(scenario)
    assert {"alpha", "beta_1", "kappa", "factor", "patience", "x", "y", "noise", "seed"} <= rows.keys()
    assert not {"steps", "monitor"} & rows.keys()
    for key in rows:
        other = "alpha" if key != "alpha" else "kappa"
        plan = Map.of(scenario, x=Axis.from_text(key, scenario), y=Axis.from_text(other, scenario))
        assert Map.from_params(plan.to_params()) == plan == Map.from_json(plan.to_json())
        assert all(np.isfinite(values).all() for values in plan.values(64))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Axis("alpha", 1, 1), "must rise"),
        (lambda: Axis("alpha", -1, 1, scale="log"), "begins above 0"),
        (lambda: Axis("alpha", 0.1, float("inf")), "finite"),
        (lambda: Axis("alpha", 0.1, float("nan")), "finite"),
        (lambda: Axis("alpha", 0.1, 0.1 + 4e-16), "no room"),
        (lambda: Axis("alpha", 0.1, 1, 1), "points"),
        (lambda: Axis.from_dict({"key": "alpha", "low": 1, "high": 2, "scale": "cubic"}), "linear or log"),
        (lambda: Map(x=Axis("factor", 0.1, 0.9)), "two knobs"),
        (lambda: Map(x=Axis("alpah", 0.1, 1)), "alpha"),
        (lambda: Map(x=Axis("steps", 10, 100)), "cannot be an axis"),
        (lambda: Map(x=Axis("alpha", 0.1, 1e9)), "1000000"),
        (lambda: Map(show="los"), "loss"),
        (lambda: Map(tolerance=0), "tolerance"),
        (lambda: Map(x=Axis("alpha", 0.1, 1, 4096), y=Axis("factor", 0.1, 0.9, 4096)), "4194304 cells"),
        (lambda: Map.from_dict({"x": {"key": "alpha"}}), "low"),
        (lambda: Map.from_dict({"z": 1}), "'z'"),
        (lambda: Map.from_json("{"), "JSON"),
        (lambda: Map.from_params({"map": "x:alpha,a,1"}), "number"),
        (lambda: Map.from_params({"map": "x:alpha,1"}), "such as"),
        (lambda: Map.from_params({"map": "colour:red"}), "part of a map"),
    ],
)
def test_what_is_wrong_is_one_sentence(wrong, says):
    with pytest.raises(BadInput) as error:
        wrong()
    sentence = str(error.value)
    assert says in sentence and "\n" not in sentence and sentence.endswith(".")


@given(st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_any_text_in_a_link_is_a_map_or_a_sentence(text):
    link, sentences = Link.from_params({"surface": "bowl", "map": text})
    assert (link.map is None) == bool(sentences)


def test_a_link_holds_the_map_and_gives_it_back():
    plan = PRESETS["momentum"].map.zoomed((0.01, 0.02), (0.5, 0.6))
    params = plan.to_params()
    link, wrong = Link.from_params(params)
    assert (link.map, wrong) == (plan, [])
    assert {**link.to_params(), **params} == link.to_params()


def test_another_scenario_keeps_the_axes_that_it_has_and_says_what_took_the_place_of_others():
    plan = PRESETS["factor"].map
    same, none = plan.on(plan.scenario.having(noise=2))
    assert (same.x, same.y, none) == (plan.x, plan.y, [])
    other, said = plan.on(plan.scenario.having(schedule="constant"))
    assert other.x == plan.x and other.y.key != "factor" and len(said) == 1 and "factor" in said[0]


def test_presets_are_known_again_wherever_one_zooms_to():
    for key, preset in PRESETS.items():
        near = preset.map.zoomed(*((axis.low, (axis.low + axis.high) / 2) for axis in (preset.map.x, preset.map.y)))
        assert preset_of(near) == key and whole(near) == (preset.map.x, preset.map.y)
    assert preset_of(Map(Scenario(optimizer="adam"), y=Axis("kappa", 1, 10))) is None


def test_the_identity_of_a_map_does_not_depend_on_where_its_point_is():
    plan = PRESETS["factor"].map
    assert plan.on(plan.scenario.having(alpha=0.3, factor=0.7))[0].identity == plan.identity
    others = [replace(plan, show="cuts"), plan.on(plan.scenario.having(noise=2))[0], plan.zoomed((0.1, 1), (0.1, 0.9))]
    assert len({plan.identity, *(other.identity for other in others)}) == 4


# Theory and scale ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["momentum", "curvature"])
def test_the_line_of_theory_parts_what_converges_from_what_diverges(name):
    plan = PRESETS[name].map
    (line,) = lines(plan)
    for rate, other in list(zip(line.x, line.y, strict=True))[0:60:16]:  # momentum 0.999 takes too long to tell
        for part in (0.97, 1.03):
            scenario = plan.cell(rate * part, other)
            regime = next(name for low, high, name in regimes(scenario) if low < scenario.alpha <= high)
            run = simulate(scenario.having(steps=3000))
            lost = not np.isfinite(run.loss[-1]) or run.loss[-1] > run.loss[0]
            assert lost == (part > 1) == (regime == "divergent")


def test_no_line_is_drawn_where_none_is_known():
    assert lines(replace(PRESETS["curvature"].map, scenario=Scenario(optimizer="adam"))) == []
    assert lines(Map(Scenario("rosenbrock"), Axis("alpha", 0.1, 1), Axis("b", 1, 10))) == []
    assert lines(PRESETS["basins"].map) == []


def test_the_scale_runs_over_powers_of_ten_and_leaves_out_what_has_left():
    values = np.append(10.0 ** np.linspace(-5, 2, 400), [1e300, np.inf, np.nan, 0])
    ends = span(SHOWN["loss"], values, start_loss=30)
    assert (ends.low, ends.high) == (1e-5, 100)
    np.testing.assert_allclose(levels(*ends[:2], log=True), 10.0 ** np.arange(-4, 2), rtol=1e-12)
    place = position(np.array([1e-5, 1e-1, 1e2, 1e9, 0]), ends.low, ends.high, True)
    np.testing.assert_allclose(place, [0, 4 / 7, 1, 1, 0])
    assert np.isnan(position(np.array([np.nan]), 1, 2, False)).all()
    for odd in ([], [np.nan], [0.0], [3.0], [3.0, 3.0 + 1e-12]):
        low, high, _ = span(SHOWN["loss"], np.array(odd), 1)
        assert 0 < low < high < np.inf


# Tiles --------------------------------------------------------------------------------------------------------------


def test_tiles_are_remembered_up_to_a_bound(monkeypatch):
    made = []
    monkeypatch.setattr("lrviz.maps.grid.cells", lambda plan, x, y, *_: made.append(1) or np.zeros((len(y), len(x))))
    tiles, plan = Tiles(most=3 * 8 * 64 * 66), PRESETS["curvature"].map
    others = [replace(plan, scenario=plan.scenario.having(steps=steps)) for steps in (10, 20, 30, 40)]
    for other in (*others[:3], *others[:3]):
        tiles.tile(other, Place(64))
    assert len(made) == 3
    tiles.tile(others[3], Place(64))
    assert tiles.held <= tiles.most and tiles.remembered(others[0], Place(64)) is None
    assert tiles.remembered(others[2], Place(64)) is not None
    with pytest.raises(IndexError):
        tiles.tile(plan, Place(64, 1, 0))


def test_a_map_that_nobody_wants_any_more_is_given_up_and_not_remembered():
    plan, tiles, asked = MAPS["starts"], Tiles(), threading.Event()

    def stop() -> bool:
        asked.set()
        return True

    with pytest.raises(engine.Cancelled):
        tiles.tile(plan, Place(64), stop)
    assert asked.is_set() and tiles.remembered(plan, Place(64)) is None


def test_a_tile_travels_with_all_its_digits_that_are_read():
    plan = replace(MAPS["starts"], y=Axis("y", -5, 9))
    meta, arrays = unpack(map_tiles.tile(plan, Place(LEVELS[0])))
    field = Field(*plan.values(64), cells(plan, *plan.values(64)))
    assert (meta["size"], meta["logged"]) == ([64, 64], True)
    np.testing.assert_array_equal(arrays["x"], field.x)
    lost = ~np.isfinite(field.values)
    read = 10.0 ** arrays["values"].astype(float)
    np.testing.assert_array_equal(~np.isfinite(read), lost)
    assert lost.any() and meta["span"]["low"] < meta["span"]["high"] and meta["levels"]
    np.testing.assert_allclose(read[~lost], field.values[~lost], rtol=1e-4)


# Files and the command line -----------------------------------------------------------------------------------------

RUN = "--surface bowl --optimizer momentum --steps 60 --set momentum=0.5 --x alpha=1e-3:1:5:log --y kappa=1:50:4"


def test_npz_holds_axes_and_cells(tmp_path, capsys):
    to = tmp_path / "map.npz"
    assert main(shlex.split(f"map {RUN} --show reached --tolerance 0.01 --to {to}")) == 0
    assert "20 runs of 60 steps" in capsys.readouterr().out
    with np.load(to) as held:
        x, y, reached, plan = held["x"], held["y"], held["reached"], Map.from_json(str(held["map"]))
    assert (x.shape, y.shape, reached.shape) == ((5,), (4,), (4, 5))
    runs = [[told(plan.cell(across, up), "reached", 0.01) for across in x] for up in y]
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
        ("--to map.npz --x momentum=0:0.9", "momentum"),
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


def test_a_link_on_the_command_line_is_the_map_of_the_page(tmp_path):
    plan = Map.of(Scenario(steps=20), x=Axis("alpha", 0.01, 1, 3, "log"), y=Axis("kappa", 1, 50, 2))
    query = "&".join(f"{key}={value}" for key, value in plan.to_params().items())
    to = tmp_path / "map.npz"
    assert main(["map", "--link", f"http://lab/maps?{query}", "--to", str(to)]) == 0
    with np.load(to) as held:
        np.testing.assert_array_equal(held["loss"], compute(plan).values)


# What the browser sends ---------------------------------------------------------------------------------------------


def test_what_the_browser_sends_is_read():
    state = {
        "point": {"seq": 3, "x": 0.1, "y": 2, "play": True},
        "window": {"seq": 4, "x": [0.1, 1], "y": [1, 2]},
        "want": {"seq": 5, "x": [0.1, 1], "y": [1, 2]},
        "missing": {"items": ["code"], "at": 6},
    }
    now = incoming(state)
    assert (now.point.x, now.point.y, now.point.play) == (0.1, 2, True)
    assert (now.window.x, now.want.y, now.code) == ((0.1, 1), (1, 2), 6)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["seq", "x", "y", "play", "at"]), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["point", "window", "want", "missing"]), ANYTHING) | ANYTHING)
@settings(max_examples=150, deadline=None)
def test_whatever_a_browser_sends_what_fits_is_finite_and_rises(state):
    now = incoming(state)
    if now.point:
        assert np.isfinite([now.point.x, now.point.y]).all() and isinstance(now.point.play, bool)
    for region in (now.window, now.want):
        assert region is None or (region.x[0] < region.x[1] and np.isfinite([*region.x, *region.y]).all())


def test_a_run_that_falls_below_all_that_is_known_is_not_the_best():
    scenario = Scenario(surface="formula", alpha=0.1, steps=60, values={"f": "x*y", "domain": "5"})
    x, y = (Axis.from_text(text, scenario, between=":") for text in ("x:-2:2:8", "y:1:2:4"))
    plan = Map.of(scenario, x=x, y=y)
    for show in ("loss", "best_loss"):
        across, up = plan.values(8)
        found = cells(replace(plan, show=show), across, up)
        ends = [[simulate(plan.cell(x, y)).loss[-1] for x in across] for y in up]
        below = np.array(ends) < scenario.surface_row.floor(scenario.coef)
        assert below.any() and np.isnan(found[below]).all()
