"""A network between the browser and the app: what loopback does not show."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

CHUNK = 65536  # bytes


@contextmanager
def delayed(url: str, round_trip: float = 0.1) -> Iterator[str]:
    """The address of a proxy on loopback before ``url``; each byte takes half of round_trip (seconds) each way.

    Order and volume are kept, only time is added: what was sent together arrives together. A new connection waits
    for one round trip, as TCP's handshake does.
    """
    there = urlsplit(url)
    ready = threading.Event()
    where: list[str] = []
    stop: list[asyncio.Event] = []
    loop = asyncio.new_event_loop()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arriving: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, part = await arriving.get()
                await asyncio.sleep(due - loop.time())
                if not part:
                    return
                writer.write(part)
                await writer.drain()

        delivering = asyncio.ensure_future(deliver())
        with suppress(OSError):
            while part := await reader.read(CHUNK):
                arriving.put_nowait((loop.time() + round_trip / 2, part))
        arriving.put_nowait((loop.time() + round_trip / 2, b""))
        with suppress(OSError):
            await delivering

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(round_trip)
            there_reader, there_writer = await asyncio.open_connection(there.hostname, there.port)
        except OSError:
            writer.close()
            return
        ways = [asyncio.ensure_future(pump(reader, there_writer)), asyncio.ensure_future(pump(there_reader, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for one in (there_writer, writer):
            one.close()
        await asyncio.wait(ways, timeout=1)
        for way in ways:
            way.cancel()

    async def serve() -> None:
        stop.append(asyncio.Event())
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        where.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        ready.set()
        await stop[0].wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), name="delaying proxy", daemon=True)
    thread.start()
    assert ready.wait(10), "the proxy did not start"
    try:
        yield where[0]
    finally:
        loop.call_soon_threadsafe(stop[0].set)
        thread.join(10)
        loop.close()
