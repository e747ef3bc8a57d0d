"""Shell: the fastest event loop that mitmproxy can run on here."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    T = TypeVar("T")
    TaskFactory = Callable[..., "asyncio.Future[Any]"]


def new_loop() -> asyncio.AbstractEventLoop:
    """uvloop where there is one, otherwise asyncio's own."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return asyncio.new_event_loop()

    class Loop(uvloop.Loop):
        """uvloop, with task factories of every age.

        uvloop 0.22 and later hand ``eager_start`` to a task factory, which ``asyncio.eager_task_factory`` (mitmproxy sets it)
        knows from Python 3.13.3 on only.
        """

        def set_task_factory(self, factory: TaskFactory | None) -> None:
            super().set_task_factory(None if factory is None else functools.partial(_without_eager_start, factory))

    loop = Loop()
    assert isinstance(loop, asyncio.AbstractEventLoop)
    return loop


def _without_eager_start(
    factory: TaskFactory, loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **given: Any
) -> asyncio.Future[Any]:
    given.pop("eager_start", None)
    return factory(loop, coro, **given)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a program to its end on such a loop."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(main)
