"""The surface of an exchange: every byte of it that could hold a secret, in one buffer, and the way back.

The law of this file: ``rebuilt(exchange, surface, surface.view)`` is the exchange itself, and a cleaned view must be as long as the view.
One buffer, because a scan costs by the call more than by the byte.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from tapehiss.cassettes.encodings import GAP

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange, Headers, Request, Response

class Part(NamedTuple):
    """One part of the surface."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Surface:
    """The buffer, and where in it each part lies."""

    view: bytes
    parts: tuple[Part, ...]

    def part_at(self, place: int) -> Part:
        """The part that holds a place."""
        return next((part for part in self.parts if part.start <= place <= part.end), self.parts[-1])


def encoded(text: str) -> bytes:
    """The bytes of a text: latin-1 as on the wire, and for what somebody's recording holds beyond that, UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _decoded(content: bytes, like: str) -> str:
    try:
        like.encode("latin-1")
    except UnicodeEncodeError:
        return content.decode("utf-8", "surrogatepass")
    return content.decode("latin-1")


def lines(headers: Headers) -> bytes:
    """Headers as a block of lines."""
    return b"\n".join([encoded(f"{name}: {value}") for name, value in headers])


def surface_of(x: Exchange) -> Surface:
    """Everything of an exchange that could hold a secret."""
    q, r = x.request, x.response
    pieces = [
        ("request.url", encoded(q.url)),
        ("request.headers", lines(q.headers)),
        ("request.trailers", lines(q.trailers)),
        ("request.body", q.body),
    ]
    if r is not None:
        pieces += [
            ("response.reason", encoded(r.reason)),
            ("response.headers", lines(r.headers)),
            ("response.trailers", lines(r.trailers)),
            ("response.body", r.body),
        ]
    pieces += [("label", encoded(x.label)), ("detail", encoded(x.detail)), ("notes", lines(x.notes))]
    pieces += [(f"messages[{i}]", message.content) for i, message in enumerate(x.messages)]
    parts, at = [], 0
    for name, content in pieces:
        parts.append(Part(name, at, at + len(content)))
        at += len(content) + len(GAP)
    return Surface(GAP.join([content for _, content in pieces]), tuple(parts))


def rebuilt(x: Exchange, surface: Surface, view: bytes) -> Exchange:
    """The exchange with the contents of a cleaned view."""
    new = {name: view[start:end] for name, start, end in surface.parts if view[start:end] != surface.view[start:end]}
    if not new:
        return x
    response = x.response and _response(x.response, new)
    messages = tuple(
        replace(message, content=new[f"messages[{i}]"]) if f"messages[{i}]" in new else message
        for i, message in enumerate(x.messages)
    )
    return replace(
        x,
        request=_request(x.request, new),
        response=response,
        messages=messages,
        label=_text(x.label, new.get("label")),
        detail=_text(x.detail, new.get("detail")),
        notes=_headers(x.notes, new.get("notes")),
    )


def _request(q: Request, new: dict[str, bytes]) -> Request:
    return replace(
        q,
        url=_text(q.url, new.get("request.url")),
        headers=_headers(q.headers, new.get("request.headers")),
        trailers=_headers(q.trailers, new.get("request.trailers")),
        body=new.get("request.body", q.body),
    )


def _response(r: Response, new: dict[str, bytes]) -> Response:
    return replace(
        r,
        reason=_text(r.reason, new.get("response.reason")),
        headers=_headers(r.headers, new.get("response.headers")),
        trailers=_headers(r.trailers, new.get("response.trailers")),
        body=new.get("response.body", r.body),
    )


def _text(old: str, new: bytes | None) -> str:
    return old if new is None else _decoded(new, old)


def _headers(old: Headers, new: bytes | None) -> Headers:
    """Cut a block of lines where the old lines were."""
    if new is None:
        return old
    made, at = [], 0
    for name, value in old:
        size = len(encoded(f"{name}: {value}"))
        line = _decoded(new[at : at + size], name + value)
        cut = len(line) - len(value)
        made.append((line[: cut - 2], line[cut:]))
        at += size + 1
    return tuple(made)
