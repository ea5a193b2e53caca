"""A visitor without a browser: a websocket that speaks Streamlit's protocol to a running server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect
from websockets.typing import Subprotocol

STAGE = "lrviz_stage"
KINDS = (
    "selectbox", "text_input", "text_area", "slider", "checkbox", "button_group", "radio", "multiselect", "button",
    "bidi_component", "expandable", "tab_container", "file_uploader",
)  # fmt: skip
"""The elements that a visitor can change."""


class Session:
    """A visit to the server at ``url``, http://127.0.0.1:8501.

    widgets: the identity of each widget that was drawn -> its element, the latest last. states: the values that this
    visitor has set; a browser sends all of them with each message. faults, texts: the exceptions and the texts of the
    last answer. query: the page's address as the server last wrote it. largest: the most bytes of a message so far.
    """

    def __init__(self, url: str, patience: float = 60) -> None:
        self.socket = connect(
            url.replace("http", "ws", 1) + "/_stcore/stream", subprotocols=[Subprotocol("streamlit")], max_size=None,
            compression=None,
        )  # fmt: skip
        self.patience = patience
        self.page = self.query = ""
        self.script = ""
        self.widgets: dict[str, Any] = {}
        self.fragments: dict[str, str] = {}
        self.states: dict[str, WidgetState] = {}
        self.faults: list[str] = []
        self.texts: list[str] = []
        self.largest = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.socket.close()

    def open(self, page: str = "", query: str = "") -> Self:
        """Come to a page, and wait until it stands with its words."""
        self.page, self.query, self.script = page, query, ""
        self.send()
        return self.follow()

    def follow(self) -> Self:
        """What waits for the stage's picture may come."""
        return self.stage(rest={"seq": 1}) if self.find(STAGE) else self

    def find(self, name: str) -> str | None:
        """The identity of the widget with this key, or with this component's name."""
        for identity, element in reversed(self.widgets.items()):
            if getattr(element, "component_name", None) == name or identity.endswith(f"-{name}"):
                return identity
        return None

    def stage(self, **parts: Any) -> Self:
        """The stage sends this: any of live, start, want, missing, visible, view, drawn, rest."""
        identity = self.find(STAGE)
        assert identity, "there is no stage on this page"
        before = json.loads(self.states[identity].json_value) if identity in self.states else {}
        return self.set(identity, json_value=json.dumps({**before, **parts}))

    def set(self, identity: str, **value: Any) -> Self:
        """A widget has this value: one field of `WidgetState`."""
        state = WidgetState(id=identity)
        for field, its in value.items():
            if isinstance(its, list):
                getattr(state, field).data.extend(its)
            else:
                setattr(state, field, its)
        trigger = "trigger_value" in value
        states = {**self.states, identity: state}
        self.states = self.states if trigger else states
        self.send(states, self.fragments.get(identity, ""))
        return self

    def press(self, button: str) -> Self:
        """The button with this key."""
        return self.set(self.find(button) or "", trigger_value=True)

    def unfold(self) -> Self:
        """Open every fold of the page."""
        for identity, element in list(self.widgets.items()):
            if type(element).__name__ == "Expandable":
                self.set(identity, bool_value=True)
        return self

    def send(self, states: dict[str, WidgetState] | None = None, fragment: str = "") -> None:
        """One message, and its answer."""
        self.post(states, fragment)
        self.wait()

    def post(self, states: dict[str, WidgetState] | None = None, fragment: str = "", history: bool = False) -> None:
        """One message. history: the visitor has gone back or forward."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_script_hash, run.fragment_id = self.query, self.script, fragment
        run.is_history_navigation = history
        if not self.script:
            run.page_name = self.page
        run.widget_states.widgets.extend((self.states if states is None else states).values())
        self.socket.send(message.SerializeToString())

    def wait(self) -> None:
        """Until the server's script has come to its end."""
        self.faults, self.texts = [], []
        for message in self._messages():
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self.script = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "delta":
                self._drawn(message.delta)
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return

    def _drawn(self, delta: Any) -> None:
        place = delta.add_block if delta.WhichOneof("type") == "add_block" else delta.new_element
        kind = place.WhichOneof("type") or "empty"
        element: Any = getattr(place, kind, None)
        if kind == "exception":
            self.faults.append(f"{element.type}: {element.message}")
        elif kind in ("alert", "markdown"):
            self.texts.append(element.body)
        elif kind in KINDS and element.id:
            self.widgets.pop(element.id, None)
            self.widgets[element.id] = element
            self.fragments[element.id] = delta.fragment_id

    def _messages(self) -> Iterator[ForwardMsg]:
        while True:
            message = self.socket.recv(timeout=self.patience)
            assert isinstance(message, bytes)
            self.largest = max(self.largest, len(message))
            yield ForwardMsg.FromString(message)
