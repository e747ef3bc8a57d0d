"""Shell: the part of the control plane that tells what happens as it happens: ``/_tapehiss/events``, as server-sent events.

The form is that of the HTML standard (section 9.2), so that a browser's ``EventSource`` and ``curl -N`` can read it: ``event`` is the kind, ``data`` is JSON.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import HTTPException, Query
from fastapi.responses import StreamingResponse

from tapehiss.mocks.control_journal import entry_out
from tapehiss.mocks.feed import LISTENERS_MAX, Event, Feed, Kind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from fastapi import FastAPI

    from tapehiss.mocks.live import LiveVendor

HEARTBEAT_S = 15.0
"""A comment is sent this often, so that no box between takes the silence for the end."""
GREETING = b": what happens at this mock\n\n"
HEARTBEAT = b":\n\n"


def event_routes(app: FastAPI, prefix: str, live: LiveVendor, _: Callable[[], float]) -> None:
    """The route of events."""

    @app.get(
        f"{prefix}/events",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}}, 503: {"description": "too many listen already"}},
    )
    async def events(kind: Annotated[list[Kind] | None, Query()] = None) -> StreamingResponse:
        """Requests, faults that strike, limits that refuse, and what is set: as it happens, until one of us leaves."""
        if live.feed.full:
            raise HTTPException(503, f"{LISTENERS_MAX} listen already")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        kinds = frozenset([*kind, Kind.LOST] if kind else Kind)
        return StreamingResponse(told(live.feed, kinds), media_type="text/event-stream", headers=headers)


async def told(feed: Feed, kinds: frozenset[Kind], *, heartbeat_s: float = HEARTBEAT_S) -> AsyncIterator[bytes]:
    """What somebody who listens from now on is sent."""
    wake = asyncio.Event()
    with feed.listening(kinds, wake.set) as listener:
        yield GREETING
        while True:
            wake.clear()
            if taken := listener.take():
                yield b"".join(map(encoded, taken))
            elif listener.ended:
                return
            elif not await _woken(wake, heartbeat_s):
                yield HEARTBEAT


async def _woken(wake: asyncio.Event, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            return await wake.wait()
    except TimeoutError:
        return False


def encoded(event: Event) -> bytes:
    """One event as it goes over the wire."""
    data: Any = entry_out(event.data).model_dump(mode="json") if event.kind is Kind.REQUEST else event.data
    return f"event: {event.kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()
