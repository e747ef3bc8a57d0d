"""A raw HTTP/1.1 client that tells how a connection ended: ``from wires import Wire``."""

from __future__ import annotations

import socket
from typing import Self

import h11

WAIT_S = 20.0


class Wire:
    """One TCP connection; ``ended`` is ``""``, ``"closed"`` or ``"reset"``."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
        self.ended = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> Self:
        """Bytes, as they are."""
        self.socket.sendall(data)
        return self

    def some(self) -> bytes:
        """What comes next; nothing when the connection has ended."""
        try:
            data = self.socket.recv(1 << 20)
        except ConnectionResetError:
            data, self.ended = b"", "reset"
        else:
            self.ended = "" if data else "closed"
        return data

    def rest(self) -> bytes:
        """Everything until the connection ends."""
        pieces = []
        while data := self.some():
            pieces.append(data)
        return b"".join(pieces)

    def until(self, end: bytes) -> bytes:
        """Everything until some bytes have come (or the connection has ended)."""
        seen = b""
        while end not in seen and (data := self.some()):
            seen += data
        return seen


def get(path: str, *lines: str, method: str = "GET") -> bytes:
    """A request without a body."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: mock", *lines, "", ""]).encode("latin-1")


def read(data: bytes, method: str = "GET", *, ended: bool = False) -> tuple[h11.Response, bytes, bool]:
    """Status and headers, body, and whether it was whole, as a strict parser reads the first answer."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=1 << 20)
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "mock")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(data)
    if ended:
        connection.receive_data(b"")
    response, body = connection.next_event(), b""
    assert isinstance(response, h11.Response), response
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError:
            return response, body, False
        if not isinstance(event, h11.Data):
            return response, body, isinstance(event, h11.EndOfMessage)
        body += bytes(event.data)
