"""A server starts, stops, and leaves nothing behind."""

from __future__ import annotations

import socket
import threading

import pytest
from shop import SHOP
from wires import Wire, get

from tapehiss.mocks.errors import PortTaken
from tapehiss.mocks.faults import Status
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.server import Server
from tapehiss.mocks.vendor import Vendor


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
    assert server.totals().requests == 2
    server.reset()
    assert server.journal() == ()


def test_a_server_that_was_not_started_can_be_stopped():
    """Stopping is always allowed."""
    Server(Vendor()).stop()
