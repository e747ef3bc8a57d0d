"""Other programs on loopback, each bounded in time and stopped whatever happens."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

HERE = "127.0.0.1"
PORTS = range(12000, 32000)
START_MAX_S = 90.0
STOP_MAX_S = 20.0


class Died(Exception):
    """A program ended before it listened, or did not end well; the text says why."""


def free_port() -> int:
    """A port that was free a moment ago, below those that the system gives to outgoing connections."""
    for port in random.SystemRandom().sample(PORTS, 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HERE, port))
            return port
    raise Died(f"no free port between {PORTS[0]} and {PORTS[-1]}")


def listening(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((HERE, port)) == 0


def await_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once the program listens."""
    end = time.monotonic() + START_MAX_S
    while not listening(port):
        if process.poll() is not None or time.monotonic() > end:
            raise Died(f"{log.name}: nothing listens\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


def stop(process: subprocess.Popen[bytes]) -> int:
    """Ask the program to end, and see that it does."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(STOP_MAX_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@contextmanager
def running(
    command: Sequence[object], port: int, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that listens on ``port`` for as long as the block lasts."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # Ctrl-C is ours to pass on, in order
        )
        try:
            await_listening(process, port, log)
            yield process
        finally:
            stop(process)


def output_of(command: Sequence[object], environment: Mapping[str, str], limit_s: float) -> str:
    """What a program prints; ``Died`` with its last words if it does not end well or in time."""
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        raise Died(f"{' '.join(map(str, command[:4]))}: not done in {limit_s:g} s") from None
    finally:
        stop(process)
    if process.returncode:
        raise Died(f"{' '.join(map(str, command[:4]))} left with {process.returncode}\n{err[-2500:]}")
    return out
