"""Shell: the two drivers that do what a flow decides. They are the only twins in this room."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from tapehiss.clients.effects import Flow, Outcome, Reply, Send

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


def drive(
    flow: Flow[T],
    send: Callable[[Send], Outcome],
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
) -> T:
    """Run a flow in this thread; what ``send`` or ``sleep`` raises ends it."""
    with closing(flow):
        reply = None
        while True:
            try:
                effect = next(flow) if reply is None else flow.send(reply)
            except StopIteration as done:
                result: T = done.value
                return result
            outcome = None
            if isinstance(effect, Send):
                outcome = send(effect)
            else:
                sleep(effect.wait_s)
            reply = Reply(outcome, clock(), wall())


async def adrive(
    flow: Flow[T],
    send: Callable[[Send], Awaitable[Outcome]],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] | None = None,
    wall: Callable[[], float] = time.time,
) -> T:
    """Run a flow in this task, by the clock of its loop; what ``send`` or ``sleep`` raises ends it, and so does a cancellation."""
    clock = clock or asyncio.get_running_loop().time
    with closing(flow):
        reply = None
        while True:
            try:
                effect = next(flow) if reply is None else flow.send(reply)
            except StopIteration as done:
                result: T = done.value
                return result
            outcome = None
            if isinstance(effect, Send):
                outcome = await send(effect)
            else:
                await sleep(effect.wait_s)
            reply = Reply(outcome, clock(), wall())
