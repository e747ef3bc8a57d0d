"""HTTP/1 as RFC 9112 has it, where mitmproxy's own falls short and would lose an exchange.

- Interim responses (1xx, RFC 9110 section 15.2): mitmproxy takes the first one for the response. Here they go to an HTTP/1.1 client
  as they are, and the response is the response.
- Trailers (RFC 9112 section 7.1.2): mitmproxy raises an error that leaves both sides waiting. Here they are read.
- A reset in a body that lasts until the connection closes: mitmproxy takes any end for the end. Here a reset is an error.

The law of this file: nothing of mitmproxy is patched; objects of one connection are given a subclass of their own class, once, when its
first request begins. It is the one place that overrides mitmproxy's protocol code, and tests hold it on mitmproxy 11 and 12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from h11._readers import ChunkedReader, Http10Reader
from mitmproxy import ctx
from mitmproxy.http import Headers
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layers.http import HttpLayer
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    RequestEndOfMessage,
    RequestHeaders,
    RequestTrailers,
    ResponseEndOfMessage,
    ResponseProtocolError,
    ResponseTrailers,
)
from mitmproxy.proxy.layers.http._http1 import Http1Client, Http1Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from mitmproxy.proxy.layer import CommandGenerator

RESET = "connection reset by the vendor"
INTERIM_MAX = 100
"""Interim responses before one response."""


class _TrailerReader:
    """h11's reader of chunked bodies; what follows the last chunk is kept aside."""

    def __init__(self, reader: ChunkedReader) -> None:
        self._reader = reader
        self.trailers: list[tuple[bytes, bytes]] = []

    def __call__(self, buffer: Any) -> Any:
        event = self._reader(buffer)
        if isinstance(event, h11.EndOfMessage) and event.headers:
            self.trailers = list(event.headers.raw_items())
            return h11.EndOfMessage()
        return event

    def read_eof(self) -> Any:
        return self._reader.read_eof()


class _WithTrailers:
    """What both sides of an HTTP/1 exchange share."""

    @property
    def body_reader(self) -> Any:
        """The reader of the body that is coming in."""
        reader = self.__dict__["body_reader"]
        if isinstance(reader, ChunkedReader):
            reader = self.__dict__["body_reader"] = _TrailerReader(reader)
        return reader

    @body_reader.setter
    def body_reader(self, reader: Any) -> None:
        self.__dict__["body_reader"] = reader

    def _with_trailers(self, reading: CommandGenerator[None], end: type, trailers: type) -> CommandGenerator[None]:
        """What reading the body gives, and the trailers before its end."""
        for command in reading:
            fields = self._trailers() if isinstance(command, ReceiveHttp) and isinstance(command.event, end) else None
            if isinstance(command, ReceiveHttp) and fields:
                yield ReceiveHttp(trailers(command.event.stream_id, Headers(fields)))
            yield command

    def _trailers(self) -> list[tuple[bytes, bytes]]:
        """The trailers that came, once."""
        reader = self.__dict__.get("body_reader")
        if not isinstance(reader, _TrailerReader):
            return []
        fields, reader.trailers = reader.trailers, []
        return fields


class FaithfulHttp1Client(_WithTrailers, Http1Client):
    """Our side of a connection to the vendor."""

    on_arrival: Callable[[], None] | None = None
    """Called when something comes that belongs to a body."""

    def read_headers(self, event: events.ConnectionEvent) -> CommandGenerator[None]:
        """Interim responses first."""
        if self.request is not None and _interim(bytes(self.buf)):
            return self._after_interim(event)
        return super().read_headers(event)

    def _after_interim(self, event: events.ConnectionEvent) -> CommandGenerator[None]:
        assert self.request is not None
        for _ in range(INTERIM_MAX):
            head = _interim(bytes(self.buf))
            if not head:
                break
            self.buf.maybe_extract_lines()
            if self.request.http_version == "HTTP/1.1":
                yield commands.SendData(self.context.client, head)
        yield from super().read_headers(event)

    def read_body(self, event: events.Event) -> CommandGenerator[None]:
        """The body, its trailers, and whether its end was one."""
        if self.on_arrival is not None:
            self.on_arrival()
        reader = self.body_reader
        if isinstance(reader, _TrailerReader):
            return self._with_trailers(super().read_body(event), ResponseEndOfMessage, ResponseTrailers)
        ended = isinstance(event, events.ConnectionClosed) and isinstance(reader, Http10Reader)
        if ended and was_reset(self.context.client.id, self.conn):
            return self._broken()
        return super().read_body(event)

    def _broken(self) -> CommandGenerator[None]:
        assert self.stream_id is not None
        code: Any = ResponseProtocolError.code  # a number in mitmproxy 11, an enum from 12 on
        yield commands.CloseConnection(self.conn)
        yield ReceiveHttp(ResponseProtocolError(self.stream_id, RESET, code))


class FaithfulHttp1Server(_WithTrailers, Http1Server):
    """Our side of a connection to the client."""

    def read_body(self, event: events.Event) -> CommandGenerator[None]:
        """The body and its trailers."""
        if isinstance(self.body_reader, _TrailerReader):
            return self._with_trailers(super().read_body(event), RequestEndOfMessage, RequestTrailers)
        return super().read_body(event)


class FaithfulHttp(HttpLayer):
    """Sees to it that every HTTP/1 connection is a faithful one before anything is said on it."""

    def event_to_child(self, child: Any, event: events.Event) -> CommandGenerator[None]:
        """Called for everything that happens; only beginnings matter."""
        kind = type(event)
        if kind is RequestHeaders or kind is events.Start:
            connection = child.context.layers[-1]
            if type(connection) in _FAITHFUL:
                _become(connection, _FAITHFUL[type(connection)])
        return super().event_to_child(child, event)


_FAITHFUL: dict[type, type] = {Http1Client: FaithfulHttp1Client, Http1Server: FaithfulHttp1Server}


def make_faithful(layer: HttpLayer) -> None:
    """This layer, and the connection to its client if there is one already."""
    if type(layer) is not HttpLayer:
        return
    layer.__class__ = FaithfulHttp
    server = layer.connections.get(layer.context.client)
    if type(server) is Http1Server:
        _become(server, FaithfulHttp1Server)


def _become(connection: Any, kind: type) -> None:
    """The same object, a subclass of its class; its state is a bound method and has to be bound anew."""
    connection.__class__ = kind
    name = getattr(connection.state, "__name__", "")
    if name in {"read_headers", "read_body"}:
        connection.state = getattr(connection, name)


def _interim(received: bytes) -> bytes:
    """The interim response at the beginning of what was received, if it is whole; 101 is final (RFC 9110 section 15.2.2)."""
    end = received.find(b"\r\n\r\n")
    status = received[8:12]
    if end < 0 or not received.startswith(b"HTTP/1.") or not status.startswith(b" 1") or status == b" 101":
        return b""
    return received[: end + 4]


def was_reset(client_id: str, connection: Any) -> bool:
    """Whether the operating system reported an error where mitmproxy reports an end."""
    server = ctx.master.addons.get("proxyserver")
    handler = None if server is None else server.connections.get(client_id)
    transport = None if handler is None else handler.transports.get(connection)
    reader = getattr(transport, "reader", None)
    return isinstance(getattr(reader, "exception", lambda: None)(), OSError)
