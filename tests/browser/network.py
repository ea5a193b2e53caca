"""A network between the browser and the app: what loopback does not show."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

CHUNK = 65536  # bytes


@contextmanager
def delayed(url: str, round_trip: float = 0.1, port: int = 0) -> Iterator[str]:
    """The address of a proxy on loopback before ``url``; each byte takes half of round_trip (seconds) each way.

    Order and volume are kept, only time is added: what was sent together arrives together. A new connection waits
    for one round trip, as TCP's handshake does. ``port``: where it listens; 0: at a free one. The network goes as this
    ends, and is there again on the same port.
    """
    proxy = _Proxy(url, round_trip, port)
    thread = threading.Thread(target=asyncio.run, args=(proxy.serve(),), name="delaying proxy", daemon=True)
    thread.start()
    assert proxy.ready.wait(10), "the proxy did not start"
    try:
        yield proxy.address
    finally:
        proxy.stop()
        thread.join(10)


class _Proxy:
    def __init__(self, url: str, round_trip: float, port: int):
        self.there, self.round_trip, self.port = urlsplit(url), round_trip, port
        self.ready, self.address = threading.Event(), ""
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.ready.set()
        await self._stopped.wait()
        server.close()
        for writer in self._open:
            writer.transport.abort()
        carrying = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.gather(*carrying, return_exceptions=True)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.round_trip)
        try:
            there_reader, there_writer = await asyncio.open_connection(self.there.hostname, self.there.port)
        except OSError:
            writer.close()
            return
        self._open |= {there_writer, writer}
        ways = [asyncio.ensure_future(self._carry(*way)) for way in ((reader, there_writer), (there_reader, writer))]
        with suppress(OSError):
            await asyncio.gather(*ways)
        for one in (there_writer, writer):
            self._open.discard(one)
            one.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One way of a connection, to its end."""
        arriving: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivering = asyncio.ensure_future(self._deliver(arriving, writer))
        part = b"-"
        while part:
            try:
                part = await reader.read(CHUNK)
            except OSError:
                part = b""
            arriving.put_nowait((self._loop.time() + self.round_trip / 2, part))
        await delivering

    async def _deliver(self, arriving: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while True:
            due, part = await arriving.get()
            await asyncio.sleep(due - self._loop.time())
            if not part:
                if writer.can_write_eof():
                    writer.write_eof()
                return
            writer.write(part)
            await writer.drain()
