"""What a visitor does with a page in Firefox or WebKit, and what its stage answers."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.browsers.engines import KEYS, Engine

WAITS = 90  # seconds
FIND = """
  const within = (root, css) => root.querySelector(css)
    ?? [...root.querySelectorAll("*")].reduce((found, e) => found ?? (e.shadowRoot && within(e.shadowRoot, css)), null);
  const find = css => within(document, css);
"""
"""The stage of the app is in a shadow root, that of the exported file is not."""


class Page:
    """``page("runs[0].x")`` reads the test API of the stage."""

    def __init__(self, engine: Engine):
        self.engine = engine

    def open(self, url: str) -> None:
        """Go there, and wait until its stage shows a run."""
        self.engine.open(url)
        self.wait("runs.length > 0")

    def script(self, body: str, *args: Any) -> Any:
        """Run JavaScript; ``find(css)`` looks into the shadow roots too."""
        return self.engine.run(FIND + body, *args)

    def __call__(self, what: str) -> Any:
        return self.script(f"const {{ stage }} = find('.lrviz-stage'); return stage.{what};")

    def until(self, condition: str, *args: Any) -> Any:
        """Wait until this JavaScript expression is true; return it."""
        end = time.monotonic() + WAITS
        while time.monotonic() < end:
            value = self.script(f"return {condition}", *args)
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"never: {condition}")

    def wait(self, what: str) -> None:
        """Until this is true of the stage's test API, ``stage``, whose name is left out at the beginning."""
        self.until(f"(stage => Boolean(stage && stage.{what}))(find('.lrviz-stage')?.stage)")

    def focus(self, css: str) -> None:
        """Move the keyboard there."""
        self.script("find(arguments[0]).focus()", css)

    def press(self, *keys: str) -> None:
        """One key after the other."""
        values = [KEYS.get(key, key) for key in keys]
        strokes = [{"type": kind, "value": value} for value in values for kind in ("keyDown", "keyUp")]
        self.engine.act({"type": "key", "id": "keyboard", "actions": strokes})

    def drag(self, *places: tuple[float, float]) -> None:
        """Press at the first place, go over the others (pixels of the window), let go at the last."""
        moves = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 20 if i else 0, "origin": "viewport"}
            for i, (x, y) in enumerate(places)
        ]
        press, let_go = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        mouse = {"pointerType": "mouse"}
        self.engine.act(
            {"type": "pointer", "id": "mouse", "parameters": mouse, "actions": [moves[0], press, *moves[1:], let_go]}
        )

    def hover(self, css: str) -> None:
        """Bring the pointer over its middle. A Firefox without a window tells no element that it has the focus."""
        x, y = self.middle(css)
        move = {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0, "origin": "viewport"}
        self.engine.act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [move]})

    def click(self, css: str) -> None:
        """In its middle."""
        self.drag(self.middle(css))

    def middle(self, css: str) -> tuple[float, float]:
        """Of an element, scrolled to where it is seen."""
        x, y = self.script(
            """const element = find(arguments[0]);
            element.scrollIntoView({ block: "nearest" });
            const box = element.getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2];""",
            css,
        )
        return x, y

    def place(self, panel: str, across: float, up: float) -> tuple[float, float]:
        """A point of a plot in pixels of the window: (0, 0) is its lower left corner, (1, 1) its upper right."""
        x, y = self.script(
            f"""const {{ stage }} = find(".lrviz-stage");
            const box = stage.boxes[{json.dumps(panel)}];
            const canvas = find(".panel.{panel} .layer.head").getBoundingClientRect();
            return [canvas.left + box.left + arguments[0] * (box.right - box.left),
              canvas.top + box.bottom + arguments[1] * (box.top - box.bottom)];""",
            across,
            up,
        )
        return x, y
