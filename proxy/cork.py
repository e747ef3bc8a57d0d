"""Shell: one packet where mitmproxy would send two: the head of a response waits for the beginning of its body.

mitmproxy writes the head and the body on their own, and every write is a system call, a packet, and a wake-up of the client. A head
waits until the loop's next turn at most; nothing else waits at all.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Buffer = bytes | bytearray | memoryview


HEAD = b"HTTP/1."
"""How a head begins (on a connection without TLS: elsewhere nothing is held)."""


class Cork:
    """A stream writer that holds heads."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._held: list[Buffer] = []

    def write(self, data: Buffer) -> None:
        """At once, together with a head that waits; a head itself a little later."""
        self._held.append(data)
        if data[: len(HEAD)] != HEAD:
            self.flush()
        elif len(self._held) == 1:
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Now."""
        if self._held:
            held, self._held = self._held, []
            self._writer.write(held[0] if len(held) == 1 else b"".join(held))

    async def drain(self) -> None:
        """Now, and wait until the peer takes it."""
        self.flush()
        await self._writer.drain()

    def write_eof(self) -> None:
        """Now, and nothing more."""
        self.flush()
        self._writer.write_eof()

    def close(self) -> None:
        """Now, and the connection ends."""
        self.flush()
        self._writer.close()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the writer's own business."""
        return getattr(self._writer, name)
