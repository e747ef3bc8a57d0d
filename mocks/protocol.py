"""Shell: the data plane on a socket. A small subclass of uvicorn's httptools protocol.

Requests outside ``/_tapehiss/`` never become ASGI: they are answered with prepared bytes written straight to the transport, and
the connection is cut, reset or left hanging as the script says, which ASGI cannot do. Everything under ``/_tapehiss/`` falls
through to uvicorn's own path. Answers leave in the order of the requests (RFC 9112 section 9.3.2). What a client sends is bounded in
bytes and seconds (``bounds``): whatever it is, the answer is a refusal or the end of this connection, and no other one notices.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections import deque
from typing import TYPE_CHECKING, Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tapehiss.cassettes.exchange import Ending
from tapehiss.mocks.asgi import LINE, Line
from tapehiss.mocks.bounds import Stage
from tapehiss.mocks.doors import FRONT
from tapehiss.mocks.refusing import defect, refusal
from tapehiss.mocks.wire import HANG_MAX_S, Then

if TYPE_CHECKING:
    import asyncio

    from tapehiss.mocks.doors import Door
    from tapehiss.mocks.plane import DataPlane
    from tapehiss.mocks.wire import Script

CONTROL_ROOT = b"/_tapehiss"
CONTROL_PREFIXES = (b"/_tapehiss/", b"/_tapehiss?")
BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding"})
HEADERS_MAX = 200
URL_MAX_BYTES = 64 * 1024
WAITING_MAX = 1000
"""Pipelined requests that wait on one connection."""
LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)
LINGER_S = 2.0
"""How long what a refused client still sends is read and dropped: closed at once, TCP would throw away the refusal, too."""
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class MockProtocol(HttpToolsProtocol):
    """One connection. ``plane`` answers; the rest of the arguments are uvicorn's."""

    def __init__(self, plane: DataPlane, door: Door = FRONT, **uvicorn: Any) -> None:
        super().__init__(**uvicorn)
        self._plane, self._door = plane, door
        self.app_state = {LINE: Line(door, self.cut)}
        self._waiting: deque[tuple[Any, ...]] = deque()
        self._busy = False
        self._ours = self._with_body = False
        self._leaving = False
        self._draining = False
        self._choked = False
        self._unread = False
        self._content: list[bytes] = []
        self._size = self._held = self._head_size = 0
        self._timers: list[asyncio.TimerHandle] = []
        self._step: int | None = None
        self._stage = Stage.HEAD
        self._turn = self._swept_turn = 0
        self._swept_s = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client came; one too many is told so."""
        super().connection_made(transport)
        self._swept_s = self.loop.time()
        if len(self.connections) > self._plane.bounds.connections:
            self._refuse(503, "Too Many Connections")

    # ---- what the parser reports

    def data_received(self, data: bytes) -> None:
        """Bytes from the client; what cannot be read as HTTP is answered with 400."""
        if self._leaving:
            return
        self._unset_keepalive_if_required()
        self._head_size += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgraded(data, upgrade)
        except httptools.HttpParserError:
            self._refuse(400, "Bad Request")
        if self._stage is Stage.HEAD and self._head_size > self._plane.bounds.head_bytes:
            self._refuse(431, "Request Header Fields Too Large")

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
        self._stage = Stage.HEAD
        self._turn += 1
        self.url = b""
        self.headers = []
        self.expect_100_continue = self._with_body = False
        self._content, self._size = [], 0

    def on_url(self, url: bytes) -> None:
        """A piece of the target."""
        self.url += url
        if len(self.url) > URL_MAX_BYTES:
            self._refuse(414, "URI Too Long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        name = name.lower()
        self.headers.append((name, value))
        if name in BODY_HEADERS:
            self._with_body = True
        elif name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        if len(self.headers) > HEADERS_MAX:
            self._refuse(431, "Request Header Fields Too Large")

    def on_headers_complete(self) -> None:
        """The head is there: ours, or uvicorn's."""
        self._stage, self._head_size = Stage.BODY, 0
        steered = self.url.startswith(CONTROL_PREFIXES) or self.url == CONTROL_ROOT
        self._ours = not steered and self._plane.forward is None
        if not self._ours:
            self._hand_over()
        elif self._busy or self.transport.is_closing() or self._refused_early():
            return
        elif self.expect_100_continue:
            self.transport.write(CONTINUE)

    def _refused_early(self) -> bool:
        """Whether it is decided already, before the body; then that is the answer, and what still comes is dropped.

        What waits for its turn is read whole.
        """
        if not self._with_body or self._waiting or self._leaving or not self._uvicorn_idle():
            return False
        method, http_10 = self.parser.get_method().decode("ascii"), self.parser.get_http_version() == "1.0"
        refused = self._plane.refuse(method, self.url, self.headers, http_10=http_10, door=self._door)
        if refused is None:
            return False
        script, delay_s = refused
        self._unread = self._busy = self._leaving = True
        self._stage = Stage.ANSWERING
        self._at(delay_s, self._begin, script)
        return True

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
        bounds, size = self._plane.bounds, len(body)
        self._head_size = 0
        self._size += size
        if self._size > (bounds.body_bytes if self._ours else bounds.control_body_bytes):
            self._refuse(413, "Content Too Large")
        elif not self._ours:
            super().on_body(body)
        elif self._plane.held_bytes + size > bounds.held_bytes:
            self._refuse(503, "Too Many Bytes")
        elif not self._leaving:
            self._hold(size)
            self._content.append(body)

    def _hold(self, size: int) -> None:
        """So many more bytes of bodies wait here (or fewer)."""
        self._held += size
        self._plane.held_bytes += size

    def on_message_complete(self) -> None:
        """The request is there: answer it, after those before it."""
        if self._unread:
            return
        self._stage = Stage.ANSWERING
        if not self._ours:
            super().on_message_complete()
            return
        http_10 = self.parser.get_http_version() == "1.0"
        keep = not http_10 and self.parser.should_keep_alive()
        method = self.parser.get_method().decode("ascii")
        self._waiting.append((method, self.url, self.headers, b"".join(self._content), keep, http_10))
        if len(self._waiting) >= WAITING_MAX:
            self._refuse(429, "Too Many Requests")
        elif not self._busy and self._uvicorn_idle():
            self._next()

    # ---- what leaves

    def _next(self) -> None:
        """Answer the request that has waited longest."""
        while self._waiting and not self._busy and not self._leaving and not self._choked:
            method, url, headers, body, keep, http_10 = self._waiting.popleft()
            if body:
                self._hold(-len(body))
            try:
                script, delay_s = self._plane.play(
                    method, url, headers, body, keep_alive=keep, http_10=http_10, door=self._door
                )
            except Exception as error:  # noqa: BLE001 (a defect of ours costs one answer, and says where it is)
                self._refuse(500, "Internal Server Error", defect(error))
                return
            self._busy, self._step = True, self._plane.trodden()
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
                else:
                    self._settle()
            case Then.CLOSE:
                self._close()
            case Then.RESET:
                self.reset()
            case Then.HANG:
                self._at(HANG_MAX_S, self.reset)

    def _settle(self) -> None:
        """Everything that was asked has been answered."""
        if self._stage is Stage.ANSWERING:
            self._stage = Stage.IDLE
            self._turn += 1
            if self._draining:
                self._close()

    def reset(self) -> None:
        """Send RST instead of FIN (RFC 9293 section 3.10.5): what is unsent is lost."""
        self._leave()
        connection = self.transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT_AT_ALL)
        self.transport.abort()

    def cut(self, ending: Ending) -> None:
        """End the connection in the middle of an answer of the application's."""
        if ending is Ending.TRUNCATED:
            self._close()
        else:
            self.reset()

    def _at(self, delay_s: float, call: Any, *arguments: Any) -> None:
        self._timers.append(self.loop.call_later(delay_s, call, *arguments))

    def _refuse(self, status: int, reason: str, detail: str = "") -> None:
        """Answer and close, whatever else was meant."""
        if not self._leaving and not self.transport.is_closing():
            self._leave()
            self.transport.write(refusal(status, reason, detail))
            self._linger()

    def _close(self) -> None:
        """Send what is written, then FIN."""
        self._leave()
        if self._unread:
            self._linger()
        else:
            self.transport.close()

    def _linger(self) -> None:
        """Send FIN, and drop for a while what still comes."""
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._at(LINGER_S, self.transport.close)
        else:
            self.transport.close()

    def _leave(self) -> None:
        """Nothing more is answered on this connection."""
        self._leaving = True
        self._waiting.clear()
        self._content = []
        self._hold(-self._held)
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    # ---- what uvicorn reports

    def on_response_complete(self) -> None:
        """A control request was answered: go on with what waits."""
        super().on_response_complete()
        if self._waiting:
            self._next()
        else:
            self._settle()

    def pause_writing(self) -> None:
        """The client does not read: it gets no further answers until it does."""
        super().pause_writing()
        self._choked = True
        self._turn += 1

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        self._choked = False
        self._turn += 1
        self._next()

    def shutdown(self) -> None:
        """Close as soon as everything that was asked is answered; what is being sent may still be sent."""
        self._draining = True
        if not self._uvicorn_idle():
            super().shutdown()
        elif self._stage is Stage.IDLE or not self._turn:
            self._close()

    def sweep(self, now_s: float) -> None:
        """Look at the clock of the loop: a connection that waits too long for its client ends."""
        if self._turn != self._swept_turn:
            self._swept_turn, self._swept_s = self._turn, now_s
            return
        stage = Stage.UNREAD if self._choked else self._stage
        if self._leaving or not self._plane.bounds.overdue(stage, now_s - self._swept_s):
            return
        if stage in {Stage.HEAD, Stage.BODY} and not self._busy and self._turn:
            self._refuse(408, "Request Timeout")
        elif stage is Stage.UNREAD:
            self.reset()
        else:
            self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client left, or we did."""
        if self._busy and not self._leaving:
            self._plane.abandoned(self._step)
        self._leave()
        super().connection_lost(exc)
