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
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tapehiss.cli.account import account, moving_line, summary
from tapehiss.cli.announcement import Announcement
from tapehiss.cli.answer_options import Answers, answer_options
from tapehiss.cli.console import counted, say, say_json, visible, warn
from tapehiss.cli.opening import tapes_argument
from tapehiss.cli.state_options import States, ports, state_options
from tapehiss.cli.watching import LOOK_S, Source
from tapehiss.cli.webhook_options import Webhooks, webhook_account, webhook_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tapehiss.mocks.profile import Profile
    from tapehiss.mocks.schedule import Schedule
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
@click.option(
    "--listen", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT", help="Port 0: any free port."
)
@click.option("--port", type=click.IntRange(0, 65535), help="Short for --listen 127.0.0.1:PORT.")
@click.option(
    "--schedule", "file", type=click.Path(path_type=Path), help="A YAML file with rules: which fault strikes when."
)
@click.option(
    "--scenario", "names", multiple=True, metavar="NAME", help="A ready schedule: brownout, flaky, outage, ..."
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="RULE",
    help="A rule in short form: '429 retry-after=2 first=2 on=POST /v1/*', 'latency=1.5 p=0.1', 'truncate=100', 'reset'.",
)
@click.option(
    "--limits",
    metavar="PROFILE[:PLAN]",
    help="Limits of a vendor: klaviyo, klaviyo:XS, github, stripe, ietf, ..., or a YAML file.",
)
@click.option(
    "--idempotency",
    type=click.Choice(["auto", "stripe", "ietf", "off"]),
    default="auto",
    show_default=True,
    help="What the vendor does about repeated keys; auto: by its host.",
)
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=0, show_default=True, help="Decides rules with p=.")
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
@webhook_options
@click.option("--https", is_flag=True, help="Serve HTTPS with a certificate that is made here; says how to trust it.")
@click.option(
    "--token",
    envvar="TAPEHISS_TOKEN",
    help="The control plane needs it; made if others can reach it.  [TAPEHISS_TOKEN]",
)
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
    listen: str,
    port: int | None,
    file: Path | None,
    names: tuple[str, ...],
    faults: tuple[str, ...],
    limits: str | None,
    idempotency: str,
    seed: int,
    latency: float,
    states: States,
    answers: Answers,
    webhooks: Webhooks,
    https: bool,
    token: str | None,
    for_s: float | None,
    reload: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Answer requests from tapes (files or folders) as the recorded vendor did; faults strike as told.

    Rules from --schedule, --scenario and --fault add up. Ctrl-C ends it, with a summary. While it runs, everything can be changed
    over HTTP: see /_tapehiss/docs.
    """
    from tapehiss.cassettes.origins import address

    load = functools.partial(
        _vendor, paths, answers, idempotency, skip_damaged=skip_damaged, seed=seed, latency=latency
    )
    place = address(listen if port is None else str(port))
    vendor = replace(load(), schedule=gathered(file, names, faults))
    kept = None if limits is None else _profile(limits)
    tls, certificate = _secured(vendor, place.host) if https else (None, None)
    post = webhooks.postbox(seed)
    server = states.server(vendor, host=place.host, port=place.port, token=token, tls=tls, webhooks=post)
    more_files()
    with stopping() as stop, server:
        server.limit(kept)
        told = Announcement(server.url, server.port, vendor, kept, server.token, not token, certificate, ports(server))
        announce(told, quiet=quiet, as_json=as_json, exposed="" if place.loopback else place.host)
        sources = [Source("tapes", [*paths, *answers.files], lambda: str(server.reload(load())))]
        sources += _steered(server, file, lambda: gathered(file, names, faults), limits)
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


def _secured(vendor: Vendor, host: str) -> Any:
    """What HTTPS needs, with the vendor's names in the certificate; kept in the folder in which we are, as the project's key is."""
    from tapehiss.mocks.certificates import certified

    return certified(Path(), [host, *sorted(vendor.index.hosts)])


def _steered(server: Server, file: Path | None, rules: Callable[[], Schedule], limits: str | None) -> Iterator[Source]:
    """The files beside the tapes that decide what the mock does."""

    def play() -> str:
        schedule = rules()
        server.play(schedule)
        return f"{counted(len(schedule), 'rule')} from now on; the schedule begins anew"

    def limit() -> str:
        assert limits is not None
        server.limit(_profile(limits))
        return "kept from now on; the counters begin anew"

    if file is not None:
        yield Source("rules", [file], play)
    profile = None if limits is None else profile_file(limits)
    if profile is not None:
        yield Source("limits", [profile], limit)


def profile_file(text: str) -> Path | None:
    """The file in ``mine.yaml`` or ``mine.yaml:big``; none in ``klaviyo:XS``."""
    for name in (text, text.rpartition(":")[0]):
        if name.endswith((".yaml", ".yml")):
            return Path(name)
    return None


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


def gathered(file: Path | None, names: tuple[str, ...], faults: tuple[str, ...]) -> Schedule:
    """The rules of a file, of ready scenarios and of the command line, in this order."""
    from tapehiss.mocks.errors import BadSchedule, Flaw
    from tapehiss.mocks.scenario import read_scenario, scenario
    from tapehiss.mocks.shorthand import rule_from_text

    schedule: Schedule = read_scenario(file).rules if file else ()
    for name in names:
        schedule += scenario(name).rules
    for text in faults:
        rule = rule_from_text(text)
        if isinstance(rule, Flaw):
            raise BadSchedule(
                f"{rule.field}: {rule.what}" if rule.field else rule.what, f"--fault {text!r}", rule.remedy
            )
        schedule += (rule,)
    return schedule


def _profile(text: str) -> Profile:
    from tapehiss.mocks.profile import profile

    return profile(text)


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
