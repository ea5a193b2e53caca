"""The widgets of a page: every knob has one, it does what it says, and no move of it compiles."""

from itertools import pairwise

import jax
import numpy as np
import pytest
from streamlit.runtime.state.query_params_proxy import QueryParamsProxy
from streamlit.testing.v1 import AppTest

from lrviz import SCHEDULES, SURFACES, Scenario, play, simulate, simulate_many, ui
from lrviz.knob import LONGEST_NUMBER
from lrviz.play import FAMILY, MOST_STEPS, live_knobs, live_stops
from lrviz.play.stops import MOST, face, options, stops
from lrviz.race import Race
from lrviz.scenario import ALPHA
from lrviz.stage.pack import unpack
from lrviz.ui.panel import beside, groups
from lrviz.ui.runs import difference
from lrviz.ui.widgets import label
from tests.visits import (
    RULES,
    alerts,
    all_knobs,
    counted_compiles,
    every_widget,
    exact,
    fine,
    link,
    playground,
    scenario_of,
)


def test_no_move_of_any_widget_compiles():
    """After the first run of a (surface, optimizer, framework) its program serves every knob and every schedule; with
    the plateau rule on top of a schedule it is another one."""
    moved = set()
    for optimizer in ("rmsprop", "adam"):
        playground(surface="rosenbrock", optimizer=optimizer, framework="pytorch", plateau_on_top="1")
        at = playground(surface="rosenbrock", optimizer=optimizer, framework="pytorch")
        with counted_compiles() as compiles:
            for schedule in SCHEDULES:
                fine(at.selectbox(key="name_schedule").set_value(schedule).run())
                for key in [stable(str(widget.key)) for widget in every_widget(at)]:
                    if key in moved or key.startswith(("name_", "exact_which")):
                        continue
                    moved.add(key)
                    for value in other_values(at, key):
                        widget = next(widget for widget in every_widget(at) if stable(str(widget.key)) == key)
                        fine(widget.set_value(value).run())
                        assert not compiles, (schedule, key, value)
    assert len(moved) >= 45


def test_a_run_of_before_joins_the_race_with_all_that_the_first_does_not_have():
    first = Scenario(schedule="step_decay", framework="pytorch")
    for other in (first.having(plateau_on_top=1, factor=0.3), first.having(framework="keras", schedule="plateau")):
        for one, two in ((first, other), (other, first)):
            own = difference(one, two)
            assert own is not None and Race(one, (own,)).scenarios[1] == two


def stable(key: str) -> str:
    """A widget's name: its key without the number of the widgets that stood in its place."""
    return key.split("-", maxsplit=1)[0]


def other_values(at: AppTest, key: str) -> list:
    """Other values of a widget: the ends of a slider, each choice, a text."""
    if key.startswith("exact_"):
        return ["0.0123", "oh"]
    widget = next(widget for widget in every_widget(at) if stable(str(widget.key)) == key)
    row = scenario_of(at).knob(key.removeprefix("knob_"))
    texts: dict[str, list] = {
        "steps": ["10,20,30"],
        "points": ["0:0.1,50:0.001"],
        "flag": [True, False],
        "choice": list(row.choices),
    }
    return texts.get(row.kind) or [widget.options[-1].split()[0].rstrip("°"), row.text(stops(row)[0])]


def test_the_compile_counter_hears_a_compile():
    with counted_compiles() as compiles:
        simulate(Scenario(surface="beale", optimizer="adamax", steps=3))
        jax.jit(lambda x: x * 3.25 + 17)(2.0)
    assert compiles


def test_a_moved_slider_is_in_the_link_and_the_link_brings_it_back():
    at = playground()
    assert link(at) == {}
    fine(at.select_slider(key="knob_noise").set_value("0.2").run())
    fine(at.selectbox(key="name_schedule").set_value("plateau").run())
    fine(at.select_slider(key="knob_cooldown").set_value("3").run())
    fine(at.selectbox(key="knob_monitor").set_value("loss").run())
    assert link(at) == {"noise": "0.2", "schedule": "plateau", "cooldown": "3", "monitor": "loss"}
    again = playground(**link(at))
    assert scenario_of(again) == scenario_of(at)
    assert again.select_slider(key="knob_noise").value == "0.2"
    assert again.select_slider(key="knob_cooldown").value == "3"
    assert again.selectbox(key="knob_monitor").value == "loss"
    fine(again.select_slider(key="knob_noise").set_value("0").run())
    assert "noise" not in link(again)


def test_a_change_is_written_whatever_address_the_browser_says_it_has(monkeypatch):
    at = playground(alpha="0.1")
    written = []
    from_dict = QueryParamsProxy.from_dict
    monkeypatch.setattr(
        QueryParamsProxy, "from_dict", lambda proxy, params: (written.append(params["alpha"]), from_dict(proxy, params))
    )
    for alpha in ("0.1001", "0.1002", "0.1001"):
        at.query_params["alpha"] = alpha  # it said so before the last answer came
        type_any(at, "alpha", alpha)
    assert written == ["0.1001", "0.1002", "0.1001"]


def test_a_slider_draws_the_stage_first_and_the_page_when_its_picture_stands():
    at = playground(surface="rosenbrock")
    texts = [text.value for text in at.markdown]
    at.select_slider(key="knob_noise").set_value("0.5").run()
    lab = at.session_state["lab"]
    assert lab.redraw.stale and lab.scenario.noise == 0.5
    assert at.get("bidi_component") and not at.markdown and "noise" not in at.query_params, "more than the stage"
    assert not fine(at).session_state["lab"].redraw.stale
    assert [text.value for text in at.markdown] != texts and at.query_params["noise"] == "0.5"


def test_a_page_back_at_its_defaults_still_has_a_link():
    """No parameter at all would mean the page's own race, which need not be that."""
    at = playground(noise="0.2")
    fine(at.select_slider(key="knob_noise").set_value("0").run())
    assert link(at) == {"surface": "bowl"}


def test_a_number_that_is_no_stop_is_reached_by_link_and_by_typing():
    at = playground(alpha="0.123456", noise="0.0321", start="1.25,-0.75")
    assert at.select_slider(key="knob_noise").value == "0.0321"
    assert at.select_slider(key="knob_x").value == "1.25"
    (alpha,) = play.live(scenario_of(at))
    assert alpha.values[alpha.index] == 0.123456
    type_any(at, "alpha", "77.7")
    assert scenario_of(at).alpha == 77.7
    assert link(at)["alpha"] == "77.7"
    type_any(at, "kappa", "33.3")
    assert scenario_of(at)["kappa"] == 33.3


def type_any(at: AppTest, key: str, text: str) -> None:
    fine(at.selectbox(key="exact_which").set_value(key).run())
    fine(exact(at, f"exact_any_{key}").set_value(text).run())


@pytest.mark.parametrize("typed", ["", "abc", "nan", "-1", "0", "1e99", "<script>", "**bold**" * 500])
def test_a_wrong_number_is_one_sentence_and_the_page_goes_on(typed):
    at = playground(alpha="0.2")
    type_any(at, "alpha", typed)
    assert len(at.error) == 1
    assert "alpha is" in alerts(at)
    assert "a number above 0, up to 1000000" in alerts(at)
    assert len(alerts(at)) < 200
    assert exact(at, "exact_any_alpha").value == typed[:LONGEST_NUMBER], "a browser takes no more"
    assert scenario_of(at).alpha == 0.2
    fine(exact(at, "exact_any_alpha").set_value("0.3").run())
    assert not at.error
    assert scenario_of(at).alpha == 0.3


@pytest.mark.parametrize("points", ["5", "0:x", "10:0.1,5:0.1", "0:-1"])
def test_wrong_points_are_one_sentence(points):
    at = playground(schedule="drawn")
    fine(at.text_input(key="knob_points").set_value(points).run())
    assert len(at.error) == 1
    assert "0:0.1,50:0.01" in alerts(at)


def test_another_framework_keeps_the_optimizer_or_says_that_it_cannot():
    at = playground(optimizer="momentum", momentum="0.5", alpha="0.02")
    fine(at.selectbox(key="name_framework").set_value("pytorch").run())
    assert scenario_of(at) == Scenario(optimizer="momentum", framework="pytorch", alpha=0.02, values={"momentum": 0.5})
    at = playground(optimizer="lion")
    fine(at.selectbox(key="name_framework").set_value("pytorch").run())
    assert "Lion is not in PyTorch" in alerts(at)
    assert scenario_of(at).framework == "pytorch"


@pytest.mark.parametrize("old", SURFACES)
def test_another_surface_keeps_what_means_the_same_there(old):
    there = Scenario(
        surface=old, optimizer="adam", schedule="plateau", steps=77, noise=0.5, values={"factor": 0.3, "beta_1": 0.5}
    )
    for new in SURFACES:
        scenario, sentences = ui.switched(there, surface=new)
        assert not sentences
        assert (scenario.steps, scenario.noise, scenario["factor"], scenario["beta_1"]) == (77, 0.5, 0.3, 0.5)
        assert (scenario.alpha, scenario.start) == (SURFACES[new].alpha, SURFACES[new].start)
        kept, _ = ui.switched(there.having(alpha=0.0123), surface=new)
        assert kept.alpha == 0.0123


def test_a_knob_that_means_something_else_there_is_not_kept():
    scenario, _ = ui.switched(Scenario(surface="rosenbrock", values={"a": -1}), surface="saddle")
    assert scenario["a"] == 1
    scenario, _ = ui.switched(Scenario(schedule="step_decay", values={"gamma": 2, "step_size": 9}), schedule="cyclical")
    assert scenario["gamma"] == 1
    scenario, _ = ui.switched(
        Scenario(schedule="step_decay", values={"gamma": 0.2, "step_size": 9}), schedule="multi_step"
    )
    assert scenario["gamma"] == 0.2


# Rows -> widgets ------------------------------------------------------------


@pytest.mark.parametrize("row", all_knobs(), ids=lambda row: row.key)
def test_every_row_makes_a_widget(row):
    assert "\\" not in label(row)
    if row.kind not in ("number", "integer"):
        return
    offered = options(row, row.default)
    assert row.text(row.default) in offered
    assert len(offered) == len({face(row, stop) for stop in offered}) <= MOST + 2  # what is set now, and "derived"
    for stop in offered:
        assert row.text(row.check(stop)) == stop, "a stop that is not itself when it is read back"
    numbers = stops(row)
    assert numbers == sorted(set(numbers))
    if row.default is not None:
        assert row.default in numbers
    assert len(live_stops(row, numbers[1])) <= FAMILY


@pytest.mark.parametrize(
    "key", ["noise", "weight_decay", "epsilon", "seed", "x", "y", "kappa", "steps", "steps_per_epoch"]
)
def test_the_runs_of_a_slider_do_not_depend_on_where_it_stands(key):
    """Or they would be fetched again while the pointer moves."""
    scenario = Scenario(optimizer="adamw", values={"beta_1": 0.5})
    slider = play.slider_family(Race(scenario), key)
    assert slider and len(set(slider.text)) == len(slider.values)
    for place in (0, len(slider.values) // 2, -1):
        there = play.slider_family(Race(scenario.having(**{key: slider.values[place]})), key)
        assert there and there.runs(3) == slider.runs(3)
        assert there.index == range(len(slider.values))[place]
    assert play.slider_family(Race(scenario.having(alpha=0.02)), key).runs(3) != slider.runs(3)


@pytest.mark.parametrize("monitor", ["val_loss", "loss"])
def test_the_family_of_every_slider_is_its_runs(monitor):
    scenario = Scenario(schedule="plateau", noise=0.5, steps=60, monitor=monitor, values={"patience": 3})
    for key in scenario.rows:
        slider = play.slider_family(Race(scenario), key)
        if slider is None:
            continue
        _, arrays = unpack(slider.runs(3)[0])
        runs = simulate_many(scenario, **{key: slider.values})
        assert arrays["steps"].tolist() == [len(run.learning_rate) for run in runs], key
        assert len(arrays["loss"]) == sum(arrays["steps"] + 1) == len(arrays["x"]), key
        np.testing.assert_allclose(arrays["loss"], np.concatenate([run.loss for run in runs]), rtol=1e-6, err_msg=key)
        cuts = np.unpackbits(arrays["cut"], axis=1, bitorder="little").sum(axis=1)
        assert cuts.tolist() == [len(run.cuts) for run in runs], key


def test_the_runs_of_a_race_have_families_of_their_own_where_a_slider_changes_them():
    first = Scenario(steps=60, schedule="plateau", noise=0.5)
    race = Race(first, ({"optimizer": "adam"}, {"noise": "0"}, {"schedule": "cosine"}))
    changed = {"kappa": (1, 2, 3), "noise": (1, 3), "patience": (1, 2), "seed": (1, 2, 3), "x": (1, 2, 3)}
    for key, runs in changed.items():
        slider = play.slider_family(race, key)
        families = slider.runs(3)[1:]
        assert tuple(i for i, family in enumerate(families, start=1) if family) == runs, key
        there = race.leading(first.having(**{key: slider.values[3]})).scenarios
        for i in runs:
            _, arrays = unpack(families[i - 1])
            begin = int(sum(arrays["steps"][:3] + 1))
            loss = simulate(there[i]).loss
            np.testing.assert_allclose(arrays["loss"][begin : begin + len(loss)], loss, rtol=1e-6, err_msg=f"{key} {i}")
    _, pack = play.slider_family(Race(first, race.others[:1]), "steps").runs(0)
    assert unpack(pack)[1]["steps"].tolist() == play.slider_family(race, "steps").values


@pytest.mark.parametrize("others", [0, 1, 3])
@pytest.mark.parametrize("key", ["noise", "kappa", "steps", "alpha"])
def test_runs_that_are_too_long_together_come_for_the_stops_around_the_pointer(key, others):
    race = Race(Scenario(steps=1500), ({"optimizer": "adam"},) * others)
    slider = play.slider_family(race, key)
    values, parts = slider.values, set()
    for stop in range(0, len(values), 4 if others == 0 else 20):
        packs = [unpack(pack)[1] for pack in slider.runs(stop) if pack]
        assert len(packs) == 1 + others and len({tuple(pack["values"]) for pack in packs}) == 1
        covered = packs[0]["values"].tolist()
        first = values.index(covered[0])
        assert covered == values[first : first + len(covered)]
        assert sum(pack["steps"].sum() for pack in packs) <= MOST_STEPS
        assert {*values[max(stop - 2, 0) : stop + 3]} <= {*covered}, "the pointer has nowhere to go"
        parts.add(first)
    assert others or len(parts) < 0.2 * len(values), "the pointer asks all the time"


def test_six_runs_of_the_longest_that_a_slider_sets_follow_every_slider():
    race = Race(Scenario(steps=2000), ({"alpha": "0.2"},) * 5)
    assert all(play.slider_family(race, key).runs for key in ("noise", "kappa", "steps", "x"))
    assert all(slider.family for slider in play.live(race.first))
    assert play.slider_family(Race(Scenario(steps=20_000)), "noise").runs is None


def test_a_slider_on_the_stage_has_the_runs_around_the_pointer_where_all_are_too_long():
    (alpha,) = play.live(Scenario(steps=2000, alpha=0.1))
    for stop in (0, alpha.index, len(alpha.values) - 1):
        covered = unpack(alpha.family(stop))[1]["values"].tolist()
        assert len(covered) * 2000 <= MOST_STEPS < len(alpha.values) * 2000
        assert {*alpha.values[max(stop - 5, 0) : stop + 6]} <= {*covered}


def test_the_slices_of_a_family_are_those_of_its_stops():
    for scenario, key in (
        (Scenario(surface="twin_valleys", alpha=0.01), "x"),
        (Scenario(values={"kappa": 5}), "kappa"),
    ):
        for line in range(4):
            slider = play.slider_family(Race(scenario), key, line)
            meta, arrays = unpack(slider.runs(0)[0])
            for k in range(0, len(slider.values), 9):
                there = play.profiles(scenario.having(**{key: slider.values[k]}))[line]
                base, direction, ends = np.split(arrays["slice.line"][arrays["slice.of"][k]], 3)
                np.testing.assert_array_equal(np.concatenate([base, direction]), [*there.base, *there.direction])
                np.testing.assert_array_equal(np.linspace(*ends, len(there.s)), there.s)
                np.testing.assert_allclose(arrays["slice.loss"][arrays["slice.of"][k]], there.loss, rtol=1e-6)
            assert meta["slice"] == there.label
            assert key != "x" or len(arrays["slice.line"]) == 2, "one through each valley"
    for key, line in (("noise", 2), ("kappa", None), ("kappa", 4), ("kappa", -1)):
        assert unpack(play.slider_family(Race(scenario), key, line).runs(0)[0])[0]["slice"] is None


def test_what_is_no_number_has_no_family_and_what_a_race_shares_no_slider_on_the_stage():
    for key in ("monitor", "nothing"):
        assert play.slider_family(Race(Scenario()), key) is None
    assert play.slider_family(Race(Scenario(optimizer="newton")), "alpha") is None
    assert not play.can_live(Scenario(), "steps"), "all runs of a race have as many"
    assert not play.can_live(Scenario(), "x"), "on the stage the start is dragged"
    assert not play.can_live(Scenario(), "kappa"), "its ground is that of all runs"
    derived = play.slider_family(Race(Scenario(schedule="one_cycle")), "max_lr")
    assert derived.index == -1 and derived.runs, "its slider stands at what is derived"


def test_alpha_reaches_past_divergence_in_small_steps():
    numbers = stops(ALPHA)
    assert max(numbers) == 10
    assert all(1 < high / low < 1.3 for low, high in pairwise(numbers))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_knob_has_one_place(schedule):
    for optimizer, framework in RULES:
        scenario = Scenario(optimizer=optimizer, framework=framework, schedule=schedule)
        rows = [row.key for group in groups(scenario).values() for row in group]
        assert len(rows) == len(set(rows))
        if scenario.optimizer_row.has_rate:
            assert {row.key for row in scenario.knobs} <= set(rows)
        keys = [row.key for row in (*live_knobs(scenario), *beside(scenario))]
        assert len(keys) == len(set(keys)) >= 6
