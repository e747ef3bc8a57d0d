"""The data plane on a real socket: order, framing, limits, endings; nothing that arrives brings it down."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import socket
import urllib.request
from types import SimpleNamespace

import pytest
from garbage import messages
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shop import SHOP
from wires import Wire, get, read

from tapehiss.mocks.bounds import Bounds
from tapehiss.mocks.faults import Latency, Reset, Truncate
from tapehiss.mocks.profile import parse_profile
from tapehiss.mocks.protocol import HEADERS_MAX, URL_MAX_BYTES, WAITING_MAX
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.server import Server
from tapehiss.mocks.shorthand import rule_from_text
from tapehiss.mocks.vendor import Vendor

STATUS = "/_tapehiss/health"


def statuses(data: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1\.1 (\d{3})", data)


@pytest.fixture(scope="module")
def mock():
    with Server(Vendor.of(SHOP)) as server:
        yield server


@pytest.fixture
def port(mock):
    mock.play(())
    mock.reset()
    return mock.port


def test_a_connection_answers_many_requests():
    """Keep-alive, and answers in the order of pipelined requests, the delayed one first."""
    with Server(Vendor.of(SHOP, (Rule(Latency(0.05), "DELETE *"),))) as server, Wire(server.port) as wire:
        wire.send(get("/v1/orders/1", method="DELETE") + get("/v1/orders/1") + get("/v1/none", "Connection: close"))
        assert statuses(wire.rest()) == [b"204", b"200", b"404"]
        assert wire.ended == "closed"


def test_a_control_request_may_stand_before_others(port):
    """On one connection the control plane's answer leaves first, then what waits; the other way round is refused."""
    with Wire(port) as wire:
        wire.send(get(STATUS) + get("/v1/orders/1", "Connection: close"))
        data = wire.rest()
        assert statuses(data) == [b"200", b"200"]
        assert data.index(b'"status":"ok"') < data.index(b'{"status": "new"}')
    with Server(Vendor.of(SHOP, (Rule(Latency(30.0)),))) as slow, Wire(slow.port) as wire:
        assert wire.send(get("/v1/orders/1") + get(STATUS)).rest().startswith(b"HTTP/1.1 400")


def test_a_recorded_reset_is_a_reset(port):
    """The client sees RST and not a byte."""
    with Wire(port) as wire:
        assert (wire.send(get("/v1/report")).rest(), wire.ended) == (b"", "reset")


def test_a_recorded_truncation_is_a_truncation(port):
    """The client gets the recorded part of the announced length, and FIN."""
    with Wire(port) as wire:
        _, body, whole = read(wire.send(get("/v1/export")).rest(), ended=True)
        assert (body, whole, wire.ended) == (b"half of", False, "closed")


def test_faults_end_connections(mock, port):
    """A truncation closes inside the body, a reset before the answer."""
    mock.play((Rule(Truncate(3), first=1), Rule(Reset(), after=1, first=1)))
    with Wire(port) as wire:
        assert wire.send(get("/v1/orders/1")).rest().endswith(b'\r\n\r\n{"s')
    with Wire(port) as wire:
        assert (wire.send(get("/v1/orders/1")).rest(), wire.ended) == (b"", "reset")
    with Wire(port) as wire:
        assert read(wire.send(get("/v1/orders/1", "Connection: close")).rest())[1] == b'{"status": "new"}'


LARGE = b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n"


@pytest.mark.parametrize(
    ("rule", "status"), [("413 early", b"413"), ("429 early wait=1", b"429"), ("503 early", b"503")]
)
def test_an_answer_before_the_body(mock, port, rule, status):
    """The head alone is answered and the connection ends, whether or not the client goes on sending; it is not told to go on."""
    mock.play((rule_from_text(rule),))
    for rest in (b"\r\n", b"\r\n" + b"x" * 300_000, b"Expect: 100-continue\r\n\r\n"):
        with Wire(port) as wire:
            data = wire.send(LARGE + rest).rest()
            assert statuses(data) == [status]
            assert (b"\r\nConnection: close\r\n" in data, wire.ended) == (True, "closed")
    assert mock.totals().struck == {rule: 3}


@pytest.mark.parametrize("rule", ["reset early", "refuse"])
def test_an_end_before_the_body(mock, port, rule):
    """The connection is reset while the client still means to send."""
    mock.play((rule_from_text(rule),))
    with Wire(port) as wire:
        assert (wire.send(LARGE + b"\r\n").rest(), wire.ended) == (b"", "reset")
    with Wire(port) as wire:
        assert (wire.send(get("/v1/orders/1")).rest(), wire.ended) == (b"", "reset")


EARLY = b"""
vendor: X
source: https://x.example/limits
read: 2026-11-01
confidence: ours
early: true
limits:
  hour: {fixed: {quota: 1, window_s: 3600}}
"""


def test_limits_that_are_asked_before_the_body():
    """A profile that says so: who has nothing left is refused by the head alone."""
    with Server(Vendor.of(SHOP)) as server:
        server.limit(parse_profile(EARLY, "x.yaml", "x"))
        with Wire(server.port) as wire:
            assert statuses(wire.send(get("/v1/orders/1") + LARGE + b"\r\n").rest()) == [b"200", b"429"]
        assert server.totals().limited == {"hour": 1}


def test_what_is_not_struck_early_is_read_whole(mock, port):
    """A rule that passes leaves no trace: the body is waited for, and the request is one."""
    mock.play((rule_from_text("413 early after=1"),))
    body = b'{"item": "tape", "count": 2}'
    head = b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(
        body
    )
    with Wire(port) as wire:
        assert statuses(wire.send(head + body + head).rest()) == [b"201", b"413"]
    assert (mock.totals().requests, mock.totals().struck) == (2, {"413 early after=1": 1})


def test_an_event_stream_arrives_piece_by_piece():
    """At the recorded pace the first event is there before the second is due."""
    with Server(Vendor.of(SHOP, latency=0.02)) as server, Wire(server.port) as wire:
        first = wire.send(get("/v1/events")).until(b"a\n\n\r\n")
        assert b"data: b" not in first
        assert wire.until(b"0\r\n\r\n").startswith(b"9\r\ndata: b")


def test_a_client_that_expects_100_is_told_to_go_on(port):
    """RFC 9110 section 10.1.1: the body is asked for before it is sent."""
    with Wire(port) as wire:
        wire.send(b"POST /v1/orders HTTP/1.1\r\nHost: m\r\nExpect: 100-continue\r\nContent-Length: 27\r\n\r\n")
        assert wire.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert wire.send(b'{"item": "tape", "count": 2}'[:27]).until(b"\r\n\r\n").startswith(b"HTTP/1.1 201")


def test_an_offered_upgrade_is_passed_over(port):
    """h2c and WebSocket are not granted: the request is answered as HTTP/1.1, and so is the next."""
    with Wire(port) as wire:
        wire.send(get("/v1/orders/1", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AA"))
        assert wire.until(b'"new"}').startswith(b"HTTP/1.1 200")
        wire.send(get("/v1/orders/1", "Connection: Upgrade", "Upgrade: websocket") + get("/v1/x", "Connection: close"))
        assert statuses(wire.rest()) == [b"200", b"404"]


def test_an_old_client_gets_an_old_answer(port):
    """HTTP/1.0: no chunks, and the connection ends."""
    with Wire(port) as wire:
        data = wire.send(b"GET /v1/events HTTP/1.0\r\n\r\n").rest()
        assert data.endswith(b"\r\n\r\ndata: a\n\ndata: b\n\n")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01", b"400"),
        (b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"400"),
        (b"GET /" + b"x" * (URL_MAX_BYTES + 9) + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * (HEADERS_MAX + 1) + b"\r\n", b"431"),
    ],
)
def test_what_is_not_http_is_refused(port, data, status):
    """Malformed and enormous heads are answered with their status, and the connection ends."""
    with Wire(port) as wire:
        assert wire.send(data).rest()[9:12] == status


def test_a_body_over_the_limit_is_refused():
    """413, before all of it has come."""
    with Server(Vendor.of(SHOP)) as server, Wire(server.port) as wire:
        server._plane.bounds = Bounds(body_bytes=10)
        data = wire.send(b"POST /v1/orders HTTP/1.1\r\nHost: m\r\nContent-Length: 1000\r\n\r\n01234567890").rest()
        assert data.startswith(b"HTTP/1.1 413")


def test_pipelined_requests_are_bounded():
    """Who piles up requests on one connection is refused."""
    with Server(Vendor.of(SHOP, (Rule(Latency(30.0)),))) as server, Wire(server.port) as wire:
        assert statuses(wire.send(get("/") * (WAITING_MAX + 1)).rest()) == [b"429"]


def test_a_client_that_leaves_is_forgotten():
    """A delayed answer to a connection that is gone is dropped, and the next one is served."""
    with Server(Vendor.of(SHOP, (Rule(Latency(0.05), first=1),))) as server:
        with Wire(server.port) as wire:
            wire.send(get("/v1/orders/1"))
        with Wire(server.port) as wire:
            wire.send(get("/v1/orders?limit=2&page=1") + get("/v1/orders/1", "Connection: close"))
            assert statuses(wire.rest()) == [b"200", b"200"]


@given(
    st.lists(messages() | st.binary(max_size=60), max_size=4), st.lists(st.integers(1, 200), max_size=3), st.booleans()
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_arrives_brings_it_down(mock, defects, sent, cuts, leaving):
    """Whatever comes, in whatever pieces: HTTP or the end of this connection, no defect, and another client is served."""
    data = b"".join(sent)
    with Wire(mock.port) as wire, contextlib.suppress(ConnectionError):
        for cut in cuts:
            wire.send(data[:cut])
            data = data[cut:]
        wire.send(data)
        wire.socket.shutdown(socket.SHUT_WR)
        if not leaving:
            answer = wire.rest()
            assert answer[:9] in {b"", b"HTTP/1.1 "}
            assert b"500" not in statuses(answer)
    with Wire(mock.port) as wire:
        assert wire.send(get("/v1/orders/1", "Connection: close")).rest().startswith(b"HTTP/1.1 200")
    assert defects == []


class Kept(logging.Handler):
    """What was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """One more."""
        self.messages.append(record.getMessage())


@pytest.fixture
def defects():
    """What the event loop and the control plane complain of."""
    kept = Kept()
    loggers = [logging.getLogger(name) for name in ("asyncio", "uvicorn.error")]
    for logger in loggers:
        logger.addHandler(kept)
    yield kept.messages
    for logger in loggers:
        logger.removeHandler(kept)


def test_a_defect_of_ours_costs_one_answer():
    """500 with its place and nothing of what it quotes; the next client is served."""
    with Server(Vendor.of(SHOP)) as server:
        answer = server._plane.live.answer

        def broken(request, *rest):
            if "broken" in request.url:
                raise ValueError("s3cret")
            return answer(request, *rest)

        server._plane.live = SimpleNamespace(
            answer=broken,
            entered=server._plane.live.entered,
            vendor=server._plane.live.vendor,
            feed=server._plane.live.feed,
            trail=None,
        )
        with Wire(server.port) as wire:
            head, body, _ = read(wire.send(get("/broken")).rest())
            assert (head.status_code, b"ValueError in test_protocol.py:" in body, b"s3cret" in body) == (
                500,
                True,
                False,
            )
        with Wire(server.port) as wire:
            assert wire.send(get("/v1/orders/1", "Connection: close")).rest().startswith(b"HTTP/1.1 200")


def test_a_head_without_an_end_is_refused():
    """431, however it is divided: one header, many, or a target."""
    with Server(Vendor.of(SHOP), bounds=Bounds(head_bytes=5000)) as server:
        for head in (
            b"GET / HTTP/1.1\r\na: " + b"b" * 6000,
            b"GET / HTTP/1.1\r\n" + b"a: bbbbb\r\n" * 150 + b"c:" + b"d" * 4000,
        ):
            with Wire(server.port) as wire:
                assert statuses(wire.send(head).rest()) == [b"431"]
        with Wire(server.port) as wire:
            assert statuses(wire.send(get("/v1/orders/1") * 200 + get("/", "Connection: close")).rest())[-1] == b"404"


def test_connections_are_bounded():
    """One too many is told so at once; when one has left there is room again."""
    with Server(Vendor.of(SHOP), bounds=Bounds(connections=2)) as server:
        with Wire(server.port) as one, Wire(server.port) as two:
            assert [wire.send(get("/v1/orders/1")).until(b"}")[9:12] for wire in (one, two)] == [b"200"] * 2
            with Wire(server.port) as three:
                assert three.rest().startswith(b"HTTP/1.1 503 Too Many Connections")
        while server.ask(lambda *_: len(server.connections)):
            pass
        with Wire(server.port) as again:
            assert again.send(get("/v1/orders/1", "Connection: close")).rest().startswith(b"HTTP/1.1 200")


def test_bodies_of_all_connections_are_bounded():
    """What goes beyond is refused with 503; what was answered, refused or abandoned weighs nothing any more."""
    head = b"POST /v1/orders HTTP/1.1\r\nHost: m\r\nContent-Length: 1000\r\n\r\n"
    with Server(Vendor.of(SHOP), bounds=Bounds(held_bytes=1500)) as server:
        with Wire(server.port) as one, Wire(server.port) as two:
            one.send(head + b"x" * 900)
            while server.ask(lambda *_: server._plane.held_bytes) < 900:
                pass
            assert statuses(two.send(head + b"x" * 900).rest()) == [b"503"]
            assert one.send(b"x" * 100).until(b"\r\n\r\n").startswith(b"HTTP/1.1 201")
        with Wire(server.port) as three:
            three.send(head + b"x" * 10)
        while server.ask(lambda *_: server._plane.held_bytes):
            pass


def test_a_body_for_the_control_plane_is_bounded():
    """413 there, too."""
    with Server(Vendor.of(SHOP), bounds=Bounds(control_body_bytes=100)) as server, Wire(server.port) as wire:
        wire.send(b"PUT /_tapehiss/schedule HTTP/1.1\r\nHost: m\r\nContent-Length: 200\r\n\r\n" + b" " * 200)
        assert statuses(wire.rest()) == [b"413"]


@pytest.mark.parametrize("path", ["/_tapehiss", "/_tapehiss/"])
def test_the_control_plane_has_a_front_page(mock, path):
    """With or without the slash at its end it is ours; a vendor's path that only begins like it is the vendor's."""
    with urllib.request.urlopen(f"{mock.url}{path}", timeout=20) as response:
        assert json.load(response)["health"] == STATUS
    with Wire(mock.port) as wire:
        assert wire.send(get("/_tapehiss?x=1", "Connection: close")).rest().startswith(b"HTTP/1.1 422")
    with Wire(mock.port) as wire:
        assert b"x-tapehiss-match: miss" in wire.send(get("/_tapehissing", "Connection: close")).rest().lower()


def test_the_control_plane_gets_bodies(mock):
    """A control request with a body reaches FastAPI whole."""
    request = urllib.request.Request(
        f"{mock.url}/_tapehiss/schedule",
        json.dumps({"rules": ["503 first=1"] * 3}).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        assert json.load(response)["short"] == ["503 first=1"] * 3
