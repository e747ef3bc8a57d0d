"""A server starts, stops, and leaves nothing behind."""

from __future__ import annotations

import json
import socket
import threading

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import HOST, SHOP
from shop import get as shop_get
from wires import Wire, get, read

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.mocks.bounds import Bounds
from tapehiss.mocks.doors import Door
from tapehiss.mocks.errors import PortTaken
from tapehiss.mocks.faults import Status
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.server import Server, listening
from tapehiss.mocks.shorthand import rule_from_text
from tapehiss.mocks.statekeys import state_by
from tapehiss.mocks.vendor import State, Vendor


def status(server: Server) -> bytes:
    with Wire(server.port) as wire:
        return wire.send(get("/v1/orders/1", "Connection: close")).rest()[9:12]


def test_a_server_leaves_nothing_behind():
    """After the block no thread of ours runs, the port is free, and open connections were cut."""
    before = threading.active_count()
    with Server(Vendor.of(SHOP)) as server:
        wire = Wire(server.port)
        assert wire.send(get("/v1/orders/1")).until(b"}").startswith(b"HTTP/1.1 200")
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    wire.rest()
    assert wire.ended
    wire.socket.close()
    with Server(Vendor.of(SHOP), port=server.port) as again:
        assert status(again) == b"200"
    server.stop()


def test_it_listens_on_loopback_unless_told_otherwise():
    """The URL is one that a client on this machine can use; an IPv6 address is in brackets."""
    with Server(Vendor()) as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
    assert Server(Vendor(), host="::1", port=8).url == "http://[::1]:8"


def test_a_taken_port_is_an_error_with_a_remedy():
    """The address is named, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            Server(Vendor(), port=port).start()
    assert caught.value == PortTaken(
        "the port is taken", f"127.0.0.1:{port}", "choose another with --listen, or port 0 for any free one"
    )


def test_an_address_that_is_not_ours_is_an_error():
    """TEST-NET-1 (RFC 5737) is nobody's address."""
    with pytest.raises(PortTaken, match="cannot listen"):
        Server(Vendor(), host="192.0.2.1").start()


def test_a_running_server_can_be_steered_and_asked():
    """Schedule, totals, journal and reset work from the test's thread, while it runs and after."""
    with Server(Vendor.of(SHOP)) as server:
        assert status(server) == b"200"
        server.play((Rule(Status(503)),), seed=3)
        assert status(server) == b"503"
        assert server.totals().statuses == {"200": 1, "503": 1}
        assert [entry.struck for entry in server.journal()] == [(), ("503",)]
        assert server.coverage() == {"503": 1}
    assert server.totals().requests == 2
    server.reset()
    assert server.journal() == ()


def test_a_server_that_was_not_started_can_be_stopped():
    """Stopping is always allowed."""
    Server(Vendor()).stop()


def test_an_address_that_others_reach_needs_a_token():
    """One is made if none is given; without it nobody steers, and the vendor answers all the same."""
    with Server(Vendor.of(SHOP), host="0.0.0.0") as server:
        assert len(server.token) >= 32
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert [told(server, "/_tapehiss/health", token) for token in ("", "wrong", server.token)] == [401, 401, 200]
        assert told(server, "/v1/orders/1") == 200
        assert server.token not in repr(server.journal())
    with Server(Vendor.of(SHOP), token="made-up") as server:
        assert [told(server, "/_tapehiss/schedule", token) for token in ("", "made-up")] == [401, 200]
    assert Server(Vendor()).token is None


def test_a_refusal_says_how_to_get_in():
    """A problem document, and the challenge that lets a browser ask."""
    with Server(Vendor.of(SHOP), token="made-up") as server, Wire(server.port) as wire:
        head, body, whole = read(wire.send(get("/_tapehiss/", "Connection: close")).rest())
        assert (head.status_code, json.loads(body)["title"], whole) == (401, "Unauthorized", True)
        assert b"Basic" in dict(head.headers)[b"www-authenticate"]


def told(server: Server, path: str, token: str = "") -> int:
    lines = [f"Authorization: Bearer {token}"] if token else []
    with Wire(server.port) as wire:
        return int(wire.send(get(path, "Connection: close", *lines)).rest()[9:12])


def test_draining_lets_answers_end():
    """What was asked is answered whole, idle connections close at once, and nobody new is let in."""
    with Server(Vendor.of(SHOP, (rule_from_text("latency=0.4 on=GET /v1/orders/1"),))) as server:
        with Wire(server.port) as busy, Wire(server.port) as idle, Wire(server.port) as silent:
            idle.send(get("/v1/orders?limit=2&page=1")).until(b"[]}")
            busy.send(get("/v1/orders/1"))
            while server.totals().requests < 2:
                pass
            stopping = threading.Thread(target=server.stop, kwargs={"drain_s": 3600.0})
            stopping.start()
            assert [(wire.rest(), wire.ended) for wire in (idle, silent)] == [(b"", "closed")] * 2
            _, body, whole = read(busy.rest())
            assert (body, whole, busy.ended) == (b'{"status": "new"}', True, "closed")
            stopping.join()
        with pytest.raises(ConnectionRefusedError):
            Wire(server.port)


def test_draining_ends_in_time():
    """An answer that is told to take an hour is cut."""
    with Server(Vendor.of(SHOP, (rule_from_text("latency=3600"),))) as server, Wire(server.port) as wire:
        wire.send(get("/v1/orders/1"))
        while not server.totals().requests:
            pass
        server.stop(drain_s=0.1)
        assert wire.rest() == b""
        assert wire.ended


def test_tapes_are_exchanged_while_clients_ask():
    """Every request is answered, before from the old tapes, afterwards from the new ones."""
    new = Vendor.of([shop_get("/v1/orders/1", body=b'{"status": "new tape"}')])
    old = Vendor.of([shop_get("/v1/orders/1", body=b'{"status": "old tape"}')])
    seen = []
    with Server(old) as server, Wire(server.port) as wire:
        for number in range(200):
            if number == 100:
                assert not server.reload(new).kept
            seen.append(wire.send(get("/v1/orders/1")).until(b"}").rpartition(b"\r\n")[2])
    assert seen == [b'{"status": "old tape"}'] * 100 + [b'{"status": "new tape"}'] * 100


@pytest.mark.parametrize(
    ("bounds", "sent", "answer"),
    [
        (Bounds(head_s=0.2), b"GET / HTTP/1.1\r\nHost:", b"408"),
        (Bounds(request_s=0.2), b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n1", b"408"),
        (Bounds(head_s=0.2), b"", b""),
        (Bounds(idle_s=0.2), get("/v1/orders/1"), b"200"),
    ],
)
def test_who_keeps_us_waiting_is_not_waited_for(bounds, sent, answer):
    """Heads and bodies that trickle in, silent and idle connections end in time."""
    with Server(Vendor.of(SHOP), bounds=bounds) as server, Wire(server.port) as wire:
        assert wire.send(sent).rest()[9:12] == answer
        assert wire.ended == "closed"


def test_who_does_not_read_is_cut():
    """An answer that lies unread for too long does not keep its bytes for ever."""
    large = Vendor.of([shop_get("/large", body=b"x" * 20_000_000)])
    with Server(large, bounds=Bounds(unread_s=0.2)) as server, Wire(server.port) as wire:
        wire.send(get("/large") * 20)
        while server.ask(lambda *_: len(server.connections)):
            pass
        assert server.totals().requests < 5


def test_ports_can_stand_for_states_and_for_vendors():
    """Each further port has a state of its own, or is one vendor's; the front is everybody's."""
    other = Exchange(Request("GET", "https://auth.shop.example/v1/orders/1"), Response(200, "OK", (), b"other"))
    with Server(Vendor.of([*SHOP, other]), by=state_by("port:2"), port_per_host=True) as server:
        assert [door.state or door.host for door in server.ports] == [
            "port-1",
            "port-2",
            "api.shop.example",
            "auth.shop.example",
        ]
        one, two, shop, auth = (f"http://127.0.0.1:{port}/v1/orders/1" for port in server.ports.values())
        told = [httpx.get(url).text for url in (one, one, two, shop, shop, auth)]
        assert told == ['{"status": "new"}', '{"status": "paid"}', '{"status": "new"}', *told[:2], "other"]
        assert list(server.ask(lambda live, _: live.states)) == ["port-1", "port-2"]
        assert httpx.get(f"http://127.0.0.1:{server.ports[Door(state='port-1')]}/_tapehiss/health").status_code == 200


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, len(SHOP) - 4)), max_size=12))
@settings(max_examples=10, deadline=None)
def test_over_a_socket_each_state_gets_what_it_would_get_alone(calls):
    """As in the pure world, however the clients' requests are interleaved on one connection."""
    vendor = Vendor.of(SHOP[:6], (rule_from_text("503 first=1 p=0.5"),), seed=1)
    alone = dict.fromkeys("abc", State())
    with Server(vendor, by=state_by("header:X-Test-Id")) as server, httpx.Client(base_url=server.url) as client:
        for key, number in calls:
            request = SHOP[number].request
            alone[key], outcome, _ = vendor.answer(alone[key], request, 0.0)
            headers = {**dict(request.headers), "X-Test-Id": key}
            told = client.request(request.method, request.url[len(HOST) :], content=request.body, headers=headers)
            assert (told.status_code, told.content) == (outcome.response.status, outcome.response.body)


def test_what_is_set_before_it_starts_is_set_from_the_beginning():
    """A schedule's window opens when the server does."""
    server = Server(Vendor.of(SHOP))
    server.play((Rule(Status(503), to_s=20.0),))
    with server:
        assert httpx.get(server.url + "/v1/orders/1").status_code == 503


def test_ports_end_somewhere():
    """A port beyond the last one, as the further ones of many states can be, is an error with words."""
    with pytest.raises(PortTaken, match="no such port"):
        listening("127.0.0.1", 65_536)
