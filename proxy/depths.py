"""Shell: what mitmproxy knows and does not say in its hooks, each asked for in one place.

Everything here is inside knowledge of mitmproxy 11 and 12, held by tests on both. Where it turns out to be wrong, the answer is
the cautious one: the exchange is recorded in any case.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mitmproxy import ctx
from mitmproxy.proxy.layers.http import HttpLayer
from mitmproxy.proxy.layers.http._events import RequestProtocolError, ResponseEndOfMessage
from mitmproxy.proxy.layers.http._http1 import Http1Client
from mitmproxy.proxy.mode_specs import RegularMode

from tapehiss.proxy.cork import Cork
from tapehiss.proxy.http1 import FaithfulHttp1Client, make_faithful

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mitmproxy.http import HTTPFlow, Request
    from mitmproxy.proxy.layer import NextLayer

    from tapehiss.proxy.snapshot import Fields
    from tapehiss.proxy.take import Take

STREAM_FROM_BYTES = 64 * 1024
"""Request bodies from here on, and chunked ones, pass as they come; smaller ones arrive in one piece anyway."""
_BEFORE_THE_VENDOR = ("state_wait_for_request_headers", "state_consume_request_body")
"""What a client's side does while the vendor has not been asked yet."""
CLOSING_STEP_S = 0.005
HERE_MAX_BYTES = 256 * 1024
"""A body larger than this is not looked for in buffers."""
TCP_TIMEOUT_S = 600.0
"""mitmproxy 11 gives up on a silent connection after this; from 12.2.1 on it is an option."""


def announced(fields: Fields) -> int | None:
    """The Content-Length of a message, if there is one."""
    for name, value in fields:
        if name.lower() == b"content-length":
            return int(value) if value.isdigit() else None
    return None


def is_here(flow: HTTPFlow, length: int | None) -> bool:
    """Whether the whole body of this response has arrived together with its head, so that there is nothing to stream.

    Its length must be known; what is chunked passes chunk by chunk.
    """
    if not length:
        return length == 0
    stream = _stream_of(flow)
    if stream is None or length > HERE_MAX_BYTES:
        return False
    if any(isinstance(event, ResponseEndOfMessage) for event in stream._paused_event_queue):  # noqa: SLF001
        return True
    connection = _connection_of(stream, flow)
    return isinstance(connection, Http1Client) and len(connection.buf) >= length


@contextmanager
def arrivals(flow: HTTPFlow) -> Iterator[asyncio.Event | None]:
    """An event that is set when something has come from the vendor (HTTP/1 only: elsewhere nobody needs a length)."""
    stream = _stream_of(flow)
    connection = None if stream is None else _connection_of(stream, flow)
    if not isinstance(connection, FaithfulHttp1Client):
        yield None
        return
    arrived = asyncio.Event()
    connection.on_arrival = arrived.set
    try:
        yield arrived
    finally:
        connection.on_arrival = None


def _connection_of(stream: Any, flow: HTTPFlow) -> Any | None:
    """mitmproxy's protocol object of the connection to the vendor."""
    layers = stream.context.layers
    above = layers[layers.index(stream) - 1] if stream in layers else None
    below = above.connections.get(flow.server_conn) if isinstance(above, HttpLayer) else None
    return None if below is None else below.context.layers[-1]


def streams_well(flow: HTTPFlow) -> bool:
    """Whether the request's body should pass as it comes.

    Not a body of unknown length that goes from HTTP/2 to HTTP/1: it has no framing there until its length is known.
    """
    chunked = False
    for name, value in flow.request.data.headers.fields:
        lower = name.lower()
        if lower == b"content-length":
            return value.isdigit() and int(value) >= STREAM_FROM_BYTES
        chunked = chunked or lower == b"transfer-encoding"
    if flow.request.is_http2:
        return flow.server_conn.alpn == b"h2"
    return chunked


def frame_for_http1(flow: HTTPFlow) -> None:
    """Give a request from HTTP/2 what HTTP/1 needs: a length, and no trailers (mitmproxy cannot send them)."""
    data = flow.request.data
    if flow.server_conn.alpn == b"h2":
        return
    if data.trailers:
        data.trailers = None
    if data.http_version != b"HTTP/2.0":
        return
    content = data.content
    if content and not flow.request.stream and "content-length" not in flow.request.headers:
        flow.request.headers["content-length"] = str(len(content))


def drop_ours(flow: HTTPFlow) -> None:
    """Take out what a client says to a forward proxy (RFC 9110 section 11.7.2): the vendor would not get it without one."""
    if isinstance(flow.client_conn.proxy_mode, RegularMode):
        for name in ("proxy-connection", "proxy-authorization"):
            flow.request.headers.pop(name, None)
        _name_the_vendor(flow.request)


def _name_the_vendor(request: Request) -> None:
    """A plain request's target says whom it is for, whatever Host says (RFC 9112 section 3.2.2); mitmproxy keeps of it host and port only."""
    said = request.headers.get("host")
    if said is None or request.scheme != "http" or request.is_http2:
        return
    bare = f"[{request.host}]" if ":" in request.host else request.host
    named = f"{bare}:{request.port}"
    if said.lower() not in {named.lower(), bare.lower() if request.port == HTTP_PORT else ""}:
        request.headers["host"] = bare if request.port == HTTP_PORT else named


HTTP_PORT = 80


def keep_trailers(flow: HTTPFlow, take: Take) -> None:
    """Trailers go on the tape; to an HTTP/1 client mitmproxy cannot send them and would lose the connection trying."""
    assert flow.response is not None
    data = flow.response.data
    if data.trailers and not flow.request.is_http2:
        take.trailers = data.trailers.fields
        data.trailers = None


def client_failed(flow: HTTPFlow, message: str, *, request_complete: bool) -> bool:
    """Whether it was the client's side of the exchange that broke."""
    stream = _stream_of(flow)
    if stream is None:
        return not request_complete and flow.response is None and not flow.request.stream
    waiting = getattr(stream, "_paused_event_queue", ())
    if any(isinstance(event, RequestProtocolError) and event.message == message for event in waiting):
        return True
    state = getattr(stream.client_state, "__name__", "")
    return state == "state_errored" or (state in _BEFORE_THE_VENDOR and flow.response is None)


def timeout_s() -> float:
    """After how much silence mitmproxy closes a connection."""
    return float(getattr(ctx.options, "tcp_timeout", TCP_TIMEOUT_S))


def decide(nextlayer: NextLayer) -> None:
    """Let mitmproxy decide which protocol it is, and make HTTP faithful before the first byte of it is read."""
    builtin = ctx.master.addons.get("nextlayer")
    if nextlayer.layer is None and builtin is not None:
        builtin.next_layer(nextlayer)  # under ``mitmdump -s`` it would be asked after us
    for layer in nextlayer.context.layers:
        if isinstance(layer, HttpLayer):
            make_faithful(layer)


def prepare(flow: HTTPFlow) -> None:
    """Make the HTTP layers of this client's connection faithful, and its packets few, before anything is sent on it."""
    handler = _handler(flow)
    if handler is not None:
        for layer in _http_layers(handler.layer.context.layers):
            make_faithful(layer)
        transport = handler.transports.get(flow.client_conn)
        if isinstance(getattr(transport, "writer", None), asyncio.StreamWriter):
            transport.writer = Cork(transport.writer)


def shut_hard(flow: HTTPFlow) -> None:
    """When the client's connection is closed next, let it be a reset.

    Where a body lasts until the connection closes, an orderly close would say that it is whole.
    """
    handler = _handler(flow)
    transport = None if handler is None else handler.transports.get(flow.client_conn)
    writer = getattr(transport, "writer", None)
    if writer is not None:
        with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as copy:
            copy.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _handler(flow: HTTPFlow) -> Any | None:
    """mitmproxy's handler of one client connection."""
    server = ctx.master.addons.get("proxyserver")
    return None if server is None else server.connections.get(flow.client_conn.id)


def _stream_of(flow: HTTPFlow) -> Any | None:
    """mitmproxy's state machine of one exchange."""
    handler = _handler(flow)
    if handler is not None:
        for layer in _http_layers(handler.layer.context.layers):
            for stream in layer.streams.values():
                if getattr(stream, "flow", None) is flow:
                    return stream
    return None


def _http_layers(layers: list[Any]) -> list[HttpLayer]:
    """All HTTP layers among these; behind a CONNECT there is another one inside an exchange."""
    found = [layer for layer in layers if isinstance(layer, HttpLayer)]
    for layer in tuple(found):
        for stream in layer.streams.values():
            nested = stream.context.layers
            if nested[-1] is not stream and stream in nested:
                found += _http_layers(nested[nested.index(stream) + 1 :])
    return found


async def hang_up(limit_s: float) -> None:
    """Close the connections that are left, in order: an event loop that ends before them complains."""
    server = ctx.master.addons.get("proxyserver")
    handlers = [] if server is None else list(server.connections.values())
    for handler in handlers:
        transport = handler.transports.get(handler.client)
        if transport is not None and transport.handler is not None:
            handler.close_connection(handler.client)
    deadline = asyncio.get_running_loop().time() + limit_s
    # Stepwise: mitmproxy has no event for it.
    while handlers and server.connections and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(CLOSING_STEP_S)


async def stop_listening() -> None:
    """No new connections from now on."""
    server = ctx.master.addons.get("proxyserver")
    if server is not None:
        await server.servers.update([])
