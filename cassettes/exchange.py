"""The Exchange: what was asked, what came back, when, and how it ended.

The law of this file: values only. Nothing here reads a clock, a file or a socket, and nothing can be changed after it was made.

Bodies are *content* (RFC 9110 section 6.4) with the content coding removed; the headers stay as they were sent, so
``Content-Encoding: gzip`` beside a readable body is normal here. A body whose coding could not be undone stays encoded and
``undecoded`` says so. Header names and values are latin-1 text: every byte has one character (RFC 9110 section 5.5), so the
bytes on the wire are ``value.encode("latin-1")``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NewType

Headers = tuple[tuple[str, str], ...]
"""Ordered pairs with duplicates and the original case."""


class Ending(StrEnum):
    """How an exchange ended, seen from the recorder."""

    COMPLETE = "complete"
    """The response arrived whole."""
    RESET = "reset"
    """The vendor closed or reset the connection before the response began."""
    TRUNCATED = "truncated"
    """The vendor closed or reset the connection inside the response."""
    REFUSED = "refused"
    """No connection could be made (refused, unreachable, name not resolved)."""
    TIMED_OUT = "timed_out"
    """Nothing came in time."""
    CLIENT_GONE = "client_gone"
    """The client left before the response had ended."""
    TLS_FAILURE = "tls_failure"
    """The TLS handshake with the vendor failed."""
    MALFORMED = "malformed"
    """The vendor sent something that is not HTTP."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What is known of a body of which only the beginning was kept."""

    size: int
    """Length of the whole body in bytes, as sent on the wire."""
    sha256: str
    """Hex digest of the whole body, as sent on the wire."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the client sent it."""

    method: str
    url: str
    """Absolute, of the vendor (never of the proxy)."""
    headers: Headers = ()
    body: bytes = b""
    http_version: str = "HTTP/1.1"
    trailers: Headers = ()
    undecoded: bool = False
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One response as the vendor sent it; ``body`` is what had arrived when the exchange ended."""

    status: int
    reason: str = ""
    """As sent: empty for HTTP/2."""
    headers: Headers = ()
    body: bytes = b""
    http_version: str = "HTTP/1.1"
    trailers: Headers = ()
    undecoded: bool = False
    cut: Cut | None = None
    chunks: tuple[tuple[float, int], ...] = ()
    """``(seconds after the request was sent, bytes on the wire)`` of each piece in which the body arrived."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds, each measured from the moment the request was complete; ``None`` where it was not observed."""

    connect_s: float | None = None
    """How long the TCP handshake took (only on the exchange that opened the connection)."""
    tls_s: float | None = None
    """How long the TLS handshake took (likewise)."""
    first_byte_s: float | None = None
    """When the response headers had been read."""
    end_s: float | None = None
    """When the exchange ended."""


@dataclass(frozen=True, slots=True)
class Message:
    """One WebSocket message."""

    from_client: bool
    text: bool
    content: bytes
    at_s: float
    """Seconds after the handshake request."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, and what became of it."""

    request: Request
    response: Response | None = None
    ending: Ending = Ending.COMPLETE
    detail: str = ""
    """The words of whoever noticed a bad ending."""
    started_at: float = 0.0
    """Unix time in seconds at which the request began."""
    timings: Timings = field(default_factory=Timings)
    label: str = ""
    """What the person recording called this part of the recording."""
    messages: tuple[Message, ...] = ()
    """WebSocket messages, in order."""
    notes: tuple[tuple[str, str], ...] = ()
    """Facts for later readers, such as ``("signature", "invalidated")``."""

    @property
    def replayable(self) -> bool:
        """Whether any HTTP player could give this response to a client as the whole truth."""
        whole = self.response is not None and self.response.cut is None and self.request.cut is None
        return whole and self.ending is Ending.COMPLETE and not self.messages

    def with_note(self, key: str, value: str) -> Exchange:
        """The same exchange with one more note."""
        return replace(self, notes=(*self.notes, (key, value)))


Clean = NewType("Clean", Exchange)
"""An exchange that went through the one door (redaction): the only kind that a tape accepts."""


def header(headers: Headers, name: str) -> str | None:
    """The first value of a header, or ``None``; names compare without case (RFC 9110 section 5.1)."""
    wanted, length = name.lower(), len(name)
    for key, value in headers:
        if len(key) == length and key.lower() == wanted:
            return value
    return None


def header_values(headers: Headers, name: str) -> tuple[str, ...]:
    """All values of a header, in order."""
    wanted, length = name.lower(), len(name)
    return tuple([value for key, value in headers if len(key) == length and key.lower() == wanted])
