"""Shell: a recording from beginning to end: ``await record(settings, stop=...)``.

This is what ``tapehiss record`` and the tests call. It needs the extra ``proxy`` and says so if it is missing.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehiss.cassettes.errors import Weather, missing_extra
from tapehiss.proxy.loop import run
from tapehiss.proxy.settings import Settings
from tapehiss.proxy.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.proxy.addon import Recorder

__all__ = ["Settings", "Summary", "Tally", "record", "run"]


@dataclass(frozen=True, slots=True)
class Summary:
    """How a recording went."""

    tally: Tally
    strict: bool = False

    @property
    def tapes(self) -> tuple[str, ...]:
        """The files written."""
        return self.tally.paths

    @property
    def exit_code(self) -> int:
        """0, or 1 if the recording was to be strict and something is missing from it."""
        return 1 if self.strict and self.tally.incomplete else 0


async def record(
    settings: Settings,
    *,
    stop: asyncio.Event,
    on_listening: Callable[[str, int], None] = lambda _host, _port: None,
    tally: Tally | None = None,
) -> Summary:
    """Record until ``stop`` is set, then finish what is open and write everything.

    ``on_listening`` is told the host and the port that clients can reach from now on. ``tally`` is counted up while the recording
    runs. Raises ``Misuse`` or ``Weather`` if the recording cannot start or cannot go on.
    """
    try:
        from tapehiss.proxy import options
        from tapehiss.proxy.addon import Recorder
        from tapehiss.proxy.master import RecordingMaster, quiet
    except ModuleNotFoundError as error:
        raise missing_extra(error.name or "mitmproxy", "proxy") from error
    quiet()
    tally = Tally() if tally is None else tally
    recorder = Recorder(settings, tally)
    await recorder.begin(options.orders(settings))
    try:
        master = RecordingMaster(settings, recorder, on_listening)
        watching = asyncio.create_task(_watch(stop, recorder, master.shutdown))
        try:
            await master.run()
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
    finally:
        await recorder.end()
    if tally.failure is not None:
        raise Weather(*tally.failure)
    return Summary(tally, settings.strict)


async def _watch(stop: asyncio.Event, recorder: Recorder, shutdown: Callable[[], None]) -> None:
    """Shut down when it is asked for, or when nothing can be written any more."""
    waits = {asyncio.create_task(stop.wait()), asyncio.create_task(recorder.failed().wait())}
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    shutdown()
