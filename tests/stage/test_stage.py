"""The stage's Python half: what goes to the browser comes out as it went in."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from lrviz import SURFACES, Scenario, simulate
from lrviz.frameworks import FRAMEWORKS
from lrviz.lessons import LESSONS
from lrviz.palette import MOST_RUNS
from lrviz.play import landscape, live_stops, profiles
from lrviz.stage.bundle import bundle, modules
from lrviz.stage.family import pack_family
from lrviz.stage.landscape import FULL, SHADE, TONE, Landscape, landscape_arrays, low_rank_arrays
from lrviz.stage.message import Run, _run_arrays, compose
from lrviz.stage.pack import pack, unpack
from lrviz.stage.stairs import unfolded
from lrviz.stage.terms import PARTS, recipes
from lrviz.view import PANELS, SPEEDS


def test_a_message_comes_back_with_what_is_not_finite():
    arrays = {
        "x": np.array([[1.0, np.nan], [np.inf, -0.1]]),
        "n": np.arange(3, dtype=np.uint8),
        "none": np.zeros((0, 2)),
    }
    names = {"name": "é 😀", "half": "\ud800"}
    meta, read = unpack(pack(names, arrays))
    assert meta == names
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array)
        assert read[name].dtype == array.dtype


def test_a_bare_nan_and_an_unknown_dtype_are_refused():
    with pytest.raises(ValueError):
        pack({"loss": float("nan")}, {})
    with pytest.raises(TypeError, match="'x' is complex128"):
        pack({}, {"x": np.zeros(1, complex)})
    with pytest.raises(ValueError, match="not a stage message"):
        unpack(b"nonsense")


def rates_of(message: bytes) -> np.ndarray:
    """What the browser makes of the rates (web/family.js), once more in Python."""
    meta, a = unpack(message)
    if meta["rates"] == "scaled":
        return a["scale"][:, None] * a["shape"]
    if meta["rates"] == "full":
        return a["rate"].reshape(meta["stops"], -1)
    rows, at = [], 0
    for scale, count in zip(a["scale"], a["count"], strict=True):
        part = slice(at, at + count)
        rows.append(np.repeat(scale * a["multiple"][a["place"][part]], a["length"][part]))
        at += count
    return np.array(rows)


def test_a_run_travels_once_and_has_the_name_of_what_it_holds():
    scenario = Scenario(surface="rosenbrock", alpha=0.001, steps=40)
    other = scenario.having(alpha=0.002)
    drawn = landscape(scenario)

    def composed(*scenarios, known=()):
        made = [Run(f"run {i}", simulate(s), i) for i, s in enumerate(scenarios)]
        return compose(made, drawn, start=(0, 0), known=known)

    meta, arrays, named = composed(scenario, other)
    keys = [run["key"] for run in meta["runs"]]
    assert len(set(keys)) == 2 and {f"run:{key}" for key in keys} <= named
    again, less, new = composed(other, scenario.having(steps=30), known=named)
    assert again["runs"][0]["key"] == keys[1], "the same run in another place has the same name"
    assert not any(name.startswith("run0.") for name in less), "it is in the browser already"
    assert any(name.startswith("run1.") for name in less) and f"run:{again['runs'][1]['key']}" in new
    assert any(name.startswith("run0.") for name in arrays)


@pytest.mark.parametrize(
    "monitor, length, sent, before",
    [("loss", 1, False, True), ("val_loss", 1, False, False), ("loss", 5, True, False), ("val_loss", 5, False, False)],
)
def test_what_is_monitored_travels_where_it_is_no_loss_of_the_run(monitor, length, sent, before):
    scenario = Scenario(schedule="plateau", monitor=monitor, steps_per_epoch=length, steps=40, alpha=0.03)
    meta, arrays, _ = compose([Run("", simulate(scenario))], landscape(scenario), start=(0, 0))
    assert ("run0.epoch.monitored" in arrays) == sent and meta["runs"][0]["monitorsBefore"] == before


@pytest.mark.parametrize(("alpha", "shorter"), [(0.01, False), (0.19, True)])
def test_what_the_rule_compares_with_travels_as_stairs_where_that_is_shorter(alpha, shorter):
    run = simulate(Scenario(schedule="plateau", steps=200, alpha=alpha))
    _, arrays = _run_arrays(0, Run("", run))
    assert ("run0.epoch.best.length" in arrays) == shorter
    for name in ("best", "threshold"):
        np.testing.assert_array_equal(
            unfolded(arrays, f"run0.epoch.{name}"), getattr(run.epochs, name).astype(np.float32)
        )


def test_a_message_says_what_the_player_offers():
    meta, _, _ = compose([], landscape(Scenario()), start=(0, 0), profiles=profiles(Scenario()))
    offered = json.loads(json.dumps(meta))
    assert (offered["panels"], offered["speeds"]) == (list(PANELS), list(SPEEDS))
    assert {len(colours) for colours in offered["colours"].values()} == {MOST_RUNS}


N, K = 300, 64


@pytest.mark.parametrize("form", ["scaled", "steps", "full"])
def test_a_family_of_64_stops_is_small_and_keeps_its_rates(form):
    rng = np.random.default_rng(0)
    alpha = np.geomspace(1e-4, 1, K)
    cut = rng.random((K, N)) < 0.05
    rates = {
        "scaled": alpha[:, None] * np.cos(np.linspace(0, 1.5, N)),
        "steps": alpha[:, None] * 0.1 ** np.cumsum(cut, axis=1),
        "full": np.geomspace(1, 0.5 + alpha, N, axis=1),
    }[form]
    x, loss = rng.normal(size=(K, N + 1, 2)), rng.random((K, N + 1))
    message = pack_family(alpha, x, loss, rates, improved=~cut, cut=cut, monitored=loss[:, 1:])
    meta, arrays = unpack(message)
    assert meta["rates"] == form and "monitored" not in arrays
    np.testing.assert_allclose(rates_of(message), rates, rtol=1e-6 if form == "full" else 1e-12)
    if form != "full":
        assert len(message) <= 250_000
    bits = np.unpackbits(arrays["cut"], axis=1, bitorder="little")[:, :N]
    np.testing.assert_array_equal(bits.astype(bool), cut)


def test_a_landscape_is_small():
    x = np.linspace(-2, 2, 200)
    grid = (1 - x) ** 2 + 100 * (x[:, None] + 1 - x**2) ** 2
    meta, arrays = landscape_arrays(Landscape("rosenbrock", (-2, 2, -1, 3), grid, np.array([[1.0, 1.0]])))
    assert len(pack(meta, arrays)) < 61_000
    assert arrays["line_size"].sum() == len(arrays["line_xy"])


@pytest.mark.parametrize(
    ("surface", "knob"), [(row.key, knob.key) for row in SURFACES.values() for knob in row.knobs], ids=str
)
def test_the_landscapes_of_a_slider_are_sums_of_a_few(surface, knob):
    scenario = Scenario(surface=surface)
    values = live_stops(scenario.rows[knob], scenario[knob])
    there = [scenario.having(**{knob: value}) for value in values]
    batch = low_rank_arrays([landscape(one, SHADE) for one in there])
    assert len(batch["basis"]) <= (7 if surface == "twin_valleys" else 3)
    for k in (0, len(values) // 3, len(values) - 1):
        meta, alone = landscape_arrays(landscape(there[k]))
        scale = dict(zip(("floor", "soft", "low", "high"), batch["scale"][k], strict=True))
        assert scale == pytest.approx(meta["scale"], rel=1e-9, abs=1e-12)
        places = batch["minima"][k]
        assert places[np.isfinite(places[:, 0])].tolist() == meta["minima"]
        above = np.maximum(batch["weight"][k] @ batch["basis"] - scale["floor"], 0)
        height = (np.log(above + scale["soft"]) - scale["low"]) / (scale["high"] - scale["low"])
        np.testing.assert_allclose(height, alone["heights"].ravel() / FULL, atol=TONE)


def test_a_landscape_with_holes_or_flat_is_drawn():
    grid = np.full((20, 20), 3.0)
    _, flat = landscape_arrays(Landscape("flat", (0, 1, 0, 1), grid, np.zeros((0, 2)), floor=3.0))
    assert not flat["heights"].any() and not len(flat["line_size"])
    grid[3, 4] = np.inf
    _, hole = landscape_arrays(Landscape("hole", (0, 1, 0, 1), grid + np.arange(20), np.zeros((0, 2))))
    heights = hole["heights"]
    place = np.round(np.array([3, 4]) / 19 * (len(heights) - 1)).astype(int)
    assert heights[tuple(place)] == heights.max() == 65535, "what is not finite is as high as the highest"
    assert (np.diff(heights[-1].astype(int)) >= 0).all() and heights[-1, 0] == 0, "the rest is as it was"


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
@pytest.mark.parametrize("entry", ["stage/web/main", "stage/web/replay", "stage/web/training", "maps/web/main"])
def test_the_bundle_is_one_module_that_node_can_read(tmp_path, entry):
    identity, code = bundle(entry)
    assert modules(entry)[-1] == entry and len(identity) == 16
    path = tmp_path / "player.mjs"
    path.write_bytes(code)
    subprocess.run(["node", "--check", path], check=True)
    assert b"\nimport " not in code and code.count(b"\nexport ") == 1


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("optimizer", ["gradient_descent", "momentum", "nesterov", "adam", "adamw", "nadam", "rmsprop"])
@pytest.mark.parametrize("more", [{}, {"noise": 1, "clipnorm": 2}], ids=["plain", "noisy"])
def test_terms_that_travel_as_recipes_come_back(optimizer, framework, more):
    scenario = Scenario(surface="rosenbrock", alpha=0.001, optimizer=optimizer, framework=framework, steps=300)
    run = simulate(scenario.having(schedule="plateau", patience=5, **more))
    found, adds_up = recipes(run.x, run.used_grad, run.learning_rate, run.terms)
    assert found.keys() == run.terms.keys()
    by = {"": 1.0, "rate": run.learning_rate[:, None], **run.terms}
    of = {"grad": run.used_grad, "x": run.x, **run.terms}
    for name, recipe in found.items():
        if recipe is not None:
            factor, scale, past, back = recipe
            made = np.concatenate([np.zeros((back, 2)), of[past]])[:300] * by[scale] * factor
            np.testing.assert_allclose(made, run.terms[name], rtol=1e-6, atol=2e-38)
    parts = [run.terms[name] for name in PARTS if name in run.terms]
    if adds_up:
        np.testing.assert_allclose(sum(parts), run.dx, rtol=1e-3, atol=1e-14)
    if not more and optimizer != "nadam":
        assert adds_up and all(found[name] for name in PARTS if name in found)


def test_a_message_tells_of_cooldown_and_epoch_means_where_there_are_any():
    cooling = simulate(LESSONS["stuck"].race.first.having(cooldown=2))
    meta, arrays = _run_arrays(0, Run("GD", cooling, rule={"limit": 3, "late": 0, "cooldown": 2}))
    assert meta["rule"] == {"limit": 3, "late": 0, "cooldown": 2}
    np.testing.assert_array_equal(arrays["run0.epoch.cooldown"], cooling.epochs.cooldown)
    np.testing.assert_allclose(arrays["run0.epoch.monitored"], cooling.epochs.monitored, rtol=1e-6)
    assert sum(array.nbytes for array in arrays.values()) < 30_000
    _, plain = _run_arrays(0, Run("GD", simulate(LESSONS["stuck"].case_race("zigzag").first)))
    assert not {"run0.epoch.cooldown", "run0.epoch.monitored"} & plain.keys()
