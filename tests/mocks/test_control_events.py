"""What happens, over the control plane, as it happens."""

from __future__ import annotations

import asyncio
import http.client
import json

import httpx
from shop import SHOP

from tapehiss.mocks.control import control_app
from tapehiss.mocks.control_events import GREETING, HEARTBEAT, told
from tapehiss.mocks.feed import LISTENERS_MAX, Feed, Kind
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.server import Server
from tapehiss.mocks.shorthand import rule_from_text
from tapehiss.mocks.vendor import Vendor

WAIT_S = 20.0


class Listening:
    """A client that listens to a server, as ``curl -N`` does."""

    def __init__(self, port: int, query: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
        self.connection.request("GET", f"/_tapehiss/events{query}")
        self.response = self.connection.getresponse()
        assert self.response.status == 200
        assert self.response.readline() == GREETING[:-1]

    def next(self) -> tuple[str, object]:
        """The next event."""
        lines = {}
        while True:
            name, _, value = self.response.readline().decode().rstrip("\n").partition(": ")
            if name:
                lines[name] = value
            elif lines:
                return lines["event"], json.loads(lines["data"])


def asked(server: Server, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WAIT_S)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_everything_is_told_as_it_happens():
    """A request as in the journal, the rule that struck it, what was set; and nothing of its query."""
    with Server(Vendor.of(SHOP)) as server:
        listening = Listening(server.port)
        server.play((rule_from_text("503 first=1"),), seed=3)
        asked(server, "/v1/orders/1?secret=s3cret")
        kind, data = listening.next()
        assert (kind, data["rules"], data["seed"]) == ("schedule", ["503 first=1"], 3)
        kind, data = listening.next()
        assert (kind, data["path"], data["status"], data["struck"]) == ("request", "/v1/orders/1", 503, ["503 first=1"])
        assert "s3cret" not in json.dumps(data)
        assert listening.next() == (
            "fault",
            {"number": 0, "method": "GET", "path": "/v1/orders/1", "rule": "503 first=1"},
        )


def test_one_can_listen_to_some_kinds():
    """``?kind=`` once or more often; a kind that there is not is refused with 422."""
    with Server(Vendor.of(SHOP, (rule_from_text("503 first=1"),))) as server:
        listening = Listening(server.port, "?kind=fault&kind=reset")
        asked(server, "/v1/orders/1")
        server.reset()
        assert [listening.next()[0] for _ in range(2)] == ["fault", "reset"]
        assert asked(server, "/_tapehiss/events?kind=weather") == 422


def test_the_end_of_the_mock_ends_the_stream():
    """A listener does not hold the server up, and sees a whole answer; one that left is forgotten."""
    with Server(Vendor.of(SHOP)) as server:
        staying, leaving = Listening(server.port), Listening(server.port)
        leaving.response.close()
        leaving.connection.close()
        while server.ask(lambda live, _: len(live.feed.listeners)) > 1:
            pass
    assert staying.response.read() == b"\n"


def test_too_many_listeners_are_refused():
    """503, and those who listen already are left alone."""
    live = LiveVendor(Vendor.of(SHOP))
    app = control_app(live, lambda: 0.0)

    async def one_more() -> int:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            return (await client.get("/_tapehiss/events")).status_code

    live.feed.listeners = [None] * LISTENERS_MAX
    assert asyncio.run(one_more()) == 503


def test_a_quiet_mock_is_heard_to_live():
    """A comment comes from time to time, which no client takes for an event."""

    async def quiet() -> list[bytes]:
        feed = Feed()
        stream = told(feed, frozenset(Kind), heartbeat_s=0.001)
        pieces = [await anext(stream), await anext(stream)]
        feed.tell(Kind.RESET, {})
        pieces.append(await anext(stream))
        feed.close()
        return [*pieces, *[piece async for piece in stream]]

    assert asyncio.run(quiet()) == [GREETING, HEARTBEAT, b"event: reset\ndata: {}\n\n"]
