"""Tests and bench run what users run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
WHERE_IT_IS_SERVED = {"server.port", "server.address", "server.baseUrlPath"}
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
    assert tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["server"]["fileWatcherType"] == "none"
