"""A hook that fails is a gap on the tape, and nothing else: the traffic passes whatever happens in the recorder.

The law of this file: nothing is swallowed in silence; ``stumbled`` hears of everything.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Hook = Callable[..., Awaitable[None] | None]


class Stumbler(Protocol):
    """Who wants to hear of failures of its hooks."""

    def stumbled(self, hook: str, event: Any, error: Exception) -> None:
        """``hook`` failed with ``error`` when it was told of ``event``."""


def guarded(hook: Hook) -> Hook:
    """A method that is called with one event, at once or as a coroutine."""

    @functools.wraps(hook)
    def guard(self: Stumbler, event: Any) -> Awaitable[None] | None:
        try:
            waiting = hook(self, event)
        except Exception as error:  # noqa: BLE001 (see the law)
            self.stumbled(hook.__name__, event, error)
            return None
        return None if waiting is None else _awaited(self, hook.__name__, event, waiting)

    return guard


async def _awaited(self: Stumbler, name: str, event: Any, waiting: Awaitable[None]) -> None:
    try:
        await waiting
    except Exception as error:  # noqa: BLE001 (see the law)
        self.stumbled(name, event, error)
