"""Work in an event loop; and one request to an ASGI application, without a server."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor


def run(work):
    """What this coroutine returns. In a thread of its own: a browser's event loop may be in ours."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, work).result()


def ask(app, path, method="GET", body=b"", **headers):
    """(status, headers, body) of one request."""
    return run(asking(app, path, method, body, **headers))


async def asking(app, path, method="GET", body=b"", *, leaves=None, **headers):
    """The same in an event loop. ``leaves``: an event after which the client is gone."""
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
        await (leaves or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    received = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], received, b"".join(message.get("body", b"") for message in sent)
