"""The addon manager with a memory calls whom mitmproxy's own would call."""

from __future__ import annotations

import asyncio
from typing import Any

from mitmproxy import exceptions, options
from mitmproxy.addonmanager import AddonManager
from mitmproxy.hooks import RunningHook
from mitmproxy.master import Master
from mitmproxy.proxy.layers.http import HttpRequestHook
from mitmproxy.test import tflow
from turns import turn

from tapehiss.proxy.hooks import RememberedHooks


class Plain:
    """Listens for requests."""

    def __init__(self, name: str, calls: list[str], error: BaseException | None = None) -> None:
        self.name, self._calls, self._error = name, calls, error

    def request(self, flow: Any) -> None:
        """Take note."""
        del flow
        self._calls.append(self.name)
        if self._error is not None:
            raise self._error


class Later(Plain):
    """The same as a coroutine."""

    async def request(self, flow: Any) -> None:
        """Take note, later."""
        await turn()
        super().request(flow)


class Nested:
    """Has addons of its own."""

    def __init__(self, *addons: Any) -> None:
        self.name, self.addons = "nested", list(addons)


class Watcher:
    """Wants to know of changes."""

    def __init__(self, calls: list[str]) -> None:
        self.name, self._calls = "watcher", calls

    def update(self, flows: Any) -> None:
        """Take note."""
        self._calls.append(f"update {len(flows)}")


def _calls_with(kind: type[AddonManager], *, watched: bool = False, halted: bool = False) -> list[str]:
    calls: list[str] = []

    async def main() -> None:
        master = Master(options.Options())
        master.addons = kind(master)
        error = exceptions.AddonHalt() if halted else ValueError("on purpose")
        master.addons.add(Plain("a", calls), Later("b", calls), Nested(Plain("c", calls)))
        master.addons.add(Plain("d", calls, error), *([Watcher(calls)] if watched else []), Plain("e", calls))
        await master.addons.handle_lifecycle(HttpRequestHook(tflow.tflow()))
        master.addons.remove(master.addons.get("a"))
        await master.addons.handle_lifecycle(HttpRequestHook(tflow.tflow()))
        await master.addons.trigger_event(RunningHook())
        master.addons.clear()
        await master.addons.handle_lifecycle(HttpRequestHook(tflow.tflow()))
        await master.done()

    asyncio.run(main())
    return calls


def test_the_same_hooks_in_the_same_order() -> None:
    """Plain ones, coroutines, nested ones, and those behind one that fails."""
    assert _calls_with(RememberedHooks) == list("abcdebcde") == _calls_with(AddonManager)


def test_changes_are_announced_if_anybody_listens() -> None:
    """As mitmproxy does."""
    assert _calls_with(RememberedHooks, watched=True) == _calls_with(AddonManager, watched=True)


def test_an_addon_may_halt_the_chain() -> None:
    """As mitmproxy lets it."""
    assert _calls_with(RememberedHooks, halted=True) == list("abcdbcd") == _calls_with(AddonManager, halted=True)
