"""The tape against crashes: kill -9 while it is written, cuts at random bytes, four writers at once. One command, one table.

    python benchmarks/crash.py [--kills 100] [--cuts 600] [--seed N]

Nothing that was acknowledged may be lost, and nothing may be missing without being named. Exit code 1: something was.
Killing a process says nothing about the power failing: that is what ``Sync`` and the disk promise.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import os
import random
import signal
import struct
import sys
import tempfile
import time
from pathlib import Path

import yaml

from tapehiss.cassettes.errors import TapeBusy
from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.tape import open_tape, open_tapes
from tapehiss.cassettes.writer import Sync, TapeWriter, tape_path

WRITERS, EACH = 4, 500
KILL_AFTER_S = (0.001, 0.03)


def exchange(i: int) -> Exchange:
    """The i-th exchange: mostly 2 kB, sometimes 300 kB, so that a kill finds a write under way."""
    body = (b"%08d " % i) * (34_000 if i % 7 == 3 else 230)
    return Exchange(
        Request("GET", f"https://api.vendor.example/{i}"), Response(200, "OK", (), body), started_at=float(i)
    )


def append_forever(path: Path, acknowledge: int) -> None:
    """What the child does until it is killed: append, then say that it is done."""
    with TapeWriter(path, sync=Sync.NONE) as writer:
        for i in itertools.count():
            writer.append(exchange(i))
            os.write(acknowledge, struct.pack("<I", i + 1))


def in_child(work, *arguments) -> int:
    """Run a function in a forked process that never returns from here; its process id."""
    pid = os.fork()
    if pid == 0:
        try:
            work(*arguments)
        finally:
            os._exit(0)
    return pid


def killed(folder: Path, delay_s: float) -> tuple[int, int, bool]:
    """One trial: how many were acknowledged, how many are lost, whether the tail was torn."""
    path = folder / "a.yaml"
    reading, writing = os.pipe()
    pid = in_child(append_forever, path, writing)
    os.close(writing)
    first = os.read(reading, 4)
    time.sleep(delay_s)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with os.fdopen(reading, "rb") as file:
        said = first + file.read()
    acknowledged = struct.unpack("<I", said[-4:])[0]
    with open_tape(path) as tape:
        kept, torn = list(tape), tape.torn is not None
    lost = sum(found != exchange(i) for i, found in enumerate(kept)) + max(0, acknowledged - len(kept))
    with TapeWriter(path) as writer:  # the next one goes on as if nothing had been
        writer.append(exchange(len(kept)))
    with open_tape(path) as tape:
        lost += tape.torn is not None or tape[-1] != exchange(len(kept))
    path.unlink()
    return acknowledged, lost, torn


def kills(trials: int, dice: random.Random) -> tuple[int, str]:
    """Kill a writer at random moments."""
    with tempfile.TemporaryDirectory() as folder:
        told = [killed(Path(folder), dice.uniform(*KILL_AFTER_S)) for _ in range(trials)]
    acknowledged, lost, torn = (sum(column) for column in zip(*told, strict=True))
    return lost, f"{acknowledged:,} acknowledged, {torn} torn tails cut off"


def cuts(trials: int, dice: random.Random) -> tuple[int, str]:
    """Cut a tape at random bytes: every whole line is there, and a cut inside a line is named."""
    wrong = torn = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.yaml"
        with TapeWriter(path, sync=Sync.NONE) as writer:
            for i in range(0, 140, 2):
                writer.append(exchange(i))
        content = path.read_bytes()
        for _ in range(trials):
            cut = dice.randrange(len(content))
            path.write_bytes(content[:cut])
            # a line that lacks only its line break is whole
            whole = (
                content[: cut + 1].count(b"\n- {") if content[cut : cut + 1] == b"\n" else content[:cut].count(b"\n- {")
            )
            inside = content[cut - 1 : cut] != b"\n" and content[cut : cut + 1] != b"\n"
            expected = whole - inside
            with open_tape(path) as tape:
                wrong += [exchange(2 * i) for i in range(max(expected, 0))] != list(tape)
                wrong += inside and tape.torn is None
                torn += tape.torn is not None
    return wrong, f"{torn} inside a line, each named"


def append_some(path: Path, start: int) -> None:
    """One of several writers at once."""
    with TapeWriter(path) as writer:
        for i in range(start, start + EACH):
            writer.append(exchange(i))


def writers() -> tuple[int, str]:
    """Four processes record into one folder, each its own file; a fifth that wants the file of another is refused."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pids = [in_child(append_some, tape_path(folder, "h", 1e9, n), n * EACH) for n in range(WRITERS)]
        for pid in pids:
            os.waitpid(pid, 0)
        found = sorted((x for tape in open_tapes([folder]) for x in tape), key=lambda x: x.started_at)
        lost = sum(x != exchange(i) for i, x in enumerate(found)) + WRITERS * EACH - len(found)
        loaded = yaml.load(tape_path(folder, "h", 1e9, 0).read_bytes(), yaml.CSafeLoader)["interactions"]
        lost += EACH - len(loaded)
        with TapeWriter(folder / "x.yaml") as writer:
            writer.append(exchange(0))
            try:
                TapeWriter(folder / "x.yaml").close()
                lost += 1
            except TapeBusy:
                pass
    return lost, f"{len(found):,} exchanges kept, the intruder refused"


def main() -> int:
    """Run the trials and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--cuts", type=int, default=600)
    parser.add_argument("--seed", type=int, default=20261121)
    said = parser.parse_args()
    logging.getLogger("tapehiss").setLevel(logging.ERROR)  # the torn tails are counted below
    dice = random.Random(said.seed)
    rows = [
        (f"{said.kills} x kill -9", *kills(said.kills, dice)),
        (f"{said.cuts} cuts at random bytes", *cuts(said.cuts, dice)),
        (f"{WRITERS} writers x {EACH} at once", *writers()),
    ]
    print(f"{'':<28}{'lost':>5}   target")
    for name, lost, told in rows:
        print(f"{name:<28}{lost:>5}   0  {'MISSED' if lost else 'ok'}   {told}")
    return 1 if any(lost for _, lost, _ in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
