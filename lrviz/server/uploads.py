"""A file that is dropped on a page goes to the server that shows the page, though a site may have several."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADDRESS = "/_stcore/upload_file/"
BAD_REQUEST, NOT_FOUND = 400, 404


class Uploads:
    """ASGI middleware: where Streamlit knows no such visit it says 400; this says 404, at which nginx asks the next
    server (``deploy/nginx.conf``)."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def answer(message: Message) -> None:
            unknown = message["type"] == "http.response.start" and message["status"] == BAD_REQUEST
            await send({**message, "status": NOT_FOUND} if unknown else message)

        is_upload = scope["type"] == "http" and ADDRESS in scope["path"]
        await self.app(scope, receive, answer if is_upload else send)
