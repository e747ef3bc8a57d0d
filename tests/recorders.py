"""A real recorder for tests: mitmproxy embedded in a thread, on a port that the system chose."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tapehiss.cassettes.origins import Address, target
from tapehiss.cassettes.tape import open_tapes
from tapehiss.proxy.loop import run
from tapehiss.proxy.recording import Settings, Summary, record
from tapehiss.proxy.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.cassettes.line import Gap

START_MAX_S = 60.0
KEY = b"a key for tests, thirty-two long"


class Recording:
    """One running recorder."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.tally = Tally()
        self.host, self.port = "", 0
        self.summary: Summary | None = None
        self.error: BaseException | None = None
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def start(self) -> Recording:
        """Return once it listens; raise what keeps it from doing so."""
        self._thread.start()
        assert self._listening.wait(START_MAX_S), "the recorder does not start"
        if self.error is not None:
            raise self.error
        return self

    def stop(self) -> Summary:
        """Drain, and say how it went."""
        if self._thread.is_alive() and self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(START_MAX_S)
        assert not self._thread.is_alive(), "the recorder does not stop"
        if self.error is not None:
            raise self.error
        assert self.summary is not None
        return self.summary

    def exchanges(self) -> list[Exchange]:
        """Stop, and read everything that is on the tapes."""
        self.stop()
        return [exchange for tape in open_tapes([self.settings.into]) for exchange in tape]

    def gaps(self) -> list[Gap]:
        """Stop, and read what the tapes say is missing."""
        self.stop()
        return [gap for tape in open_tapes([self.settings.into]) for gap in tape.gaps]

    @property
    def url(self) -> str:
        """Where clients reach it."""
        return f"http://{self.host}:{self.port}"

    def _work(self) -> None:
        try:
            self.summary = run(self._main())
        except BaseException as error:  # noqa: BLE001 (it is the test's)
            self.error = error
        finally:
            self._listening.set()

    async def _main(self) -> Summary:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        return await record(self.settings, stop=self._stop, on_listening=self._listens, tally=self.tally)

    def _listens(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._listening.set()


@contextmanager
def recorded(into: Path, to: str | None = None, **changes: object) -> Iterator[Recording]:
    """A recorder of the vendor at ``to`` (none: regular mode) that is stopped in the end."""
    settings = Settings(
        to=None if to is None else target(to),
        listen=Address("127.0.0.1", 0),
        into=into,
        key=KEY,
        rewrite=False,
        drain_max_s=2.0,
    )
    recording = Recording(replace(settings, **changes)).start()  # type: ignore[arg-type]
    try:
        yield recording
    finally:
        recording.stop()
