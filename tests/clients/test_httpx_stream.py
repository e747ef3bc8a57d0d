"""Bodies that are read while they come, over real sockets."""

from __future__ import annotations

import asyncio
import threading

import httpx
import pytest

from journeys import in_turn
from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.clients import errors
from tapehiss.clients.events import done
from tapehiss.clients.httpx_adapter import AsyncClient, Client
from tapehiss.clients.httpx_wire import Wire
from tapehiss.contracts.evidence import learn
from tapehiss.mocks.faults import Drip, Status, Truncate, Unterminated
from tapehiss.mocks.server import Server
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.virtual_time import run_in_virtual_time, vendor_here

HOST = "https://api.vendor.example"
BODY = bytes(range(256)) * 2_000
EVENTS = b"".join(b"data: %d\n\n" % number for number in range(100)) + b"data: [DONE]\n\n"
TAPE = (
    Exchange(
        Request("GET", f"{HOST}/export"), Response(200, "", (("Content-Type", "application/octet-stream"),), BODY)
    ),
    Exchange(Request("GET", f"{HOST}/events"), Response(200, "", (("Content-Type", "text/event-stream"),), EVENTS)),
)


def test_a_download_comes_in_pieces():
    """More than one piece, together the whole body; the connection is used again afterwards (D4)."""
    wire = Wire(connections_max=1)
    with Server(Vendor.of(TAPE)) as server, Client(server.url, transport=wire) as client:
        for _ in range(3):
            with client.stream("GET", "/export") as stream:
                pieces = list(stream)
            assert (b"".join(pieces), stream.status, len(pieces) > 1) == (BODY, 200, True)
        with client.stream("GET", "/export") as stream:
            next(iter(stream))
        assert client.get("/export").body == BODY
        assert threading.active_count() < 20


def test_retries_come_before_the_first_byte():
    """A call that is turned down at first is retried; what comes then is streamed, and a contract does not judge what was not read."""
    with (
        Server(Vendor.of(TAPE, in_turn([Status(503)]))) as server,
        Client(server.url, contract=learn(list(TAPE))) as client,
        client.stream("GET", "/export") as stream,
    ):
        assert b"".join(stream) == BODY
        assert [attempt.status for attempt in stream.answer.attempts] == [503, 200]


def test_a_refusal_is_an_error_before_the_body():
    """404 is an ``ApiError`` with its body, as without a stream."""
    with (
        Server(Vendor.of(TAPE)) as server,
        Client(server.url) as client,
        pytest.raises(errors.RequestRejected) as caught,
        client.stream("GET", "/nowhere"),
    ):
        pass
    assert caught.value.response.body


@pytest.mark.parametrize("fault", [Truncate(5_000), Truncate(5_000, abrupt=True), Unterminated()], ids=repr)
def test_half_a_body_is_no_body(fault):
    """Cut, reset or without an end: what came is given, and then ``StreamTruncated`` (V1)."""
    with Server(Vendor.of(TAPE, in_turn([fault]))) as server, Client(server.url) as client:
        pieces = []
        with pytest.raises(errors.StreamTruncated) as caught, client.stream("GET", "/export") as stream:
            pieces.extend(stream)
        assert BODY.startswith(b"".join(pieces))
        assert caught.value.status == 200


def test_events_up_to_the_last():
    """Each event, up to the one that says that it is the last; a stream that stops before it is an error (V4)."""
    with Server(Vendor.of(TAPE, in_turn([None, Truncate(300)]))) as server, Client(server.url) as client:
        with client.stream("GET", "/events") as stream:
            assert [event.data for event in stream.events(done)] == [*map(str, range(100)), "[DONE]"]
        got = []
        with pytest.raises(errors.StreamTruncated), client.stream("GET", "/events") as stream:
            got.extend(event.data for event in stream.events(done))
        assert got == [str(number) for number in range(len(got))]


def test_a_clean_end_before_the_last_event_is_no_end():
    """A stream that ends properly, but without its last event, is truncated: the commonest way to lose half an answer."""
    body = b"data: 1\n\n"
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    with (
        Client(HOST, transport=transport) as client,
        client.stream("GET", "/") as stream,
        pytest.raises(errors.StreamTruncated),
    ):
        list(stream.events(done))


def test_bad_bytes_and_codings_are_errors():
    """What is no UTF-8, and a body in a coding that nobody asked for: errors of ours."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=b"data: \xff\n\n"))
    with (
        Client(HOST, transport=transport) as client,
        client.stream("GET", "/") as stream,
        pytest.raises(errors.BodyInvalid),
    ):
        list(stream.events())
    asked = []

    def coded(request):
        asked.append(request.headers["accept-encoding"])
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"x"))

    with (
        Client(HOST, transport=httpx.MockTransport(coded)) as client,
        pytest.raises(errors.BodyInvalid),
        client.stream("GET", "/"),
    ):
        pass
    assert asked == ["identity"]


async def read_all(client, **asked):
    """The whole body."""
    async with client.stream("GET", "/export", **asked) as stream:
        return [piece async for piece in stream]


def test_the_deadline_bounds_a_drip():
    """A body that drips for ever is cut off at the deadline that the call was given (D1), in virtual time."""

    async def main():
        async with vendor_here(Vendor.of(TAPE, in_turn([Drip(100.0)]))) as (url, _), AsyncClient(url) as client:
            loop = asyncio.get_running_loop()
            began = loop.time()
            with pytest.raises(errors.DeadlineExceeded):
                await read_all(client, deadline_s=5.0)
            took_s = loop.time() - began
            async with client.stream("GET", "/events") as stream:
                said = [event.data async for event in stream.events(done)]
            return took_s, said[-1]

    took_s, last = run_in_virtual_time(main())
    assert took_s == pytest.approx(5.0, abs=0.01)
    assert last == "[DONE]"


def test_the_deadline_bounds_a_drip_in_a_thread():
    """The same for the synchronous client, with a deadline that is over soon."""
    with (
        Server(Vendor.of(TAPE, in_turn([Drip(4_000.0)]))) as server,
        Client(server.url) as client,
        pytest.raises(errors.DeadlineExceeded),
        client.stream("GET", "/export", deadline_s=0.8) as stream,
    ):
        next(number for number, _ in enumerate(stream) if number == 100)
