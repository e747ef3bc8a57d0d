"""Shell: one attempt over httpx: a request value out, a response value or a ``Failure`` back, and never half a body for a whole one.

httpx bounds each read, not the attempt, so that a body that drips takes as long as it likes. Here every read and write of the
synchronous transport gets only what is left of the attempt (by a network backend of httpcore), and the asynchronous one is cut
off as a whole. Looking up a name is the system's business and is not bounded. Redirects are not followed, cookies not kept,
proxies of the environment not used: what is sent is what was said.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from tapehiss.cassettes.exchange import Ending, Response
from tapehiss.clients import errors
from tapehiss.clients.completeness import received
from tapehiss.clients.effects import Failure, Outcome, Send
from tapehiss.clients.sendable import flaw_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WRITE_MAX_BYTES = 65_536
"""Bytes in one write: the time that is left is looked at between writes."""

until: ContextVar[float] = ContextVar("until", default=float("inf"))
"""Monotonic time at which the attempt of this thread has to be over."""


class Wire(httpx.HTTPTransport):
    """httpx's transport with connections whose every read and write ends when the attempt has to."""

    def __init__(self, verify: ssl.SSLContext | None = None, *, connections_max: int = 100) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=verify or httpx.create_ssl_context(),
            max_connections=connections_max,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_TimedBackend(httpcore.SyncBackend()),
        )


def send(
    transport: httpx.BaseTransport,
    effect: Send,
    body_max_bytes: int,
    opened: Callable[[httpx.Response], None] | None = None,
) -> Outcome:
    """One attempt in this thread; ``ApiError`` only for what another attempt cannot change.

    With ``opened``, the body of a good answer is not read: it is handed over as soon as its headers are there.
    """
    attempt = Attempted(effect, body_max_bytes, watched=isinstance(transport, httpx.HTTPTransport))
    request = attempt.asked(attempt.step)
    mark = until.set(time.monotonic() + effect.timeout_s)
    try:
        attempt.response = response = transport.handle_request(request)
        if opened is not None and response.status_code < 400:
            return attempt.handed(opened)
        assert isinstance(response.stream, httpx.SyncByteStream)
        for piece in response.stream:
            attempt.keep(piece)
            left_s()
    except (httpx.TransportError, httpcore.TimeoutException) as error:
        return attempt.failure(error)
    finally:
        until.reset(mark)
        if attempt.response is not None:
            attempt.response.close()
    return attempt.outcome()


async def asend(
    transport: httpx.AsyncBaseTransport,
    effect: Send,
    body_max_bytes: int,
    opened: Callable[[httpx.Response], None] | None = None,
) -> Outcome:
    """The same in this task."""
    attempt = Attempted(effect, body_max_bytes, watched=isinstance(transport, httpx.AsyncHTTPTransport))
    request = attempt.asked(attempt.astep)
    try:
        async with asyncio.timeout(effect.timeout_s):
            attempt.response = response = await transport.handle_async_request(request)
            if opened is not None and response.status_code < 400:
                return attempt.handed(opened)
            assert isinstance(response.stream, httpx.AsyncByteStream)
            async for piece in response.stream:
                attempt.keep(piece)
    except (httpx.TransportError, TimeoutError) as error:
        return attempt.failure(error)
    finally:
        if attempt.response is not None:
            await attempt.response.aclose()
    return attempt.outcome()


class Attempted:
    """What is known of one attempt while it goes on."""

    __slots__ = ("_body_max_bytes", "_effect", "_sent", "_wire", "response")

    def __init__(self, effect: Send, body_max_bytes: int, *, watched: bool) -> None:
        self.response: httpx.Response | None = None
        self._effect = effect
        self._body_max_bytes = body_max_bytes
        self._sent = not watched
        self._wire = bytearray()

    def asked(self, trace: Callable[[str, Any], Any]) -> httpx.Request:
        """The request as httpx wants it; each phase may take as long as the attempt."""
        request, seconds = self._effect.request, self._effect.timeout_s
        flaw = flaw_of(request)
        if flaw:
            raise self._invalid(flaw)
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers]
        timeout = {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}
        more = {"timeout": timeout, "trace": trace}
        try:
            return httpx.Request(request.method, request.url, headers=headers, content=request.body, extensions=more)
        except httpx.InvalidURL:
            # Neither kept nor chained: httpx's words may quote the URL.
            raise self._invalid("the URL cannot be read") from None

    def step(self, event: str, _facts: Any) -> None:
        """httpcore says what it does: from the first byte of the request on, the vendor may have processed it."""
        self._sent = self._sent or "send_request" in event

    async def astep(self, event: str, facts: Any) -> None:
        """``step``, as httpcore's other half wants it."""
        self.step(event, facts)

    def keep(self, piece: bytes) -> None:
        """One more piece of the body, as long as it is not too long."""
        self._wire += piece
        if len(self._wire) > self._body_max_bytes:
            what = f"the body of the answer is longer than {self._body_max_bytes} bytes"
            raise errors.BodyTooLong(what, errors.place(self._effect.request), errors.BodyTooLong.advice)

    def handed(self, opened: Callable[[httpx.Response], None]) -> Response:
        """The head of the response; its body is somebody else's to read and to close."""
        head, response = self.received(), self.response
        assert head is not None
        assert response is not None
        opened(response)
        self.response = None
        return head

    def outcome(self) -> Outcome:
        """The response, if all of it came."""
        response = self.received()
        assert response is not None
        return received(self._effect.request.method, response, self._body_max_bytes)

    def failure(self, error: Exception) -> Failure:
        """What httpx's exception means; raises for a request that no attempt can send."""
        if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
            # Neither kept nor chained: httpx's words may quote a header.
            raise self._invalid(f"it is not valid HTTP ({type(error).__name__})") from None
        unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        ending = _ending(error, begun=self.response is not None)
        return Failure(ending, self._sent and not unsent, self.received(), words(error))

    def received(self) -> Response | None:
        """The response as a value, its body as it came."""
        if self.response is None:
            return None
        version = self.response.extensions.get("http_version", b"HTTP/1.1").decode("latin-1")
        reason = self.response.extensions.get("reason_phrase", b"").decode("latin-1")
        raw = self.response.headers.raw
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
        return Response(self.response.status_code, reason, headers, bytes(self._wire), version)

    def _invalid(self, what: str) -> errors.InvalidRequest:
        return errors.InvalidRequest(what, errors.place(self._effect.request), errors.InvalidRequest.advice)


def _ending(error: Exception, *, begun: bool) -> Ending:
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException | TimeoutError):
        return Ending.TIMED_OUT
    if isinstance(error, httpx.ConnectError):
        return Ending.TLS_FAILURE if any(isinstance(each, ssl.SSLError) for each in _causes(error)) else Ending.REFUSED
    if begun:
        return Ending.TRUNCATED
    silent = not isinstance(error, httpx.RemoteProtocolError) or "without sending" in str(error)
    return Ending.RESET if silent else Ending.MALFORMED


def words(error: Exception) -> str:
    """What may be said of an exception: its type, and the system's own words; never what a peer or a caller wrote."""
    system = next((each.strerror for each in _causes(error) if isinstance(each, OSError) and each.strerror), "")
    return f"{type(error).__name__}: {system}" if system else type(error).__name__


def _causes(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def left_s(over: type[httpcore.TimeoutException] = httpcore.ReadTimeout) -> float:
    """What is left of this thread's attempt; raises ``over`` when nothing is."""
    seconds = until.get() - time.monotonic()
    if seconds <= 0:
        raise over("the attempt is over")
    return seconds


def _sooner(timeout: float | None, over: type[httpcore.TimeoutException]) -> float:
    return min(left_s(over), float("inf") if timeout is None else timeout)


class _TimedBackend(httpcore.NetworkBackend):
    """Connections that know when the attempt is over."""

    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **more: Any
    ) -> httpcore.NetworkStream:
        return _TimedStream(
            self._inner.connect_tcp(host, port, _sooner(timeout, httpcore.ConnectTimeout), *args, **more)
        )


class _TimedStream(httpcore.NetworkStream):
    """A connection that knows when the attempt is over."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _sooner(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), WRITE_MAX_BYTES):
            self._inner.write(buffer[start : start + WRITE_MAX_BYTES], _sooner(timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(
            self._inner.start_tls(ssl_context, server_hostname, _sooner(timeout, httpcore.ConnectTimeout))
        )

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
