"""One turn of the event loop, without a clock."""

from __future__ import annotations

import asyncio


async def turn() -> None:
    """Let everything that is due run once."""
    loop = asyncio.get_running_loop()
    due = loop.create_future()
    loop.call_soon(due.set_result, None)
    await due
