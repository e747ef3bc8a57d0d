"""Shell: the two drivers that do what a flow decides. They are the only twins in this room.

Whoever listens to a call cannot break it: what a listener raises is logged by its type, and the call goes on.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING, TypeVar

from tapehiss.clients.effects import Await, Do, Emit, Reply, Send, Sleep
from tapehiss.clients.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tapehiss.clients.effects import Effect, Event, Flow, Outcome, Signal

T = TypeVar("T")

LOGGER = logging.getLogger("tapehiss.clients")


def nobody(_: Event) -> None:
    """Nobody listens."""


def awaited(signal: Signal, timeout_s: float) -> None:
    """Wait in this thread for what another says."""
    with suppress(TimeoutError):
        signal.result(timeout_s)


async def signalled(signal: Signal, timeout_s: float) -> None:
    """Wait in the loop for what another task or thread says; the signal itself is nobody's to cancel."""
    loop = asyncio.get_running_loop()
    woken: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not woken.done():
            woken.set_result(None)

    def call(_: Signal) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits there any more
            loop.call_soon_threadsafe(wake)

    signal.add_done_callback(call)
    await asyncio.wait([woken], timeout=timeout_s)


def drive(
    flow: Flow[T],
    send: Callable[[Send], Outcome],
    *,
    listen: Callable[[Event], object] = nobody,
    sleep: Callable[[float], None] = time.sleep,
    wait: Callable[[Signal, float], None] = awaited,
    clock: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
) -> T:
    """Run a flow in this thread; an ``ApiError`` of ``send`` is raised inside it, anything else ends it."""
    with closing(flow):
        said: Reply | ApiError | None = None
        while True:
            try:
                effect = _next(flow, said)
            except StopIteration as done:
                result: T = done.value
                return result
            outcome, value = None, None
            if isinstance(effect, Send):
                try:
                    outcome = send(effect)
                except ApiError as error:
                    said = error
                    continue
            elif isinstance(effect, Sleep):
                sleep(effect.wait_s)
            elif isinstance(effect, Await):
                wait(effect.signal, effect.timeout_s)
            elif isinstance(effect, Do):
                value = effect.action()
            else:
                _told(effect, listen)
            said = Reply(outcome, clock(), wall(), value)


async def adrive(
    flow: Flow[T],
    send: Callable[[Send], Awaitable[Outcome]],
    *,
    listen: Callable[[Event], object] = nobody,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    wait: Callable[[Signal, float], Awaitable[None]] = signalled,
    clock: Callable[[], float] | None = None,
    wall: Callable[[], float] = time.time,
) -> T:
    """The same in this task, by the clock of its loop; a cancellation ends it, too."""
    clock = clock or asyncio.get_running_loop().time
    with closing(flow):
        said: Reply | ApiError | None = None
        while True:
            try:
                effect = _next(flow, said)
            except StopIteration as done:
                result: T = done.value
                return result
            outcome, value = None, None
            if isinstance(effect, Send):
                try:
                    outcome = await send(effect)
                except ApiError as error:
                    said = error
                    continue
            elif isinstance(effect, Sleep):
                await sleep(effect.wait_s)
            elif isinstance(effect, Await):
                await wait(effect.signal, effect.timeout_s)
            elif isinstance(effect, Do):
                value = await asyncio.to_thread(effect.action) if effect.blocking else effect.action()
            else:
                _told(effect, listen)
            said = Reply(outcome, clock(), wall(), value)


def _next(flow: Flow[T], said: Reply | ApiError | None) -> Effect:
    if said is None:
        return next(flow)
    return flow.send(said) if isinstance(said, Reply) else flow.throw(said)


def _told(effect: Emit, listen: Callable[[Event], object]) -> None:
    try:
        listen(effect.event)
    except Exception as error:  # noqa: BLE001 (a listener is anybody's code)
        LOGGER.warning("a listener raised %s at %s", type(error).__name__, effect.event.name)
