"""Tests and bench run what users run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from lrviz import OPTIMIZERS, Scenario, simulate
from lrviz.palette import MOST_RUNS
from lrviz.play import landscape
from lrviz.scenario import STEPS
from lrviz.stage.message import Run, compose

ROOT = Path(__file__).parent.parent
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
WHERE_IT_IS_SERVED = {"server.port", "server.address", "server.baseUrlPath", "SERVER_COOKIE_SECRET"}
"""The last one where there are two servers, as docs/hosting.md says."""
OPTION = re.compile(
    r"--((?:browser|client|global|logger|mapbox|runner|server|theme)\.\w+)|STREAMLIT_(?!_)([A-Z]\w+)", re.ASCII
)


def test_no_server_is_started_with_an_option_that_users_do_not_have():
    files = [path for folder in ("tests", "bench", "tools", ".ci") for path in (ROOT / folder).rglob("*")]
    files = [path for path in [*files, ROOT / "Makefile"] if path.suffix in {".py", "", ".sh"} and path.is_file()]
    assert len(files) > 60
    used = {
        str(path.relative_to(ROOT)): {a or b for a, b in OPTION.findall(path.read_text())}
        for path in files
        if path != Path(__file__)
    }
    assert {name: more for name, options in used.items() if (more := options - WHERE_IT_IS_SERVED)} == {}
    assert "server.port" in used["tests/browser/conftest.py"], "where the server of the browser tests is started"


def test_no_visit_waits_for_a_watcher_of_files():
    assert CONFIG["server"]["fileWatcherType"] == "none"


def test_a_visitor_is_not_shown_a_traceback():
    assert CONFIG["client"]["showErrorDetails"] == "none"


def test_a_browser_may_send_little_and_is_sent_the_longest_race():
    """The bound of what is sent is the smallest that the longest race needs, with every knob that makes it longer."""
    assert CONFIG["server"]["maxWidgetStateSize"] == 1, "Streamlit's smallest"
    steps, largest = 2000, 0.0
    for optimizer in OPTIMIZERS.values():
        for framework in optimizer.rules:
            scenario = Scenario("rosenbrock", None, optimizer.key, framework, steps=steps, noise=0.3)
            if optimizer.has_rate:
                scenario = scenario.having(alpha=1e-4, schedule="plateau", patience=5, cooldown=3, monitor="loss")
                scenario = scenario.having(warmup_steps=steps)
            scenario = scenario.having(clipnorm=1)
            _, arrays, _ = compose([Run("", simulate(scenario))], landscape(scenario), start=(0, 0))
            run = sum(array.nbytes for name, array in arrays.items() if name.startswith("run"))
            largest = max(largest, run / steps * STEPS.high * MOST_RUNS / 1e6)
    assert largest + 1 < CONFIG["server"]["maxMessageSize"] < largest + 2, (
        "1 MB for all else: a slider's runs, the code"
    )
