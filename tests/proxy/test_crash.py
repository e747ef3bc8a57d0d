"""kill -9 of the recorder, again and again: what was reported as written is on the tape."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from vendors import Visit, ask, vendor

from tapehiss.cassettes.tape import open_tapes
from tapehiss.cassettes.writer import TapeWriter

if TYPE_CHECKING:
    from pathlib import Path

TRIALS = 4
LIMIT_S = 60.0
PROGRAM = """
import asyncio, sys
from pathlib import Path
from tapehiss.cassettes.origins import Address, target
from tapehiss.proxy.loop import run
from tapehiss.proxy.recording import Settings, Tally, record

async def main():
    settings = Settings(to=target(sys.argv[1]), listen=Address("127.0.0.1", 0), into=Path(sys.argv[2]), key=b"k" * 32)
    tally, stop = Tally(), asyncio.Event()
    recording = asyncio.create_task(record(
        settings, stop=stop, tally=tally, on_listening=lambda host, port: print("port", port, flush=True)))
    told = 0
    while not recording.done():
        if tally.durable != told:
            told = tally.durable
            print("durable", told, flush=True)
        await asyncio.sleep(0.001)
    recording.result()

run(main())
"""


def _serve(visit: Visit) -> None:
    visit.answer(b'{"path": "%s"}' % visit.path.encode(), "Content-Type: application/json")


def _trial(url: str, folder: Path, dice: random.Random) -> tuple[int, int]:
    """How many exchanges were reported as durable before the kill, and how many are on the tape."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM, url, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as recorder:
        assert recorder.stdout is not None
        found = re.match(r"port (\d+)", recorder.stdout.readline())
        assert found is not None
        load = threading.Thread(target=_load, args=[int(found[1])], daemon=True)
        load.start()
        told, enough = 0, dice.randrange(1, 60)
        for line in recorder.stdout:
            told = int(line.split()[1])
            if told >= enough:
                recorder.send_signal(signal.SIGKILL)
                break
        told = max([told, *(int(line.split()[1]) for line in recorder.stdout if line.endswith("\n"))])
        load.join(LIMIT_S)
    _wait_for_the_writer(folder)
    return told, sum(len(tape) for tape in open_tapes([folder]))


def _load(port: int) -> None:
    """Until nobody listens any more."""
    with suppress(OSError):
        while True:
            ask(port, b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")


def _wait_for_the_writer(folder: Path) -> None:
    """It finishes what it was handed and lets go of its tape: then another writer may have it."""
    for path in folder.glob("*.yaml"):
        while True:
            with suppress(Exception):
                TapeWriter(path).close()
                break


def test_what_was_reported_as_written_is_on_the_tape(tmp_path: Path) -> None:
    """Whenever the recorder is killed; nothing is torn, nothing is silent."""
    dice = random.Random(20)
    with vendor(_serve) as there:
        for number in range(TRIALS):
            told, written = _trial(there.url, tmp_path / str(number), dice)
            assert written >= told > 0
            for tape in open_tapes([tmp_path / str(number)]):
                assert tape.damaged == ()
                assert tape.torn is None
