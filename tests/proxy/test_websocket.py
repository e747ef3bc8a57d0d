"""WebSocket: one exchange with its messages."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from recorders import recorded
from vendors import WAIT_MAX_S, Visit, vendor
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Message,
    Request,
    TextMessage,
)

from tapehiss.cassettes.exchange import Ending

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wsproto.events import Event


class Talk:
    """One side of a WebSocket connection on a socket."""

    def __init__(self, sock: socket.socket, side: ConnectionType) -> None:
        self.sock = sock
        self.connection = WSConnection(side)

    def say(self, event: Event) -> None:
        """Send something."""
        self.sock.sendall(self.connection.send(event))

    def hear(self) -> Iterator[Event]:
        """Everything that the other side says, until it leaves."""
        while data := self.sock.recv(65536):
            self.connection.receive_data(data)
            yield from self.connection.events()


def _echo(visit: Visit) -> bool:
    """Accept, send every message back, close when told so; fall silent on ``die``."""
    talk = Talk(visit.sock, ConnectionType.SERVER)
    talk.connection.receive_data(visit.head + b"\r\n\r\n")
    for event in talk.connection.events():
        if isinstance(event, Request):
            talk.say(AcceptConnection())
    for event in talk.hear():
        if isinstance(event, CloseConnection):
            talk.say(event.response())
            return True
        if isinstance(event, TextMessage) and event.data == "die":
            return True
        if isinstance(event, Message):
            talk.say(type(event)(data=event.data))
    return True


def _client(port: int) -> Talk:
    talk = Talk(socket.create_connection(("127.0.0.1", port), timeout=WAIT_MAX_S), ConnectionType.CLIENT)
    talk.say(Request(host="127.0.0.1", target="/live"))
    assert isinstance(next(talk.hear()), AcceptConnection)
    return talk


def test_messages_are_recorded_in_order(tmp_path: Path) -> None:
    """Both directions, text and binary, each with its time; they pass as they come."""
    with vendor(_echo) as there, recorded(tmp_path, there.url) as recording:
        talk = _client(recording.port)
        for message in (TextMessage(data="héllo"), BytesMessage(data=b"\0\1")):
            talk.say(message)
            assert next(talk.hear()).data == message.data  # type: ignore[attr-defined]
        talk.say(CloseConnection(code=1000))
        list(talk.hear())
        [exchange] = recording.exchanges()

    assert exchange.ending is Ending.COMPLETE
    assert exchange.response is not None
    assert exchange.response.status == 101
    assert [(each.from_client, each.text, each.content) for each in exchange.messages] == [
        (True, True, "héllo".encode()),
        (False, True, "héllo".encode()),
        (True, False, b"\0\1"),
        (False, False, b"\0\1"),
    ]
    times = [each.at_s for each in exchange.messages]
    assert times == sorted(times)


@pytest.mark.parametrize(("last", "ending"), [("die", Ending.RESET), (None, Ending.CLIENT_GONE)])
def test_a_connection_that_breaks(last: str | None, ending: Ending, tmp_path: Path) -> None:
    """Whoever leaves without a word is named."""
    with vendor(_echo) as there, recorded(tmp_path, there.url) as recording:
        talk = _client(recording.port)
        talk.say(TextMessage(data="one"))
        next(talk.hear())
        if last is None:
            talk.sock.close()
        else:
            talk.say(TextMessage(data=last))
            list(talk.hear())
        [exchange] = recording.exchanges()

    assert exchange.ending is ending
    assert exchange.messages[0].content == b"one"


def test_messages_beyond_the_limit_are_counted(tmp_path: Path) -> None:
    """Memory is bounded: the tape says how many are missing."""
    with vendor(_echo) as there, recorded(tmp_path, there.url, body_max_bytes=1000) as recording:
        talk = _client(recording.port)
        for _ in range(5):
            talk.say(BytesMessage(data=b"x" * 300))
            next(talk.hear())
        talk.say(CloseConnection(code=1000))
        list(talk.hear())
        [exchange] = recording.exchanges()

    assert len(exchange.messages) == 3
    assert dict(exchange.notes)["messages_dropped"] == "7"


def test_a_connection_that_is_open_when_the_recording_stops(tmp_path: Path) -> None:
    """What was said so far is on the tape."""
    with vendor(_echo) as there, recorded(tmp_path, there.url, drain_max_s=0.1) as recording:
        talk = _client(recording.port)
        talk.say(TextMessage(data="one"))
        next(talk.hear())
        [exchange] = recording.exchanges()

    assert exchange.ending is Ending.CLIENT_GONE
    assert "stopped" in exchange.detail
    assert [each.content for each in exchange.messages] == [b"one", b"one"]
