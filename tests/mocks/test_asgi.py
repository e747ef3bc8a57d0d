"""The mock in process, as an ASGI application."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from shop import HOST, SHOP, get

from tapehiss.cassettes.exchange import Ending
from tapehiss.mocks.asgi import Severed, app_of
from tapehiss.mocks.faults import Latency
from tapehiss.mocks.feed import Kind
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.statekeys import state_by
from tapehiss.mocks.vendor import Vendor


def ask(app, *paths: str, base: str = "http://mock") -> list[httpx.Response]:
    async def all_of_them() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base) as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(all_of_them())


def test_both_planes_are_there():
    """Recorded answers, and the control plane under its prefix."""
    order, created, health = ask(
        app_of(Vendor.of(SHOP)), "/v1/orders/1", "/v1/orders?limit=2&page=1", "/_tapehiss/health"
    )
    assert (order.json(), created.json(), health.json()["recordings"]) == ({"status": "new"}, {"orders": []}, len(SHOP))
    assert created.headers["x-tapehiss-match"] == "exact"


def test_links_lead_to_the_application():
    """In process, too, the vendor's URLs become those that the client used."""
    recorded = get("/v1/a", body=f'{{"next": "{HOST}/v1/b"}}'.encode())
    assert ask(app_of(Vendor.of([recorded])), "/v1/a")[0].json() == {"next": "http://mock/v1/b"}


def test_tapes_that_are_read_again_do_not_change_an_answer_under_way():
    """What was asked before leads where it was recorded, though its recording is gone when the answer is due."""
    recorded = get("/v1/a", body=f'{{"next": "{HOST}/v1/b"}}'.encode())
    app = app_of(Vendor.of([get("/v1/z"), recorded], (Rule(Latency(0.02)),)))

    async def asked_meanwhile() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock") as client:
            came = asyncio.Event()
            with app.plane.live.feed.listening(frozenset({Kind.REQUEST}), came.set):
                asked = asyncio.create_task(client.get("/v1/a"))
                await came.wait()
            app.plane.reload(Vendor.of([get("/v1/q")]))
            return await asked

    assert asyncio.run(asked_meanwhile()).json() == {"next": "http://mock/v1/b"}


@pytest.mark.parametrize(("path", "ending"), [("/v1/report", Ending.RESET), ("/v1/export", Ending.TRUNCATED)])
def test_a_cut_connection_is_an_exception(path, ending):
    """ASGI cannot cut a connection, so the transport or the server gets ``Severed``."""
    with pytest.raises(Severed) as caught:
        ask(app_of(Vendor.of(SHOP)), path)
    assert caught.value.ending is ending


def test_a_stream_and_a_delay_pass_through():
    """Pieces and latency are played by the running loop."""
    app = app_of(Vendor.of(SHOP, (Rule(Latency(0.001)),), latency=0.001))
    assert ask(app, "/v1/events")[0].text == "data: a\n\ndata: b\n\n"


def test_the_control_plane_has_a_front_page():
    """With or without the slash at its end, and beside it everything is the vendor's."""
    app = app_of(Vendor.of(SHOP))
    bare, slash, other = ask(app, "/_tapehiss", "/_tapehiss/", "/_tapehissing")
    assert bare.json() == slash.json()
    assert other.headers["x-tapehiss-match"] == "miss"


def test_other_kinds_of_connection_are_not_served():
    """A lifespan or a WebSocket is left alone."""
    asyncio.run(app_of(Vendor())({"type": "lifespan"}, None, None))


def test_a_body_in_pieces_is_one_body():
    """ASGI gives bodies in pieces; matching sees the whole."""
    recorded = SHOP[3]

    async def pieces():
        yield recorded.request.body[:5]
        yield recorded.request.body[5:]

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app_of(Vendor.of(SHOP)))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            return await client.post("/v1/orders", content=pieces(), headers={"Content-Type": "application/json"})

    response = asyncio.run(send())
    assert (response.json(), response.headers["x-tapehiss-match"]) == ({"id": 1}, "exact")


def test_states_can_be_told_apart_in_process():
    """Each client's sequence is its own, as over a socket; its links lead back to it."""
    linked = get("/v1/a", body=f'"{HOST}/b"'.encode())
    app = app_of(Vendor.of([linked, get("/v1/a", body=b'"2"')]), by=state_by("path"))
    told = ask(app, "/_state/a/v1/a", "/_state/a/v1/a", "/_state/b/v1/a", "/_tapehiss/states")
    assert [each.json() for each in told[:3]] == ["http://mock/_state/a/b", "2", "http://mock/_state/b/b"]
    assert [each["key"] for each in told[3].json()["states"]] == ["a", "b"]
