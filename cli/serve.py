"""Shell: ``tapehiss serve``: a mock vendor made of tapes, which can be told to misbehave."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tapehiss.cli.console import say, say_json, warn
from tapehiss.cli.opening import opened, tapes_argument

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tapehiss.mocks.journal import Totals
    from tapehiss.mocks.ledger import Effect
    from tapehiss.mocks.profile import Profile
    from tapehiss.mocks.schedule import Schedule
    from tapehiss.mocks.server import Server
    from tapehiss.mocks.vendor import Vendor

LIVE_LINE_S = 0.2
MISSES_SHOWN_MAX = 10
EFFECTS_SHOWN_MAX = 10
FACTOR_MAX = 1000.0


def _factor(_ctx: click.Context, _param: click.Parameter, value: str) -> float:
    """``off``, ``recorded``, or a factor such as ``x0.5``."""
    named = {"off": 0.0, "recorded": 1.0}
    if value in named:
        return named[value]
    try:
        factor = float(value.removeprefix("x"))
    except ValueError:
        factor = -1.0
    if not value.startswith("x") or not 0 <= factor <= FACTOR_MAX:
        raise click.BadParameter(f"{value!r} is none of off, recorded, x0.5 (twice as fast), x10 (ten times as slow)")
    return factor


@click.command(name="serve")
@tapes_argument
@click.option(
    "--listen", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT", help="Port 0: any free port."
)
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
    callback=_factor,
    metavar="off|recorded|xN",
    default="off",
    show_default=True,
    help="Replay recorded times: as they were, or scaled.",
)
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line when it listens, and one at the end.")
def command(
    paths: tuple[Path, ...],
    *,
    skip_damaged: bool,
    listen: str,
    file: Path | None,
    names: tuple[str, ...],
    faults: tuple[str, ...],
    limits: str | None,
    idempotency: str,
    seed: int,
    latency: float,
    quiet: bool,
    as_json: bool,
) -> None:
    """Answer requests from tapes (files or folders) as the recorded vendor did; faults strike as told.

    Rules from --schedule, --scenario and --fault add up. Ctrl-C ends it, with a summary. While it runs, everything can be changed
    over HTTP: see /_tapehiss/docs.
    """
    from tapehiss.cassettes.origins import address
    from tapehiss.mocks.idempotency import CHOICES
    from tapehiss.mocks.loading import vendor_on
    from tapehiss.mocks.server import Server

    schedule = gathered(file, names, faults)
    vendor = vendor_on(opened(paths, skip_damaged=skip_damaged), schedule, seed=seed, latency=latency)
    vendor = replace(vendor, customs=CHOICES[idempotency])
    place = address(listen)
    if not place.loopback:
        warn(f"{listen} can be reached from other machines, and anybody there can steer the mock")
    kept = None if limits is None else _profile(limits)
    with stopping() as stop, Server(vendor, host=place.host, port=place.port) as server:
        server.limit(kept)
        announce(server, vendor, kept, quiet=quiet, as_json=as_json)
        _wait(server, stop, live_line=not quiet and not as_json and sys.stderr.isatty())
        totals, schedule = server.ask(lambda live, _: (live.journal.totals(), live.vendor.schedule))
        effects = server.effects()
    if as_json:
        say_json(summary(totals, effects))
    elif not quiet:
        for line in account(totals, schedule, effects):
            say(line)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stop.set()) for number in numbers]
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


def announce(server: Server, vendor: Vendor, kept: Profile | None, *, quiet: bool, as_json: bool) -> None:
    """Where it listens and how to steer it."""
    from tapehiss.mocks.shorthand import rule_to_text

    hosts = sorted(vendor.index.hosts)
    rules = [rule_to_text(rule) for rule in vendor.schedule]
    control = f"{server.url}/_tapehiss/"
    if as_json:
        count = len(vendor.index.recordings)
        say_json(
            {
                "url": server.url,
                "port": server.port,
                "control": control,
                "recordings": count,
                "hosts": hosts,
                "rules": rules,
                "limits": None if kept is None else {"profile": kept.name, "plan": kept.plan},
            }
        )
    elif not quiet:
        say(f"serving    {_many(len(vendor.index.recordings), 'recording')} of {', '.join(hosts)}")
        say(f"at         {server.url}")
        if len(hosts) > 1:
            say(f"           by Host header, or at {server.url}/_host/{hosts[0]}/")
        say(f"weather    {rules[0] if rules else 'fair'}")
        for rule in rules[1:]:
            say(f"           {rule}")
        if kept is not None:
            plan = f", plan {kept.plan}" if kept.plan else ""
            say(f"limits     {kept.vendor}{plan} ({kept.confidence}, read {kept.read}: {kept.source})")
        if any(rule.probability < 1 for rule in vendor.schedule):
            say(f"seed       {vendor.seed}")
        say(f"steer      {control}docs")
        say("stop       Ctrl-C")
    sys.stdout.flush()


def _wait(server: Server, stop: threading.Event, *, live_line: bool) -> None:
    """Until somebody stops it; with a line that moves, if a person watches."""
    while not stop.wait(LIVE_LINE_S if live_line else None):
        sys.stderr.write(f"\r\x1b[K{moving_line(server.totals())}")
        sys.stderr.flush()
    if live_line:
        sys.stderr.write("\r\x1b[K")


def moving_line(totals: Totals) -> str:
    """The line that moves."""
    parts = [_many(totals.requests, "request"), *(f"{count} {name}" for name, count in sorted(totals.statuses.items()))]
    misses = totals.rungs.get("miss", 0)
    return "  ".join([*parts, f"{misses} missed"] if misses else parts)[:100]


def summary(totals: Totals, effects: tuple[Effect, ...] = ()) -> dict[str, Any]:
    """What happened, for a program."""
    return {
        "requests": totals.requests,
        "matches": dict(totals.rungs),
        "statuses": dict(totals.statuses),
        "struck": dict(totals.struck),
        "limited": dict(totals.limited),
        "missed": [{"method": method, "path": path, "count": count} for (method, path), count in totals.missed.items()],
        "effects": [asdict(each) for each in effects],
    }


def account(totals: Totals, schedule: Schedule, effects: tuple[Effect, ...] = ()) -> list[str]:
    """What happened, for a person."""
    from tapehiss.mocks.shorthand import rule_to_text

    lines = [f"{_many(totals.requests, 'request')}: {_counted(totals.rungs)}" if totals.requests else "no request came"]
    if totals.requests:
        lines.append(f"answers    {_counted(totals.statuses)}")
    lines += [f"struck     {count} × {rule}" for rule, count in totals.struck.items()]
    lines += [f"limited    {count} × {name}" for name, count in totals.limited.items()]
    never = [text for rule in schedule if (text := rule_to_text(rule)) not in totals.struck]
    lines += [f"never      {rule}: planned, and no request met it" for rule in never]
    missed = sorted(totals.missed.items(), key=lambda item: -item[1])
    lines += [f"missed     {count} × {method} {path}" for (method, path), count in missed[:MISSES_SHOWN_MAX]]
    if len(missed) > MISSES_SHOWN_MAX:
        lines.append(f"missed     and {len(missed) - MISSES_SHOWN_MAX} other paths")
    return lines + [line for each in effects[:EFFECTS_SHOWN_MAX] for line in done_twice(each)]


def done_twice(effect: Effect) -> list[str]:
    """What of one operation was done again, or was not because of a key."""
    found = []
    if effect.doubled:
        found.append(f"again      {effect.doubled} × {effect.operation}: done before; {effect.carried_out} × in all")
    if effect.replayed:
        found.append(f"replayed   {effect.replayed} × {effect.operation}: the key was known, nothing was done")
    if effect.conflicts:
        found.append(f"conflict   {effect.conflicts} × {effect.operation}: the key of another request")
    return found


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
