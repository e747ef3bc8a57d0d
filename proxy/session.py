"""Shell: a recording as a person starts it: signals end it, a command runs beside it, a line says how it goes.

What is printed goes to standard error, so that standard output belongs to the command, or to the summary for programs.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.errors import Misuse
from tapehiss.proxy import display, pointing, trust
from tapehiss.proxy.recording import record
from tapehiss.proxy.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tapehiss.cassettes.origins import Origin
    from tapehiss.proxy.recording import Summary
    from tapehiss.proxy.settings import Settings

TICK_S = 0.25
PROBE_MAX_S = 2.0
TERMINATE_MAX_S = 5.0
"""How long a command may take to end after it was told to, when the recording failed."""
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Plan:
    """A recording and what is around it."""

    settings: Settings
    command: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    """``NAME`` or ``NAME=VALUE`` for the command."""
    quiet: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went."""

    summary: Summary
    command: int | None
    """The command's exit code."""

    @property
    def exit_code(self) -> int:
        """What the whole leaves with."""
        return display.exit_code(recorder=self.summary.exit_code, command=self.command)


class Session:
    """One recording, from the first line to the last."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.tally = self._tally = Tally()
        """What was recorded so far, also when ``run`` raises."""
        self._stop = asyncio.Event()
        self._child: asyncio.subprocess.Process | None = None
        self._left: asyncio.Task[int] | None = None
        self._asked = 0
        self._hinted: set[str] = set()

    async def run(self) -> Outcome:
        """Record until a signal comes or the command has ended. Raises ``Misuse`` or ``Weather``."""
        _refuse_what_cannot_run(self._plan)
        loop = asyncio.get_running_loop()
        for number in ENDS:
            loop.add_signal_handler(number, self._end, number)
        listening: asyncio.Future[tuple[str, int]] = loop.create_future()
        recording = asyncio.create_task(
            record(
                self._plan.settings,
                stop=self._stop,
                tally=self._tally,
                on_listening=lambda *at: listening.set_result(at),
            ),
        )
        try:
            waits: tuple[asyncio.Future[Any], ...] = (recording, listening)
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            code = await self._beside(recording, listening.result()[1]) if listening.done() else None
        finally:
            self._stop.set()
            await self._dismiss()
            summary = await recording
        self._hint()
        return Outcome(summary, code)

    async def _beside(self, recording: asyncio.Task[Summary], port: int) -> int | None:
        """What goes on while it records."""
        here = self._plan.settings.listen.origin(port)
        trusted = self._introduce(here)
        helpers = [asyncio.create_task(self._probe()), asyncio.create_task(self._watch())]
        try:
            if self._plan.command:
                return await self._command(recording, here, trusted)
            stopped = asyncio.create_task(self._stop.wait())
            waits: tuple[asyncio.Future[Any], ...] = (recording, stopped)
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            return None
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    def _introduce(self, here: Origin) -> tuple[str, str]:
        """The first lines; in regular mode the bundle is written, and its place and the certificate's are the answer."""
        settings = self._plan.settings
        for caution in display.cautions(settings):
            self.say(f"caution: {caution}")
        for line in display.opening(settings, here, command=bool(self._plan.command)):
            self.say(line)
        if settings.to is not None:
            return ("", "")
        ours = trust.authority(settings.ca_folder)
        bundle = trust.write_bundle(ours, self._plan.environ)
        if not self._plan.command:
            self.say(trust.printed(str(here), ours))
        return (str(ours.certificate), str(bundle))

    def say(self, line: str) -> None:
        """One line for a person."""
        if not self._plan.quiet:
            sys.stderr.write(f"{line}\n" if line.startswith(" ") else f"tapehiss: {line}\n")
            sys.stderr.flush()

    async def _command(self, recording: asyncio.Task[Summary], here: Origin, trusted: tuple[str, str]) -> int:
        """Run the command, pointed at the recorder, and give its exit code; end it if the recording fails."""
        base = self._plan.settings.to.base_path if self._plan.settings.to else ""
        url = f"{here}{base}"
        words = pointing.placed(self._plan.command, url)
        pointed = display.environment(self._plan.settings, here, trusted, self._plan.environ)
        environ = {**self._plan.environ, **pointed, **pointing.named(self._plan.env, url)}
        self._child = await _started(words, environ)
        self._left = asyncio.create_task(self._child.wait())
        waits: tuple[asyncio.Future[Any], ...] = (recording, self._left)
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        await self._dismiss()
        return display.shell_code(await self._left)

    async def _dismiss(self) -> None:
        """End a command that still runs."""
        if self._child is None or self._left is None or self._left.done():
            return
        self._signal(signal.SIGTERM)
        await asyncio.wait({self._left}, timeout=TERMINATE_MAX_S)
        self._signal(signal.SIGKILL)
        await asyncio.wait({self._left})

    def _signal(self, number: signal.Signals) -> None:
        """A signal for the command, if there is one to hear it."""
        if self._child is not None and self._child.returncode is None:
            with suppress(ProcessLookupError):
                self._child.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        """A signal: the command gets it first and the recording ends with it; the third time everything ends at once."""
        self._asked += 1
        if self._asked > 2:
            os._exit(130)
        if self._child is None or self._child.returncode is not None:
            self._stop.set()
        elif number is not signal.SIGINT or not _at_terminal():  # at a terminal Ctrl-C reaches the command by itself
            self._signal(number)

    async def _probe(self) -> None:
        """Say so if the vendor cannot be reached now; it may be up when the first request comes."""
        to = self._plan.settings.to
        if to is None:
            return
        try:
            async with asyncio.timeout(PROBE_MAX_S):
                # uvloop complains about a look-up that fails after its connection attempt was given up, not about this one.
                await asyncio.get_running_loop().getaddrinfo(to.origin.host.strip("[]"), to.origin.port)
                _, writer = await asyncio.open_connection(to.origin.host.strip("[]"), to.origin.port)
        except OSError as error:
            reason = error.strerror or str(error) or "no answer"
            self.say(
                f"caution: {to.origin} cannot be reached now ({reason}) -> requests are recorded as refused until it can"
            )
        else:
            writer.close()

    async def _watch(self) -> None:
        """The live line, and hints when they are due."""
        began = time.monotonic()
        with _live_line(shown=not (self._plan.quiet or self._plan.command) and sys.stderr.isatty()) as show:
            while True:
                self._hint()
                show(display.live(self._tally, time.monotonic() - began))
                if self._tally.failure is not None:
                    self._signal(signal.SIGTERM)  # nothing that the command does now would be recorded
                await asyncio.sleep(TICK_S)

    def _hint(self) -> None:
        """What a person should be told as soon as it happens, once."""
        certificate = str(trust.authority(self._plan.settings.ca_folder).certificate)
        for host in sorted(set(self._tally.tls_refused) - self._hinted):
            self._hinted.add(host)
            self.say(display.distrusted(host, certificate))
        for host, words in sorted(self._tally.tls_failed.items()):
            if f"vendor {host}" not in self._hinted:
                self._hinted.add(f"vendor {host}")
                self.say(display.no_tls(host, words))


def _refuse_what_cannot_run(plan: Plan) -> None:
    """A command that is not there, or a variable that cannot be set, before anything listens."""
    path = {**plan.environ, **pointing.named(plan.env, "")}.get("PATH")
    for name in plan.command[:1]:
        there = os.sep in name and Path(name).exists()  # one that is no program is told by the system
        if not (there or pointing.URL in name or shutil.which(name, path=path)):
            raise Misuse("there is no such command", name, "check its name, or give its path")


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


async def _started(words: Sequence[str], environ: Mapping[str, str]) -> asyncio.subprocess.Process:
    """The command, with our standard streams."""
    try:
        return await asyncio.create_subprocess_exec(*words, env=environ)
    except FileNotFoundError:
        raise Misuse("there is no such command", words[0], "check its name, or give its path") from None
    except OSError as error:
        raise Misuse(
            f"the command cannot be run: {error.strerror}", words[0], "run it without tapehiss first"
        ) from None


@contextmanager
def _live_line(*, shown: bool) -> Iterator[Callable[[str], None]]:
    """A line at the bottom of the terminal that is replaced; other lines are printed above it."""
    if not shown:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(stderr=True), auto_refresh=False, transient=True) as line:
        yield lambda text: line.update(Text(text, no_wrap=True, overflow="ellipsis"), refresh=True)
