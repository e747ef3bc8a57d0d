"""mitmproxy's addon manager with a memory: which addon has which hook is looked up once, not for every event of every exchange.

The law of this file: the same addons are called in the same order with the same guard; only the search is saved. (mitmproxy asks every
addon for every hook, and announces every change of a flow to addons that show flows, of which a recorder has none.)
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from mitmproxy import exceptions
from mitmproxy.addonmanager import AddonManager, safecall
from mitmproxy.hooks import UpdateHook

if TYPE_CHECKING:
    from collections.abc import Callable

    from mitmproxy.hooks import Hook


class RememberedHooks(AddonManager):
    """Forgets when an addon comes or goes."""

    def __init__(self, master: Any) -> None:
        super().__init__(master)  # type: ignore[no-untyped-call]
        self._hooks: dict[str, list[Callable[..., Any]]] = {}

    def add(self, *addons: Any) -> None:
        """More addons."""
        super().add(*addons)  # type: ignore[no-untyped-call]
        self._hooks.clear()

    def remove(self, addon: Any) -> None:
        """One addon less."""
        super().remove(addon)  # type: ignore[no-untyped-call]
        self._hooks.clear()

    def clear(self) -> None:
        """No addons."""
        super().clear()  # type: ignore[no-untyped-call]
        self._hooks.clear()

    async def handle_lifecycle(self, event: Hook) -> None:
        """An event, and the announcement that a flow has changed if anybody listens for it."""
        await self.trigger_event(event)
        if self._listening(UpdateHook([])):
            await self.trigger_event(UpdateHook([event.args()[0]]))

    async def trigger_event(self, event: Hook) -> None:
        """Call everybody who has this hook."""
        hooks = self._hooks.get(event.name)
        if hooks is None:
            hooks = self._listening(event)
        if not hooks:
            return
        arguments = event.args()
        for hook in hooks:
            try:
                with safecall():
                    waiting = hook(*arguments)
                    if waiting is not None and inspect.isawaitable(waiting):
                        await waiting
            except exceptions.AddonHalt:
                return

    def _listening(self, event: Hook) -> list[Callable[..., Any]]:
        found = self._hooks.get(event.name)
        if found is None:
            found = [hook for addon in self.chain for _, hook in self._iter_hooks(addon, event)]
            self._hooks[event.name] = found
        return found
