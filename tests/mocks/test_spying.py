"""The seam to the real vendor."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest
from shop import HOST, SHOP

from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response
from tapehiss.mocks.asgi import app_of
from tapehiss.mocks.faults import Status
from tapehiss.mocks.outcome import Outcome, Repeat, Rung
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.spying import is_missed, spied
from tapehiss.mocks.vendor import Vendor

MISS = Outcome(Response(404))


def test_only_a_miss_is_passed_on():
    """Not what was played, refused by a limit, struck by a fault, or a repeat of a key."""
    assert is_missed(MISS)
    others = (
        replace(MISS, rung=Rung.EXACT),
        replace(MISS, limit="minute"),
        replace(MISS, struck=(Rule(Status(503)),)),
        replace(MISS, repeat=Repeat.CONFLICT),
    )
    assert not any(map(is_missed, others))


def test_endings_stay():
    """A whole answer, a torn one, and none."""
    request = Request("GET", HOST + "/x")
    assert spied(Exchange(request, Response(200, body=b"abc"))).body_bytes == 3
    torn = spied(Exchange(request, Response(200, body=b"ab"), Ending.TRUNCATED))
    assert (torn.ending, torn.body_bytes, torn.rung) == (Ending.TRUNCATED, 2, Rung.SPIED)
    assert spied(Exchange(request, None, Ending.RESET)) == Outcome(None, Ending.RESET, rung=Rung.SPIED, personal=True)


async def ask(path: str, *answers: Exchange | None) -> tuple[httpx.Response, list[Request]]:
    """One request of a mock in process, with a vendor that gives these answers."""
    asked: list[Request] = []

    async def vendor(request: Request) -> Exchange | None:
        asked.append(request)
        return answers[0]

    app = app_of(Vendor.of(SHOP))
    app.plane.forward = vendor
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock.example") as client:
        return await client.get(path), asked


def test_the_answer_comes_from_the_vendor():
    """Its links lead to the mock; what is on a tape asks nobody; what is not to be asked stays a miss."""
    there = Exchange(Request("GET", HOST + "/v9/x"), Response(200, "OK", (("Location", HOST + "/v9/y"),), b"hello"))
    response, asked = asyncio.run(ask("/v9/x", there))
    assert (response.text, response.headers["x-tapehiss-match"]) == ("hello", "spied")
    assert response.headers["location"] == "http://mock.example/v9/y"
    assert [request.url.partition("://")[2].partition("/")[2] for request in asked] == ["v9/x"]
    response, asked = asyncio.run(ask("/v1/orders/1", there))
    assert (response.headers["x-tapehiss-match"], asked) == ("exact", [])
    response, asked = asyncio.run(ask("/v9/x", None))
    assert (response.status_code, len(asked)) == (404, 1)


def test_a_reset_of_the_vendor_is_one_for_the_client():
    """As it was, not as an answer."""
    with pytest.raises(ConnectionError):
        asyncio.run(ask("/v9/x", Exchange(Request("GET", HOST + "/v9/x"), None, Ending.RESET)))
