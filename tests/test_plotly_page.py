"""Figures say what the run says: nothing stretched, nothing cut off in silence, the same colours as the theme."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bench import plotly_figures as figures
from lrviz import OPTIMIZERS, SURFACES, Scenario, simulate
from lrviz.analysis.leaving import departure
from lrviz.knob import digits
from lrviz.palette import PALETTES, contrast

ROOT = Path(__file__).parents[1]


def traces(figure):
    return {trace.name: trace for trace in figure.data}


@pytest.mark.parametrize("theme", PALETTES)
def test_the_theme_has_the_palette(theme):
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][theme]
    colours = PALETTES[theme]
    assert config == {
        "primaryColor": colours.accent,
        "backgroundColor": colours.paper,
        "secondaryBackgroundColor": colours.panel,
        "textColor": colours.ink,
        "borderColor": colours.border,
    }


@pytest.mark.parametrize("theme", PALETTES)
def test_runs_are_seen_on_every_background(theme):
    colours = PALETTES[theme]
    for run in colours.runs:
        assert min(contrast(run, background) for background in (colours.paper, colours.low, colours.high)) >= 3
    for background in (colours.paper, colours.panel):
        assert contrast(colours.ink, background) >= 7
        assert contrast(colours.accent, background) >= 4.5
    assert contrast(colours.soft, colours.high) >= 4
    assert colours.accent not in colours.runs


def lab(colour):
    """CIE L*a*b* of sRGB, white D65: distances in it are about those that are seen."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    light = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ light
    xyz = np.where(xyz > 0.008856 * (white := np.array([0.9505, 1, 1.089])), np.cbrt(xyz / white), xyz / white * 7.787)
    return np.array([116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])])


@pytest.mark.parametrize("theme", PALETTES)
def test_the_colours_of_two_runs_are_told_apart(theme):
    runs = PALETTES[theme].runs
    apart = {(i, j): np.linalg.norm(lab(runs[i]) - lab(runs[j])) for i in range(len(runs)) for j in range(i)}
    assert min(apart.values()) > 30, "the second and the sixth were 22 apart"


def test_contrast_of_black_and_white():
    assert contrast("#000000", "#ffffff") == contrast("#ffffff", "#000000") == pytest.approx(21)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (0, "0"),
        (-0.0, "0"),
        (0.0125, "0.0125"),
        (-1.5, "−1.5"),
        (12345.678, "12346"),
        (3.2e5, "3.2e5"),
        (1e-7, "1e-7"),
        (-2.5e-30, "−2.5e-30"),
        (float("inf"), "∞"),
        (float("nan"), "nan"),
    ],
)
def test_digits(value, text):
    assert digits(value) == text


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("theme", PALETTES)
def test_every_surface_is_drawn_on_its_own_map(surface, theme):
    scenario = Scenario(surface=surface, steps=50)
    run = simulate(scenario)
    drawn, domain = figures.landscape(scenario, run, theme), SURFACES[surface].domain
    assert drawn.layout.xaxis.range == domain[:2]
    assert drawn.layout.yaxis.range == domain[2:]
    parts = traces(drawn)
    np.testing.assert_array_equal(np.stack([parts["steps"].x, parts["steps"].y], axis=1), run.x)
    assert (parts["start"].x[0], parts["start"].y[0]) == scenario.start
    assert len(parts["minimum"].x) == len(SURFACES[surface].minima(scenario.coef))


@pytest.mark.parametrize("surface", SURFACES)
def test_heights_keep_the_order_of_the_loss(surface):
    """The shade is a rising function of the loss, so valleys are seen where they are."""
    scenario = Scenario(surface=surface)
    loss = SURFACES[surface].grid(scenario.coef, figures.CELLS).ravel()
    height = figures.heights(surface, tuple(scenario.coef.tolist())).ravel()[np.argsort(loss)]
    assert (np.diff(height.astype(int)) >= 0).all()
    assert (height[0], height[-1]) == (0, figures.FULL)


def test_heights_are_computed_once():
    first = figures.heights("bowl", (7.0, 3.0))
    assert figures.heights("bowl", (7.0, 3.0)) is first


def test_loss_and_rate_share_their_steps_and_their_cuts():
    scenario = Scenario(
        optimizer="momentum", schedule="plateau", steps=120, noise=1.0, values={"patience": 4, "factor": 0.5}
    )
    run = simulate(scenario)
    assert len(run.cuts) > 2
    drawn = figures.curves(scenario, run)
    assert drawn.layout.xaxis.range == (0, run.steps)
    assert {trace.xaxis for trace in drawn.data} == {None}  # one x axis for all
    assert drawn.layout.yaxis.type == drawn.layout.yaxis2.type == "log"
    lines = [trace for trace in drawn.data if trace.name == "cut line"]
    notches = [trace for trace in drawn.data if trace.name == "cut"]
    assert [trace.yaxis for trace in lines] == ["y", "y2"]
    for trace in notches:
        np.testing.assert_array_equal(trace.x, run.cuts)
    on_map = traces(figures.landscape(scenario, run))["cut"]
    np.testing.assert_array_equal(np.stack([on_map.x, on_map.y], axis=1), run.x[run.cuts])


def test_the_rate_is_a_staircase_with_the_runs_own_rates():
    scenario = Scenario(schedule="step_decay", steps=100, values={"step_size": 20})
    run = simulate(scenario)
    rate = traces(figures.curves(scenario, run))["learning rate"]
    assert rate.line.shape == "hv"
    np.testing.assert_array_equal(rate.y[:-1], run.learning_rate)


def test_best_so_far_never_rises():
    scenario = Scenario(noise=2.0)
    best = traces(figures.curves(scenario, simulate(scenario)))["best so far"].y
    assert (np.diff(best) <= 0).all()


def test_a_run_that_leaves_the_map_does_not_stretch_it_and_says_so():
    scenario = Scenario(alpha=0.25)
    run = simulate(scenario)
    drawn = figures.landscape(scenario, run)
    leaves = departure(run, scenario.surface_row.domain)
    outside = np.flatnonzero((np.abs(run.x) > (5, 3.5)).any(axis=1))
    assert leaves.step == outside[0]
    assert leaves.loss == run.loss[outside[0]]
    assert drawn.layout.xaxis.range == (-5, 5)
    words = " ".join(note.text for note in drawn.layout.annotations)
    assert f"leaves the map at step {leaves.step}" in words
    line = traces(drawn)["run"]
    assert np.nanmax(np.abs(line.x)) <= 15
    assert np.nanmax(np.abs(line.y)) <= 10.5


def test_a_run_that_comes_back_is_drawn_again():
    scenario = Scenario(optimizer="momentum", start=(-4.9, 0), alpha=0.15, noise=3.0)
    run = simulate(scenario)
    leaves = departure(run, scenario.surface_row.domain)
    inside = (np.abs(run.x) <= (5, 3.5)).all(axis=1)
    assert not inside[leaves.step : leaves.returns].any()
    assert inside[leaves.returns]


def test_divergence_is_said_with_its_step():
    scenario = Scenario(alpha=5.0, steps=500)
    run = simulate(scenario)
    assert run.diverged is not None
    texts = [note.text for note in figures.curves(scenario, run).layout.annotations]
    assert f"not finite from step {run.diverged}" in texts
    assert f"not finite from step {run.diverged}" in " ".join(
        note.text for note in figures.landscape(scenario, run).layout.annotations
    )


def test_a_start_outside_the_map_is_said():
    scenario = Scenario(start=(50, 50), alpha=0.05)
    text = " ".join(note.text for note in figures.landscape(scenario, simulate(scenario)).layout.annotations)
    assert "starts outside, at (50, 50)" in text


def test_a_run_that_stands_still_at_the_minimum_has_axes():
    scenario = Scenario(start=(0, 0), steps=1)
    drawn = figures.curves(scenario, simulate(scenario))
    assert np.isfinite(drawn.layout.yaxis.range).all()
    assert any("lowest loss" in note.text for note in drawn.layout.annotations)


def test_no_cut_is_drawn_where_no_rate_is_used():
    newton = next(key for key, row in OPTIMIZERS.items() if not row.has_rate)
    scenario = Scenario(optimizer=newton, schedule="plateau", values={"patience": 1})
    drawn = figures.curves(scenario, simulate(scenario))
    assert all(len(trace.x) == 0 for trace in drawn.data if trace.name in ("cut", "cut line"))
    assert "step size" in traces(drawn)


def test_far_away_numbers_are_gaps_and_not_errors():
    scenario = Scenario(start=(1e6, -1e6), alpha=1e6, steps=300)
    run = simulate(scenario)
    for drawn in (figures.landscape(scenario, run), figures.curves(scenario, run)):
        assert drawn.to_json()


@pytest.mark.parametrize("page", ["plotly_page", "bare_page"])
def test_the_pages_beside_which_the_stage_is_measured_open(page):
    at = AppTest.from_file(str(ROOT / "bench" / f"{page}.py"), default_timeout=60).run()
    assert not at.exception
    assert len(at.get("plotly_chart")) == 2 * (page == "plotly_page")
    assert at.select_slider
