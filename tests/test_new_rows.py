"""A surface, an optimizer and a schedule are one function and one row each; everything else knows them by that.

The three are thrown away after each test. docs/contributing.md says what else a row may have.
"""

from __future__ import annotations

import json
import re
import shutil

import jax.numpy as jnp
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Scenario, diagnose, simulate, simulate_many
from lrviz.analysis import tuning
from lrviz.analysis.stability import edge, regimes
from lrviz.analysis.summary import stability, summary
from lrviz.cli import main
from lrviz.codegen import difference, nearest, program, rates, real_lines
from lrviz.figures.lessons.adaptive import axes_figure, tuning_figure
from lrviz.figures.lessons.schedules import contest_figure
from lrviz.frameworks import PROGRAMS
from lrviz.knob import Knob
from lrviz.lessons import LESSONS, schedules
from lrviz.link import Link
from lrviz.optimizers import Optimizer, Rule
from lrviz.play import live, message, slider_family
from lrviz.race import Race
from lrviz.schedules import Schedule
from lrviz.stage.pack import unpack
from lrviz.surfaces import Surface
from lrviz.thumbnail import thumbnail
from tests import test_schedules, test_surfaces
from tests.analysis import test_diagnosis
from tests.charts import checked
from tests.codegen.test_numpy import assert_same_end
from tests.stage import test_formula, test_stage
from tests.ui import test_widgets
from tests.visits import PLAYGROUND, ROOT, every_widget, fine, formulas, link, scenario_of


def gully(x, coef):
    """f = x0^2/2 + b (x1 - x0^2/4)^2.   x: (2,), coef: (1,) = [b]."""
    return x[0] ** 2 / 2 + coef[0] * (x[1] - x[0] ** 2 / 4) ** 2


def bounded(at, mean, lr, hyper):
    """m <- fade m + (1 - fade) g;  dx = -lr m/(1 + |m|)."""
    mean = hyper.fade * mean + (1 - hyper.fade) * at.grad
    return -lr * mean / (1 + jnp.abs(mean)), mean, {"mean": mean}


def sawtooth(values, alpha, n):
    """alpha (1 - depth (t mod period)/period)."""
    return alpha * (1 - values["depth"] * (np.arange(n) % values["period"]) / values["period"])


GULLY = Surface(
    "gully", "Gully", gully, (-3, 3, -2, 3), (-2, 2.5), lambda coef: [(0.0, 0.0)],
    r"\tfrac12 x_0^2 + b\,(x_1 - \tfrac14 x_0^2)^2", "Nobody (2000)", 0.05,
    (Knob("bend", "Steepness of the banks", 0.5, 20, 4, "log", symbol="b", help="Of both banks."),),
)  # fmt: skip
BOUNDED = Optimizer(
    "bounded", "Bounded descent",
    {
        "keras": Rule(
            r"m \leftarrow \phi m + (1 - \phi) g,\quad x \leftarrow x - \alpha \frac{m}{1 + |m|}",
            bounded, lambda x, hyper: jnp.zeros_like(x),
            (Knob("fade", "Fade", 0, 0.99, 0.5, symbol=r"\phi", help="How long it remembers.", live=True),),
            "Nobody (2001)", {"m": "mean"},
        )
    },
)  # fmt: skip
SAWTOOTH = Schedule(
    "sawtooth", "Sawtooth", sawtooth, r"\alpha_t = \alpha\,(1 - d\,(t \bmod p)/p)", source="Nobody (2002)",
    knobs=(
        Knob("period", "Period", 1, 500, 20, "log", "steps", "Steps of a tooth.", "integer"),
        Knob("depth", "Depth", 0, 0.99, 0.8, help="How far it falls."),
    ),
)  # fmt: skip
ROWS = {
    "surface": (SURFACES, GULLY, {"bend": "7"}),
    "optimizer": (OPTIMIZERS, BOUNDED, {"fade": "0.25"}),
    "schedule": (SCHEDULES, SAWTOOTH, {"period": "15", "depth": "0.5"}),
}
KINDS = pytest.mark.parametrize("kind", ROWS)


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    for registry, row, _ in ROWS.values():
        monkeypatch.setitem(registry, row.key, row)


def params_of(kind):
    _, row, knobs = ROWS[kind]
    return {kind: row.key, "steps": "60", **knobs}


def of(kind, **more):
    return Scenario.from_params(params_of(kind)).having(**more)


def flags_of(kind):
    """The same on the command line, by a name in capitals."""
    _, row, knobs = ROWS[kind]
    return [f"--{kind}={row.key.upper()}", "--steps=60", *(f"--set={key}={value}" for key, value in knobs.items())]


def words(at):
    return " ".join(element.value for element in [*at.markdown, *at.info]).replace("\\", "")


# What every row promises ----------------------------------------------------------------------------------------------


def test_a_surface_keeps_its_contract():
    test_surfaces.test_gradient_is_the_central_difference("gully")
    test_surfaces.test_first_minimum_is_the_floor_of_the_picture("gully")
    test_surfaces.test_start_and_minima_are_in_the_picture("gully")
    test_surfaces.test_known_minima_are_flat_and_lowest_around("gully", None, 0)
    test_diagnosis.test_hessian_is_the_difference_of_gradients("gully")
    test_stage.test_the_landscapes_of_a_slider_are_sums_of_a_few("gully", "bend")


def test_a_schedule_keeps_its_contract():
    test_schedules.test_a_schedule_is_a_finite_vector_that_follows_alpha("sawtooth")
    test_schedules.test_warm_up_rises_on_a_line_and_then_the_schedule_begins("sawtooth")
    np.testing.assert_array_equal(simulate(of("schedule")).learning_rate, of("schedule").rates())


def test_an_optimizer_takes_the_steps_that_it_says():
    run = simulate(of("optimizer"))
    mean, x = np.zeros(2), run.x[0]
    for step in range(run.steps):
        mean = 0.25 * mean + 0.75 * run.grad[step]
        x = x - 0.15 * mean / (1 + np.abs(mean))
    np.testing.assert_allclose(run.x[-1], x, rtol=1e-12)
    np.testing.assert_allclose(run.terms["mean"][-1], mean, rtol=1e-12)


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_the_player_puts_numbers_into_the_formula(tmp_path):
    test_formula.test_the_numbers_make_the_step("bounded", "keras", 0.3, tmp_path)


@KINDS
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_its_runs_are_understood(kind, noise):
    for times in (0.01, 1, 100):
        scenario = of(kind, noise=noise).having(alpha=of(kind).alpha * times)
        if kind != "schedule":
            scenario = scenario.having(schedule="plateau", patience=5, factor=0.3)
        run = simulate(scenario)
        test_diagnosis.check(scenario, run)
        found = diagnose(scenario, run)
        assert summary(scenario, run) and stability(scenario, found.gauge)
    bounds = edge(scenario), regimes(scenario)
    assert bounds == (None, []) if kind == "optimizer" else bounds[0] > 0


# The command line, links, files ---------------------------------------------------------------------------------------


@KINDS
def test_the_command_line_knows_it(kind, capsys):
    _, row, knobs = ROWS[kind]
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    assert f"  {row.key:<18} {row.name}\n" in text and all(f" {key} = " in text for key in knobs)
    assert main(["list", "--json"]) == 0
    assert row.key in [one["key"] for one in json.loads(capsys.readouterr().out)[f"{kind}s"]]
    named = flags_of(kind)
    assert main(["run", *named]) == 0
    assert re.search(row.name, capsys.readouterr().out, re.IGNORECASE)
    assert main(["run", *named, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert Scenario.from_dict(found["scenario"]) == of(kind)
    np.testing.assert_array_equal(found["x"], simulate(of(kind)).x)
    assert main(["run", *named, "--format", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 62
    assert main(["run", f"--{kind}", row.key[:-1]]) == 2
    assert f"Did you mean {row.key}?" in capsys.readouterr().err


@KINDS
def test_a_link_holds_it(kind):
    own = {key: value for key, value in params_of(kind).items() if key != "steps"}
    race = Race(of(kind)) if kind == "surface" else Race(Scenario(steps=60)).add(own)
    opened, wrong = Link.from_params(Link(race).to_params())
    assert not wrong and opened.race == race and opened.race.scenarios[-1] == of(kind)
    assert Scenario.from_params(of(kind).to_params()) == Scenario.from_json(of(kind).to_json()) == of(kind)


@KINDS
def test_the_player_and_the_files_show_it(kind, tmp_path, capsys):
    scenario, race = of(kind), Race(of(kind))
    meta, arrays = unpack(message(race))
    assert meta["label"] == race.title and ROWS[kind][1].name.lower() in race.title.lower()
    np.testing.assert_array_equal(arrays["run0.x"], simulate(scenario).x)
    assert thumbnail(race, "light").startswith("<svg")
    for ending in ("html", "svg", "gif", "csv", "json"):
        target = tmp_path / f"run.{ending}"
        assert main(["export", f"--to={target}", "--frames=3", "--size=300x200", *flags_of(kind)]) == 0
        assert target.stat().st_size > 1000
    capsys.readouterr()


@KINDS
def test_figures_and_trials_count_it_in(kind):
    scenario = of(kind)
    rows = tuning.tuned(scenario, [scenario.optimizer, "adam"])
    assert rows[0].name == scenario.optimizer_row.name
    assert np.isfinite(rows[0].best_loss) and checked(tuning_figure(rows, float(scenario.alpha))).data
    assert checked(axes_figure(scenario, simulate(scenario), 0)).data
    assert checked(contest_figure([schedules.result(scenario)])).data


# Programs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("framework", PROGRAMS)
def test_what_has_no_program_says_so_in_one_sentence(framework, capsys):
    for kind, sentence in (
        ("surface", "The surface Gully is not written as code: there is no program of this run."),
        (
            "optimizer",
            "The steps of Bounded descent are not written in plain numpy."
            if framework == "numpy"
            else f"{PROGRAMS[framework]} has no Bounded descent.",
        ),
    ):
        scenario = of(kind)
        made = program(scenario, framework)
        assert (made.code, made.missing) == ("", sentence) and nearest(scenario, framework) is None
        assert difference(scenario, framework) == ""
        assert main(["code", "--framework", framework, "--rules=keras", f"--{kind}", ROWS[kind][1].key]) == 2
        assert capsys.readouterr() == ("", f"lrviz: {sentence}\n")
    lines = real_lines(of("surface"), framework)
    assert lines == real_lines(Scenario(alpha=0.05, steps=60), framework) and bool(lines) == (framework != "numpy")
    assert real_lines(of("optimizer"), framework) == ""


@pytest.mark.parametrize("warmup", [0, 7, 90])
def test_a_schedule_that_is_not_written_is_listed(warmup, capsys):
    scenario = of("schedule", warmup_steps=warmup, noise=0.1)
    assert_same_end(scenario, simulate(scenario))
    for framework in PROGRAMS:
        for optimizer in ("gradient_descent", "nadam"):
            made = program(scenario.having(optimizer=optimizer), framework)
            compile(made.code, framework, "exec")
            if made.code:
                listed = re.search(r"np\.array\(\[\n(.*?)\n\]\)", made.code, re.DOTALL)
                assert [float(number) for number in listed[1].split(",")] == scenario.rates().tolist()
                assert "Sawtooth is not written as code: the program lists its rates" in made.missing
        assert real_lines(scenario, framework) == ""
        flags = ["--framework", framework, "--schedule", "sawtooth"]
        assert main(["code", *flags]) == 0
        assert capsys.readouterr().out.startswith("# The schedule Sawtooth is not written as code")
        assert main(["code", "--lines", *flags]) == 2
        assert "no lines for a training of another length" in capsys.readouterr().err
        assert main(["code", *flags, "--steps", str(rates.MOST_LISTED + 1)]) == 2
        assert "a program lists at most 2000 rates" in capsys.readouterr().err
    assert program(scenario.having(optimizer="line_search"), "numpy").missing == ""


def test_rules_that_differ_are_said_to_differ(monkeypatch):
    """Without a sentence of its own, and measured."""
    adam = OPTIMIZERS["adam"]
    row = Optimizer("adam_too", "Adam too", adam.rules, adam.alpha)
    monkeypatch.setitem(OPTIMIZERS, row.key, row)
    scenario = Scenario(optimizer="adam_too")
    assert program(scenario, "pytorch").missing == "Keras and PyTorch do not have the same rule of Adam too."
    assert "torch.optim.Adam(" in program(scenario, "pytorch").code and difference(scenario, "pytorch")
    assert "keras.optimizers.Adam(" in program(scenario, "keras").code and not program(scenario, "keras").missing


def test_the_page_on_contributing_names_files_and_tables_that_there_are():
    text = (ROOT / "docs" / "contributing.md").read_text()
    named = re.findall(r"`((?:lrviz|pages|tests)/[\w/.<>-]*)`", text)
    assert len(named) >= 20
    for name in named:
        for key in LESSONS if "<key>" in name else ("",):
            path = ROOT / name.replace("<key>", key)
            assert path.exists() or path.with_suffix("").is_dir(), name  # what has become large is a package
    tables = re.findall(r"`(lrviz/[\w/]+\.py)`[^`]*?(?:in |\()`([A-Z]{4,})`", text)
    assert len(tables) >= 5
    for path, table in tables:
        assert re.search(rf"^{table}\b.*= ", (ROOT / path).read_text(), re.MULTILINE), (path, table)


# The page -------------------------------------------------------------------------------------------------------------


@KINDS
def test_the_page_offers_it_shows_it_and_has_its_knobs(kind):
    _, row, knobs = ROWS[kind]
    at = AppTest.from_file(str(ROOT / PLAYGROUND), default_timeout=120)
    at.session_state["more"] = at.session_state["visit"] = at.session_state["your_code"] = True
    fine(at.run())
    assert row.name in at.selectbox(key=f"name_{kind}").options
    fine(at.selectbox(key=f"name_{kind}").set_value(row.key).run())
    assert getattr(scenario_of(at), kind) == row.key
    shown = row.rules["keras"] if kind == "optimizer" else row
    assert any(shown.formula.split(r",\quad")[0] in formula for formula in formulas(at)) and shown.source in words(at)
    on_stage = {slider.knob for slider in live(scenario_of(at))}
    assert set(knobs) - on_stage <= {str(widget.key).removeprefix("knob_") for widget in every_widget(at)}
    assert ("fade" in on_stage) == (kind == "optimizer")
    assert re.search(
        {"surface": "Gully is not written", "optimizer": "Keras has no Bounded", "schedule": "Sawtooth is not written"}[
            kind
        ],
        words(at),
    )
    assert link(at)[kind] == row.key


@KINDS
def test_its_knobs_are_widgets(kind):
    for key in ROWS[kind][2]:
        test_widgets.test_every_row_makes_a_widget(of(kind).knob(key))


@KINDS
def test_its_sliders_have_the_runs_of_their_stops(kind):
    race = Race(of(kind))
    for key in (*ROWS[kind][2], "alpha", "x"):
        slider = slider_family(race, key)
        (pack,) = slider.runs(0)
        made = simulate_many(race.first, **{key: slider.values[:2]})
        _, arrays = unpack(pack)
        np.testing.assert_allclose(arrays["x"].reshape(-1, 2)[:61], made[0].x, rtol=1e-5, atol=1e-6)
