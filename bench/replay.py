"""The plateau rules on 100,000 recorded epochs, the what-if map of 1,000, and the page of a replay in a browser."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import sync_playwright

from bench.clock import bounded, figure, median
from bench.stage import Wire, drag, opened, wait_until_idle
from lrviz.play.replays import replay_sliders
from lrviz.replay import History, Replay, Settings, report
from lrviz.replay.decisions import decide, what_if
from lrviz.replay.reading import read
from lrviz.replay.rules import RULES
from tests import installed
from tests.browser.conftest import QUIET, served
from tests.browser.driver import Stage, widget

EPOCHS = 100_000
SIDE = 16


def main() -> None:
    """Print the figures."""
    noise = np.random.default_rng(0).standard_normal(EPOCHS)
    histories = {
        "noisy descent": np.exp(-np.arange(EPOCHS) / 20_000) + 0.1 * noise,
        "flat": np.ones(EPOCHS),
        "falling in each epoch": 1 - np.arange(EPOCHS) / EPOCHS,
    }
    print(f"\nReplay of {EPOCHS} epochs, one rule")
    for framework, rule in RULES.items():
        numbers = {knob.key: knob.default for knob in rule.knobs}
        for name, values in histories.items():
            took = median(lambda: decide(framework, values, numbers, 0.1), 5)  # noqa: B023  called at once
            bounded(f"{rule.name}, {name}", took * 1e3, "ms", most=50)
    numbers = {knob.key: knob.default for knob in RULES["keras"].knobs}
    patiences, deltas = range(SIDE), np.geomspace(1e-6, 1, SIDE).tolist()
    short = histories["noisy descent"][:1000]
    took = median(lambda: what_if("keras", short, numbers, 0.1, patiences, deltas), 5)
    bounded(f"what-if map of {SIDE} x {SIDE}, 1000 epochs", took * 1e3, "ms")
    text = "epoch,val_loss\n" + "".join(f"{k},{value}\n" for k, value in enumerate(histories["flat"] + noise))
    bounded(f"reading a CSV of {EPOCHS} rows", median(lambda: read(text), 3) * 1e3, "ms")
    long = Replay(History(histories["noisy descent"]), Settings(values={"patience": 5}))
    bounded(f"writing {EPOCHS} epochs of three rules as CSV", median(lambda: report.as_csv(long), 1), "s", most=3)
    with figure("the page of a replay"):
        in_a_browser(short)


def in_a_browser(values: np.ndarray) -> None:
    """The sliders beside the picture of 1,000 epochs, dragged."""
    replay = Replay(History(values), Settings(values={"patience": 5}))
    for slider in replay_sliders(replay):
        assert slider.family is not None
        bounded(f"all stops of {slider.knob}, three rules", len(slider.family(slider.index)) / 1e3, "kB", most=250)
    chromium = installed.chromium()
    if chromium is None:
        print(f"  no browser found ({', '.join(installed.CHROMIUM)}): NOT MEASURED")
        return
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        page = opened(browser, f"{url}/replay?prepared=noisy")
        stage, field = Stage(page), widget(page, "replay_pasted").locator("textarea")
        field.fill(" ".join(f"{value:.6g}" for value in values))
        field.press("Control+Enter")
        stage.wait(f"steps === {len(values)}")
        wait_until_idle(page)
        wire = Wire(page)
        for knob, stops in (("patience", 40), ("factor", 40), ("min_delta", 40), ("cooldown", 40)):
            drag(stage, wire, knob, least=stops)
            wait_until_idle(page)
        browser.close()


if __name__ == "__main__":
    main()
