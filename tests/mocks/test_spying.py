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
from tapehiss.mocks.server import Server
from tapehiss.mocks.shorthand import rule_from_text
from tapehiss.mocks.spying import is_missed, spied
from tapehiss.mocks.statekeys import state_by
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


async def nobody(_: Request) -> None:
    """A vendor that is never asked."""


@pytest.mark.parametrize(
    ("text", "path", "error"),
    [
        ("reset", "/v1/orders/1", httpx.ReadError),
        ("refuse", "/v1/orders/1", httpx.ReadError),
        ("truncate=4", "/v1/orders/1", httpx.RemoteProtocolError),
    ],
)
def test_faults_cut_the_connection_while_it_spies(text, path, error, caplog):
    """What is recorded is answered by way of the application then, and a cut is a cut, no 500; nobody complains."""
    rule = rule_from_text(text)
    assert isinstance(rule, Rule)
    with Server(Vendor.of(SHOP, (rule,)), forward=nobody) as server, pytest.raises(error):
        httpx.get(server.url + path)
    assert caplog.records == []


def test_every_port_leads_where_it_should_while_it_spies():
    """The state of a port is that of who comes in there, and a vendor's port is that vendor's, also for what is passed on."""
    asked: list[str] = []

    async def vendor(request: Request) -> Exchange:
        asked.append(request.url)
        return Exchange(request, Response(200))

    with Server(Vendor.of(SHOP), forward=vendor, by=state_by("port:1"), port_per_host=True) as server:
        for port in server.ports.values():
            httpx.get(f"http://127.0.0.1:{port}/v1/orders/1")
            httpx.get(f"http://127.0.0.1:{port}/v9/x")
        assert [entry.marks.key for entry in server.journal()] == ["port-1", "port-1", "", ""]
    assert asked[1] == HOST + "/v9/x"
