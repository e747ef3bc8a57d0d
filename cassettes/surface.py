"""The surface of an exchange: every byte of it that could hold a secret, in one buffer, and the way back.

The law of this file: ``rebuilt(exchange, surface, surface.view)`` is the exchange itself, and a cleaned view must be as long as the view.
One buffer, because a scan costs by the call more than by the byte.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from tapehiss.cassettes.encodings import GAP
from tapehiss.cassettes.exchange import Response

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange, Headers, Request

Span = tuple[int, int]


class Part(IntEnum):
    """Which part of an exchange; each WebSocket message is one more, behind these."""

    URL = 0
    REQUEST_HEADERS = 1
    REQUEST_TRAILERS = 2
    RESPONSE_HEADERS = 3
    RESPONSE_TRAILERS = 4
    NOTES = 5
    REASON = 6
    LABEL = 7
    DETAIL = 8
    REQUEST_BODY = 9
    RESPONSE_BODY = 10
    MESSAGES = 11


_NAMES = [
    "request.url",
    "request.headers",
    "request.trailers",
    "response.headers",
    "response.trailers",
    "notes",
    "response.reason",
    "label",
    "detail",
    "request.body",
    "response.body",
]
_SILENT = Response(0)


@dataclass(frozen=True, slots=True)
class Surface:
    """The buffer, and where in it each part lies."""

    view: bytes
    spans: tuple[Span, ...]

    def place(self, at: int) -> tuple[str, int]:
        """The part that holds a place, and how far in it is."""
        index = next((i for i, (start, end) in enumerate(self.spans) if start <= at <= end), 0)
        name = _NAMES[index] if index < Part.MESSAGES else f"messages[{index - Part.MESSAGES}]"
        return name, at - self.spans[index][0]


def encoded(text: str) -> bytes:
    """The bytes of a text: latin-1 as on the wire, and for what somebody's recording holds beyond that, UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _decoded(content: bytes, like: str) -> str:
    """The text of bytes that were encoded from a text like this one."""
    narrow = like.isascii() or not any(ord(char) > 255 for char in like)
    return content.decode("latin-1") if narrow else content.decode("utf-8", "surrogatepass")


def line(name: str, value: str) -> bytes:
    """A header on the surface: no text around a value reaches into its name, or into the next header."""
    return encoded(f"{name}\x00{value}\n\x00")


def _lines(headers: Headers) -> bytes:
    if not headers:
        return b""
    try:
        return "".join([f"{name}\x00{value}\n\x00" for name, value in headers]).encode("latin-1")
    except UnicodeEncodeError:
        return b"".join([line(name, value) for name, value in headers])


def surface_of(x: Exchange) -> Surface:
    """Everything of an exchange that could hold a secret."""
    q, r = x.request, x.response or _SILENT
    pieces = [
        encoded(q.url),
        _lines(q.headers),
        _lines(q.trailers),
        _lines(r.headers),
        _lines(r.trailers),
        _lines(x.notes),
        encoded(r.reason),
        encoded(x.label),
        encoded(x.detail),
        q.body,
        r.body,
        *[message.content for message in x.messages],
    ]
    spans, at = [], 0
    for piece in pieces:
        spans.append((at, at + len(piece)))
        at += len(piece) + len(GAP)
    return Surface(GAP.join(pieces), tuple(spans))


class _New:
    """What changed, part by part."""

    __slots__ = ("_surface", "_view")

    def __init__(self, surface: Surface, view: bytes) -> None:
        self._surface = surface
        self._view = view

    def touches(self, *parts: Part) -> bool:
        """Whether any of these parts changed."""
        old, spans = self._surface.view, [self._surface.spans[part] for part in parts]
        return any(self._view[start:end] != old[start:end] for start, end in spans)

    def content(self, part: int, old: bytes) -> bytes:
        start, end = self._surface.spans[part]
        new = self._view[start:end]
        return old if new == old else new

    def text(self, part: int, old: str) -> str:
        start, end = self._surface.spans[part]
        new = self._view[start:end]
        return old if new == self._surface.view[start:end] else _decoded(new, old)

    def headers(self, part: int, old: Headers) -> Headers:
        """A block of lines, cut where the old lines were."""
        start, end = self._surface.spans[part]
        new = self._view[start:end]
        if new == self._surface.view[start:end]:
            return old
        made, at = [], 0
        for name, value in old:
            plain = name.isascii() and value.isascii()
            size = len(name) + len(value) + 3 if plain else len(line(name, value))
            text = new[at : at + size].decode("latin-1") if plain else _decoded(new[at : at + size], name + value)
            made.append((text[: len(name)], text[len(name) + 1 : -2]))
            at += size
        return tuple(made)


def rebuilt(x: Exchange, surface: Surface, view: bytes) -> Exchange:
    """The exchange with the contents of a cleaned view."""
    new = _New(surface, view)
    messages = tuple(
        replace(message, content=new.content(i, message.content)) for i, message in enumerate(x.messages, Part.MESSAGES)
    )
    return replace(
        x,
        request=_request(x.request, new),
        response=x.response and _response(x.response, new),
        messages=messages,
        label=new.text(Part.LABEL, x.label),
        detail=new.text(Part.DETAIL, x.detail),
        notes=new.headers(Part.NOTES, x.notes),
    )


def _request(q: Request, new: _New) -> Request:
    if not new.touches(Part.URL, Part.REQUEST_HEADERS, Part.REQUEST_TRAILERS, Part.REQUEST_BODY):
        return q
    return replace(
        q,
        url=new.text(Part.URL, q.url),
        headers=new.headers(Part.REQUEST_HEADERS, q.headers),
        trailers=new.headers(Part.REQUEST_TRAILERS, q.trailers),
        body=new.content(Part.REQUEST_BODY, q.body),
    )


def _response(r: Response, new: _New) -> Response:
    if not new.touches(Part.REASON, Part.RESPONSE_HEADERS, Part.RESPONSE_TRAILERS, Part.RESPONSE_BODY):
        return r
    return replace(
        r,
        reason=new.text(Part.REASON, r.reason),
        headers=new.headers(Part.RESPONSE_HEADERS, r.headers),
        trailers=new.headers(Part.RESPONSE_TRAILERS, r.trailers),
        body=new.content(Part.RESPONSE_BODY, r.body),
    )
