"""One fault, three interpreters: the pure world, the ASGI application and the socket tell a client the same."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import HOST, SHOP

from tapehiss.cassettes.exchange import Ending, Request
from tapehiss.mocks import strategies
from tapehiss.mocks.asgi import Severed, app_of
from tapehiss.mocks.outcome import MATCH_HEADER, Outcome
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.virtual_time import run_in_virtual_time, vendor_here
from tapehiss.mocks.world import travel

WITHOUT_STREAMS = [exchange.request for exchange in SHOP[:8]]
ASKED = st.lists(st.sampled_from([*WITHOUT_STREAMS, Request("GET", HOST + "/v1/none")]), min_size=1, max_size=6)
TIMEOUT_S = 10_000.0
HEADERS = ("content-type", "retry-after", MATCH_HEADER)


@dataclass(frozen=True)
class Seen:
    """What a client sees of one answer: when, which, how it ended."""

    at_s: float
    status: int | None
    headers: tuple[str | None, ...]
    body: bytes
    ending: Ending


@dataclass(frozen=True)
class Send:
    """One request of a flow."""

    request: Request
    timeout_s: float = TIMEOUT_S


def in_the_world(vendor: Vendor, asked: list[Request]) -> list[Seen]:
    """By the pure world."""

    def flow():
        seen = []
        for request in asked:
            outcome, at_s = yield Send(request)
            seen.append(_seen(outcome, at_s))
        return seen

    journey = travel(vendor, flow(), lambda outcome, at_s: (outcome, at_s))
    assert journey.result is not None
    return journey.result


def _seen(outcome: Outcome, at_s: float) -> Seen:
    response = outcome.response
    if response is None:
        return Seen(at_s, None, (), b"", outcome.ending)
    told = {name.lower(): value for name, value in response.headers} | {MATCH_HEADER: outcome.rung.value}
    body = response.body if outcome.ending is Ending.COMPLETE else b""
    return Seen(at_s, response.status, tuple(told.get(name) for name in HEADERS), body, outcome.ending)


async def through(client: httpx.AsyncClient, asked: list[Request]) -> list[Seen]:
    """By an HTTP client, in the running loop's time."""
    seen, loop = [], asyncio.get_running_loop()
    for request in asked:
        target = request.url.removeprefix(HOST)
        ending, response, body = Ending.COMPLETE, None, b""
        try:
            async with client.stream(request.method, target, content=request.body, headers=request.headers) as response:
                body = await response.aread()
        except (Severed, httpx.HTTPError):
            ending = Ending.RESET if response is None else Ending.TRUNCATED
        seen.append(_heard(loop.time(), response, body, ending))
    return seen


def _heard(at_s: float, response: httpx.Response | None, body: bytes, ending: Ending) -> Seen:
    if response is None:
        return Seen(at_s, None, (), b"", ending)
    headers = tuple(response.headers.get(name) for name in HEADERS)
    return Seen(at_s, response.status_code, headers, body if ending is Ending.COMPLETE else b"", ending)


def in_process(vendor: Vendor, asked: list[Request]) -> list[Seen]:
    """By the ASGI application."""

    async def main() -> list[Seen]:
        loop = asyncio.get_running_loop()
        app = app_of(vendor)
        app.plane.clock = loop.time
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock", timeout=TIMEOUT_S) as client:
            return await through(client, asked)

    return run_in_virtual_time(main())


def on_a_socket(vendor: Vendor, asked: list[Request]) -> list[Seen]:
    """By the data plane on a real socket."""

    async def main() -> list[Seen]:
        async with (
            vendor_here(vendor) as (url, _),
            httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, verify=False) as client,
        ):
            return await through(client, asked)

    return run_in_virtual_time(main())


def rounded(seen: list[Seen]) -> list[Seen]:
    """Times to the millisecond: the loop adds in another order."""
    return [Seen(round(each.at_s, 3), each.status, each.headers, each.body, each.ending) for each in seen]


@given(strategies.schedules(), st.integers(0, 99), ASKED)
@settings(max_examples=60, deadline=None)
def test_three_interpreters_tell_the_same(schedule, seed, asked):
    """Whatever the schedule and the requests: the same statuses, headers, bodies, endings and times."""
    vendor = Vendor.of(SHOP, schedule, seed=seed)
    pure = rounded(in_the_world(vendor, asked))
    assert rounded(on_a_socket(vendor, asked)) == pure
    if not any(rule.fault.severity > 2 for rule in schedule):  # what ASGI cannot say is held by the next test
        assert rounded(in_process(vendor, asked)) == pure


@given(strategies.schedules(), st.integers(0, 99), ASKED)
@settings(max_examples=40, deadline=None)
def test_in_process_an_answer_that_does_not_come_whole_does_not_come(schedule, seed, asked):
    """httpx's ASGI transport holds a response back until it is whole: cut or reset, the client sees an error at the same time."""
    vendor = Vendor.of(SHOP, schedule, seed=seed)
    pure, seen = in_the_world(vendor, asked), in_process(vendor, asked)
    assert [(each.ending is Ending.COMPLETE, round(each.at_s, 3)) for each in seen] == [
        (each.ending is Ending.COMPLETE, round(each.at_s, 3)) for each in pure
    ]
