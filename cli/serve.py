"""Shell: ``tapehiss serve``: a mock vendor made of tapes, which can be told to misbehave."""

from __future__ import annotations

import functools
import gc
import resource
import signal
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from tapehiss.cli.account import account, moving_line, summary
from tapehiss.cli.announcement import Announcement
from tapehiss.cli.answer_options import Answers, answer_options
from tapehiss.cli.console import say, say_json, visible, warn
from tapehiss.cli.opening import tapes_argument
from tapehiss.cli.place_options import Place, place_options
from tapehiss.cli.spying import Spying, passing_on, spy_options
from tapehiss.cli.state_options import States, ports, state_options
from tapehiss.cli.watching import LOOK_S, Source
from tapehiss.cli.weather_options import Weather, weather_options
from tapehiss.cli.webhook_options import Webhooks, webhook_account, webhook_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tapehiss.mocks.server import Server
    from tapehiss.mocks.vendor import Vendor

DRAIN_S = 5.0
"""How long answers may take to end after SIGTERM or Ctrl-C; a second Ctrl-C cuts them."""
FACTOR_MAX = 1000.0
FILES = 8192
"""Open files that are enough for every connection that a server takes."""
EXPOSED = "{} can be reached from other machines: anybody is answered, and who has the token can steer"


def factor(text: str) -> float:
    """``off``, ``recorded``, or a factor such as ``x0.5``, as a number."""
    named = {"off": 0.0, "recorded": 1.0}
    if text in named:
        return named[text]
    try:
        number = float(text.removeprefix("x"))
    except ValueError:
        number = -1.0
    if not text.startswith("x") or not 0 <= number <= FACTOR_MAX:
        raise click.BadParameter(f"{text!r} is none of off, recorded, x0.5 (twice as fast), x10 (ten times as slow)")
    return number


@click.command(name="serve")
@tapes_argument
@place_options
@weather_options
@click.option(
    "--idempotency",
    type=click.Choice(["auto", "stripe", "ietf", "off"]),
    default="auto",
    show_default=True,
    help="What the vendor does about repeated keys; auto: by its host.",
)
@click.option(
    "--latency",
    type=factor,
    metavar="off|recorded|xN",
    default="off",
    show_default=True,
    help="Replay recorded times: as they were, or scaled.",
)
@state_options
@answer_options
@spy_options
@webhook_options
@click.option("--for", "for_s", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="End after so long.")
@click.option(
    "--reload/--no-reload", default=True, help="Read tapes, schedules and limits again when they change.  [reload]"
)
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line when it listens, and one at the end.")
def command(
    paths: tuple[Path, ...],
    *,
    skip_damaged: bool,
    place: Place,
    weather: Weather,
    idempotency: str,
    latency: float,
    states: States,
    answers: Answers,
    spying: Spying,
    webhooks: Webhooks,
    for_s: float | None,
    reload: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Answer requests from tapes (files or folders) as the recorded vendor did; faults strike as told.

    Rules from --schedule, --scenario and --fault add up. Ctrl-C ends it, with a summary. While it runs, everything can be changed
    over HTTP: see /_tapehiss/docs.
    """
    load = functools.partial(
        _vendor, paths, answers, idempotency, skip_damaged=skip_damaged, seed=weather.seed, latency=latency
    )
    sources = [Source("tapes", [*paths, *answers.files], lambda: str(server.reload(load())))]  # before they are read
    vendor, kept = replace(load(), schedule=weather.rules()), weather.profile()
    host, (tls, certificate) = place.address.host, place.secured(vendor)
    post, spy = webhooks.postbox(weather.seed), spying.spy()
    where = {"host": host, "port": place.address.port, "token": place.token, "tls": tls}
    server = states.server(vendor, **where, webhooks=post, forward=spy)
    sources += weather.sources(server)
    more_files()
    with stopping() as stop, server, passing_on(spy, quiet=quiet):
        server.limit(kept)
        made = not place.token
        told = Announcement(server.url, server.port, vendor, kept, server.token, made, certificate, ports(server))
        announce(told, quiet=quiet, as_json=as_json, exposed="" if place.address.loopback else host)
        line = not quiet and not as_json and sys.stderr.isatty()
        _wait(server, stop, sources if reload else [], line=line, for_s=for_s)
        server.stop(drain_s=DRAIN_S)
    end(server, quiet=quiet, as_json=as_json)


def _vendor(
    paths: tuple[Path, ...], answers: Answers, idempotency: str, *, skip_damaged: bool, seed: int, latency: float
) -> Vendor:
    from tapehiss.mocks.idempotency import CHOICES

    vendor = replace(
        answers.vendor(paths, skip_damaged=skip_damaged, seed=seed, latency=latency), customs=CHOICES[idempotency]
    )
    gc.freeze()  # the recordings stay: a collector that looked through them would hold up an answer
    return vendor


def more_files(wanted: int = FILES) -> None:
    """Let this process open as many files as it may, up to so many: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if resource.RLIM_INFINITY != soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; the second one interrupts whatever still goes on."""
    stop = threading.Event()

    def heard(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, heard) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def announce(told: Announcement, *, quiet: bool, as_json: bool, exposed: str = "") -> None:
    """Where it listens and how to steer it; and that others can reach it, if they can."""
    if as_json:
        say_json(told.as_data())
    elif not quiet:
        for line in told.lines():
            say(line)
    sys.stdout.flush()
    if exposed and not quiet:
        warn(EXPOSED.format(exposed))


def _wait(server: Server, stop: threading.Event, sources: Sequence[Source], *, line: bool, for_s: float | None) -> None:
    """Until somebody stops it, or its time has come; with a line that moves, if a person watches."""
    end_s, asked, moving = time.monotonic() + (for_s or threading.TIMEOUT_MAX), 0, ""
    while not stop.wait(max(min(LOOK_S, end_s - time.monotonic()), 0.0)) and time.monotonic() < end_s:
        said = [each for source in sources if (each := source.look())]
        if line:
            totals = server.totals()
            sys.stderr.write("\r\x1b[K")
            moving, asked = moving_line(totals, (totals.requests - asked) / LOOK_S), totals.requests
        for each in said:
            warn(visible(each))
        if line:
            sys.stderr.write(moving)
            sys.stderr.flush()
    if line:
        sys.stderr.write("\r\x1b[K")


def end(server: Server, *, quiet: bool, as_json: bool) -> None:
    """What happened."""
    totals, schedule = server.ask(lambda live, _: (live.journal.totals(), live.vendor.schedule))
    webhooks = server.webhooks()
    if as_json:
        sent = {} if webhooks is None else {"webhooks": asdict(webhooks)}
        say_json(summary(totals, server.effects()) | sent)
    elif not quiet:
        for each in [*account(totals, schedule, server.effects()), *webhook_account(webhooks)]:
            say(visible(each))
