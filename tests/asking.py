"""One request to an ASGI application, without a server."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor


def ask(app, path, method="GET", body=b"", **headers):
    """(status, headers, body) of one request."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    sent, left = [], [body]

    async def receive():
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        await asyncio.sleep(60)  # nothing more comes

    async def send(message):
        sent.append(message)

    with ThreadPoolExecutor(1) as apart:  # where no other test's event loop is
        apart.submit(asyncio.run, app(scope, receive, send)).result()
    told = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent)
