"""Nothing that was acknowledged is ever lost. The full counts: ``python benchmarks/crash.py``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import strategies
from strategies import short_exchange
from tapehiss.cassettes.tape import open_tape, open_tapes
from tapehiss.cassettes.writer import TapeWriter, tape_path

APPEND_FOREVER = """
import itertools, sys
from dataclasses import replace
from pathlib import Path
from strategies import short_exchange
from tapehiss.cassettes.writer import Sync, TapeWriter
with TapeWriter(Path(sys.argv[1]), sync=Sync(sys.argv[2])) as writer:
    for i in itertools.count():
        writer.append(replace(short_exchange(i), label="x" * (300_000 if i % 7 == 3 else 0)))
        print(i + 1, flush=True)
"""
APPEND_SOME = """
import sys
from pathlib import Path
from strategies import short_exchange
from tapehiss.cassettes.writer import TapeWriter
with TapeWriter(Path(sys.argv[1])) as writer:
    for i in range(int(sys.argv[2]), int(sys.argv[3])):
        writer.append(short_exchange(i))
    print(writer.sync())
"""


def python(script: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python process that can import what this one can."""
    here = str(Path(strategies.__file__).parent)
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([here, *sys.path])},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("sync", "wait_for"), [("none", 1), ("none", 4), ("group", 18), ("each", 25), ("none", 60)])
def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path, sync, wait_for):
    """kill -9 in the middle of writing: what was acknowledged is read back, and the next writer goes on."""
    path = tmp_path / "a.yaml"
    with python(APPEND_FOREVER, path, sync) as child:
        assert child.stdout is not None
        acknowledged = [int(child.stdout.readline()) for _ in range(wait_for)][-1]
        child.kill()
        acknowledged = max([acknowledged, *(int(line) for line in child.stdout.read().splitlines(keepends=True)[:-1])])

    with open_tape(path) as tape:
        kept = list(tape)
    with TapeWriter(path) as writer:
        writer.append(short_exchange(len(kept)))

    assert len(kept) >= acknowledged
    assert [short_exchange(i).request for i in range(len(kept))] == [x.request for x in kept]
    with open_tape(path) as tape:
        assert tape.torn is None
        assert short_exchange(len(kept)) == tape[-1]


def test_four_writers_at_once_lose_nothing(tmp_path):
    """Each process has its own file, and together they hold everything."""
    children = [python(APPEND_SOME, tape_path(tmp_path, "h", 1e9, n), n * 50, n * 50 + 50) for n in range(4)]
    said = [child.communicate(timeout=60)[0] for child in children]

    found = sorted((x for tape in open_tapes([tmp_path]) for x in tape), key=lambda x: x.started_at)

    assert said == ["50\n"] * 4
    assert [short_exchange(i) for i in range(200)] == found
