"""A hook that fails is heard of, and the traffic goes on."""

from __future__ import annotations

import asyncio
from typing import Any

from turns import turn

from tapehiss.proxy.guard import guarded


class Stumbling:
    """Fails in two ways."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any, str]] = []

    def stumbled(self, hook: str, event: Any, error: Exception) -> None:
        """Take note."""
        self.heard.append((hook, event, str(error)))

    @guarded
    def at_once(self, event: Any) -> None:
        """Fails at once."""
        raise ValueError(event)

    @guarded
    async def later(self, event: Any) -> None:
        """Fails later."""
        await turn()
        raise ValueError(event)

    @guarded
    def fine(self, event: Any) -> None:
        """Does not fail."""


def test_failures_are_heard_of() -> None:
    """At once or later; the caller does not see them."""
    stumbling = Stumbling()

    assert stumbling.at_once("a") is None
    waiting = stumbling.later("b")
    assert waiting is not None
    asyncio.run(waiting)  # type: ignore[arg-type]
    assert stumbling.fine("c") is None
    assert stumbling.heard == [("at_once", "a", "a"), ("later", "b", "b")]
