"""A visitor without a browser: Streamlit's protocol over a real websocket, for tests and for figures.

`Tab` is what a browser's tab knows and says; it has no socket. `Session` waits for each answer, `Visitor` is one of
many at once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode, urlsplit

import numpy as np
import websockets.asyncio.client
import websockets.sync.client
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.typing import Subprotocol

from lrviz.stage.pack import unpack

STAGE = "lrviz_stage"
KINDS = (
    "selectbox", "text_input", "text_area", "slider", "checkbox", "button_group", "radio", "multiselect", "button",
    "bidi_component", "expandable", "tab_container", "file_uploader",
)  # fmt: skip
"""The elements that a visitor can change."""
PATIENCE = 120.0
"""Seconds after which an answer is taken to be lost."""


class Element(NamedTuple):
    """kind: as `ForwardMsg` names it; message: all that it says; fragment: which one draws it anew."""

    kind: str
    message: Any
    fragment: str


class Tab:
    """One tab of a browser at the server ``url``, http://127.0.0.1:8501.

    elements: by identity, the latest last. states: the values that this visitor has set; a browser sends all of them
    with each message. faults, texts: exceptions and texts that came. query: the page's address as the server last wrote
    it. meta, arrays: the stage's last message. id: the session's, by which it is found again after its socket is lost.
    largest: the most bytes of a message so far.
    """

    def __init__(self, url: str, page: str = "", query: str = "") -> None:
        self.url, self.page, self.query = url, page, query
        self.id = self.script = ""
        self.elements: dict[str, Element] = {}
        self.states: dict[str, WidgetState] = {}
        self.faults: list[str] = []
        self.texts: list[str] = []
        self.meta: dict[str, Any] = {}
        self.arrays: dict[str, np.ndarray] = {}
        self.largest = 0

    @property
    def address(self) -> str:
        """Of the websocket."""
        return self.url.replace("http", "ws", 1) + "/_stcore/stream"

    @property
    def widgets(self) -> dict[str, Any]:
        """What a visitor can change: identity -> its message."""
        return {identity: element.message for identity, element in self.elements.items() if element.kind in KINDS}

    @property
    def keys(self) -> dict[str, Element]:
        """The elements by the keys that the page gave them."""
        return {identity.split("-", 2)[-1]: element for identity, element in self.elements.items()}

    def find(self, name: str) -> str | None:
        """The identity of the element with this key, or with this component's name."""
        for identity, element in reversed(self.elements.items()):
            if _component(element.message) == name or identity.endswith(f"-{name}"):
                return identity
        return None

    def fragment(self, identity: str) -> str:
        """Which one draws this element anew, "" for the whole page."""
        return self.elements[identity].fragment if identity in self.elements else ""

    def request(self, states: dict[str, WidgetState] | None = None, fragment: str = "", history: bool = False) -> bytes:
        """The message that asks for a run of the page's script, or of one of its fragments. history: the visitor has
        gone back or forward."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_script_hash, run.fragment_id = self.query, self.script, fragment
        run.is_history_navigation = history
        if not self.script:
            run.page_name = self.page
        run.widget_states.widgets.extend((self.states if states is None else states).values())
        run.context_info.url = f"{self.url}/{self.page}"
        return message.SerializeToString()

    def changed(self, identity: str, value: dict[str, Any]) -> dict[str, WidgetState]:
        """All states where this widget has this value, one field of `WidgetState`; a click is not kept in them."""
        state = WidgetState(id=identity)
        for field, its in value.items():
            if isinstance(its, list):
                getattr(state, field).data.extend(its)
            else:
                setattr(state, field, its)
        states = {**self.states, identity: state}
        if "trigger_value" not in value:
            self.states = states
        return states

    def stage_state(self, parts: dict[str, Any]) -> tuple[str, str]:
        """The identity of the stage, and its state as JSON with these parts: any of live, start, want, missing, ..."""
        identity = self.find(STAGE)
        assert identity, "there is no stage on this page"
        before = json.loads(self.states[identity].json_value) if identity in self.states else {}
        return identity, json.dumps({**before, **parts})

    def read(self, data: bytes | str) -> ForwardMsg:
        """What the server sends."""
        assert isinstance(data, bytes)
        self.largest = max(self.largest, len(data))
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.id = message.new_session.initialize.session_id
        elif kind == "navigation":
            self.script = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta":
            self._drawn(message.delta)
        return message

    def _drawn(self, delta: Any) -> None:
        place = delta.add_block if delta.WhichOneof("type") == "add_block" else delta.new_element
        kind = place.WhichOneof("type") or "empty"
        element: Any = getattr(place, kind, None)
        if kind == "exception":
            self.faults.append(f"{element.type}: {element.message}")
        elif kind in ("alert", "markdown"):
            self.texts.append(element.body)
        if _component(element) == STAGE:
            self.meta, self.arrays = unpack(element.bytes)
        if identity := getattr(element, "id", ""):
            self.elements.pop(identity, None)
            self.elements[identity] = Element(kind, element, delta.fragment_id)


class Session(Tab):
    """A visit whose every message is followed by its answer: ``with Session(url).open("playground") as session``.

    faults and texts are those of the last answer.
    """

    def __init__(self, url: str, patience: float = 60) -> None:
        super().__init__(url)
        self.patience = patience
        self.socket = websockets.sync.client.connect(
            self.address, subprotocols=[Subprotocol("streamlit")], max_size=None, compression=None
        )

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
        return self.stage(idle={"seq": 1}) if self.find(STAGE) else self

    def stage(self, **parts: Any) -> Self:
        """The stage sends this: any of live, start, want, missing, visible, view, drawn, rest."""
        identity, state = self.stage_state(parts)
        return self.set(identity, json_value=state)

    def set(self, identity: str, **value: Any) -> Self:
        """A widget has this value: one field of `WidgetState`."""
        self.send(self.changed(identity, value), self.fragment(identity))
        return self

    def press(self, button: str) -> Self:
        """The button with this key."""
        return self.set(self.find(button) or "", trigger_value=True)

    def unfold(self) -> Self:
        """Open every fold of the page."""
        for identity, element in list(self.elements.items()):
            if element.kind == "expandable":
                self.set(identity, bool_value=True)
        return self

    def send(self, states: dict[str, WidgetState] | None = None, fragment: str = "") -> None:
        """One message, and its answer."""
        self.post(states, fragment)
        self.wait()

    def post(self, states: dict[str, WidgetState] | None = None, fragment: str = "", history: bool = False) -> None:
        """One message. history: the visitor has gone back or forward."""
        self.socket.send(self.request(states, fragment, history))

    def wait(self) -> None:
        """Until the server's script has come to its end."""
        self.faults, self.texts = [], []
        while not _finished(self.read(self.socket.recv(timeout=self.patience))):
            pass


class Visitor(Tab):
    """One of many at once: ``async with Visitor(url, "how_long") as visitor``. faults: of the whole visit."""

    def __init__(self, url: str, page: str, **query: str) -> None:
        super().__init__(url, page, urlencode(query))
        self._seq = 0

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()

    async def connect(self) -> None:
        """Open a socket to a new session, or to the one that this visitor had."""
        names: list[Any] = ["streamlit", "none", *([self.id] if self.id else [])]
        self.socket = await websockets.asyncio.client.connect(
            self.address, subprotocols=names, max_size=None, compression=None
        )

    async def rerun(self, fragment: str = "") -> None:
        """Ask for a run of the page's script, or of one of its fragments."""
        await self.socket.send(self.request(fragment=fragment))

    async def set(self, key: str, **value: Any) -> None:
        """The widget with this key has another value: one field of `WidgetState`."""
        identity = self.find(key)
        assert identity, f"there is no {key} on this page"
        await self.socket.send(self.request(self.changed(identity, value), self.fragment(identity)))

    def number(self) -> int:
        """The next sequence number of what the stage sends."""
        self._seq += 1
        return self._seq

    async def stage(self, **parts: Any) -> None:
        """The stage sends this, each part with its sequence number."""
        identity, state = self.stage_state(parts)
        await self.socket.send(self.request(self.changed(identity, {"json_value": state}), self.fragment(identity)))

    async def until(self, there: Callable[[ForwardMsg], bool]) -> ForwardMsg:
        """Read on to such a message."""
        async with asyncio.timeout(PATIENCE):
            while True:
                message = self.read(await self.socket.recv(decode=False))
                if there(message):
                    return message

    async def finished(self) -> None:
        """Until the script has run to its end, or the fragments that were requested have."""
        await self.until(_finished)

    async def picture(self) -> None:
        """Until the stage's next message is here."""
        await self.until(lambda message: _component(message.delta.new_element.bidi_component) == STAGE)

    async def post(self, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        """A request to an endpoint, as the page makes it.   -> the answer's status and body"""
        there = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(there.hostname, there.port)
        lines = [
            f"POST {there.path}/{path} HTTP/1.1", f"Host: {there.netloc}", f"Origin: {there.scheme}://{there.netloc}",
            f"Content-Length: {len(body)}", "Connection: close",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]  # fmt: skip
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        async with asyncio.timeout(PATIENCE):
            top, _, answer = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        return int(top.split()[1]), answer


def _finished(message: ForwardMsg) -> bool:
    return (
        message.WhichOneof("type") == "script_finished"
        and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
    )


def _component(element: Any) -> str:
    """The name of a component; nothing else has one."""
    return getattr(element, "component_name", "")
