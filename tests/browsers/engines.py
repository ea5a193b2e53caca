"""Firefox and WebKit as Debian has them, by the W3C's two protocols: what both can do, under the same names.

Firefox itself answers WebDriver BiDi over a websocket; WebKitGTK has a driver, which answers WebDriver over HTTP. Mouse
and keys are the same "actions" in both.

Sources: https://w3c.github.io/webdriver-bidi/, https://w3c.github.io/webdriver/
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, Protocol

from websockets.sync.client import ClientConnection, connect

Scheme = Literal["light", "dark"]
STARTS_WITHIN = 120  # seconds
PATIENCE = 120  # seconds for one command
MINI_BROWSER = "MiniBrowser"
PROGRAMS = {"firefox": ("firefox-esr",), "webkit": ("WebKitWebDriver", "Xvfb", MINI_BROWSER)}
KEYS = {"Home": "\ue011", "End": "\ue010", "ArrowLeft": "\ue012", "ArrowRight": "\ue014", "Tab": "\ue004", " ": " "}
QUIET = {
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
"""Settings of Firefox with which it calls nobody by itself."""


class Engine(Protocol):
    """A page of a browser, 1280 x 800 pixels."""

    name: str

    def open(self, url: str) -> None:
        """Go there."""

    def run(self, body: str, *args: Any) -> Any:
        """Run the body of an asynchronous JavaScript function in the page; JSON goes in as ``arguments`` and out."""

    def act(self, *sources: dict[str, Any]) -> None:
        """Move, press and type."""

    def picture(self) -> bytes:
        """What is on the screen, as PNG."""


def program(name: str) -> str | None:
    """Where a program is. WebKitGTK's browser is not on the path, as nobody is meant to start it by hand."""
    if name != MINI_BROWSER:
        return shutil.which(name)
    return next((str(path) for path in Path("/usr/lib").glob(f"**/webkit2gtk-4*/{MINI_BROWSER}")), None)


def missing(name: str) -> list[str]:
    """The programs that this browser needs and the machine lacks."""
    return [needed for needed in PROGRAMS[name] if program(needed) is None]


class Firefox:
    """Over WebDriver BiDi."""

    name = "firefox"

    def __init__(self, socket_: ClientConnection):
        self._socket, self._count = socket_, 0
        self._tell("session.new", capabilities={})
        self._tab = self._tell("browsingContext.getTree")["contexts"][0]["context"]
        size = {"width": 1280, "height": 800}
        self._tell("browsingContext.setViewport", context=self._tab, viewport=size)

    def _tell(self, method: str, **params: Any) -> Any:
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=PATIENCE))
            if answer.get("id") == self._count:
                assert answer["type"] == "success", f"{method}: {answer}"
                return answer["result"]

    def before_any_script(self, declaration: str) -> None:
        """Call this function in each page from now on, before the page's own scripts."""
        self._tell("script.addPreloadScript", functionDeclaration=declaration)

    def open(self, url: str) -> None:
        """Until the page is complete. What the driver says of it comes late at times, so the page is asked."""
        self.run("window.left = true")
        self._tell("browsingContext.navigate", context=self._tab, url=url, wait="none")
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(AssertionError):  # between two pages there is none
                if self.run("return !window.left && document.readyState === 'complete'"):
                    return
            time.sleep(0.05)
        raise AssertionError(f"{url} does not load")

    def run(self, body: str, *args: Any) -> Any:
        call = f"async packed => JSON.stringify(await (async function() {{{body}}}).apply(null, JSON.parse(packed)))"
        answer = self._tell(
            "script.callFunction", functionDeclaration=call, target={"context": self._tab}, awaitPromise=True,
            arguments=[{"type": "string", "value": json.dumps(args)}], userActivation=True,
        )  # fmt: skip
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"]) if answer["result"]["type"] == "string" else None

    def act(self, *sources: dict[str, Any]) -> None:
        self._tell("input.performActions", context=self._tab, actions=list(sources))

    def picture(self) -> bytes:
        return base64.b64decode(self._tell("browsingContext.captureScreenshot", context=self._tab)["data"])


class WebKit:
    """Over WebDriver's HTTP, to WebKitGTK's own driver."""

    name = "webkit"

    def __init__(self, driver: str):
        self._at = driver
        options = {"binary": program(MINI_BROWSER), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self._at += "/session/" + self._tell("POST", "/session", capabilities=wanted)["sessionId"]
        self._tell("POST", "/timeouts", script=1000 * PATIENCE)
        self._tell("POST", "/window/rect", x=0, y=0, width=1280, height=900)
        bars = self._tell("POST", "/execute/sync", script="return 900 - innerHeight", args=[])
        self._tell("POST", "/window/rect", x=0, y=0, width=1280, height=800 + bars)

    def _tell(self, method: str, path: str, **params: Any) -> Any:
        body = json.dumps(params).encode() if method == "POST" else None
        request = urllib.request.Request(self._at + path, body, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as fault:
            raise AssertionError(f"{path}: {fault.read().decode()}") from fault

    def open(self, url: str) -> None:
        self._tell("POST", "/url", url=url)

    def run(self, body: str, *args: Any) -> Any:
        packed = self._tell(
            "POST", "/execute/sync", args=[json.dumps(args)],
            script=f"return (async function() {{{body}}}).apply(null, JSON.parse(arguments[0])).then(JSON.stringify)",
        )  # fmt: skip
        return None if packed is None else json.loads(packed)

    def act(self, *sources: dict[str, Any]) -> None:
        self._tell("POST", "/actions", actions=list(sources))

    def picture(self) -> bytes:
        return base64.b64decode(self._tell("GET", "/screenshot"))

    def quit(self) -> None:
        """End the browser; its driver stays."""
        self._tell("DELETE", "")


@contextmanager
def _running(command: Sequence[str], **more: Any) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, text=True, **more) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def firefox(folder: Path, scheme: Scheme = "light") -> Iterator[Firefox]:
    """A Firefox with an empty profile in ``folder``."""
    dark = {"layout.css.prefers-color-scheme.content-override": 0 if scheme == "dark" else 1}
    lines = (f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in (QUIET | dark).items())
    (folder / "user.js").write_text("".join(lines))
    command = ["firefox-esr", "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0"]
    with (
        (folder / "stderr.txt").open("w+") as stderr,
        _running(command, stdout=subprocess.DEVNULL, stderr=stderr) as process,
        connect(f"{_address(folder / 'stderr.txt', process)}/session", max_size=None, proxy=None) as socket_,
    ):
        yield Firefox(socket_)


def _address(stderr: Path, process: subprocess.Popen[str]) -> str:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        found = re.search(r"WebDriver BiDi listening on (ws://\S+)", stderr.read_text())
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"Firefox did not start: {stderr.read_text()[-1000:]}")


@contextmanager
def webkit(folder: Path, scheme: Scheme = "light") -> Iterator[WebKit]:
    """A WebKitGTK with an empty home in ``folder``, on a screen of its own that nobody sees."""
    theme = "Adwaita:dark" if scheme == "dark" else "Adwaita"
    own = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "GTK_THEME": theme}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with _running(["Xvfb", "-displayfd", "1", "-screen", "0", "1400x1000x24"], stdout=subprocess.PIPE,
                  stderr=subprocess.DEVNULL) as screen:  # fmt: skip
        assert screen.stdout is not None
        environment = os.environ | own | {"DISPLAY": f":{screen.stdout.readline().strip()}"}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with _running(["WebKitWebDriver", f"--port={port}"], env=environment, **quiet) as process:
            end = time.monotonic() + STARTS_WITHIN
            while True:
                with socket.socket() as there:
                    if there.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None and time.monotonic() < end, "WebKit's driver did not start"
                time.sleep(0.1)
            page = WebKit(f"http://127.0.0.1:{port}")
            try:
                yield page
            finally:
                page.quit()
