"""What the benchmarks of mock servers stand on: recordings, servers pinned to one core, and wrk on the other.

wrk and nginx are Debian's packages, unpacked by ``make mock-peers`` into a folder of their own; both run on 127.0.0.1 only.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tapehiss.cassettes.exchange import Exchange

HOME = Path(__file__).resolve().parent.parent / ".venv-mock-peers"
DEBIAN = HOME / "debian" / "usr"
NPM = HOME / "npm" / "node_modules"
WRK = DEBIAN / "bin" / "wrk"
LIBRARIES = DEBIAN / "lib" / f"{os.uname().machine}-linux-gnu"
ORIGIN = "http://api.vendor.example"
KEY = "benchmark-key"
START_MAX_S = 180.0
BODY_BYTES = 1024
WARM, WARM_MAX_S = 3, 8.0

SCRIPT = """\
local count, key, all = 1, nil, {}
function init(args)
  count, key = tonumber(args[1]), args[2]
  math.randomseed(20261121)
  local headers = {["Accept"] = "*/*", ["User-Agent"] = "wrk"}
  if key then headers["Authorization"] = "Bearer " .. key end
  for i = 0, count - 1 do all[i] = wrk.format("GET", "/v1/orders/" .. i, headers) end
end
function request() return all[math.random(0, count - 1)] end
function done(summary, latency)
  local e = summary.errors
  print(string.format('{"requests": %d, "took_us": %d, "p50_us": %d, "p99_us": %d, "bad": %d}', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
"""


class Unanswered(Exception):
    """A server that does not answer, or not with what was recorded."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a load generator saw."""

    per_s: float
    p50_ms: float
    p99_ms: float
    bad: int
    """Answers that were none, or not 2xx."""

    @property
    def flaw(self) -> str:
        """Why the figures mean nothing, if they do."""
        if self.bad:
            return f"{self.bad} bad answers"
        return "" if self.per_s else "no answer in time"


def path_of(number: int) -> str:
    """Where an order is asked for."""
    return f"/v1/orders/{number}"


def body_of(number: int, size: int = BODY_BYTES) -> bytes:
    """An order in JSON, of so many bytes."""
    order: dict[str, Any] = {
        "id": f"ord_{number}",
        "currency": "eur",
        "items": [{"sku": "sku-1", "count": 2}],
        "note": "",
    }
    order["note"] = "x" * (size - len(json.dumps(order)))
    return json.dumps(order).encode()


def exchanges(count: int, size: int = BODY_BYTES) -> Iterator[Exchange]:
    """Recordings of as many orders."""
    from tapehiss.cassettes.exchange import Exchange, Request, Response

    for number in range(count):
        body = body_of(number, size)
        headers = (("Content-Type", "application/json"), ("Content-Length", str(len(body))))
        yield Exchange(Request("GET", ORIGIN + path_of(number)), Response(200, "OK", headers, body))


def write_tape(path: Path, count: int, size: int = BODY_BYTES) -> Path:
    """A tape of as many orders."""
    from tapehiss.cassettes.exchange import Clean
    from tapehiss.cassettes.line import FORMAT_LINE, HEADER, encode_line

    with path.open("wb") as file:
        file.write(FORMAT_LINE + HEADER)
        file.writelines(encode_line(Clean(each)) for each in exchanges(count, size))
    return path


def free_port() -> int:
    """A port on which nobody listens just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def core(place: int) -> int:
    """One of the cores that we may use."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[place % len(cores)]


def pinned(command: Sequence[str], place: int) -> list[str]:
    """The command, kept to one core."""
    return ["taskset", "-c", str(core(place)), *command]


@contextlib.contextmanager
def running(command: Sequence[str], folder: Path, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A server on the first core, with everything that it starts; afterwards nothing of it is left."""
    with (folder / "server.log").open("w") as log:
        settings: dict[str, Any] = {"stdout": log, "stderr": log, "cwd": folder} | options
        process = subprocess.Popen(pinned(command, 0), text=True, start_new_session=True, **settings)
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def ask(port: int, number: int, key: str = "") -> bytes | None:
    """The body of an answer with 200, or nothing."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        try:
            connection.request("GET", path_of(number), headers=headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException):
            return None
    return body if answer.status == 200 else None


def proven(process: subprocess.Popen[str], port: int, count: int, size: int = BODY_BYTES) -> None:
    """Wait until the server answers, and see that first, middle and last recording are answered as recorded; or ``Unanswered``."""
    end_s = time.monotonic() + START_MAX_S
    while ask(port, 0) is None:
        if process.poll() is not None:
            raise Unanswered(f"ended with code {process.returncode}")
        if time.monotonic() > end_s:
            raise Unanswered(f"no answer in {START_MAX_S:.0f} s")
        time.sleep(0.02)
    for number in (0, count // 2, count - 1):
        got = ask(port, number)
        if got is None or json.loads(got) != json.loads(body_of(number, size)):
            raise Unanswered(f"another answer than the recorded one to {path_of(number)}: {(got or b'')[:80]!r}")


def load(port: int, count: int, folder: Path, *, connections: int, seconds: float, key: str = "") -> Load:
    """Ask for recordings at random, over keep-alive connections, from the second core."""
    script = folder / "load.lua"
    script.write_text(SCRIPT)
    words = [str(WRK), "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", "--timeout", "30s", "-s", str(script)]
    command = pinned([*words, f"http://127.0.0.1:{port}", "--", str(count), *([key] if key else [])], 1)
    told = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        timeout=seconds + START_MAX_S,
        env=os.environ | {"LD_LIBRARY_PATH": str(LIBRARIES)},
    ).stdout
    seen = json.loads(told.splitlines()[-1])
    return Load(seen["requests"] / seen["took_us"] * 1e6, seen["p50_us"] / 1e3, seen["p99_us"] / 1e3, seen["bad"])


def warmed(port: int, count: int, folder: Path) -> None:
    """Ask until each recording was asked for more than twice on average, but not for long."""
    asked, begun_s = 0.0, time.monotonic()
    while asked < WARM * count and time.monotonic() - begun_s < WARM_MAX_S:
        asked += load(port, count, folder, connections=32, seconds=1, key=KEY).per_s


def cpu_s(process: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mb(process: int) -> float:
    """Resident memory of a process, in MB (10^6 bytes)."""
    line = next(line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024 / 1e6
