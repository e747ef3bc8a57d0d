"""The tape against vcrpy's cassette: appending and opening 10,000 exchanges of 2.6 kB. One command, one table.

    python benchmarks/tape.py [--exchanges 10000] [--rounds 3]

Every figure is the best of the rounds, each in a process of its own (peak memory: VmHWM). vcrpy's side is its own persister and
serializer (libyaml), with nothing of ours in the process; both sides hold the same exchanges. Exit code 1: a target was missed.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
GROUP_S = 0.1
"""A group is what was appended in this time, as in the recorder (proxy/desk.py, GROUP_MAX_S)."""


def exchanges(count: int):
    """Exchanges as APIs make them: 2.6 kB on the tape, gzip'd and chunked on the wire."""
    from tapehiss.cassettes.exchange import Exchange, Request, Response, Timings

    for i in range(count):
        items = [
            {"id": i * 20 + k, "name": f"thing {k}", "email": f"k{k}@vendor.example", "ok": True} for k in range(22)
        ]
        yield Exchange(
            Request(
                "GET",
                f"https://api.vendor.example/v1/things/{i}?limit=20",
                (("Host", "api.vendor.example"), ("Accept", "*/*"), ("User-Agent", "python-httpx/0.28.1")),
            ),
            Response(
                200,
                "OK",
                (
                    ("Date", "Sat, 21 Nov 2026 10:00:00 GMT"),
                    ("Content-Type", "application/json; charset=utf-8"),
                    ("Transfer-Encoding", "chunked"),
                    ("Connection", "keep-alive"),
                    ("Content-Encoding", "gzip"),
                    ("Cache-Control", "no-cache"),
                    ("X-Request-Id", f"req-{i:08}"),
                    ("RateLimit-Remaining", str(5000 - i % 5000)),
                ),
                json.dumps({"items": items, "next": i + 1}).encode(),
            ),
            started_at=1.7e9 + i,
            timings=Timings(first_byte_s=0.1, end_s=0.2),
        )


def append(path: Path, count: int) -> float:
    """Seconds to append all, group fsync."""
    from tapehiss.cassettes.writer import TapeWriter

    xs = list(exchanges(count))
    gc.freeze()  # a recorder does not hold what it has written: neither side is charged for looking through the input
    begun = synced = time.perf_counter()
    with TapeWriter(path) as writer:
        for x in xs:
            writer.append(x)
            if time.perf_counter() - synced > GROUP_S:
                writer.sync()
                synced = time.perf_counter()
    return time.perf_counter() - begun


def save(path: Path, count: int) -> float:
    """Seconds for vcrpy to save the same."""
    from vcr.persisters.filesystem import FilesystemPersister
    from vcr.request import Request
    from vcr.serializers import yamlserializer

    from tapehiss.cassettes.view import to_interaction

    views = [to_interaction(x) for x in exchanges(count)]
    requests = [Request(**view["request"]) for view in views]
    responses = [{key: value for key, value in view["response"].items() if key != "x-tapehiss"} for view in views]
    gc.freeze()
    begun = time.perf_counter()
    FilesystemPersister.save_cassette(path, {"requests": requests, "responses": responses}, yamlserializer)
    return time.perf_counter() - begun


def open_index(path: Path, count: int) -> float:
    """Seconds until the index is ready."""
    begun = time.perf_counter()
    from tapehiss.cassettes.tape import open_tape

    tape = open_tape(path)
    assert (count, 200) == (len(tape), tape.index[-1].status)
    return time.perf_counter() - begun


def read_all(path: Path, count: int) -> float:
    """Seconds to open and to read every exchange."""
    begun = time.perf_counter()
    from tapehiss.cassettes.tape import open_tape

    assert count == sum(x.response is not None for x in open_tape(path))
    return time.perf_counter() - begun


def load(path: Path, count: int) -> float:
    """Seconds for vcrpy to load a cassette."""
    from vcr.persisters.filesystem import FilesystemPersister
    from vcr.serializers import yamlserializer

    begun = time.perf_counter()
    requests, _ = FilesystemPersister.load_cassette(path, yamlserializer)[:2]
    assert count == len(requests)
    return time.perf_counter() - begun


JOBS = {job.__name__: job for job in (append, save, open_index, read_all, load)}


def measure(job: str, path: Path, count: int) -> tuple[float, float]:
    """Seconds and peak megabytes of one job in a process of its own."""
    if job in {"append", "save"}:
        path.unlink(missing_ok=True)
    said = subprocess.run(
        [sys.executable, __file__, "--job", job, "--path", path, "--exchanges", str(count)],
        env={**os.environ, "PYTHONPATH": str(ROOT / ".import")},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, megabytes = json.loads(said.stdout)
    return seconds, megabytes


def best(jobs: list[tuple[str, Path]], count: int, rounds: int) -> list[tuple[float, float]]:
    """The best of some rounds for each job; the jobs take turns, so that a busy minute strikes all alike."""
    trials = [[measure(job, path, count) for job, path in jobs] for _ in range(rounds)]
    return [(min(s for s, _ in of_one), min(mb for _, mb in of_one)) for of_one in zip(*trials, strict=True)]


def peak_mb() -> float:
    """The most memory that this process ever had."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def compare(count: int, rounds: int) -> bool:
    """Print the table; whether every target was met."""
    with tempfile.TemporaryDirectory() as folder:
        tape, cassette = Path(folder) / "tape.yaml", Path(folder) / "cassette.yaml"
        jobs = [
            ("append", tape),
            ("save", cassette),
            ("open_index", tape),
            ("read_all", tape),
            ("load", cassette),
            ("load", tape),
        ]
        (append_s, _), (save_s, _), (open_s, open_mb), (read_s, read_mb), (load_s, load_mb), (same_s, same_mb) = best(
            jobs, count, rounds
        )
        size_mb, theirs_mb = tape.stat().st_size / 1e6, cassette.stat().st_size / 1e6
    print(f"{count:,} exchanges: a tape of {size_mb:.1f} MB, a vcrpy cassette of {theirs_mb:.1f} MB")
    rows = [
        ("append all, group fsync", append_s, save_s, "s", save_s / append_s, 10),
        ("open, index ready", open_s, load_s, "s", load_s / open_s, 30),
        ("  peak memory", open_mb, load_mb, "MB", load_mb / open_mb, 5),
        ("open and read all", read_s, load_s, "s", load_s / read_s, None),
        ("  peak memory", read_mb, load_mb, "MB", load_mb / read_mb, None),
        ("vcrpy loads our tape", same_s, load_s, "s", load_s / same_s, None),
        ("  peak memory", same_mb, load_mb, "MB", load_mb / same_mb, None),
    ]
    print(f"{'':<26}{'tape':>10}{'vcrpy':>10}     {'ratio':>8}   target")
    for name, ours, theirs, unit, ratio, target in rows:
        verdict = "" if target is None else f">= {target} x  {'ok' if ratio >= target else 'MISSED'}"
        print(f"{name:<26}{ours:>10.3f}{theirs:>10.3f} {unit:<4}{ratio:>7.1f} x  {verdict}")
    return all(target is None or ratio >= target for *_, ratio, target in rows)


def main() -> int:
    """Compare, or be one of the processes that are compared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exchanges", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.job is None:
        return 0 if compare(said.exchanges, said.rounds) else 1
    seconds = JOBS[said.job](said.path, said.exchanges)
    print(json.dumps([seconds, peak_mb()]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
