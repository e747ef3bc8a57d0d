"""Shell: ``tapehiss serve --spy``: what is on no tape is asked of the real vendor, and written on a tape as it goes.

Only reads are passed on unless writes are allowed, only so many requests, and what comes back passes the redaction door before it is kept.
"""

from __future__ import annotations

import asyncio
import functools
import os
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Exchange, Response, Timings
from tapehiss.cli.console import counted, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tapehiss.cassettes.exchange import Request
    from tapehiss.cassettes.origins import Target
    from tapehiss.cassettes.redaction import Redactor
    from tapehiss.cassettes.writer import TapeWriter
    from tapehiss.clients.effects import Outcome

F = TypeVar("F", bound="Callable[..., Any]")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MOST = 1_000
TIMEOUT_S = 60.0
BODY_MAX_BYTES = 64 * 1024 * 1024
_OURS = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-forwarded-proto",
    }
)
"""Headers about the connection to the mock, and about a body that is decoded by now."""


@dataclass(frozen=True, slots=True)
class Spying:
    """What a user wants passed on."""

    url: str | None = None
    into: Path | None = None
    writes: bool = False
    most: int = MOST

    def spy(self) -> Spy | None:
        """Who asks; ``None`` if nobody should. Raises ``Misuse``."""
        if self.url is None and self.into is None:
            return None
        if self.url is None or self.into is None:
            missing = "--spy URL" if self.url is None else "--into DIR"
            raise Misuse("whom to ask, and where to write: both are needed", "--spy, --into", f"add {missing}")
        from tapehiss.cassettes.origins import target

        return Spy(target(self.url, "--spy"), self.into, writes=self.writes, left=self.most)


def spy_options(function: F) -> F:
    """Give a command ``--spy``, ``--into``, ``--spy-writes`` and ``--spy-most``, as one argument ``spying``."""

    @functools.wraps(function)
    def gathered(*args: Any, spy: str | None, into: Path | None, spy_writes: bool, spy_most: int, **more: Any) -> Any:
        return function(*args, spying=Spying(spy, into, spy_writes, spy_most), **more)

    options = (
        click.option("--spy", metavar="URL", help="Ask this vendor what is on no tape (reads only), and record it."),
        click.option(
            "--into", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Where --spy records."
        ),
        click.option("--spy-writes", is_flag=True, help="Pass on POST, PUT, PATCH and DELETE as well."),
        click.option(
            "--spy-most", type=click.IntRange(1), default=MOST, show_default=True, help="No more requests than these."
        ),
    )
    wrapped: Any = gathered
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]


@contextmanager
def passing_on(spy: Spy | None, *, quiet: bool) -> Iterator[None]:
    """Say on standard error what is passed on, and at the end what was kept."""
    if spy is not None and not quiet:
        note(*spy.lines())
    try:
        yield
    finally:
        if spy is not None:
            kept = list(spy.close())
            note(*([] if quiet else kept))


def note(*lines: str) -> None:
    """Words about the work itself, beside what standard output is for."""
    for line in lines:
        click.echo(visible(line), err=True)


@dataclass(slots=True)
class Spy:
    """Asks the vendor and keeps what it said (``tapehiss.mocks.spying.Forward``)."""

    target: Target
    into: Path
    writes: bool = False
    left: int = MOST
    kept: int = 0
    quarantined: int = 0
    _redactor: Redactor | None = None
    _writer: TapeWriter | None = None
    _wire: Any = None
    _door: threading.Lock = field(default_factory=threading.Lock)

    async def __call__(self, request: Request) -> Exchange | None:
        """What the vendor said; ``None`` for what is not passed on."""
        if self.left <= 0 or not (self.writes or request.method in SAFE):
            return None
        self.left -= 1
        return await asyncio.to_thread(self._asked, request)

    def _asked(self, request: Request) -> Exchange | None:
        from tapehiss.clients.effects import Send
        from tapehiss.clients.errors import ApiError
        from tapehiss.clients.httpx_wire import Wire, send

        with self._door:
            self._wire = self._wire or Wire()
        path = request.url.partition("://")[2].partition("/")[2]
        headers = tuple(pair for pair in request.headers if pair[0].lower() not in _OURS)
        sent = replace(request, url=f"{self.target.origin}/{path}", headers=headers)
        started_at, began_s = time.time(), time.monotonic()
        try:
            outcome = send(self._wire, Send(sent, TIMEOUT_S), BODY_MAX_BYTES)
        except ApiError:
            return None
        exchange = _exchange(sent, outcome, started_at, time.monotonic() - began_s)
        with self._door:
            self._keep(exchange)
        return exchange

    def _keep(self, exchange: Exchange) -> None:
        """Through the redaction door, onto the tape or into quarantine."""
        from tapehiss.cassettes.quarantine import quarantine
        from tapehiss.cassettes.redaction import Quarantined
        from tapehiss.cassettes.writer import TapeWriter, tape_path
        from tapehiss.cli.tape_import import door

        self._redactor = self._redactor or door()
        clean = self._redactor.clean(exchange)
        if isinstance(clean, Quarantined):
            quarantine(self.into, clean)
            self.quarantined += 1
            return
        if self._writer is None:
            self.into.mkdir(parents=True, exist_ok=True)
            self._writer = TapeWriter(tape_path(self.into, self.target.origin.host, exchange.started_at, os.getpid()))
        self._writer.append(clean)
        self._writer.sync()
        self.kept += 1

    def lines(self) -> Iterator[str]:
        """What it passes on, for a person."""
        what = "everything" if self.writes else "GET, HEAD and OPTIONS"
        yield f"spy        what is on no tape ({what}) goes to {self.target.origin}, with the client's own credentials,"
        yield f"           and onto a tape in {self.into}; {counted(self.left, 'request')} at most"

    def close(self) -> Iterator[str]:
        """End the tape; what it kept, for a person."""
        more = f"; {self.quarantined} in quarantine" if self.quarantined else ""
        if self._writer is None:
            yield f"spied      nothing onto a tape{more}"
            return
        self._writer.close()
        yield f"spied      {counted(self.kept, 'exchange')} into {', '.join(map(str, self._writer.paths))}{more}"


def _exchange(sent: Request, outcome: Outcome, started_at: float, took_s: float) -> Exchange:
    timings = Timings(end_s=took_s)
    if isinstance(outcome, Response):
        return Exchange(sent, outcome, started_at=started_at, timings=timings)
    return Exchange(sent, outcome.response, outcome.ending, outcome.detail, started_at, timings)
