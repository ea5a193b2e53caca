"""A file that is dropped on a page goes to the server that shows the page, though a site may have several; and what no
page takes does not stay."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime

ADDRESS = "/_stcore/upload_file/"
BAD_REQUEST, NOT_FOUND = 400, 404
MOST_BYTES = 50_000_000
"""Of the files of all visits that are held at once."""


class Uploads:
    """ASGI middleware: where Streamlit knows no such visit it says 400; this says 404, at which nginx asks the next
    server (``deploy/nginx.conf``).

    Streamlit holds all files of a visit until it ends, and a page here takes its one at once (`ui`): so of a visit the
    last file is held, and of all visits so many bytes, the oldest of which go first.
    """

    def __init__(self, app: ASGIApp):
        self.app = app
        self._held: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def answer(message: Message) -> None:
            unknown = message["type"] == "http.response.start" and message["status"] == BAD_REQUEST
            await send({**message, "status": NOT_FOUND} if unknown else message)

        is_upload = scope["type"] == "http" and ADDRESS in scope["path"]
        await self.app(scope, receive, answer if is_upload else send)
        if is_upload and scope["method"] == "PUT" and runtime.exists():
            visit, _, file = scope["path"].rpartition(ADDRESS)[2].partition("/")
            self._keep_last(visit, file)

    def _keep_last(self, visit: str, file: str) -> None:
        """Of what this visit has sent; held: visit -> bytes of its file, whether or not it was taken meanwhile."""
        files = runtime.get_instance().uploaded_file_mgr
        for other in [one for one in files.file_storage.get(visit, ()) if one != file]:  # type: ignore[attr-defined]
            files.remove_file(visit, other)  # type: ignore[attr-defined]
        self._held.pop(visit, None)
        for last in files.get_files(visit, [file]):
            self._held[visit] = len(last.data)
        while sum(self._held.values()) > MOST_BYTES:
            oldest = next(iter(self._held))
            files.remove_session_files(oldest)
            del self._held[oldest]
