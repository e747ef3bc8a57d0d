"""Shell: the mock as a plain ASGI application, for use in process: data plane and control plane.

ASGI cannot reset or cut a connection; an outcome that would is raised as ``Severed``, which a server turns into a closed connection and an
in-process transport into an error of the client's. The server of this room hands only the control plane's requests to it, and everything
while what is on no tape is asked of the real vendor: only here there is a place to wait for it.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from tapehiss.cassettes.exchange import Ending, header
from tapehiss.mocks.access import CHALLENGE, UNAUTHORIZED
from tapehiss.mocks.doors import FRONT, Door
from tapehiss.mocks.faults import PROBLEM
from tapehiss.mocks.links import here_of
from tapehiss.mocks.live import LiveVendor, dated
from tapehiss.mocks.plane import FORWARDED, DataPlane, accepted_by, request_of
from tapehiss.mocks.spying import is_missed
from tapehiss.mocks.statekeys import ONE
from tapehiss.mocks.wire import HANG_MAX_S, Asked, Message, message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tapehiss.cassettes.exchange import Headers
    from tapehiss.mocks.access import Access, Refused
    from tapehiss.mocks.statekeys import StateBy
    from tapehiss.mocks.vendor import Vendor

CONTROL_ROOT = "/_tapehiss"


class Severed(ConnectionError):
    """The mock cut the connection, as it was told to."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(f"the mock ended the exchange: {ending.value}")
        self.ending = ending


LINE = "tapehiss.line"
"""Where in the state of a connection (ASGI's ``lifespan`` specification) a server of ours says what its ``Line`` is."""


class Line(NamedTuple):
    """What a server of ours can do for the application that ASGI cannot."""

    door: Door = FRONT
    """The port by which a request came."""
    cut: Callable[[Ending], None] | None = None
    """Ends the connection in this way."""


class App:
    """An ASGI application around a data plane. With ``access`` not everybody may use the control plane."""

    def __init__(self, plane: DataPlane, access: Access | None = None) -> None:
        self.plane = plane
        self._access = access
        self._control: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request; other kinds of connection are not served."""
        if scope["type"] != "http":
            return
        if f"{scope['path']}/".startswith(f"{CONTROL_ROOT}/"):
            await self._controlled(scope, receive, send)
            return
        line: Line = scope.get("state", {}).get(LINE, Line())
        try:
            await self._answered(scope, receive, send, line.door)
        except Severed as severed:
            if line.cut is None:
                raise
            line.cut(severed.ending)
            while (await receive())["type"] != "http.disconnect":
                pass

    async def _controlled(self, scope: Any, receive: Any, send: Any) -> None:
        """The control plane, imported when it is first asked for: fastapi takes half a second."""
        if self._access is not None and (refused := self._access.refusal(scope["method"], _pairs(scope["headers"]))):
            await _sent(_refusal(refused), send)
            return
        if self._control is None:
            from tapehiss.mocks.control import control_app

            self._control = control_app(self.plane.live, self.plane.clock)
        await self._control(scope, receive, send)

    async def _answered(self, scope: Any, receive: Any, send: Any, door: Door) -> None:
        """The data plane."""
        target = scope.get("raw_path") or scope["path"].encode()
        target += b"?" + scope["query_string"] if scope["query_string"] else b""
        body = await _body(receive, self.plane.bounds.body_bytes)
        if body is None:
            await _sent(_TOO_LARGE, send)
            return
        request = request_of(scope["method"], target, scope["headers"], body)
        scheme = header(request.headers, FORWARDED) or scope.get("scheme", "http")
        here = here_of(header(request.headers, "host") or "", scheme)
        outcome, delay_s, entered = self.plane.answer(request, here, door)
        outcome = self.plane.localised(outcome, here, entered.below)  # at once: while it waits, tapes may be read again
        if self.plane.forward is not None and is_missed(outcome):
            outcome = await self.plane.forwarded(request, here, door) or outcome
        await asyncio.sleep(delay_s)
        message = message_of(outcome, Asked(request.method, accepted_by(request), pace=self.plane.live.vendor.latency))
        if message is None:
            await asyncio.sleep(HANG_MAX_S if outcome.ending is Ending.TIMED_OUT else 0.0)
            raise Severed(Ending.REFUSED if outcome.ending is Ending.REFUSED else Ending.RESET)
        await _sent(message, send)
        if not message.whole:
            raise Severed(outcome.ending)


def _pairs(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def _refusal(refused: Refused) -> Message:
    """A problem document (RFC 9457) about who may not steer."""
    body = json.dumps({"title": refused.title, "status": refused.status, "detail": refused.detail}).encode()
    headers = [("Content-Type", PROBLEM), ("Content-Length", str(len(body)))]
    headers += [("WWW-Authenticate", CHALLENGE)] if refused.status == UNAUTHORIZED else []
    return Message(refused.status, refused.title, tuple(headers), ((0.0, body),), whole=True, bodiless=False)


async def _body(receive: Any, size_max_bytes: int) -> bytes | None:
    """The body; ``None`` if there is more of it than is taken."""
    pieces, size = [], 0
    while True:
        event = await receive()
        size += len(event.get("body", b""))
        if size > size_max_bytes:
            return None
        pieces.append(event.get("body", b""))
        if not event.get("more_body"):
            return b"".join(pieces)


_TOO_LARGE = Message(413, "Content Too Large", (("Content-Length", "0"),), (), whole=True, bodiless=False)


async def _sent(message: Message, send: Any) -> None:
    """The message's events, each at its time."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in message.headers]
    await asyncio.sleep(message.head_s)
    await send({"type": "http.response.start", "status": message.status, "headers": headers})
    passed_s = message.head_s
    for at_s, content in message.pieces:
        await asyncio.sleep(max(at_s - passed_s, 0.0))
        passed_s = at_s
        await send({"type": "http.response.body", "body": content, "more_body": True})
    if message.whole:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def app_of(vendor: Vendor, *, by: StateBy = ONE) -> App:
    """A vendor as an ASGI application: ``httpx.ASGITransport(app_of(vendor))``; ``by`` tells the states of its clients apart."""
    began_s = time.monotonic()
    return App(DataPlane(LiveVendor(dated(vendor, time.time()), by=by), lambda: time.monotonic() - began_s))
