"""Shell: carries a mock vendor's webhooks to their endpoint, in the server's own loop.

One connection for each attempt, which is bounded as a whole by the vendor's timeout; redirects are not followed and no body of an answer is read.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httptools

from tapehiss.mocks.webhooks import signed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tapehiss.cassettes.exchange import Headers
    from tapehiss.mocks.postbox import Postbox
    from tapehiss.mocks.webhooks import Sending

AT_ONCE_MAX = 16
"""Attempts that are on their way at the same time."""
HEAD_MAX_BYTES = 65_536
WAIT_MAX_S = 3600.0


class Courier:
    """Carries the webhooks of one postbox, which from now on tells it what changes."""

    def __init__(self, postbox: Postbox, clock: Callable[[], float]) -> None:
        self.postbox, self._clock = postbox, clock
        self.settled = threading.Event()
        """Set as long as nothing waits and nothing is on its way; for other threads."""
        self._woken: asyncio.Event | None = None
        postbox.wake = self._wake
        self._wake()

    def _wake(self) -> None:
        if self.postbox.settled:
            self.settled.set()
        else:
            self.settled.clear()
        if self._woken is not None:
            self._woken.set()

    @contextlib.asynccontextmanager
    async def carrying(self) -> AsyncIterator[None]:
        """Carry what becomes due, in the running loop, as long as the block lasts."""
        self._woken = asyncio.Event()
        task = asyncio.create_task(self._carry(self._woken))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _carry(self, woken: asyncio.Event) -> None:
        on_their_way: set[asyncio.Task[None]] = set()

        def arrived(task: asyncio.Task[None]) -> None:
            on_their_way.discard(task)
            woken.set()

        try:
            while True:
                woken.clear()
                while len(on_their_way) < AT_ONCE_MAX and (taken := self.postbox.take(self._clock())) is not None:
                    task = asyncio.create_task(_attempt(self.postbox, *taken, self._clock))
                    on_their_way.add(task)
                    task.add_done_callback(arrived)
                due_s = self.postbox.due_s if len(on_their_way) < AT_ONCE_MAX else math.inf
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(min(max(due_s - self._clock(), 0.0), WAIT_MAX_S)):
                        await woken.wait()
        finally:
            for task in on_their_way:
                task.cancel()
            await asyncio.gather(*on_their_way, return_exceptions=True)


async def _attempt(postbox: Postbox, number: int, sending: Sending, clock: Callable[[], float]) -> None:
    """One attempt, and what came of it; whatever goes wrong on the way is no answer."""
    status: int | None = None
    headers: Headers = ()
    if not sending.lost:
        told, body = signed(postbox.plan, sending, time.time())
        with contextlib.suppress(OSError, TimeoutError, ssl.SSLError, ValueError, httptools.HttpParserError):
            async with asyncio.timeout(postbox.plan.retries.timeout_s):
                status, headers = await posted(postbox.url, told, body)
    postbox.ended(number, sending, clock(), status, headers)


async def posted(url: str, headers: Headers, body: bytes) -> tuple[int | None, Headers]:
    """Status and headers of the answer to one POST; ``None`` if it ended before them."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    context = ssl.create_default_context() if secure else None
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context)
    try:
        writer.write(_request(url, headers, body))
        await writer.drain()
        return await _head(reader)
    finally:
        writer.transport.abort()


def _request(url: str, headers: Headers, body: bytes) -> bytes:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    own = (("Host", parts.netloc.rpartition("@")[2]), ("Content-Length", str(len(body))), ("Connection", "close"))
    lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in (*own, *headers)), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace") + body


@dataclass(slots=True)
class _Answer:
    """What httptools tells of an answer's head."""

    whole: bool = False
    headers: list[tuple[str, str]] = field(default_factory=list)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self.whole = True


async def _head(reader: asyncio.StreamReader) -> tuple[int | None, Headers]:
    answer, read = _Answer(), 0
    parser = httptools.HttpResponseParser(answer)
    while not answer.whole and read < HEAD_MAX_BYTES:
        piece = await reader.read(HEAD_MAX_BYTES)
        if not piece:
            return None, ()
        read += len(piece)
        parser.feed_data(piece)
    return (parser.get_status_code(), tuple(answer.headers)) if answer.whole else (None, ())
