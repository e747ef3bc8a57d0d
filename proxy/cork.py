"""Shell: one packet where mitmproxy would send several: what is written in one turn of the event loop leaves together.

mitmproxy writes the head and each piece of a body on its own, and every write is a system call, a packet, and a wake-up of the
client. Nothing waits longer than until the loop's next turn.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Buffer = bytes | bytearray | memoryview


class Cork:
    """A stream writer that holds what it is given until the loop's next turn."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._held: list[Buffer] = []

    def write(self, data: Buffer) -> None:
        """Later, with whatever else comes in this turn."""
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)

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
