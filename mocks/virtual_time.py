"""Shell: an event loop whose clock jumps over every wait: real sockets, and no time passes.

When nothing is ready to be read or written, the loop's clock is set to its next timer instead of waiting for it. Loopback delivery is
synchronous, so a byte that was sent is ready at once, and no timer overtakes it. What is in another thread or process does
not take part: server and client must be in this loop.
"""

from __future__ import annotations

import asyncio
import selectors
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from tapehiss.mocks.doors import FRONT
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.plane import DataPlane
from tapehiss.mocks.server import listening, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from tapehiss.mocks.vendor import Vendor

T = TypeVar("T")


class JumpingSelector(selectors.DefaultSelector):
    """Looks, and if nothing is ready jumps to where the loop wants to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; without a timer to jump to, what is ready next."""
        ready = super().select(0)
        if ready or timeout is None:
            return ready or super().select(None)
        self.now_s += max(timeout, 0.0)
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time, which begins at 0."""

    def __init__(self) -> None:
        self._jumping = JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Virtual seconds."""
        return self._jumping.now_s


def run_in_virtual_time(main: Coroutine[object, object, T]) -> T:
    """The result of a coroutine, run in a loop of its own in virtual time."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main)


@asynccontextmanager
async def vendor_here(vendor: Vendor) -> AsyncIterator[tuple[str, LiveVendor]]:
    """A vendor that listens in the running loop, by its clock: its URL, and itself."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    live = LiveVendor(vendor)
    listener = listening("127.0.0.1", 0)
    port = listener.getsockname()[1]
    async with serving(DataPlane(live, lambda: loop.time() - began_s), {listener: FRONT}):
        yield f"http://127.0.0.1:{port}", live
