"""One fault, three interpreters: the pure world, the ASGI application and the socket tell a client the same."""

from __future__ import annotations

import asyncio
import math
import zlib
from dataclasses import dataclass, replace

import httpx
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shop import HOST, SHOP

from tapehiss.cassettes.exchange import Ending, Exchange, Headers, Request, header, header_values
from tapehiss.mocks import strategies
from tapehiss.mocks.asgi import App, Severed, app_of
from tapehiss.mocks.faults import ClockStep, Drip, GzipCut, Refuse, Reset, Stall, Status, Truncate, Uniform
from tapehiss.mocks.outcome import MATCH_HEADER, Outcome
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.virtual_time import run_in_virtual_time, vendor_here
from tapehiss.mocks.wire import without
from tapehiss.mocks.world import travel

SILENT = Exchange(Request("GET", HOST + "/v1/silent"), None, Ending.TIMED_OUT)
RECORDED = (*SHOP[:8], SILENT)
KEYED = tuple(
    replace(each.request, headers=(*each.request.headers, ("Idempotency-Key", "k")))
    for each in (SHOP[3], SHOP[4], SHOP[3])
)
"""One key for two requests: it is free, or gets the first answer again, or is refused."""
ASKED = st.lists(
    st.sampled_from([*(exchange.request for exchange in RECORDED), Request("GET", HOST + "/v1/none"), *KEYED]),
    min_size=1,
    max_size=6,
)
TIMEOUT_S = 1_000_000.0
"""Longer than all that is drawn together: a heavy tail ends at a day."""
PLAIN = {"Accept-Encoding": "identity"}
"""A drip counts the bytes that are sent: all three send the same ones."""
HEADERS = ("content-type", "retry-after", "retry-after-ms", "www-authenticate", "date", MATCH_HEADER)
UNIX_S = 1_800_000_000.0
"""When it begins: dates are told by it."""


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
    told = (*without(response.headers, outcome.told), *outcome.told, (MATCH_HEADER, outcome.rung.value))
    return Seen(at_s, response.status, _headers(told), response.body, outcome.ending)


def _headers(told: Headers) -> tuple[str | None, ...]:
    """The values that are compared, those of one name together."""
    return tuple(", ".join(header_values(told, name)) if header(told, name) is not None else None for name in HEADERS)


def in_process(vendor: Vendor, asked: list[Request]) -> list[Seen]:
    """By the ASGI application, called as a server calls it."""

    async def main() -> list[Seen]:
        loop = asyncio.get_running_loop()
        app = app_of(vendor)
        app.plane.clock = loop.time
        return [await _called(app, request) for request in asked]

    return run_in_virtual_time(main())


async def _called(app: App, request: Request) -> Seen:
    path, _, query = request.url.removeprefix(HOST).partition("?")
    headers = [(b"host", b"mock"), *((name.lower().encode(), value.encode()) for name, value in request.headers)]
    scope = {"type": "http", "method": request.method, "path": path, "query_string": query.encode(), "headers": headers}
    events, ending = [], Ending.COMPLETE

    async def receive() -> dict:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(event: dict) -> None:
        events.append(event)

    try:
        await app(scope, receive, send)
    except Severed as severed:
        ending = severed.ending
    at_s = asyncio.get_running_loop().time()
    if not events:
        return Seen(at_s, None, (), b"", ending)
    told = tuple((name.decode(), value.decode()) for name, value in events[0]["headers"])
    body = b"".join(event["body"] for event in events[1:])
    assert events[-1].get("more_body") is (ending is not Ending.COMPLETE)
    return Seen(at_s, events[0]["status"], _headers(told), body, ending)


async def through(client: httpx.AsyncClient, asked: list[Request]) -> list[Seen]:
    """By an HTTP client, in the running loop's time."""
    seen, loop = [], asyncio.get_running_loop()
    for request in asked:
        target = request.url.removeprefix(HOST)
        ending, response, pieces = Ending.COMPLETE, None, []
        try:
            async with client.stream(request.method, target, content=request.body, headers=request.headers) as response:
                pieces = [piece async for piece in response.aiter_bytes()]
        except httpx.HTTPError:
            ending = Ending.RESET if response is None else Ending.TRUNCATED
        seen.append(_heard(loop.time(), response, b"".join(pieces), ending))
    return seen


def _heard(at_s: float, response: httpx.Response | None, body: bytes, ending: Ending) -> Seen:
    if response is None:
        return Seen(at_s, None, (), b"", ending)
    headers = tuple(response.headers.get(name) for name in HEADERS)
    return Seen(at_s, response.status_code, headers, body, ending)


def on_a_socket(vendor: Vendor, asked: list[Request]) -> list[Seen]:
    """By the data plane on a real socket."""

    async def main() -> list[Seen]:
        async with (
            vendor_here(vendor) as (url, _),
            httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, verify=False, headers=PLAIN) as client,
        ):
            return await through(client, asked)

    return run_in_virtual_time(main())


def rounded(seen: list[Seen]) -> list[Seen]:
    """Times to the millisecond, for the loop adds in another order; of a cut body only that it was cut.

    How much of it a client hands on depends on the client; and so does whether it undoes a coding, or minds that its end is missing.
    """
    return [
        replace(each, at_s=round(each.at_s, 3), body=_plain(each.body) if each.ending is Ending.COMPLETE else b"")
        for each in seen
    ]


def _plain(body: bytes) -> bytes:
    return zlib.decompressobj(31).decompress(body) if body.startswith(b"\x1f\x8b") else body


NONE = Request("GET", HOST + "/v1/none")


@given(strategies.schedules(), st.integers(0, 99), ASKED)
@example((Rule(Stall(20.0, 318), after=1, first=1),), 0, [NONE, NONE])
@example((Rule(Drip(2000.0)), Rule(Truncate(0))), 0, [RECORDED[0].request])
@example((Rule(GzipCut()), Rule(GzipCut())), 0, [RECORDED[0].request])
@example((Rule(Refuse(), first=1),), 0, [RECORDED[0].request] * 2)
@example((Rule(Uniform(80_000.0, 86_400.0)),), 0, [RECORDED[0].request])
@example((Rule(ClockStep(60.0)), Rule(Status(429, wait_s=2.0, form="http_date"))), 0, [RECORDED[0].request])
@example((Rule(Status(413, early=True), after=1), Rule(Stall(2.0, in_head=True))), 0, [RECORDED[3].request] * 2)
@settings(max_examples=120, deadline=None)
def test_three_interpreters_tell_the_same(schedule, seed, asked):
    """Whatever the schedule and the requests: the same statuses, headers, bodies, endings and times.

    Only a refusal is a reset on a socket: the kernel accepts a connection before the mock is asked.
    """
    vendor = replace(Vendor.of(RECORDED, schedule, seed=seed), unix_s=UNIX_S)
    pure = rounded(in_the_world(vendor, asked))
    assert rounded(in_process(vendor, asked)) == pure
    accepted = [replace(each, ending=Ending.RESET) if each.ending is Ending.REFUSED else each for each in pure]
    assert rounded(on_a_socket(vendor, asked)) == accepted


def all_at_once(vendor: Vendor, asked: list[Request]) -> list[Seen]:
    """By the socket, every request on a connection of its own at the same time."""

    async def main() -> list[Seen]:
        async with (
            vendor_here(vendor) as (url, _),
            httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, verify=False, headers=PLAIN) as client,
        ):
            found = await asyncio.gather(*(through(client, [request]) for request in asked))
            return [seen for (seen,) in found]

    return run_in_virtual_time(main())


TIMELESS = strategies.schedules().map(
    lambda schedule: tuple(
        rule for rule in schedule if not (rule.remembers or rule.from_s or rule.to_s < math.inf or rule.over_s)
    )
)
DIFFERENT = st.lists(
    st.sampled_from(RECORDED[1:]), unique_by=lambda each: (each.request.method, each.request.url), max_size=7
)
"""Different in their heads: early rules know no more of them."""


@given(TIMELESS, st.integers(0, 99), DIFFERENT)
@example((Rule(Reset(early=True), probability=0.5), Rule(Status(503), probability=0.5)), 7, list(RECORDED[1:4]))
@settings(max_examples=60, deadline=None)
def test_all_at_once_is_the_same_as_one_after_the_other(schedule, seed, exchanges):
    """Rules that speak neither of order nor of the hour strike the same requests in the same way under full concurrency."""
    vendor = replace(Vendor.of(RECORDED, schedule, seed=seed), unix_s=UNIX_S)
    asked = [exchange.request for exchange in exchanges]
    together, alone = (
        [replace(each, at_s=0.0, headers=()) for each in rounded(play(vendor, asked))]
        for play in (all_at_once, on_a_socket)
    )
    assert together == alone


@given(st.integers(0, 40), ASKED)
@settings(max_examples=40, deadline=None)
def test_a_cut_body_is_cut_at_the_same_byte(at_bytes, asked):
    """What arrives of a truncated answer is the same in memory and in process (the bodies here are sent uncompressed)."""
    vendor = Vendor.of(RECORDED, (Rule(Truncate(at_bytes)),))
    assert [each.body for each in in_process(vendor, asked)] == [each.body for each in in_the_world(vendor, asked)]
