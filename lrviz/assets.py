"""What every page begins with: some sixty files of Streamlit's, packed once and then sent from memory.

Streamlit reads each of them from disk, in pieces and unpacked, for every visitor. A class that opens a link at once is
thirty times sixty files; meanwhile the server answers nobody's slider.
"""

from __future__ import annotations

import gzip
import mimetypes
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

YEAR = 365 * 24 * 60 * 60  # seconds
PACKED_ALREADY = {".woff2", ".png", ".gif"}


class Assets:
    """ASGI middleware: answers for the files below ``folder``/static; everything else goes on to ``app``. ``base``:
    below which path the server's pages lie, "" or "/lab".

    All of them bear a hash of what they hold in their name, so a browser may keep them for good, as Streamlit says too.
    Who does not take gzip, asks for a part, or for anything but GET, is left to ``app``.

    Source: https://asgi.readthedocs.io/en/latest/specs/www.html
    """

    def __init__(self, app: ASGIApp, folder: Path, base: str = ""):
        self.app = app
        files = (path for path in (folder / "static").rglob("*") if path.is_file())
        self.files = {f"{base}/{path.relative_to(folder).as_posix()}": path for path in files}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        path = self.files.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        app: ASGIApp = answer(path) if path and _takes_it_packed(Headers(scope=scope)) else self.app
        await app(scope, receive, send)


def _takes_it_packed(headers: Headers) -> bool:
    return "gzip" in headers.get("accept-encoding", "") and "range" not in headers


@cache
def answer(path: Path) -> Response:
    """The file as it goes over the wire, made once a process: 0.7 MB for a lesson, 8 MB if all pages need all of it."""
    body = path.read_bytes()
    headers = {"Cache-Control": f"public, immutable, max-age={YEAR}"}
    if path.suffix not in PACKED_ALREADY:
        body = gzip.compress(body)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(body, headers=headers, media_type=mimetypes.guess_type(path.name)[0])
