"""What holds on every lesson: what is clicked is seen, a word is explained in place, what is said is in the picture."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lrviz import diagnose, simulate
from lrviz.glossary import TERMS
from lrviz.lessons import LESSONS, STEPS
from lrviz.training import Trial
from lrviz.ui.terms import anchor
from tests.browser.conftest import settle
from tests.browser.driver import Late, Stage, open_step, predict

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
TOP = "() => document.querySelector('.st-key-picture_of_lesson').getBoundingClientRect().top"
BELOW = "element => element.getBoundingClientRect().top > innerHeight"
IN_SIGHT = "element => { const { top, bottom } = element.getBoundingClientRect(); return [top, bottom]; }"


def in_sight(locator) -> tuple[float, float]:
    """Its upper and lower end, in pixels of the window."""
    top, bottom = locator.evaluate(IN_SIGHT)
    return top, bottom


@pytest.mark.parametrize("key", LESSONS)
def test_on_a_phone_question_and_picture_are_on_the_first_screen_and_the_run_is_seen(server, visit, key):
    page = visit(f"{server}/{key}", **PHONE)
    stage = Stage(page)
    choice = page.locator("[class*=st-key-predict_] button").first
    panel = "rate" if key == "schedules" else "model" if isinstance(LESSONS[key].race, Trial) else "land"
    large = stage.part(f".panel.{panel} .canvas")
    assert in_sight(large)[0] >= 0 and in_sight(choice)[1] <= PHONE["height"]
    choice.tap()
    stage.wait("steps > 0")
    page.wait_for_function("() => document.activeElement.matches('.st-key-result')")
    page.wait_for_function("() => 'resultShown' in document.documentElement.dataset")
    result = page.locator(".st-key-result")
    assert in_sight(large)[0] >= 0 and in_sight(large)[1] <= in_sight(result)[0], "the run plays above what is said"
    assert in_sight(result)[1] <= PHONE["height"] + 1
    page.wait_for_function(f"({BELOW})(document.querySelector('.st-key-prediction'))")  # the picture is whole
    page.locator(".st-key-prediction").evaluate("element => element.scrollIntoView()")
    page.wait_for_function("() => !('resultShown' in document.documentElement.dataset)")


SCROLLS = """() => new MutationObserver((_, seer) => {
  if (!("resultShown" in document.documentElement.dataset)) return;
  seer.disconnect();
  document.querySelector(".st-key-prediction").scrollIntoView();
}).observe(document.documentElement, { attributes: true })"""


def test_on_a_phone_the_result_gives_way_to_a_learner_who_scrolls_at_once(server, visit):
    """In the frame in which it came."""
    page = visit(f"{server}/how_long", **PHONE)
    page.evaluate(SCROLLS)
    page.locator("[class*=st-key-predict_] button").first.tap()
    page.locator(".st-key-result").wait_for()
    page.wait_for_function("() => document.activeElement.matches('.st-key-result')")
    page.wait_for_function("() => !('resultShown' in document.documentElement.dataset)", timeout=5000)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_late_result_has_the_focus_unless_the_learner_took_it_elsewhere(server, visit, elsewhere):
    late = Late(lambda message: message.delta.add_block.id.endswith("-result"))
    page = visit(f"{server}/how_long", prepare=late)
    late.hold()
    page.locator("[class*=st-key-predict_] button").first.press("Enter")
    page.wait_for_function("() => document.querySelector('[class*=st-key-predicted_]')")
    page.wait_for_timeout(3000)
    bar = page.locator(".st-key-walk_bar ol button").last
    if elsewhere:
        bar.focus()
    late.release()
    page.locator(".st-key-result").wait_for()
    settle(page)
    in_focus = bar if elsewhere else page.locator(".st-key-result")
    page.wait_for_timeout(300)
    assert in_focus.evaluate("element => element.getRootNode().activeElement === element")


def test_answers_that_are_given_before_the_questions_of_the_new_run_come_stay_chosen(server, visit):
    late = Late(lambda message: message.delta.new_element.WhichOneof("type") == "radio")
    page = visit(f"{server}/how_long", prepare=late, motion="reduce")
    stage = Stage(page)
    predict(page)
    open_step(page, "try")
    late.hold()
    before = stage("answers")
    page.locator("[class*=st-key-preset_] button").first.click()
    stage.wait(f"answers > {before}")
    open_step(page, "check")
    page.wait_for_timeout(1000)
    assert late.held, "the questions of the new run are there"
    questions = page.locator("[data-testid=stRadio]")
    for question in questions.all():
        question.locator("label").nth(2).click()
    late.release()
    settle(page)
    page.wait_for_timeout(500)
    assert questions.locator("input:checked").count() == 3
    page.locator("[class*=st-key-send_] button").click()
    page.wait_for_function("() => document.querySelectorAll('[data-testid=stAlert]').length === 3")


@pytest.mark.parametrize("key", ["stuck", "hyperparameter", "schedules"])
def test_on_a_phone_a_preset_shows_what_it_does_to_the_loss(server, visit, key):
    """Its sentence is about the loss, or about the cells over it."""
    page = visit(f"{server}/{key}", motion="reduce", **PHONE)
    stage = Stage(page)
    predict(page)
    for place, preset in enumerate(next(iter(LESSONS[key].cases.values())).presets):
        open_step(page, "try")
        page.locator(f".st-key-preset_{key}_{place} button").tap()
        settle(page)
        page.wait_for_function(f"() => ({TOP})() >= 0")
        for panel in ("loss", "rate" if key == "schedules" else "land"):
            top, bottom = in_sight(stage.part(f".panel.{panel} .canvas"))
            assert top >= 0 and bottom <= PHONE["height"], (preset.label, panel)


@pytest.mark.parametrize("how", ["pointer", "touch"])
def test_what_the_stage_says_in_one_word_is_explained_without_a_tooltip(server, visit, how):
    page = visit(f"{server}/hyperparameter", motion="reduce", **(PHONE if how == "touch" else {}))
    stage, box = Stage(page), page.get_by_role("dialog", name="Glossary")
    predict(page)
    stage.wait("steps > 0")
    sentences = {term.name: term.sentence for term in TERMS}
    words = {"carried": "Carried and pushed", "pushed": "Carried and pushed", "velocity": "Velocity"}
    links = {stage.part(".rule").get_by_text(word, exact=True): name for word, name in words.items()}
    for link, name in {**links, stage.part(".cells a"): "Patience cells"}.items():
        link.scroll_into_view_if_needed()
        page.wait_for_timeout(100)  # what scrolls closes the box
        link.tap() if how == "touch" else link.click()
        box.wait_for()
        assert sentences[name] in box.inner_text()
        page.keyboard.press("Escape")
        box.wait_for(state="hidden")
        page.keyboard.press("Enter")  # the focus came back
        box.wait_for()
        page.keyboard.press("Escape")


def test_a_long_name_fits_the_field_of_the_readout(server, visit):
    page = visit(f"{server}/schedules?alpha=0.15&steps=150&noise=2&run2=schedule:cosine_restarts")
    stage = Stage(page)
    predict(page)
    stage.part(".which").select_option(index=1)
    wide, room = stage.part(".which").evaluate(
        """field => {
          const pen = document.createElement("canvas").getContext("2d");
          const style = getComputedStyle(field);
          pen.font = style.font;
          const wide = pen.measureText(field.selectedOptions[0].text).width;
          return [wide, field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)];
        }"""
    )
    assert 120 < wide <= room + 1


def test_a_long_title_of_the_loss_stands_beside_its_cells_on_one_line(server, visit):
    """On the shelf the log scale is above its floor, and the title says so."""
    page = visit(f"{server}/stuck", motion="reduce")
    stage = Stage(page)
    page.get_by_test_id("stMain").get_by_text("Shelf", exact=True).first.click()
    page.get_by_text("it is no minimum").wait_for()
    settle(page)
    predict(page)
    title = stage.part(".panel.loss .title")
    stage.wait("cells !== null")
    assert title.inner_text() == "Loss − 0.01"
    head = stage.part(".panel.loss header").bounding_box()
    boxes = [title.bounding_box(), *(part.bounding_box() for part in stage.part(".cells i, .cells .words").all())]
    assert boxes[0]["height"] < 22 and all(box["width"] >= 8 for box in boxes)
    assert max(box["x"] + box["width"] for box in boxes) <= head["x"] + head["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_could_be_predicted_is_still_read_afterwards(server, visit, scheme):
    page = visit(f"{server}/how_long", scheme=scheme, motion="reduce")
    predict(page)
    choices = page.locator(".st-key-prediction button:disabled")
    assert choices.count() == 4
    for choice in choices.all():
        choice.hover(force=True)
        colour, words, seen = choice.evaluate(
            """button => [getComputedStyle(button).color, getComputedStyle(document.querySelector("h1")).color,
              Number(getComputedStyle(button).opacity)]"""
        )
        assert colour == words and seen >= 0.7


@pytest.mark.parametrize("key", LESSONS)
def test_the_way_on_is_in_sight_on_a_projector(server, visit, key):
    page = visit(f"{server}/{key}")
    Stage(page)
    assert in_sight(page.locator(".st-key-onward button").first)[1] <= 800


@pytest.mark.parametrize("key", LESSONS)
def test_on_a_projector_stage_and_steps_keep_their_places_and_all_that_is_graded_is_in_sight(server, visit, key):
    page = visit(f"{server}/{key}", motion="reduce")
    stage = Stage(page)
    end = in_sight(stage.element)[1]
    predict(page)
    stage.wait("steps > 0")
    assert in_sight(stage.element)[1] == pytest.approx(end, abs=1)
    begins = set()
    for step in STEPS:
        open_step(page, step)
        begins.add(in_sight(page.locator(f".st-key-step_{step}"))[0])
    assert len(begins) == 1
    check = page.locator(".st-key-step_check")
    for question in check.get_by_role("radiogroup").all():
        question.locator("label").first.click()
        settle(page)
    page.locator(".st-key-checking button").first.click()
    check.get_by_test_id("stAlert").nth(2).wait_for()
    assert in_sight(check.locator(".st-key-tries"))[1] <= 800


def test_a_word_opens_its_entry_by_pointer_and_by_keyboard(server, visit):
    page = visit(f"{server}/stuck", motion="reduce")
    Stage(page)
    term = next(term for term in TERMS if term.name == "ReduceLROnPlateau")
    link, box = page.locator(f"a[href='#{anchor(term)}']"), page.get_by_role("dialog", name="Glossary")
    assert link.count() == 1 and not box.is_visible()
    here = page.url
    link.click()
    box.wait_for()
    assert term.sentence in box.inner_text()
    page.keyboard.press("Escape")
    box.wait_for(state="hidden")
    assert link.evaluate("element => element === document.activeElement"), "the focus comes back"
    page.keyboard.press("Enter")
    box.wait_for()
    page.locator("h1").click()
    box.wait_for(state="hidden")
    assert page.url == here


def test_a_link_to_a_step_opens_the_lesson(server, visit):
    page = visit(f"{server}/stuck?step=check")
    Stage(page)
    assert page.evaluate("document.documentElement.dataset.step") == "check"
    assert page.locator("[data-testid=stAlert]").count() == 0
    page.get_by_role("button", name="Check", exact=True).last.wait_for()


def test_a_swing_is_said_as_the_run_on_the_stage_swings(server, visit):
    """Its period and its width are read off the drawn points."""
    page = visit(f"{server}/how_long?alpha=0.19&steps=60")
    stage = Stage(page)
    predict(page)
    open_step(page, "happened")
    swing = page.locator(".st-key-story button").filter(has_text="swings from side to side")
    swing.first.wait_for()
    match = re.search(
        r"step (\d+) to step (\d+) .*in ([\d.]+) steps; each swing is ([\d.]+) times", swing.first.inner_text()
    )
    begin, end, period, ratio = int(match[1]), int(match[2]), float(match[3]), float(match[4])
    across = np.array(stage("curve(0).x"))[1::2][begin : end + 1]
    turns = np.sign(across[1:]) != np.sign(across[:-1])
    assert period == pytest.approx(2 / turns.mean(), rel=0.02) and period >= 2
    assert ratio == pytest.approx(float(np.abs(across[-1] / across[0]) ** (1 / (end - begin))), rel=0.02)


def test_wasted_steps_are_those_of_the_drawn_losses(server, visit):
    page = visit(f"{server}/stuck")
    stage = Stage(page)
    predict(page)
    stage.wait("runs[0].steps === 300")
    open_step(page, "happened")
    page.get_by_role("tab", name="Wasted").click()
    text = page.get_by_text(re.compile(r"of 300 steps .* were wasted")).inner_text()
    loss = np.array(stage("curve(0).loss"))
    wasted, end, begin, until = re.search(
        r"^(\d+) of 300 .* loss of ([\d.]+) \(mean of the last 30\)\. Steps (\d+) to (\d+) were", text
    ).groups()
    assert float(end) == pytest.approx(loss[-30:].mean(), rel=0.01)
    assert loss[int(begin) : int(until) + 1].mean() <= 1.25 * loss[-30:].mean()
    size = int(until) - int(begin) + 1
    before = loss[1 : int(begin)].reshape(-1, size).mean(axis=1)
    assert (before > 1.25 * loss[-30:].mean()).all() and int(wasted) == 300 - int(begin) + 1


def test_a_run_that_rolls_out_is_said_to_swing_only_where_it_does(server, visit):
    """Momentum's spiral has no period below 2."""
    path = "valleys?surface=twin_valleys&alpha=0.05&optimizer=momentum&steps=80"
    page = visit(f"{server}/{path}")
    Stage(page)
    predict(page)
    open_step(page, "happened")
    story = page.locator(".st-key-story button")
    story.first.wait_for()
    scenario = LESSONS["valleys"].race.first.having(alpha=0.05, optimizer="momentum")
    sentences = [event.sentence for event in diagnose(scenario, simulate(scenario)).events]
    for sentence in story.all_inner_texts():
        assert sentence.split("\n")[-1].replace(" ", "") in "".join(sentences).replace(" ", "")
        period = re.search(r"there and back in ([\d.]+) steps", sentence)
        assert period is None or float(period[1]) >= 2
