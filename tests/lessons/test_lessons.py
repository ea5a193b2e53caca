"""Every lesson runs: prediction, presets, check; a second visit compiles nothing; its paragraphs are short."""

from __future__ import annotations

import sys
from pathlib import Path

import jax
import pytest
from streamlit.testing.v1 import AppTest

from lrviz import Scenario, play, programs, simulate
from lrviz.knob import digits
from lrviz.lessons import LESSONS, adaptive
from lrviz.stage.message import Live
from lrviz.training import Training, Trial, train
from lrviz.ui import lesson_page
from lrviz.ui.record import Record, restore
from lrviz.ui.words import plain
from tests.visits import counted_compiles, followed

ROOT = Path(__file__).parents[2]
MOST_WORDS = 60


def opened(key: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
    at.switch_page(str(lesson_page(key)))
    return fine(at.run())


def fine(at: AppTest) -> AppTest:
    followed(at)
    assert not at.exception, at.exception[0].value
    assert at.get("bidi_component"), "the stage is missing"
    return at


def buttons(at: AppTest, begin: str) -> list[str]:
    return [str(button.key) for button in at.button if str(button.key).startswith(begin)]


def scenario_of(at: AppTest) -> Scenario | Training:
    """What the sliders of the stage change."""
    return at.session_state["lab"].race.first


def sliders_of(at: AppTest) -> list[Live]:
    first = scenario_of(at)
    if isinstance(first, Scenario):
        return play.live(first)
    live = LESSONS[at.session_state["lab"].page].live
    return play.training_sliders(first, lambda trainings: [train(one) for one in trainings], live)


def texts(at: AppTest) -> list[str]:
    """Every paragraph and every row of a list or a table."""
    elements = [*at.markdown, *at.caption, *at.success, *at.error]
    return [part for element in elements for part in element.value.replace("\n- ", "\n\n").split("\n\n")]


def assert_short(at: AppTest) -> None:
    for text in texts(at):
        assert text.startswith("|") or len(text.split()) <= MOST_WORDS, text


def record(at: AppTest, key: str) -> Record:
    return at.session_state[f"record_{key}"]


def predicted(at: AppTest, key: str, choice: int = 0) -> AppTest:
    choices = buttons(at, f"predict_{key}_")
    assert choices, "nothing is asked before the run is shown"
    return fine(at.button(key=choices[min(choice, len(choices) - 1)]).click().run())


@pytest.mark.parametrize("key", LESSONS)
def test_a_lesson_from_start_to_end(key):
    at = opened(key)
    assert [title.value for title in at.title] == [LESSONS[key].question]
    assert scenario_of(at) == LESSONS[key].race.first
    assert_short(at)
    predicted(at, key)
    assert not buttons(at, f"predict_{key}_")
    assert any(name in text for text in texts(at) for name in ("You predicted",))
    assert_short(at)
    presets = buttons(at, f"preset_{key}_")
    assert len(presets) >= 2
    for preset in presets:
        fine(at.button(key=preset).click().run())
        assert_short(at)
    assert len(at.page_link) >= 2


def test_what_has_no_rate_is_run_when_its_fold_is_opened():
    """What the table says are the ends of the runs, and the sentence names all that end lowest."""
    at = predicted(opened("adaptive"), "adaptive")
    assert "Its step goes by" not in " ".join(texts(at)), "a closed fold is empty"
    at.session_state["without_rate"] = True
    fine(at.run())
    runs = {run.optimizer_row.name: run for run in adaptive.without_rate(LESSONS["adaptive"].race.first).scenarios}
    ends = {name: float(simulate(run).loss[-1]) for name, run in runs.items()}  # its lowest loss is 0
    (table,) = (text for text in texts(at) if "Its step goes by" in text)
    rows = [[cell.strip(" *") for cell in line.split("|")[1:-1]] for line in table.split("\n")[2:]]
    assert {name: end for name, end, _ in rows} == {name: digits(end) for name, end in ends.items()}
    (found,) = (text for text in texts(at) if "lowest of these" in text)
    lowest = [name for name, end in ends.items() if end == min(ends.values())]
    assert all((name in found.split(" lowest")[0]) == (name in lowest) for name in ends)


@pytest.mark.parametrize("key", LESSONS)
def test_every_prediction_can_be_made(key):
    at = opened(key)
    for choice in range(len(buttons(at, f"predict_{key}_"))):
        record(at, key).predicted.clear()
        predicted(fine(at.run()), key, choice)


def press(at: AppTest, label: str) -> AppTest:
    return fine(next(button for button in at.button if button.label == label).click().run())


def radios(at: AppTest, key: str):
    return [radio for radio in at.radio if str(radio.key).startswith(f"check_{key}_")]


@pytest.mark.parametrize("key", LESSONS)
def test_the_check_is_graded_from_the_run_that_it_was_asked_about(key):
    """An empty check is refused; another run on the stage neither changes nor erases the questions."""
    at = predicted(opened(key), key)
    questions, about = record(at, key).check.questions, record(at, key).check.race
    assert len(questions) == len(radios(at, key)) == 3
    press(at, "Check")
    assert not at.error and not at.success and any("Choose an answer" in one.value for one in at.warning)
    for radio, question in zip(radios(at, key), questions, strict=True):
        radio.set_value((question.right + 1) % len(question.choices))
    fine(at.run())
    at.button(key="try_0").click().run()
    fine(at)
    assert scenario_of(at) == (questions[0].tries or about.first)
    assert record(at, key).check.questions == questions and record(at, key).check.race == about
    press(at, "Check")
    assert len(at.error) == 3 and all("Not quite. The answer is" in one.value for one in at.error)
    for one, question in zip(at.error, questions, strict=True):
        chosen = question.choices[(question.right + 1) % len(question.choices)]
        assert f"You chose: *{plain(chosen)}*." in one.value
    assert_short(at)
    press(at, "Answer again")
    for radio, question in zip(radios(at, key), questions, strict=True):
        assert radio.value is None
        radio.set_value(question.right)
    press(at, "Check")
    assert (len(at.success), len(at.error)) == (3, 0)


@pytest.mark.parametrize("key", LESSONS)
def test_each_case_has_its_own_prediction_and_a_preset_keeps_the_case(key):
    lesson = LESSONS[key]
    at = predicted(opened(key), key)
    for case in list(lesson.cases)[1:]:
        at.button_group(key=at.session_state["lab"].keys.now["case"]).set_value(case).run()
        fine(at)
        assert scenario_of(at) == lesson.case_race(case).first
        assert buttons(at, f"predict_{key}_"), "what was predicted of another case says nothing of this one"
        predicted(at, key)
        for i, preset in enumerate(lesson.cases[case].presets):
            fine(at.button(key=f"preset_{key}_{i}").click().run())
            assert lesson.case(scenario_of(at)) == case
            assert scenario_of(at) == lesson.preset_race(case, preset).first


@pytest.mark.parametrize("key", LESSONS)
def test_what_the_browser_keeps_is_what_was_predicted_and_answered(key):
    at = predicted(opened(key), key)
    at.session_state["lab"].open_step("check")
    fine(at.run())
    there = record(at, key)
    there.check.given, there.check.sent = [0, 1, 0], True
    back = Record()
    assert restore(LESSONS[key], back, there.text())
    assert {case: (one.race, one.choice) for case, one in back.predicted.items()} == {
        case: (one.race, one.choice) for case, one in there.predicted.items()
    }
    assert (back.check.race, back.check.given, back.check.sent) == (there.check.race, [0, 1, 0], True)


@pytest.mark.parametrize(
    "text",
    [
        "x", "null", "[]", "{}", '{"predicted": 1}', '{"predicted": {"": [9, {}]}}',
        '{"predicted": {"": ["0", {"alpha": "nan"}]}}', '{"predicted": {}, "check": [[7, 7, 7], true, {}]}',
        '{"predicted": {}, "check": [1, 2, 3]}', "[" * 3000,
    ],
)  # fmt: skip
def test_what_a_stranger_writes_into_the_browsers_storage_is_left_aside(text):
    there = Record()
    restore(LESSONS["how_long"], there, text)
    assert not there.predicted and there.check is None


def forget_all() -> None:
    """As on a server that has just started. What earlier tests left remembered would need no program in the first
    visits, and the program may be gone by now."""
    programs._programs.clear()
    jax.clear_caches()
    for module in [module for name, module in sys.modules.items() if name.startswith("lrviz.")]:
        for found in vars(module).values():
            if hasattr(found, "cache_clear"):
                found.cache_clear()


@pytest.mark.parametrize("key", LESSONS)
def test_on_the_second_visit_no_move_of_a_live_slider_compiles(key):
    forget_all()
    predicted(opened(key), key)
    at = predicted(opened(key), key)
    rows = [row for row in sliders_of(at) if len(row.values) > 2]
    with counted_compiles() as compiles:
        for row in rows:
            for place in (0, len(row.values) // 2, len(row.values) - 1):
                lab = at.session_state["lab"]
                lab.change(lab.stage, **{row.knob: row.values[place]})
                fine(at.run())
                assert not compiles, (row.knob, row.values[place])


STRANGE = (
    {"alpha": "0.3"}, {"alpha": "nan"}, {"schedule": "cosine"}, {"surface": "rosenbrock"}, {"optimizer": "newton"},
    {"surface": "six_hump_camel", "optimizer": "adam", "framework": "pytorch", "schedule": "one_cycle"},
)  # fmt: skip
"""Links to a lesson that take away what it is about."""
STRANGE_TRAININGS = (
    {"alpha": "0.3"}, {"alpha": "nan"}, {"schedule": "cosine"}, {"data": "digits"},
    {"model": "network", "layers": "64,64", "batch_size": "1", "epochs": "1000"}, {"validation": "0"},
)  # fmt: skip
"""The same of a lesson on trainings."""


@pytest.mark.parametrize("key", LESSONS)
def test_a_link_that_takes_away_what_a_lesson_asks_about_leaves_the_page_whole(key):
    seen = []
    for params in STRANGE_TRAININGS if isinstance(LESSONS[key].race, Trial) else STRANGE:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
        for name, value in params.items():
            at.query_params[name] = value
        at.switch_page(f"pages/lessons/{key}.py")
        fine(at.run())
        assert "nan" in params.values() or scenario_of(at) != LESSONS[key].race.first
        own = [button for button in at.button if button.key == f"own_{key}"]
        why = LESSONS[key].lacks(at.session_state["lab"].race)
        assert bool(own) == bool(why) == (not buttons(at, f"predict_{key}_")), params
        if own:
            assert any(why.split(",")[0] in one.value.replace("\\", "") for one in at.warning)
            fine(own[0].click().run())
            assert scenario_of(at) == LESSONS[key].race.first
        predicted(at, key)
        assert any("Check" in button.label for button in at.button), params
        seen.append(bool(own))
    assert any(seen)
