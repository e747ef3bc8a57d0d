"""Shell: the data plane on a socket. A small subclass of uvicorn's httptools protocol.

Requests outside ``/_tapehiss/`` never become ASGI: they are answered with prepared bytes written straight to the transport, and
the connection is cut, reset or left hanging as the script says, which ASGI cannot do. Everything under ``/_tapehiss/`` falls
through to uvicorn's own path. Answers leave in the order of the requests (RFC 9112 section 9.3.2).
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections import deque
from typing import TYPE_CHECKING, Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tapehiss.mocks.wire import HANG_MAX_S, Then

if TYPE_CHECKING:
    import asyncio

    from tapehiss.mocks.plane import DataPlane
    from tapehiss.mocks.wire import Script

CONTROL_ROOT = b"/_tapehiss"
CONTROL_PREFIXES = (b"/_tapehiss/", b"/_tapehiss?")
HEADERS_MAX = 200
URL_MAX_BYTES = 64 * 1024
WAITING_MAX = 1000
"""Pipelined requests that wait on one connection."""
LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def refusal(status: int, reason: str) -> bytes:
    """A whole answer to a request that is not served at all."""
    return f"HTTP/1.1 {status} {reason}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode("ascii")


class MockProtocol(HttpToolsProtocol):
    """One connection. ``plane`` answers; the rest of the arguments are uvicorn's."""

    def __init__(self, plane: DataPlane, **uvicorn: Any) -> None:
        super().__init__(**uvicorn)
        self._plane = plane
        self._waiting: deque[tuple[Any, ...]] = deque()
        self._busy = False
        self._ours = False
        self._leaving = False
        self._content: list[bytes] = []
        self._size = 0
        self._timers: list[asyncio.TimerHandle] = []

    # ---- what the parser reports

    def data_received(self, data: bytes) -> None:
        """Bytes from the client; what cannot be read as HTTP is answered with 400."""
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgraded(data, upgrade)
        except httptools.HttpParserError:
            self._refuse(400, "Bad Request")

    def _upgraded(self, data: bytes, upgrade: httptools.HttpParserUpgrade) -> None:
        """An upgrade that nobody grants (h2c, WebSocket): the request was answered as plain HTTP, and so is what follows."""
        if self._leaving or self.transport.is_closing():
            return
        self.parser = httptools.HttpRequestParser(self)
        rest = data[upgrade.args[0] :] if upgrade.args and isinstance(upgrade.args[0], int) else b""
        if rest:
            self.data_received(rest)

    def on_message_begin(self) -> None:
        """A request begins; whose it is shows when its target is known."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._content, self._size = [], 0

    def on_url(self, url: bytes) -> None:
        """A piece of the target."""
        self.url += url
        if len(self.url) > URL_MAX_BYTES:
            self._refuse(414, "URI Too Long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        super().on_header(name, value)
        if len(self.headers) > HEADERS_MAX:
            self._refuse(431, "Request Header Fields Too Large")

    def on_headers_complete(self) -> None:
        """The head is there: ours, or uvicorn's."""
        self._ours = not (self.url.startswith(CONTROL_PREFIXES) or self.url == CONTROL_ROOT)
        if not self._ours:
            self._hand_over()
        elif self.expect_100_continue and not self._busy and not self.transport.is_closing():
            self.transport.write(CONTINUE)

    def _hand_over(self) -> None:
        """Let uvicorn see the request from its beginning."""
        if self._busy or self._waiting:
            self._refuse(400, "Bad Request")  # a control request behind unanswered ones: nobody does that in good faith
            return
        url, headers, expecting = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expecting
        self.headers.extend(headers)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if not self._ours:
            super().on_body(body)
            return
        self._size += len(body)
        if self._size > self._plane.body_max_bytes:
            self._refuse(413, "Content Too Large")
        else:
            self._content.append(body)

    def on_message_complete(self) -> None:
        """The request is there: answer it, after those before it."""
        if not self._ours:
            super().on_message_complete()
            return
        keep = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
        method = self.parser.get_method().decode("ascii")
        http_10 = self.parser.get_http_version() == "1.0"
        self._waiting.append((method, self.url, self.headers, b"".join(self._content), keep, http_10))
        if len(self._waiting) >= WAITING_MAX:
            self._refuse(429, "Too Many Requests")
        elif not self._busy and self._uvicorn_idle():
            self._next()

    # ---- what leaves

    def _next(self) -> None:
        """Answer the request that has waited longest."""
        while self._waiting and not self._busy and not self._leaving:
            method, url, headers, body, keep, http_10 = self._waiting.popleft()
            script, delay_s = self._plane.play(method, url, headers, body, keep_alive=keep, http_10=http_10)
            self._busy = True
            if delay_s > 0:
                self._at(delay_s, self._begin, script)
            else:
                self._begin(script)

    def _uvicorn_idle(self) -> bool:
        """Whether no control request is being answered on this connection."""
        cycle: Any = self.cycle
        return cycle is None or bool(cycle.response_complete)

    def _begin(self, script: Script) -> None:
        """Write what is due now and arrange the rest."""
        if self.transport.is_closing():
            return
        *pieces, (last_s, last) = script.pieces or ((0.0, b""),)
        for at_s, content in pieces:
            if at_s > 0:
                self._at(at_s, self._write, content)
            else:
                self.transport.write(content)
        if last_s > 0:
            self._at(last_s, self._finish, last, script.then)
        else:
            self._finish(last, script.then)

    def _finish(self, content: bytes, then: Then) -> None:
        """The last bytes and the end in one step: of two timers for the same moment either may come first."""
        self._write(content)
        self._end(then)

    def _write(self, content: bytes) -> None:
        if content and not self.transport.is_closing():
            self.transport.write(content)

    def _end(self, then: Then) -> None:
        """After the last byte."""
        self._timers.clear()
        if self.transport.is_closing():
            return
        match then:
            case Then.KEEP:
                self._busy = False
                if self._waiting:
                    self.loop.call_soon(self._next)
            case Then.CLOSE:
                self._leave()
                self.transport.close()
            case Then.RESET:
                self.reset()
            case Then.HANG:
                self._at(HANG_MAX_S, self.reset)

    def reset(self) -> None:
        """Send RST instead of FIN (RFC 9293 section 3.10.5): what is unsent is lost."""
        self._leave()
        connection = self.transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT_AT_ALL)
        self.transport.abort()

    def _at(self, delay_s: float, call: Any, *arguments: Any) -> None:
        self._timers.append(self.loop.call_later(delay_s, call, *arguments))

    def _refuse(self, status: int, reason: str) -> None:
        """Answer and close, whatever else was meant."""
        if not self._leaving and not self.transport.is_closing():
            self._leave()
            self.transport.write(refusal(status, reason))
            self.transport.close()

    def _leave(self) -> None:
        """Nothing more is answered on this connection."""
        self._leaving = True
        self._waiting.clear()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    # ---- what uvicorn reports

    def on_response_complete(self) -> None:
        """A control request was answered: go on with what waits."""
        super().on_response_complete()
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client left, or we did."""
        self._leave()
        super().connection_lost(exc)
