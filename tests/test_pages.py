"""Every page runs, whatever is chosen, moved or linked; and no move compiles."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs

import jax.monitoring
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Scenario, simulate, ui
from lrviz.knob import Knob
from lrviz.lessons import LESSONS
from lrviz.link import Link
from lrviz.optimizers import FRAMEWORKS
from lrviz.race import Race
from lrviz.scenario import ALPHA, RUN_KNOBS
from lrviz.ui import scene
from lrviz.ui.notches import face, notches, options
from lrviz.ui.panel import beside, groups
from lrviz.ui.scene import live_knobs
from lrviz.ui.widgets import label
from tests.following import followed

ROOT = Path(__file__).parents[1]
PLAYGROUND = "app_pages/lab/playground.py"
RULES = [(optimizer.key, framework) for optimizer in OPTIMIZERS.values() for framework in optimizer.rules]


def playground(**params: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / PLAYGROUND), default_timeout=120)
    at.session_state["more"] = at.session_state["visit"] = True  # closed folds are empty
    for key, value in params.items():
        at.query_params[key] = value
    return fine(at.run())


def fine(at: AppTest) -> AppTest:
    followed(at)
    assert not at.exception, at.exception[0].value
    assert len(at.get("bidi_component")) == 2, "the stage and the button that copies the link"
    assert formulas(at), "the page does not go on to its end"
    return at


def formulas(at: AppTest) -> list[str]:
    return [formula for text in at.markdown for formula in text.value.split("$$")[1::2]]


def scenario_of(at: AppTest) -> Scenario:
    return at.session_state["lab"].scenario


def exact(at: AppTest, widget: str):
    """The field for an exact number, whatever number it holds now."""
    return next(field for field in at.text_input if str(field.key).startswith(widget))


def said(at: AppTest) -> str:
    return " ".join(element.value for element in [*at.warning, *at.error]).replace("\\", "")


def link(at: AppTest) -> dict[str, str]:
    return {key: value[-1] if isinstance(value, list) else value for key, value in at.query_params.items()}


@contextmanager
def counted_compiles() -> Iterator[list[str]]:
    """Every compilation by XLA while this is open."""
    compiles: list[str] = []

    def heard(event: str, duration_secs: float, **about: str | int) -> None:
        if event == "/jax/core/compile/backend_compile_duration":
            compiles.append(f"{event} {about}")

    jax.monitoring.register_event_duration_secs_listener(heard)
    try:
        yield compiles
    finally:
        jax.monitoring.unregister_event_duration_listener(heard)


# The frame and the pages ------------------------------------------------------------


def test_the_app_opens_with_the_welcome_page_and_leads_to_the_playground():
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    assert not at.exception
    assert at.title[0].value
    at.switch_page(PLAYGROUND).run()
    fine(at)
    assert at.selectbox(key="name_surface").value == "bowl"


def test_the_ways_in_show_what_they_promise():
    """A link on the welcome page may say only what its race does; the lessons are there in their order."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    links = {element.proto.label: element.proto.query_string for element in at.page_link}
    races = {}
    for words, query in links.items():
        link, wrong = Link.from_params({key: values[-1] for key, values in parse_qs(query).items()})
        assert not wrong
        races[words] = link.race
    assert len(simulate(races["Take this run apart"].first).cuts) >= 3
    assert len({scenario.optimizer for scenario in races["Race three optimizers"].scenarios}) == 3
    asked = [label.strip("*").partition(" ")[2] for label in links if label.startswith("**")]
    assert asked == [lesson.asks for lesson in LESSONS.values()]


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_is_shown(surface):
    at = playground(surface=surface)
    assert scenario_of(at) == Scenario(surface=surface)
    assert not said(at)


@pytest.mark.parametrize(("optimizer", "framework"), RULES)
def test_every_optimizer_is_shown(optimizer, framework):
    at = playground(optimizer=optimizer, framework=framework)
    assert scenario_of(at) == Scenario(optimizer=optimizer, framework=framework)
    assert formulas(at)[0].count(r"\alpha") == OPTIMIZERS[optimizer].rules[framework].formula.count(r"\alpha")
    offered = at.selectbox(key="name_optimizer").options
    assert offered == [row.name for row in OPTIMIZERS.values() if framework in row.rules]
    rated = OPTIMIZERS[optimizer].has_rate
    assert ("alpha" in [slider.knob for slider in scene.live(scenario_of(at))]) == rated
    assert at.selectbox(key="name_schedule").disabled == (not rated)
    assert any("no rate to set" in caption.value for caption in at.caption) == (not rated)


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_is_shown_with_all_its_knobs(schedule, framework):
    at = playground(schedule=schedule, framework=framework)
    scenario = scenario_of(at)
    keys = {row.key for row in (*scenario.schedule_row.knobs, *scenario.plateau_knobs)}
    keys -= {slider.knob for slider in scene.live(scenario)}
    if scenario.schedule_row.plateau:
        keys |= {"monitor", "steps_per_epoch"}
    widgets = {widget.key for widget in every_widget(at)}
    assert {f"knob_{key}" for key in keys} <= widgets


def every_widget(at: AppTest) -> list:
    return [*at.select_slider, *at.toggle, *at.text_input, *at.selectbox]


# Widgets ------------------------------------------------------------


def test_no_move_of_any_widget_compiles():
    """After the first run of a (surface, optimizer, framework) its program serves every knob and every schedule."""
    moved = set()
    for optimizer in ("rmsprop", "adam"):
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


def stable(key: str) -> str:
    """A widget's key without the number that a field for an exact one holds."""
    return key.split("=", maxsplit=1)[0]


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
    return texts.get(row.kind) or [widget.options[-1].split()[0].rstrip("°"), row.text(notches(row)[0])]


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


def test_a_slider_draws_the_stage_first_and_the_page_when_its_picture_stands():
    at = playground(surface="rosenbrock")
    told = [text.value for text in at.markdown]
    at.select_slider(key="knob_noise").set_value("0.5").run()
    lab = at.session_state["lab"]
    assert lab.owing and lab.scenario.noise == 0.5
    assert at.get("bidi_component") and not at.markdown and "noise" not in at.query_params, "more than the stage"
    assert not fine(at).session_state["lab"].owing
    assert [text.value for text in at.markdown] != told and at.query_params["noise"] == "0.5"


def test_a_page_back_at_its_defaults_still_has_a_link():
    """No parameter at all would mean the page's own race, which need not be that."""
    at = playground(noise="0.2")
    fine(at.select_slider(key="knob_noise").set_value("0").run())
    assert link(at) == {"surface": "bowl"}


def test_a_number_that_is_no_notch_is_reached_by_link_and_by_typing():
    at = playground(alpha="0.123456", noise="0.0321", start="1.25,-0.75")
    assert at.select_slider(key="knob_noise").value == "0.0321"
    assert at.select_slider(key="knob_x").value == "1.25"
    (alpha,) = scene.live(scenario_of(at))
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
    assert "alpha is" in said(at)
    assert "a number above 0, up to 1000000" in said(at)
    assert len(said(at)) < 200
    assert exact(at, "exact_any_alpha").value == typed
    assert scenario_of(at).alpha == 0.2
    fine(exact(at, "exact_any_alpha").set_value("0.3").run())
    assert not at.error
    assert scenario_of(at).alpha == 0.3


@pytest.mark.parametrize("points", ["5", "0:x", "10:0.1,5:0.1", "0:-1"])
def test_wrong_points_are_one_sentence(points):
    at = playground(schedule="drawn")
    fine(at.text_input(key="knob_points").set_value(points).run())
    assert len(at.error) == 1
    assert "0:0.1,50:0.01" in said(at)


def test_another_framework_keeps_the_optimizer_or_says_that_it_cannot():
    at = playground(optimizer="momentum", momentum="0.5", alpha="0.02")
    fine(at.selectbox(key="name_framework").set_value("pytorch").run())
    assert scenario_of(at) == Scenario(optimizer="momentum", framework="pytorch", alpha=0.02, values={"momentum": 0.5})
    at = playground(optimizer="lion")
    fine(at.selectbox(key="name_framework").set_value("pytorch").run())
    assert "Lion is not in PyTorch" in said(at)
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


def all_knobs() -> list[Knob]:
    rows = list(RUN_KNOBS)
    for surface in SURFACES:
        rows += Scenario(surface=surface).knobs
    for optimizer, framework in RULES:
        rows += Scenario(optimizer=optimizer, framework=framework).knobs
    for schedule in SCHEDULES:
        for framework in FRAMEWORKS:
            rows += Scenario(schedule=schedule, framework=framework).knobs
    return list(dict.fromkeys(rows))


@pytest.mark.parametrize("row", all_knobs(), ids=lambda row: row.key)
def test_every_row_makes_a_widget(row):
    assert "\\" not in label(row)
    if row.kind not in ("number", "integer"):
        return
    stops = options(row, row.default)
    assert row.text(row.default) in stops
    assert len(stops) == len({face(row, stop) for stop in stops}) <= 260
    for stop in stops:
        assert row.text(row.check(stop)) == stop, "a notch that is not itself when it is read back"
    numbers = notches(row)
    assert numbers == sorted(set(numbers))
    if row.default is not None:
        assert row.default in numbers


def test_alpha_reaches_past_divergence_in_small_steps():
    numbers = notches(ALPHA)
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
        near = [row.key for row in (*live_knobs(scenario), *beside(scenario))]
        assert len(near) == len(set(near)) >= 6


# Links ------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"surface": "hill"}, "There is no surface 'hill'"),
        ({"surfce": "bowl"}, "Did you mean surface?"),
        ({"alpha": "nan"}, "alpha is 'nan', but must be a number above 0, up to 1000000."),
        ({"alpha": ""}, "alpha is ''"),
        ({"steps": "1e9"}, "a whole number from 1 to 20000"),
        ({"start": "1"}, "must be two numbers such as -4,2"),
        ({"optimizer": "lion", "framework": "pytorch"}, "optimizer lion is not in framework pytorch"),
        ({"factor": "0.5"}, "There is no parameter 'factor'"),
        ({"alpha": "9" * 5000}, "alpha is '9999"),
        ({"alpha": "<img src=x onerror=alert(1)>"}, "<img src=x onerror=alert(1)>"),
    ],
)
def test_a_wrong_parameter_is_a_sentence_and_the_rest_of_the_link_works(params, words):
    at = playground(**params, kappa="25")
    assert words in said(at)
    assert len(at.warning) == 1
    assert len(said(at)) < 400
    assert scenario_of(at)["kappa"] == 25


def test_each_wrong_parameter_is_dropped_alone():
    race, sentences = Race.from_params({"alpha": "nan", "surface": "rosenbrock", "b": "oh", "steps": "50"})
    assert race.first == Scenario(surface="rosenbrock", steps=50)
    assert [sentence.split()[0] for sentence in sentences] == ["alpha", "b"]


def test_a_very_long_link_is_cut_and_says_so():
    race, sentences = Race.from_params({f"p{i}": "x" for i in range(5000)} | {"surface": "beale"})
    assert race.first.surface == "beale"
    assert "were left out" in sentences[0]
    at = playground(**{f"p{i}": "x" for i in range(30)})
    assert "more parameters of this link are wrong" in said(at)


@pytest.mark.parametrize(
    "text", ["**a**", "_a_ b_c", "<b>", "[a](http://b.c)", "$x$", ":smile:", "# a", "`a`", "www.a.b", "~~a~~"]
)
def test_text_of_a_link_is_shown_as_it_is(text):
    shown = ui.plain(text)
    assert shown.replace("\\", "").replace("\u2060", "") == text
    assert shown != text


def known_keys() -> list[str]:
    return sorted({"surface", "optimizer", "framework", "schedule", "start", *(row.key for row in all_knobs())})


ODD = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789.,:-+eE_ na", max_size=12),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(
        [*SURFACES, *OPTIMIZERS, *SCHEDULES, *FRAMEWORKS, "auto", "", "None", "1e400", "-0", "0x10", "x" * 9000]
    ),
)
LINKS = st.dictionaries(st.one_of(st.sampled_from(known_keys()), st.text(max_size=15)), ODD, max_size=8)


@given(LINKS)
@settings(max_examples=400, deadline=None)
def test_any_link_is_a_scenario_and_short_sentences(params):
    race, sentences = Race.from_params(params)
    assert all(0 < len(sentence) < 1200 and sentence.isprintable() for sentence in sentences)
    assert len(sentences) <= len(params)
    assert Race.from_params(race.to_params()) == (race, [])


@given(LINKS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_link_is_a_whole_page(params):
    """Names that take long to compile are left to other tests."""
    params = {key: value for key, value in params.items() if key not in ("surface", "optimizer", "framework")}
    _, sentences = Race.from_params(params)
    at = playground()
    for key, value in params.items():
        at.query_params[key] = value
    at.session_state["labs"] = {}
    fine(at.run())
    assert bool(at.warning) == bool(sentences)
