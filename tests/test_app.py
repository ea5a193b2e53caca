"""``make app`` as a newcomer starts it: the browser opens where there is a screen, and nobody else can come in."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALONE = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}  # `make test` runs us too
RECIPE = subprocess.run(
    ["make", "--no-print-directory", "--dry-run", "--always-make", "app", "PORT=8600"], cwd=ROOT, env=ALONE,
    capture_output=True, text=True, check=False,
).stdout.splitlines()  # fmt: skip


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_it_listens_on_this_machine_alone_at_the_port_that_is_asked_for():
    assert RECIPE[-1] == ".venv/bin/streamlit run app.py --server.address 127.0.0.1 --server.port 8600"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="DISPLAY is Linux's")
@pytest.mark.parametrize("screen", [True, False])
def test_the_browser_opens_where_there_is_a_screen_and_nothing_is_asked(screen, tmp_path):
    opened, port = tmp_path / "opened", free_port()
    opener = tmp_path / "browser"
    opener.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    opener.chmod(0o755)
    surroundings = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    surroundings |= {"BROWSER": str(opener), "HOME": str(tmp_path)}  # nobody was ever asked there
    if screen:
        surroundings["DISPLAY"] = ":7"
    command = [sys.executable, "-m", *RECIPE[-1].removeprefix(".venv/bin/").replace("8600", str(port)).split()]
    with subprocess.Popen(
        command, cwd=ROOT, env=surroundings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    ) as server:  # fmt: skip
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                    break
                except OSError:
                    assert server.poll() is None, "the server did not start"
                    time.sleep(0.1)
            for _ in range(100 if screen else 15):
                if opened.exists() and opened.read_text():
                    break
                time.sleep(0.1)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            output = server.communicate(timeout=30)[0]
    assert (opened.read_text().strip() if opened.exists() else "") == (f"http://127.0.0.1:{port}/" if screen else "")
    assert f"http://127.0.0.1:{port}" in output and "email" not in output.lower()
