"""Requests a second of the mock's data plane, against a plain FastAPI route under uvicorn in the same run.

    python benchmarks/mock.py [--seconds 3] [--connections 32]

Server and load generator are processes of their own, each on a core of its own where there are two. 1 kB of JSON, keep-alive; counted
once every recording was asked for. Ratios are of answers for a second of the server's CPU, so that a busy machine does not spoil them.
Target: at least 2 times the FastAPI route at 100 recordings, and 10,000 recordings within 10 % of 100. Exit code 1: a target was missed.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

RATIO_MIN = 2.0
SCALE_MIN = 0.8
BODY = json.dumps(
    {"id": "ord_1", "items": [{"sku": f"sku-{i}", "count": i, "note": "x" * 20} for i in range(18)]}
).encode()


def exchanges(count: int):
    """Recordings of as many orders."""
    from tapehiss.cassettes.exchange import Exchange, Request, Response

    kind = (("Content-Type", "application/json"),)
    return [
        Exchange(Request("GET", f"https://api.vendor.example/v1/orders/{i}"), Response(200, "OK", kind, BODY))
        for i in range(count)
    ]


def serve_mock(count: int, fault: str) -> None:
    """Our data plane until the parent ends."""
    from tapehiss.mocks.errors import Flaw
    from tapehiss.mocks.server import Server
    from tapehiss.mocks.shorthand import rule_from_text
    from tapehiss.mocks.vendor import Vendor

    rule = rule_from_text(fault) if fault else None
    assert not isinstance(rule, Flaw)
    with Server(Vendor.of(exchanges(count), (rule,) if rule else ())) as server:
        print(server.port, flush=True)
        sys.stdin.read()


def serve_fastapi() -> None:
    """What anybody would write by hand."""
    import socket

    import uvicorn
    from fastapi import FastAPI
    from fastapi.responses import Response

    app = FastAPI()

    @app.get("/v1/orders/{number}")
    async def order(number: str) -> Response:
        del number
        return Response(BODY, media_type="application/json")

    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[listener])


class Asking(asyncio.Protocol):
    """One connection that asks again as soon as it has the answer."""

    done = 0

    def __init__(self, requests: itertools.cycle) -> None:
        self._requests, self._seen, self._length = requests, 0, 0

    def connection_made(self, transport) -> None:
        """Ask."""
        self._transport = transport
        transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        """Count what is whole, and ask again."""
        if not self._seen:
            assert data.startswith(b"HTTP/1.1 200"), data[:200]
            self._length = data.index(b"\r\n\r\n") + 4 + len(BODY)
        self._seen += len(data)
        if self._seen >= self._length:
            self._seen = 0
            Asking.done += 1
            self._transport.write(next(self._requests))


def cpu_s(process: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def load(server: int, port: int, count: int, connections: int, seconds: float) -> tuple[float, float]:
    """Answers a second, and answers a second of the server's CPU, once every recording was asked for."""
    loop = asyncio.get_running_loop()
    head = "GET /v1/orders/{} HTTP/1.1\r\nHost: mock\r\nAccept: */*\r\nUser-Agent: load\r\n\r\n"
    order = [(i * 7919) % count for i in range(count)]
    requests = itertools.cycle([head.format(i).encode() for i in order])
    for _ in range(connections):
        await loop.create_connection(lambda: Asking(requests), "127.0.0.1", port)
    while Asking.done < count:  # noqa: ASYNC110 (the connections count; nobody is to be woken for each answer)
        await asyncio.sleep(0.1)
    done, began, used = Asking.done, time.perf_counter(), cpu_s(server)
    await asyncio.sleep(seconds)
    done, took, used = Asking.done - done, time.perf_counter() - began, cpu_s(server) - used
    return done / took, done / used


def pinned(core: int) -> None:
    """Keep this process on one core."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[core % len(cores)]})


def rates(server: list[str], count: int, connections: int, seconds: float) -> tuple[float, float]:
    """Answers a second of one server, by the clock and by its CPU."""
    command = [sys.executable, __file__, "serve", *server]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = process.stdout.readline().strip()
            words = [str(process.pid), port, str(count), str(connections), str(seconds)]
            ask = [sys.executable, __file__, "load", *words]
            clock, cpu = subprocess.run(ask, check=True, capture_output=True, text=True).stdout.split()
            return float(clock), float(cpu)
        finally:
            process.kill()


def run(words: list[str]) -> None:
    """A process of the benchmark."""
    import uvloop

    if words[0] == "serve":
        pinned(0)
        serve_fastapi() if words[1] == "fastapi" else serve_mock(int(words[1]), words[2])
    else:
        pinned(1)
        server, port, count, connections = map(int, words[1:5])
        print(*uvloop.run(load(server, port, count, connections, float(words[5]))))


def main() -> int:
    """The table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seconds", type=float, default=3.0)
    arguments.add_argument("--connections", type=int, default=32)
    given = arguments.parse_args()
    rows = {
        "FastAPI route under uvicorn": (["fastapi"], 100),
        "mock, 100 recordings": (["100", ""], 100),
        "mock, 100 recordings, a rule with p=": (["100", "latency=0 p=0.5"], 100),
        "mock, 10,000 recordings": (["10000", ""], 10_000),
    }
    print(f"{'':<40}{'by the clock':>14}{'by CPU':>12}")
    by_cpu = []
    for name, (server, count) in rows.items():
        clock, cpu = rates(server, count, given.connections, given.seconds)
        by_cpu.append(cpu)
        print(f"{name:<40}{clock:>12,.0f}/s{cpu:>10,.0f}/s{cpu / by_cpu[0]:>7.2f} x")
    base, plain, _, large = by_cpu
    print(
        f"targets, by CPU: mock >= {RATIO_MIN} x FastAPI; 10,000 recordings >= {SCALE_MIN} x 100 (here {large / plain:.2f})"
    )
    return int(plain < RATIO_MIN * base or large < SCALE_MIN * plain)


if __name__ == "__main__":
    if sys.argv[1:2] in (["serve"], ["load"]):
        run(sys.argv[1:])
    else:
        sys.exit(main())
