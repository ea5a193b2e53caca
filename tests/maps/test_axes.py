"""Axes of a map, links that hold it, and presets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import Scenario
from lrviz.knob import BadInput
from lrviz.link import Link
from lrviz.maps.axis import Axis, axes_of
from lrviz.maps.map import Map
from lrviz.maps.presets import PRESETS, preset_of, whole
from lrviz.play.map_tiles import frame


def test_the_values_of_an_axis_are_even_on_its_scale_however_near_its_ends_are():
    row = Scenario().knob("alpha")
    log = Axis("alpha", 1e-4, 10, 256, "log").values(row)
    np.testing.assert_allclose(log, np.geomspace(1e-4, 10, 256), rtol=1e-13)
    assert (log[0], log[-1]) == (1e-4, 10)
    low, high = 0.1, 0.1 + 256 * np.spacing(0.1)
    for scale in ("log", "linear"):
        values = Axis("alpha", low, float(high), 257, scale).values(row)
        assert len(np.unique(values)) > 200 and (np.diff(values) >= 0).all() and values[-1] == high


def test_whole_numbers_are_hit_once_each():
    plan = Map(Scenario(schedule="plateau"), y=Axis("patience", 0, 20))
    assert plan.values()[1].tolist() == list(range(21))
    assert plan.values(1024)[1].tolist() == list(range(21))


def test_an_axis_of_whole_numbers_ends_at_whole_ones_and_its_map_says_how_many_runs():
    plan = Map.from_params({"schedule": "plateau", "map": "x:alpha,0.01,1;y:patience,1.6,9.4"})
    assert (plan.y.low, plan.y.high) == (2, 9) and plan.identity == replace(plan, y=Axis("patience", 2, 9)).identity
    assert plan.size() == "2,048 runs of 200 steps"
    lengths = Map(Scenario(), Axis("alpha", 0.01, 1), Axis("steps", 11, 50))
    assert lengths.size(64) == "2,560 runs of at most 50 steps"
    assert frame(lengths)["axes"]["y"]["unit"] == ""
    with pytest.raises(BadInput, match="must rise"):
        lengths.zoomed((0.1, 0.2), (20.1, 20.3))


def test_every_number_of_a_scenario_can_be_an_axis():
    scenario = Scenario(schedule="plateau", optimizer="adam")
    rows = axes_of(scenario)
    assert {"alpha", "beta_1", "kappa", "factor", "patience", "x", "y", "noise", "seed", "steps"} <= rows.keys()
    assert "monitor" not in rows
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
        (lambda: Axis("alpha", 1, 10**400), "finite"),
        (lambda: Axis("clipnorm", 1e-308, 1e6, scale="log"), "far apart"),
        (lambda: Axis.from_dict({"key": "alpha", "low": 1, "high": 2, "scale": "cubic"}), "linear or log"),
        (lambda: Map(x=Axis("factor", 0.1, 0.9)), "two knobs"),
        (lambda: Map(x=Axis("alpah", 0.1, 1)), "alpha"),
        (lambda: Map(x=Axis("steps", 10, 100_000)), "20000"),
        (lambda: Map(Scenario(), y=Axis("factor", 0.1, 0.9)), "factor belongs to: schedule plateau."),
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
    other, sentences = plan.on(plan.scenario.having(schedule="constant"))
    assert other.x == plan.x and other.y.key != "factor" and len(sentences) == 1 and "factor" in sentences[0]


def test_presets_are_known_again_wherever_one_zooms_to():
    for key, preset in PRESETS.items():
        zoomed = preset.map.zoomed(*((axis.low, (axis.low + axis.high) / 2) for axis in (preset.map.x, preset.map.y)))
        assert preset_of(zoomed) == key and whole(zoomed) == (preset.map.x, preset.map.y)
    assert preset_of(Map(Scenario(optimizer="adam"), y=Axis("kappa", 1, 10))) is None


@given(st.sampled_from(sorted(axes_of(PRESETS["patience"].map.scenario))), st.integers(0, 400), st.integers(1, 400))
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_every_map_of_a_link_leads_back_to_a_plane_on_its_own_scale(key, low, width):
    scenario = PRESETS["patience"].map.scenario
    row, other = scenario.knob(key), "kappa" if key == "alpha" else "alpha"
    top = row.low + (row.high - row.low) * min(low + width, 400) / 400
    for scale in ("linear", "log"):
        text = f"x:{key},{row.low + (row.high - row.low) * low / 400},{top},9,{scale};y:{other}"
        link, sentences = Link.from_params({**scenario.to_params(), "map": text})
        if sentences:
            continue
        x, y = whole(link.map)
        plane = link.map.zoomed((x.low, x.high), (y.low, y.high))
        assert plane.identity and (x.scale, y.scale) == (plane.x.scale, plane.y.scale)
        assert all(np.isfinite(values).all() for values in plane.values(64))


def test_the_identity_of_a_map_does_not_depend_on_where_its_point_is():
    plan = PRESETS["factor"].map
    assert plan.on(plan.scenario.having(alpha=0.3, factor=0.7))[0].identity == plan.identity
    others = [replace(plan, show="cuts"), plan.on(plan.scenario.having(noise=2))[0], plan.zoomed((0.1, 1), (0.1, 0.9))]
    assert len({plan.identity, *(other.identity for other in others)}) == 4
