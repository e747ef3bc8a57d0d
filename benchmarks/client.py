"""What the client costs beside bare httpx and others that try again, and how fast its flows live through schedules. One command, one table.

    python benchmarks/client.py [--rounds 9] [--calls 400]

Calls go over real connections of this machine to a server in a process of its own; what is counted is the processor time of the
client's process, in turn with bare httpx, so that a busy machine is equally busy for all: the median of the rounds. Everything is
on: credential, keys, limits, breaker, budget. Peers that are not installed are left out (``pip install httpx-retries stamina``).
Exit code 1: a target was missed.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import multiprocessing
import socket
import statistics
import sys
import time
from random import Random

import httpx

from tapehiss.cassettes.exchange import Ending, Request, Response
from tapehiss.clients.breaker import Breaker, BreakerPolicy
from tapehiss.clients.budget import Budget, RetryBudget
from tapehiss.clients.calling import Settings, calling
from tapehiss.clients.effects import Await, Failure, Reply, Send, Sleep
from tapehiss.clients.errors import ApiError
from tapehiss.clients.httpx_adapter import AsyncClient, Client
from tapehiss.clients.limiter import Limiter, LimitPolicy
from tapehiss.clients.meters import AtOnce, Window
from tapehiss.clients.retry import RetryPolicy
from tapehiss.clients.signing import bearer

RATIO_MAX = 1.20
SCHEDULES_MIN_PER_S = 10_000
ROOMY = LimitPolicy((Window(1e9, 60.0), AtOnce(1_000)))
ON = {"auth": bearer("a-token"), "key_header": "Idempotency-Key", "limits": ROOMY}
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n" + b'{"a": true}'
CALL = {"params": {"page": 1}, "json": {"name": "x"}}
OUTCOMES = (
    Response(200), Response(429, headers=(("Retry-After", "1"),)), Response(503), Failure(Ending.RESET),
    Failure(Ending.TIMED_OUT), Failure(Ending.REFUSED, sent=False), Response(404), Response(200),
)  # fmt: skip


def serving(listener: socket.socket) -> None:
    """Answer whatever comes on one connection after the other; a head and its small body arrive together."""
    while True:
        connection, _ = listener.accept()
        with connection:
            data = b""
            while piece := connection.recv(65_536):
                data += piece
                if data.endswith(b"}") and b"\r\n\r\n" in data:
                    connection.sendall(ANSWER)
                    data = b""


def spent_us(call, calls: int) -> float:
    """Microseconds of processor time for each call."""
    began = time.process_time()
    for _ in range(calls):
        call("/v1/things", **CALL)
    return (time.process_time() - began) / calls * 1e6


async def aspent_us(call, calls: int) -> float:
    """The same, awaited."""
    began = time.process_time()
    for _ in range(calls):
        await call("/v1/things", **CALL)
    return (time.process_time() - began) / calls * 1e6


def in_turn(callers: dict, rounds: int, run) -> dict[str, float]:
    """The median of each, in turn."""
    times: dict[str, list[float]] = {name: [] for name in callers}
    for number in range(rounds + 1):
        for name, call in callers.items():
            value = run(call)
            if number:  # the first round opens connections
                times[name].append(value)
    return {name: statistics.median(values) for name, values in times.items()}


def installed(package: str) -> bool:
    """Whether a peer is there."""
    return importlib.util.find_spec(package) is not None


def sync_callers(url: str) -> dict:
    """Who is measured, and how it is called."""
    callers = {"httpx": httpx.Client(base_url=url).post, "tapehiss": Client(url, **ON).post}
    callers["tapehiss, all off"] = Client(url, limits=None, breaker=None, budget=None).post
    if installed("httpx_retries"):
        from httpx_retries import RetryTransport

        callers["httpx-retries"] = httpx.Client(base_url=url, transport=RetryTransport()).post
    if installed("stamina"):
        import stamina

        callers["stamina"] = stamina.retry(on=httpx.HTTPError)(httpx.Client(base_url=url).post)
    return callers


def async_callers(url: str) -> dict:
    """The same, awaited."""
    callers = {"httpx": httpx.AsyncClient(base_url=url).post, "tapehiss": AsyncClient(url, **ON).post}
    callers["tapehiss, all off"] = AsyncClient(url, limits=None, breaker=None, budget=None).post
    if installed("httpx_retries"):
        from httpx_retries import RetryTransport

        callers["httpx-retries"] = httpx.AsyncClient(base_url=url, transport=RetryTransport()).post
    if installed("stamina"):
        import stamina

        callers["stamina"] = stamina.retry(on=httpx.HTTPError)(httpx.AsyncClient(base_url=url).post)
    return callers


def schedules_per_s(flows: int) -> float:
    """How many calls a second live through a schedule of their own in memory, with every policy."""
    dice, began = Random(1), time.process_time()
    request = Request("POST", "https://h/v1/things", (("Idempotency-Key", "k"),), b"{}")
    policy = RetryPolicy(attempts_max=4)
    for seed in range(flows):
        shared = Settings(
            policy=policy, auth=ON["auth"], limiter=Limiter(ROOMY), breaker=Breaker(BreakerPolicy()),
            budget=RetryBudget(Budget()),
        )  # fmt: skip
        lived(calling(request, shared, {}, now=0.0, dice=Random(seed)), dice)
    return flows / (time.process_time() - began)


def lived(flow, dice: Random) -> None:
    """One flow to its end."""
    now, said = 0.0, None
    try:
        while True:
            effect = flow.send(said)
            now += (
                effect.wait_s if isinstance(effect, Sleep) else effect.timeout_s if isinstance(effect, Await) else 0.1
            )
            said = Reply(dice.choice(OUTCOMES) if isinstance(effect, Send) else None, now)
    except (StopIteration, ApiError):
        pass


def shown(title: str, found: dict[str, float]) -> bool:
    """The rows of one table; whether ours is within the target."""
    print(f"{title:<24}{'us':>8}{'x httpx':>10}")
    for name, value in found.items():
        target = f"  target <= {RATIO_MAX:.2f}" if name == "tapehiss" else ""
        print(f"{name:<24}{value:>8.0f}{value / found['httpx']:>10.2f}{target}")
    return found["tapehiss"] <= RATIO_MAX * found["httpx"]


def main() -> int:
    """The tables."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=9)
    arguments.add_argument("--calls", type=int, default=400)
    arguments.add_argument("--flows", type=int, default=10_000)
    given = arguments.parse_args()
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    servers = [multiprocessing.Process(target=serving, args=(listener,), daemon=True) for _ in range(10)]
    for server in servers:
        server.start()
    sync = in_turn(sync_callers(url), given.rounds, lambda call: spent_us(call, given.calls))
    with asyncio.Runner() as runner:
        callers = async_callers(url)
        found = in_turn(callers, given.rounds, lambda call: runner.run(aspent_us(call, given.calls)))
    for server in servers:
        server.terminate()
    good = [shown("synchronous, a call", sync), shown("asynchronous, a call", found)]
    flows_per_s = schedules_per_s(given.flows)
    print(f"{'schedules of the flows':<24}{flows_per_s:>8.0f} /s        target >= {SCHEDULES_MIN_PER_S}")
    return int(not all(good) or flows_per_s < SCHEDULES_MIN_PER_S)


if __name__ == "__main__":
    sys.exit(main())
