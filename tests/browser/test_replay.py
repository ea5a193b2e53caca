"""What a visitor does with losses of one's own, and sees."""

from __future__ import annotations

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
from tests.browser.driver import in_address, widget

pytestmark = [pytest.mark.browser, over_a_network]

PICTURE = ".st-key-replay_figure .js-plotly-plot .scatterlayer"
CUTS = """name => [...document.querySelectorAll(".st-key-replay_figure .js-plotly-plot")].at(-1)?._fullData
  ?.find(trace => trace.name === `cut, ${name}`)?.x.length ?? -1"""
"""How many cuts of a rule the picture marks."""
LOG = "epoch,accuracy,loss,lr,val_loss\n" + "".join(
    f"{k},0.5,{1 / (k + 1)},0.01,{0.5 + 0.1 / (k + 1) if k < 4 else 0.55}\n" for k in range(12)
)
"""As CSVLogger writes it."""


@pytest.fixture
def page(server, visit):
    return visit(f"{server}/replay", waits_for=PICTURE, accept_downloads=True)


def told(page) -> str:
    settle(page)
    return " ".join(page.locator("[data-testid=stMain]").inner_text().split())


def wait_for_cuts(page, framework: str, count: int) -> None:
    page.wait_for_function(f"([name, count]) => ({CUTS})(name) === count", arg=[framework, count])


def pasted(page, text: str) -> None:
    field = widget(page, "replay_pasted").locator("textarea")
    field.fill(text)
    field.press("Control+Enter")


def inside(page, text: str) -> bool:
    """Is it in sight without scrolling?"""
    box = page.get_by_text(text).first.bounding_box()
    return box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


def test_pasted_losses_are_replayed_told_of_and_come_back_with_their_link(page, visit):
    pasted(page, "0.5 0.45 0.455 0.452 0.451 0.45 0.46 0.47")
    in_address(page, "values=0.5,0.45,0.455,0.452,0.451,0.45,0.46,0.47")
    settings = Settings(values=PREPARED[FIRST].knobs)
    replay = Replay(read("0.5 0.45 0.455 0.452 0.451 0.45 0.46 0.47"), settings)
    wait_for_cuts(page, "Keras", int(replay.decisions["keras"].cut.sum()))
    assert all(sentence in told(page) for sentence in report.story(replay))
    slider = widget(page, "replay_patience").locator("input[type=range]")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    in_address(page, "patience=4")
    other = Replay(replay.history, settings.having(patience=4))
    wait_for_cuts(page, "PyTorch", int(other.decisions["pytorch"].cut.sum()))
    assert all(sentence in told(page) for sentence in report.story(other))
    again = visit(page.url, waits_for=PICTURE)
    assert all(sentence in told(again) for sentence in report.story(other))
    assert widget(again, "replay_patience").locator("input").get_attribute("aria-valuetext") == "4 epochs"
    page.go_back()
    wait_for_cuts(page, "Keras", int(replay.decisions["keras"].cut.sum()))


def test_a_prepared_history_shows_its_findings_without_scrolling(page):
    box = widget(page, "replay_prepared").get_by_role("combobox")
    box.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name=PREPARED["negative"].label).click()
    in_address(page, "prepared=negative")
    replay = PREPARED["negative"].replay
    wait_for_cuts(page, "Keras", int(replay.decisions["keras"].cut.sum()))
    words = told(page)
    frameworks, finding = most_important(replay)[0]
    assert frameworks == ("pytorch",) and finding.sentence in words and finding.remedy in words
    assert inside(page, f"epoch {finding.epoch}:") and inside(page, "By the rule of")
    epoch = widget(page, "replay_epoch").locator("input[type=range]")
    epoch.focus()
    page.keyboard.press("ArrowRight")
    at = int(np.argmax(replay.decisions["keras"].cut)) + 2
    in_address(page, f"epoch={at}")
    page.get_by_text(f"Epoch {at}", exact=True).wait_for()
    assert all(why(replay, framework, at - 1) in told(page) for framework in replay.decisions)


def test_a_dropped_log_is_read_by_its_column_and_rates(page):
    widget(page, "replay_file").locator("input[type=file]").set_input_files(
        {"name": "training.csv", "mimeType": "text/csv", "buffer": LOG.encode()}
    )
    page.get_by_text("training.csv: 12 values of val_loss with the rates that the file has").wait_for()
    in_address(page, "rates=0:0.01")
    replay = Replay(read(LOG), Settings(values={"patience": 5, "factor": 0.5}))
    wait_for_cuts(page, "Keras", int(replay.decisions["keras"].cut.sum()))
    assert widget(page, "replay_file").locator("[data-testid=stFileUploaderFile]").count() == 0
    widget(page, "replay_column").get_by_role("combobox").click()
    page.get_by_role("option", name="loss", exact=True).click()
    in_address(page, "monitor=loss")
    assert "12 values of loss" in told(page)


def test_all_epochs_are_a_file(page):
    page.get_by_text("Epoch by epoch").click()
    page.get_by_role("button", name="All epochs as CSV").wait_for()
    settle(page)
    page.wait_for_timeout(600)  # until the fold has opened
    with page.expect_download() as saved:
        page.get_by_role("button", name="All epochs as CSV").click()
    assert saved.value.path().read_text() == report.as_csv(PREPARED[FIRST].replay)


def test_what_cannot_be_read_is_a_sentence_and_the_picture_stays(page):
    cuts = page.evaluate(CUTS, "Keras")
    assert cuts > 0
    pasted(page, "0.5 0.4\n0.3 <b>oh</b>")
    page.get_by_text("Line 2, column 5: '<b>oh</b>' is no number.").wait_for()
    assert page.evaluate(CUTS, "Keras") == cuts and urlsplit(page.url).query.count("values") == 0
    pasted(page, "0,5,0,4,0,3")
    page.get_by_text("one number", exact=True).click()
    in_address(page, "values=0.5,0.4,0.3")


def test_a_thousand_epochs_on_a_phone(server, visit):
    page = visit(f"{server}/replay", width=390, height=844, waits_for=PICTURE)
    pasted(page, " ".join(f"{0.2 + 1 / (k + 1) + 0.01 * (k % 7):.4f}" for k in range(1000)))
    page.get_by_text("of 1000 values it has no room for more than 200").wait_for()
    settle(page)
    assert "values" not in page.url and "1000 values of val_loss" in told(page)
    sideways = page.evaluate(
        "e => { e = document.querySelector('[data-testid=stMain]'); return e.scrollWidth - e.clientWidth }"
    )
    assert sideways == 0
