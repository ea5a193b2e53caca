"""What every page begins with: Streamlit's files, packed once and then sent from memory, in fewer answers.

Streamlit reads each of them from disk, in pieces and unpacked, for every visitor. A class that opens a link at once is
thirty times sixty files; meanwhile the server answers nobody's slider.
"""

from __future__ import annotations

import gzip
import json
import mimetypes
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lrviz.server.assets.modules import MARK, modules
from lrviz.server.assets.page import page

YEAR = 365 * 24 * 60 * 60  # seconds
FOR_GOOD = {"Cache-Control": f"public, immutable, max-age={YEAR}"}
ASK_AGAIN = {"Cache-Control": "no-cache"}
PACKED_ALREADY = {".woff2", ".png", ".gif"}
SCRIPT = Path(__file__).with_name("modules.js")
CONDITIONS = {b"accept-encoding", b"if-none-match", b"if-modified-since"}


class Assets:
    """ASGI middleware: answers for the files below ``folder``/static, for the one file with the small modules among
    them, and with the page that asks for it; everything else goes on to ``app``. ``base``: below which path the
    server's pages lie, "" or "/lab".

    All of the files bear a hash of what they hold in their name, so a browser may keep them for good, as Streamlit says
    too. Who does not take gzip, asks for a part, or for anything but GET, is left to ``app``.

    Source: https://asgi.readthedocs.io/en/latest/specs/www.html
    """

    def __init__(self, app: ASGIApp, folder: Path, base: str = ""):
        self.app = app
        files = (path for path in (folder / "static").rglob("*") if path.is_file())
        self.files = {f"{base}/{path.relative_to(folder).as_posix()}": path for path in files}
        self.theirs = (folder / "index.html").read_bytes()
        together, announced = modules(folder)
        code = f"{SCRIPT.read_text(encoding='utf-8').rstrip()}({json.dumps(together)}, {json.dumps(MARK)});\n".encode()
        script = f"static/js/lab.{sha256(code).hexdigest()[:16]}.js"
        self.ours = packed(page(self.theirs.decode(), script, announced).encode(), "text/html", ASK_AGAIN)
        self.together = {f"{base}/{script}": packed(code, "text/javascript", FOR_GOOD)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        await self._who_answers(scope)(scope, receive, send)

    def _who_answers(self, scope: Scope) -> ASGIApp:
        headers = Headers(scope=scope) if scope["type"] == "http" and scope["method"] == "GET" else Headers()
        if "gzip" not in headers.get("accept-encoding", "") or "range" in headers:
            return self.app
        if path := self.files.get(scope["path"]):
            return answer(path)
        page_or_app = self._page if "text/html" in headers.get("accept", "") else self.app
        return self.together.get(scope["path"], page_or_app)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Our page wherever Streamlit answers with its own, which it does at any address that is nothing else."""
        html: list[Message] = []

        async def hold(message: Message) -> None:
            if html or "text/html" in Headers(raw=message.get("headers", [])).get("content-type", ""):
                html.append(message)
            else:
                await send(message)

        headers = [(name, value) for name, value in scope["headers"] if name.lower() not in CONDITIONS]
        await self.app({**scope, "headers": headers}, receive, hold)
        if html and b"".join(message.get("body", b"") for message in html) == self.theirs:
            await self.ours(scope, receive, send)
        else:
            for message in html:
                await send(message)


def packed(body: bytes, kind: str | None, headers: dict[str, str]) -> Response:
    """``body`` as it goes over the wire."""
    encoded = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(gzip.compress(body, mtime=0), headers=headers | encoded, media_type=kind)


@cache
def answer(path: Path) -> Response:
    """The file as it goes over the wire, once a process: 0.7 MB for a lesson, 8 MB if all are requested."""
    body, kind = path.read_bytes(), mimetypes.guess_type(path.name)[0]
    if path.suffix in PACKED_ALREADY:
        return Response(body, headers=FOR_GOOD, media_type=kind)
    return packed(body, kind, FOR_GOOD)
