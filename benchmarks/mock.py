"""The mock beside other mock servers, all in one run: requests a second, tail latency, start, memory, and the pure core alone.

    make mock-peers                     once: what npm and Debian have of the others
    python benchmarks/mock.py           the table, some ten minutes
    python benchmarks/mock.py core start      some of its parts: core speed scale features latency start long
    python benchmarks/mock.py long --minutes 10

Every server runs on one core and wrk on another, 1 kB of JSON, keep-alive, over loopback; recordings are asked for at random. Ours is
``tapehiss serve`` on a tape, as anybody starts it, with its journal. Other servers: benchmarks/mock_peers.py. Exit code 1: a target was missed;
2: wrk is not installed, or a part has no such name.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mock_load import (
    BODY_BYTES,
    KEY,
    WRK,
    Load,
    Unanswered,
    cpu_s,
    exchanges,
    free_port,
    load,
    path_of,
    proven,
    rss_mb,
    running,
    warmed,
    write_tape,
)
from mock_peers import FASTAPI, HOVERFLY_OF_NGINX, NGINX, PEERS, WIREMOCK, Peer, vcrpy_per_s
from rows import Row, progress, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Command = Callable[[Path, int, int], list[str]]

FEW, MANY, VERY_MANY = 100, 10_000, 100_000
CONNECTIONS = (1, 32, 128)
SLOW_S = 6.0
LARGE_BYTES = 2_500
"""Of a body: 10,000 of them are a tape of 26 MB."""
LIMITS = """\
vendor: nobody
source: https://api.vendor.example
read: 2026-11-01
confidence: ours
limits:
  burst: {fixed: {quota: 1000000000, window_s: 1}, per: [account, endpoint]}
  steady: {fixed: {quota: 1000000000, window_s: 60}, per: [account, endpoint]}
headers: {RateLimit-Limit: "{steady.limit}", RateLimit-Remaining: "{steady.remaining}", RateLimit-Reset: "{steady.reset:delta_s}"}
"""
"""As many counters and headers as Klaviyo's, and quotas that nobody meets."""
SCHEDULE = "- latency=0 p=0.01\n- 503 on=/v2/*\n"
FEATURES = ("--limits", "limits.yaml", "--schedule", "schedule.yaml")


@dataclass
class Bench:
    """What was measured so far; nothing is measured twice."""

    seconds: float
    minutes: float
    loads: dict[tuple[str, int, int], Load | str] = field(default_factory=dict)
    """By name, recordings and connections: a load, or why there is none."""

    def measure(
        self, name: str, command: Command, needs: Path | None, count: int, connections: tuple[int, ...]
    ) -> None:
        """One server with so many recordings, under so many connections each."""
        missing = [each for each in connections if (name, count, each) not in self.loads]
        if needs is not None and not needs.exists():
            self.loads.update({(name, count, each): "not installed: make mock-peers" for each in missing})
        elif missing:
            progress(f"{name}: {count:,} recordings")
            with tempfile.TemporaryDirectory() as place:
                self._run(name, command, count, missing, Path(place))

    def _run(self, name: str, command: Command, count: int, connections: list[int], folder: Path) -> None:
        port = free_port()
        try:
            with running(command(folder, port, count), folder) as process:
                proven(process, port, count)
                warmed(port, count, folder)
                for each in connections:
                    slow = SLOW_S if count > FEW else 0.0  # some answer a few requests a second then
                    seen = load(port, count, folder, connections=each, seconds=max(self.seconds, slow), key=KEY)
                    self.loads[name, count, each] = seen.flaw or seen
        except (Unanswered, OSError, ValueError, subprocess.SubprocessError) as error:
            self.loads.update({(name, count, each): str(error) for each in connections})

    def ours(self, count: int, connections: tuple[int, ...] = (32,), *, features: bool = False) -> Load:
        """Our own figure."""
        name = "ours with everything" if features else "ours"
        self.measure(name, serving(FEATURES if features else ()), None, count, connections)
        found = self.loads[name, count, connections[0]]
        if isinstance(found, str):
            raise Unanswered(f"{name}: {found}")
        return found

    def theirs(self, peer: Peer, count: int, connections: int = 32, more: tuple[int, ...] = ()) -> Load | str:
        """A peer's figure, or why there is none."""
        self.measure(peer.name, peer.command, peer.needs, count, (connections, *more))
        return self.loads[peer.name, count, connections]

    @cached_property
    def hoverfly_per_s(self) -> float | None:
        """What Hoverfly would reach here, as a share of what nginx reaches."""
        found = self.theirs(NGINX, FEW, more=tuple(each for each in CONNECTIONS if each != 32))
        return None if isinstance(found, str) else HOVERFLY_OF_NGINX * found.per_s


def serving(options: tuple[str, ...], size: int = BODY_BYTES) -> Command:
    """Ours: ``tapehiss serve`` on a tape."""

    def command(folder: Path, port: int, count: int) -> list[str]:
        tape = write_tape(folder / "orders.yaml", count, size)
        (folder / "limits.yaml").write_text(LIMITS)
        (folder / "schedule.yaml").write_text(SCHEDULE)
        program = str(Path(sys.executable).with_name("tapehiss"))
        return [program, "serve", str(tape), "--listen", f"127.0.0.1:{port}", "--quiet", *options]

    return command


def core(_: Bench) -> Iterator[Row]:
    """The pure core: microseconds of processor time for one request."""
    from tapehiss.mocks.vendor import Vendor

    with tempfile.TemporaryDirectory() as place:
        plain = Vendor.of(exchanges(FEW))
        yield Row("Vendor.answer, plain", f"{answer_us(plain):.1f} µs")
        yield Row(*_upto("Vendor.answer, limits and schedule", answer_us(featured(plain, Path(place))), 10.0, "µs"))


def featured(vendor, folder: Path):
    """The vendor with the limits and the schedule of this benchmark."""
    from tapehiss.mocks.profile import parse_profile
    from tapehiss.mocks.scenario import parse_scenario

    limits = parse_profile(LIMITS.encode(), str(folder), "limits").limits
    schedule = parse_scenario(SCHEDULE.encode(), str(folder), "schedule").rules
    return replace(vendor, limits=limits, schedule=schedule, unix_s=1_790_000_000.0)


def answer_us(vendor, count: int = 20_000, rounds: int = 5) -> float:
    """Of some rounds the fastest."""
    from tapehiss.cassettes.exchange import Request
    from tapehiss.mocks.vendor import State

    headers = (("host", "127.0.0.1"), ("accept", "*/*"), ("user-agent", "wrk"), ("authorization", f"Bearer {KEY}"))
    requests = [Request("GET", f"http://127.0.0.1{path_of(each * 7919 % FEW)}", headers) for each in range(count)]
    best = float("inf")
    for _ in range(rounds):
        state, began = State(), time.process_time()
        for number, request in enumerate(requests):
            state, _, _ = vendor.answer(state, request, number * 1e-4)
        best = min(best, time.process_time() - began)
    return best / count * 1e6


def speed(bench: Bench) -> Iterator[Row]:
    """Requests a second with few recordings."""
    ours = bench.ours(FEW, (32, 1, 128)).per_s
    yield Row(f"requests a second, {FEW} recordings, 32 connections", f"{ours:,.0f}")
    shares = {NGINX.name: 0.6, FASTAPI.name: 5.0, WIREMOCK.name: 8.0}
    for peer in PEERS:
        yield _times(peer.name, ours, bench.theirs(peer, FEW, more=(1, 128)), shares.get(peer.name))
    yield _times("Hoverfly (not to be had here: an estimate)", ours, bench.hoverfly_per_s or "nginx is missing", 2.0)
    with tempfile.TemporaryDirectory() as place:
        yield _times("vcrpy in process, no server", ours, vcrpy_per_s(Path(place), FEW, bench.seconds), None)


def scale(bench: Bench) -> Iterator[Row]:
    """The same with many."""
    few, ours = bench.ours(FEW).per_s, bench.ours(MANY).per_s
    yield Row(
        *_atleast(f"requests a second, {MANY:,} recordings", ours, 0.9 * few, "/s"), note=f"{ours / few:.2f} of {FEW}"
    )
    best = 0.0
    for peer in PEERS:
        found = bench.theirs(peer, MANY)
        yield _times(peer.name, ours, found, None)
        best = max(best, found.per_s) if peer.scans and not isinstance(found, str) else best
    yield _times("the best that looks at one stub after another", ours, best or "none is installed", 200.0)
    yield _times("Hoverfly, warm (an estimate)", ours, bench.hoverfly_per_s or "nginx is missing", 1.5)


def features(bench: Bench) -> Iterator[Row]:
    """With journal, limits, a schedule and a client's key."""
    ours = bench.ours(FEW, features=True).per_s
    share = f"{ours / bench.ours(FEW).per_s:.2f} of plain"
    yield Row("limits, schedule, key, journal", f"{ours:,.0f}/s", note=share)
    yield _times("Hoverfly, plain (an estimate)", ours, bench.hoverfly_per_s or "nginx is missing", 1.2)


def latency(bench: Bench) -> Iterator[Row]:
    """The slowest of a hundred."""
    for connections in CONNECTIONS:
        others = tuple(each for each in CONNECTIONS if each != connections)
        ours = bench.ours(FEW, (connections, *others)).p99_ms
        peers = {peer.name: bench.theirs(peer, FEW, connections, others) for peer in PEERS if peer is not NGINX}
        found = {name: each.p99_ms for name, each in peers.items() if not isinstance(each, str)}
        limit = bench.theirs(NGINX, FEW, connections, others)
        note = ", ".join(f"{name} {each:.2f}" for name, each in found.items())
        note += "" if isinstance(limit, str) else f"; the limit, nginx {limit.p99_ms:.2f}"
        least = min(found.values(), default=float("inf"))
        yield Row(f"p99, {connections} connections", f"{ours:.2f} ms", f"< {least:.2f} ms", ours < least, note)


def start(_: Bench) -> Iterator[Row]:
    """From the command to the first answer."""
    for count, start_max_s, rss_max_mb in ((MANY, 1.0, 150.0), (VERY_MANY, 6.0, None)):
        progress(f"start with {count:,} recordings")
        with tempfile.TemporaryDirectory() as place:
            folder, port = Path(place), free_port()
            command = serving((), LARGE_BYTES)(folder, port, count)
            began = time.perf_counter()
            with running(command, folder) as process:
                proven(process, port, count, LARGE_BYTES)
                took_s, rss, used_s = time.perf_counter() - began, rss_mb(process.pid), cpu_s(process.pid)
            size = (folder / "orders.yaml").stat().st_size / 1e6
        what = f"start to first answers, {count:,} exchanges"
        yield Row(
            *_upto(what, took_s, start_max_s, "s"), note=f"{size:.0f} MB of tape, {used_s:.2f} s of processor time"
        )
        yield (
            Row("  its memory", f"{rss:.0f} MB")
            if rss_max_mb is None
            else Row(*_upto("  its memory", rss, rss_max_mb, "MB"))
        )


def per_request(bench: Bench) -> Iterator[Row]:
    """Whether a hundred thousand recordings slow a request down."""
    many, very_many = bench.ours(MANY).per_s, bench.ours(VERY_MANY).per_s
    note = f"{very_many / many:.2f} of {MANY:,}"
    yield Row(*_atleast(f"requests a second, {VERY_MANY:,} recordings", very_many, 0.9 * many, "/s"), note=note)


def long(bench: Bench) -> Iterator[Row]:
    """Memory under full load."""
    with tempfile.TemporaryDirectory() as place:
        folder, port = Path(place), free_port()
        with running(serving(FEATURES)(folder, port, MANY), folder) as process:
            proven(process, port, MANY)
            warmed(port, MANY, folder)
            span_s, seen, asked = bench.minutes * 60 / 12, [], 0.0
            for turn in range(12):
                progress(f"full load for {bench.minutes:g} minutes: {turn} of 12")
                found = load(port, MANY, folder, connections=32, seconds=max(span_s, 1.0), key=KEY)
                asked += found.per_s * max(span_s, 1.0)
                seen.append(rss_mb(process.pid))
    rise = seen[-1] - seen[2]
    note = f"{asked:,.0f} requests; " + " ".join(f"{each:.0f}" for each in seen)
    what = f"memory after {bench.minutes:g} minutes of full load"
    yield Row(what, f"{seen[-1]:.0f} MB, {rise:+.1f} MB", "flat: <= 5 % more", rise <= 0.05 * seen[2], note)


def _times(name: str, ours: float, theirs: Load | float | str, least: float | None) -> Row:
    """Ours beside theirs."""
    if isinstance(theirs, str):
        return Row(f"  {name}", "absent", "" if least is None else f"ours >= {least:g} x", None, theirs)
    per_s = theirs.per_s if isinstance(theirs, Load) else theirs
    ratio = ours / per_s
    target = "" if least is None else f"ours >= {least:g} x"
    return Row(
        f"  {name}", f"{per_s:,.0f}/s", target, None if least is None else ratio >= least, f"ours is {ratio:.3g} x"
    )


def _atleast(what: str, found: float, least: float, unit: str) -> tuple[str, str, str, bool]:
    return what, f"{found:,.0f}{unit}", f">= {least:,.0f}{unit}", found >= least


def _upto(what: str, found: float, most: float, unit: str) -> tuple[str, str, str, bool]:
    return what, f"{found:.2f} {unit}", f"<= {most:g} {unit}", found <= most


PARTS = {
    "core": (core,),
    "speed": (speed,),
    "scale": (scale,),
    "features": (features,),
    "latency": (latency,),
    "start": (start, per_request),
    "long": (long,),
}


def main() -> int:
    """The parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all of them unless some are named"
    )
    parser.add_argument("--seconds", type=float, default=3.0, help="how long one measurement lasts")
    parser.add_argument("--minutes", type=float, default=0.5, help="how long the full load of part 'long' lasts")
    given = parser.parse_args()
    if stray := [each for each in given.parts if each not in PARTS]:
        parser.error(f"no part is called {stray[0]!r}: {', '.join(PARTS)}")
    if not WRK.exists():
        print("wrk is not installed: make mock-peers", file=sys.stderr)
        return 2
    bench = Bench(given.seconds, given.minutes)
    try:
        return told(row for name in given.parts or PARTS for part in PARTS[name] for row in part(bench))
    except Unanswered as error:
        print(f"ours failed: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
