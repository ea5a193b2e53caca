"""What a visitor does with losses of one's own, and sees."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import numpy as np
import pytest

from lrviz.replay import report
from lrviz.replay.findings import most_important
from lrviz.replay.prepared import PREPARED
from lrviz.replay.reading import read
from lrviz.replay.result import Replay
from lrviz.replay.settings import Settings
from lrviz.replay.shown import FIRST
from lrviz.replay.why import why
from tests.browser.conftest import over_a_network, settle
from tests.browser.driver import Stage, in_address, widget

pytestmark = [pytest.mark.browser, over_a_network]

PLAYER = ".lrviz-stage"
LOG = "epoch,accuracy,loss,lr,val_loss\n" + "".join(
    f"{k},0.5,{1 / (k + 1)},0.01,{0.5 + 0.1 / (k + 1) if k < 4 else 0.55}\n" for k in range(12)
)
"""As CSVLogger writes it."""
PASTED = "0.5 0.45 0.455 0.452 0.451 0.45 0.46 0.47"
IN_SIGHT = (
    "steps && [element.querySelector('.panel.loss').getBoundingClientRect()]"
    ".every(box => box.top > 50 && box.bottom < innerHeight)"
)
"""Of the player's first panel: below the page's bar."""
LISTS = ("learning_rate", "best", "threshold", "wait", "cooldown", "cut")


@pytest.fixture
def page(server, visit):
    return visit(f"{server}/replay", waits_for=PLAYER, accept_downloads=True)


def sentences(page) -> str:
    settle(page)
    return " ".join(page.locator("[data-testid=stMain]").inner_text().split())


def cuts(replay: Replay) -> str:
    """As the player's test API has the cuts of the rules."""
    return json.dumps([(np.flatnonzero(made.cut) + 1).tolist() for made in replay.decisions.values()])


def wait_for(stage: Stage, replay: Replay) -> None:
    stage.wait(f"runs.length && JSON.stringify(element.stage.rules.map(r => r.cuts)) === "
               f"JSON.stringify({cuts(replay)})")  # fmt: skip


def assert_shown(stage: Stage, replay: Replay) -> None:
    """What the player shows is to the last digit what the command line says of these settings."""
    written = json.loads(report.as_json(replay))
    shown = stage("rules")
    assert [rule["key"] for rule in shown] == list(written)
    for rule in shown:
        for name in LISTS:
            np.testing.assert_array_equal(
                np.array(rule[name], float), np.array(written[rule["key"]][name], float), f"{rule['key']} {name}"
            )


def pasted(page, text: str) -> None:
    field = widget(page, "replay_pasted").locator("textarea")
    field.fill(text)
    field.press("Control+Enter")


def inside(page, text: str) -> bool:
    """Is it in sight without scrolling?"""
    box = page.get_by_text(text).first.bounding_box()
    return box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


def test_pasted_losses_are_replayed_explained_and_come_back_with_their_link(page, visit):
    stage = Stage(page)
    pasted(page, PASTED)
    in_address(page, f"values={PASTED.replace(' ', ',')}")
    settings = Settings(values=PREPARED[FIRST].knobs)
    replay = Replay(read(PASTED), settings)
    wait_for(stage, replay)
    assert_shown(stage, replay)
    assert all(sentence in sentences(page) for sentence in report.story(replay))
    stage.part("[data-knob=patience] input[type=range]").focus()
    page.keyboard.press("ArrowLeft")
    in_address(page, "patience=4")
    other = Replay(replay.history, settings.having(patience=4))
    wait_for(stage, other)
    assert all(sentence in sentences(page) for sentence in report.story(other))
    again = visit(page.url, waits_for=PLAYER)
    assert all(sentence in sentences(again) for sentence in report.story(other))
    assert_shown(Stage(again), other)
    page.go_back()
    wait_for(stage, replay)


def test_a_dragged_slider_shows_each_stop_without_the_server(page):
    """As the command line has it, in all numbers of all rules."""
    stage, replay = Stage(page), PREPARED[FIRST].replay
    for knob in ("patience", "min_delta", "cooldown"):
        slider = stage.part(f"[data-knob={knob}] input[type=range]")
        slider.hover()
        stage.wait(f"live.{knob}.ready")
        settle(page)
        before = stage("answers"), page.url
        box = slider.bounding_box()
        page.mouse.down()
        seen = set()
        for part in (0.1, 0.3, 0.7, 0.9):
            page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
            value = stage(f"live.{knob}.value")
            stage.wait("live." + knob + ".preview")
            assert_shown(stage, Replay(replay.history, replay.settings.having(**{knob: value})))
            assert stage("why") is None, "the sentences are of other settings"
            seen.add(value)
        assert len(seen) == 4 and before == (stage("answers"), page.url)
        page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
        page.mouse.up()
        value = stage(f"live.{knob}.value")
        in_address(page, f"{knob}=")
        replay = Replay(replay.history, replay.settings.having(**{knob: value}))
        stage.wait("why !== null")
        at = stage("step") - 1
        assert stage("why") == [why(replay, framework, at) for framework in replay.decisions]
        assert_shown(stage, replay)


def test_a_prepared_history_shows_its_findings_without_scrolling(page):
    box = widget(page, "replay_prepared").get_by_role("combobox")
    box.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name=PREPARED["negative"].label).click()
    in_address(page, "prepared=negative")
    replay, stage = PREPARED["negative"].replay, Stage(page)
    wait_for(stage, replay)
    words = sentences(page)
    frameworks, finding = most_important(replay)[0]
    assert frameworks == ("pytorch",) and finding.sentence in words and finding.remedy in words
    assert inside(page, f"epoch {finding.epoch}:")
    assert stage("step") == int(np.argmax(replay.decisions["keras"].cut)) + 1, "at the first cut"


def test_the_cursor_plays_steps_and_says_why(page):
    stage, replay = Stage(page), PREPARED[FIRST].replay
    at = stage("step")
    stage.focus()
    stage.press("ArrowRight", "ArrowRight")
    in_address(page, f"epoch={at + 2}")
    assert stage("why") == [why(replay, framework, at + 1) for framework in replay.decisions]
    table = stage.part(".rule-rows")
    assert f"Epoch {at + 2}: val_loss" in table.inner_text()
    assert all(sentence in table.inner_text() for sentence in stage("why"))
    stage.press("Home")
    assert stage("step") == 0
    stage.press(" ")
    stage.wait("step > 1")
    assert stage("playing")
    stage.press(" ")
    assert not stage("playing")
    stage.press("End")
    in_address(page, f"epoch={len(replay.history)}")
    x, y = stage.place("loss", 0.5)
    page.mouse.click(x, y)
    assert abs(stage("step") - len(replay.history) / 2) <= 1
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -240)
    page.keyboard.up("Control")
    stage.wait("span && element.stage.span[1] - element.stage.span[0] < element.stage.steps")
    stage.part(".whole-span").click()
    stage.wait("span === null")


def test_a_dropped_log_is_read_by_its_column_and_rates(page):
    stage = Stage(page)
    widget(page, "replay_file").locator("input[type=file]").set_input_files(
        {"name": "training.csv", "mimeType": "text/csv", "buffer": LOG.encode()}
    )
    page.get_by_text("training.csv: 12 values of val_loss with the rates that the file has").wait_for()
    in_address(page, "rates=0:0.01")
    wait_for(stage, Replay(read(LOG), Settings(values={"patience": 5, "factor": 0.5})))
    assert widget(page, "replay_file").locator("[data-testid=stFileUploaderFile]").count() == 0
    widget(page, "replay_column").get_by_role("combobox").click()
    page.get_by_role("option", name="loss", exact=True).click()
    in_address(page, "monitor=loss")
    assert "12 values of loss" in sentences(page)


def test_all_epochs_are_a_file(page):
    page.get_by_text("Epoch by epoch").click()
    page.get_by_role("button", name="All epochs as CSV").wait_for()
    with page.expect_download() as saved:  # while the fold still opens
        page.get_by_role("button", name="All epochs as CSV").click()
    assert saved.value.path().read_text() == report.as_csv(PREPARED[FIRST].replay)


def test_what_cannot_be_read_is_a_sentence_and_the_picture_stays(page):
    stage, before = Stage(page), PREPARED[FIRST].replay
    wait_for(stage, before)
    pasted(page, "0.5 0.4\n0.3 <b>oh</b>")
    page.get_by_text("Line 2, column 5: '<b>oh</b>' is no number.").wait_for()
    assert_shown(stage, before)
    assert urlsplit(page.url).query.count("values") == 0
    pasted(page, "0,5,0,4,0,3")
    page.get_by_text("one number", exact=True).click()
    in_address(page, "values=0.5,0.4,0.3")


def test_a_thousand_epochs_on_a_phone(server, visit):
    page = visit(f"{server}/replay", width=390, height=844, waits_for=PLAYER)
    pasted(page, " ".join(f"{0.2 + 1 / (k + 1) + 0.01 * (k % 7):.4f}" for k in range(1000)))
    page.get_by_text("of 1000 values it has no room for more than 200").wait_for()
    settle(page)
    assert "values" not in page.url and "1000 values of val_loss" in sentences(page)
    assert Stage(page)("steps") == 1000
    finding = page.locator("[class*=st-key-replay_finding_0] button")
    finding.scroll_into_view_if_needed()
    finding.click()
    in_address(page, "epoch=")
    Stage(page).wait(IN_SIGHT)
    sideways = page.evaluate(
        "e => { e = document.querySelector('[data-testid=stMain]'); return e.scrollWidth - e.clientWidth }"
    )
    assert sideways == 0
