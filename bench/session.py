"""A visitor without a browser: a session of Streamlit over a real websocket, with the messages that its page sends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from lrviz.stage.pack import unpack

STAGE = "lrviz_stage"
PATIENCE = 120.0
"""Seconds after which an answer is taken to be lost."""
ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class Widget(NamedTuple):
    """kind: of the element, as `ForwardMsg` names it; message: all that it says. fragment: which one draws it anew."""

    id: str
    kind: str
    message: Any
    fragment: str


class Session:
    """One tab of a browser, ``async with Session(url, "how_long") as visitor``.

    id: the session's, by which it is found again after its socket is lost. widgets: by their keys. meta, arrays: the
    stage's last message. complaints: of the page.
    """

    def __init__(self, url: str, page: str, **query: str) -> None:
        self.url, self.page, self.query = url, page, urlencode(query)
        self.id = self.page_hash = ""
        self.widgets: dict[str, Widget] = {}
        self.meta: dict[str, Any] = {}
        self.arrays: dict[str, np.ndarray] = {}
        self.complaints: list[str] = []
        self._set: dict[str, WidgetState] = {}
        self._stage: dict[str, Any] = {}
        self._seq = 0

    async def __aenter__(self) -> Session:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()

    async def connect(self) -> None:
        """Opens a socket to a new session, or to the one that this visitor had."""
        names: list[Any] = ["streamlit", "none", *([self.id] if self.id else [])]
        way = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        self.socket: ClientConnection = await connect(way, subprotocols=names, max_size=None, compression=None)

    async def rerun(self, fragment: str = "") -> None:
        """Asks for a run of the page's script, or of one of its fragments."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name, state.page_script_hash = self.query, self.page, self.page_hash
        state.fragment_id = fragment
        state.widget_states.widgets.extend(self._set.values())
        state.context_info.url = f"{self.url}/{self.page}"
        await self.socket.send(message.SerializeToString())

    async def set(self, key: str, **value: Any) -> None:
        """The widget with this key has another value, given as its kind has it: a field of `WidgetState`."""
        widget = self.widgets[key]
        self._set[widget.id] = WidgetState(id=widget.id, **value)
        await self.rerun(widget.fragment)
        if "trigger_value" in value:  # a click is over
            del self._set[widget.id]

    def number(self) -> int:
        """The next one of what the stage says."""
        self._seq += 1
        return self._seq

    async def tell(self, **state: Any) -> None:
        """The stage says something: a name -> what, with its number."""
        self._stage |= state
        key = next(key for key, widget in self.widgets.items() if _names(widget.message) == STAGE)
        await self.set(key, json_value=json.dumps(self._stage))

    async def until(self, there: Callable[[ForwardMsg], bool]) -> ForwardMsg:
        """Reads on to such a message."""
        async with asyncio.timeout(PATIENCE):
            while True:
                message = ForwardMsg.FromString(await self.socket.recv(decode=False))
                self._read(message)
                if there(message):
                    return message

    def _read(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.id = message.new_session.initialize.session_id
        elif kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "delta":
            delta = message.delta
            holder: Any = delta.add_block if delta.WhichOneof("type") == "add_block" else delta.new_element
            what = holder.WhichOneof("type") or ""
            element: Any = getattr(holder, what, None)
            if what == "exception":
                self.complaints.append(element.message)
            if _names(element) == STAGE:
                self.meta, self.arrays = unpack(element.bytes)
            if name := getattr(element, "id", ""):
                self.widgets[name.split("-", 2)[-1]] = Widget(name, what, element, message.delta.fragment_id)

    async def finished(self) -> None:
        """Until the script has run to its end, or the fragments that were asked for have."""
        await self.until(lambda message: message.WhichOneof("type") == "script_finished" and _ends(message))

    async def picture(self) -> None:
        """Until the stage's next message is here."""
        await self.until(lambda message: _names(message.delta.new_element.bidi_component) == STAGE)

    async def post(self, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        """A question past Streamlit, as the page asks it.   -> the answer's status and body"""
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


def _ends(message: ForwardMsg) -> bool:
    return message.script_finished in ENDS


def _names(element: Any) -> str:
    """The name of a component; nothing else has one."""
    return getattr(element, "component_name", "")
