"""A formula is a surface like any other: in links, on the command line, in races, programs, pictures and the player."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lrviz import BadInput, Scenario, diagnose, programs, simulate, simulate_many
from lrviz.analysis import basins
from lrviz.analysis.stability import edge
from lrviz.cli import main
from lrviz.codegen import program, surfaces
from lrviz.frameworks import PROGRAMS
from lrviz.link import Link
from lrviz.play import landscape, message, profiles, slider_family
from lrviz.race import Race
from lrviz.stage.landscape import SHADE, height_scale, landscape_arrays, low_rank_arrays
from lrviz.thumbnail import thumbnail
from tests.codegen.test_numpy import assert_same_end
from tests.formulas import SAMPLES

HIMMELBLAU = "(x^2+y-11)^2+(x+y^2-7)^2"
HOLES = ("log(x) + y^2", "1/x + 1/y", "exp(exp(x))", "tan(x*y)", "sqrt(-1 - x^2)", "x^1.5 + y^2", "x^64*1e9", "x + y")
"""Which have no value somewhere or nowhere, are huge, or have no minimum."""


def of(text, **more):
    return Scenario(surface="formula", values={"f": text}, **more)


def test_it_is_the_surface_that_it_says():
    typed = simulate(of(HIMMELBLAU, start=(0, 0), alpha=0.01))
    known = simulate(Scenario(surface="himmelblau", start=(0, 0), alpha=0.01))
    np.testing.assert_allclose(typed.x, known.x, rtol=1e-12)
    np.testing.assert_allclose(typed.grad, known.grad, rtol=1e-9, atol=1e-9)
    assert edge(of(HIMMELBLAU, start=(0, 0))) == pytest.approx(edge(Scenario(surface="himmelblau")), rel=1e-6)


@pytest.mark.parametrize("text", SAMPLES["f"])
def test_round_trips(text):
    scenario = of(text).having(a=0.5, domain="4")
    assert scenario.surface_row.domain == (-4, 4, -4, 4)
    assert Scenario.from_json(scenario.to_json()) == scenario
    link = Link(Race(scenario).add({"optimizer": "adam"}))
    again, wrong = Link.from_params(link.to_params())
    assert again == link and not wrong
    assert link.to_params()["f"] == text and "alpha" not in link.to_params()  # what suits the formula is no part of it


def test_start_and_rate_follow_the_formula_unless_they_were_set():
    first = of("x^2 + y^2")
    other = first.having(f="100*(x^2 + y^2)", domain="2")
    assert other == of("100*(x^2 + y^2)").having(domain="2")
    assert other.alpha < first.alpha and other.start != first.start
    set_by_hand = first.having(alpha=0.03, x=1).having(f="100*(x^2 + y^2)")
    assert (set_by_hand.alpha, set_by_hand.start[0]) == (0.03, 1)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"f": "x + "}, "missing"), ({"f": 3}, "text"), ({"f": ["x"]}, "text"), ({"f": "x" * 999}, "999 characters"),
        ({"domain": "0"}, "domain"), ({"domain": "1,2"}, "domain"), ({"domain": "5,-5,1,2"}, "domain"),
        ({"domain": "nan"}, "domain"), ({"domain": "1e9"}, "domain"), ({"domain": "-1,1,0,inf"}, "domain"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_sentence(values, word):
    with pytest.raises(BadInput, match=word):
        Scenario(surface="formula", values=values)


def test_runs_side_by_side_have_one_formula():
    with pytest.raises(BadInput, match="share their surface"):
        simulate_many(of("x^2"), f=["x^2", "x^4"])
    runs = simulate_many(of("a*x^2 + b*y^2", steps=20, alpha=0.1), a=[1.0, 2.0])
    np.testing.assert_allclose(
        runs[1].x, simulate(of("a*x^2 + b*y^2", steps=20, alpha=0.1).having(a=2.0)).x, rtol=1e-12
    )


def test_a_slider_compiles_nothing_and_a_formula_is_one_program():
    scenario = of("a*(x - 0.125)^2 + b*y^2", steps=10)
    simulate(scenario)
    known = set(programs._programs)
    with programs.without_compiling():
        simulate(scenario.having(a=3.0, b=0.5, domain="9", alpha=0.01))
        simulate(of(" a * (x-.125)**2 + b*(y ^ 2)", steps=10))
        with pytest.raises(programs.NotCompiled):
            simulate(of("a*(x - 0.126)^2 + b*y^2", steps=10))
    assert set(programs._programs) == known


@pytest.mark.parametrize("text", [*SAMPLES["f"], "x^y + atan(x*y) + tanh(a)*sinh(x) - x^-2", "max(x, 0, sin(2)) + x^a"])
def test_the_programs_have_its_values_and_slopes(text):
    """Each library's loss, and the gradient and Hessian that are written out, at random points."""
    scenario = of(text).having(a=0.7, b=1.5)
    points = np.random.default_rng(1).uniform(0.1, 2, (12, 2))
    formula = scenario.surface_row.f
    value, grad, hessian = formula.slopes(points.T, scenario.coef)
    space = {"np": np, "jnp": jnp, "math": math}
    with jax.disable_jit():
        exec("\n".join([*surfaces.constants(scenario, "jnp"), *surfaces.loss(scenario, "jnp")]), space)
        np.testing.assert_allclose([space["loss"](jnp.array(at)) for at in points], value, rtol=1e-12, atol=1e-12)
    lines = [*surfaces.constants(scenario, "np"), *surfaces.loss(scenario, "np"), *surfaces.gradient(scenario)]
    exec("\n".join([*lines, *surfaces.hessian(scenario, "")]), space)
    np.testing.assert_allclose([space["loss"](at) for at in points], value, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose([space["gradient"](at) for at in points], grad.T, rtol=1e-9, atol=1e-10)
    ours = np.moveaxis(hessian, -1, 0)
    np.testing.assert_allclose([space["hessian"](at) for at in points], ours, rtol=1e-9, atol=1e-9)


def test_there_is_a_program_for_every_framework():
    for framework in PROGRAMS:
        code = program(of("sin(a*x)^2 + exp(pi*y^2)"), framework).code
        compile(code, framework, "exec")
        assert "sin" in code and "math.pi" in code


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (HIMMELBLAU, {}), ("abs(x) + b*abs(y)", {}), ("log(1 + (a - x)^2 + 10*(y - x^2)^2)", {"optimizer": "adam"}),
        ("max(x^2, (y - 1)^2)", {"optimizer": "momentum"}), ("x^4 + max(y, 0)^2 + abs(y)/4", {"optimizer": "newton"}),
    ],
)  # fmt: skip
def test_the_program_in_numpy_ends_where_the_app_does(text, more):
    scenario = of(text, steps=40, **more).having(a=0.5)
    assert_same_end(scenario, simulate(scenario))


def test_the_command_line_takes_it(capsys):
    assert main(["run", "--surface", "formula", f"--set=f={HIMMELBLAU}", "--set=domain=6"]) == 0
    output = capsys.readouterr().out
    assert "f = (x^2 + y - 11)^2 + (x + y^2 - 7)^2" in output and "4 minima with a dashed ring were found" in output
    assert main(["run", "--surface", "formula", "--set=f=abs(x)+y"]) == 0
    output = capsys.readouterr().out
    assert "kink" in output and "found no minimum" in output
    assert main(["run", "--surface", "formula", "--set=f=x+import"]) == 2
    output = capsys.readouterr().err
    assert "at character 3: there is no 'import'" in output and output.count("\n") == 1
    assert main(["list"]) == 0
    assert "A formula of your own" in capsys.readouterr().out


@pytest.mark.parametrize("text", HOLES)
def test_what_has_holes_no_minimum_or_no_bounds_is_drawn_and_told_of(text):
    scenario = of(text, steps=20)
    run = simulate(scenario)
    diagnose(scenario, run)
    basins.minima(scenario), basins.home(scenario), basins.basin(scenario, run)
    assert "<svg" in thumbnail(Race(scenario), "light") and message(Race(scenario))
    meta, arrays = landscape_arrays(landscape(scenario))
    assert all(map(math.isfinite, meta["scale"].values())) and len(arrays["heights"]) == SHADE
    assert all(np.isfinite([line.base, line.direction]).all() for line in profiles(scenario))
    assert math.isfinite(scenario.surface_row.floor(scenario.coef))


@pytest.mark.parametrize("text", ["log(x - a) + y^2", "exp(a*x^2) + y^2", "1/(x - a) + b*y^2", "(x^2 + a*y^2)^6"])
def test_landscapes_along_a_slider_are_right_however_steep(text):
    """Heights within three of 500, whether they travel as sums of losses or of heights; minima may come and go."""
    there = [landscape(of(text).having(a=a), SHADE) for a in (-1.5, 0.5, 1.0, 2.5)]
    packed = low_rank_arrays(there)
    sums = packed["weight"] @ packed["basis"].astype(float)
    for k, one in enumerate(there):
        meta, alone = landscape_arrays(one)
        scale = dict(zip(("floor", "soft", "low", "high"), packed["scale"][k], strict=True))
        assert scale == pytest.approx(height_scale(np.asarray(one.grid()), one.floor))
        heights = sums[k]
        if not packed["high"][0]:
            heights = (np.log(np.maximum(sums[k] - scale["floor"], 0) + scale["soft"]) - scale["low"]) / (
                scale["high"] - scale["low"]
            )
        expected = alone["heights"].ravel() / 65535
        np.testing.assert_allclose(np.clip(heights, 0, 1), expected, atol=6e-3)
        places = packed["minima"][k]
        assert places[np.isfinite(places[:, 0])].tolist() == meta["minima"]


def test_its_coefficients_have_sliders_on_the_page():
    race = Race(of("(x - a)^2 + b*y^2", steps=30))
    slider = slider_family(race, "a", 0)
    assert slider is not None and slider.runs is not None and slider.runs(slider.index)[0]
    assert slider_family(race, "f") is None and slider_family(race, "domain") is None
