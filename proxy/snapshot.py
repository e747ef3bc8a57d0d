"""What a hook takes from a flow, and the Exchange that the writer makes of it.

The law of this file: pure, and lopsided on purpose. ``Snapshot`` holds raw pieces, because a hook has microseconds and
stands in the way of the traffic; everything that costs (texts, content codings, URLs) is in ``exchange_of``, which runs on the
writer's side.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tapehiss.cassettes.coding import decode
from tapehiss.cassettes.exchange import Cut, Ending, Exchange, Headers, Message, Request, Response, Timings
from tapehiss.proxy.beginning import decode_beginning

Fields = tuple[tuple[bytes, bytes], ...]
CONTENT_MAX_BYTES = 256 * 1024 * 1024
"""The largest content that a compressed body may unfold to."""
_DEFAULT_PORTS = {b"http": 80, b"https": 443}


class Reply(NamedTuple):
    """The raw pieces of a response."""

    status: int
    reason: bytes
    version: bytes
    fields: Fields
    body: bytes
    """As it was on the wire, or as much of it as was kept."""
    trailers: Fields = ()
    chunks: tuple[tuple[float, int], ...] = ()
    """Seconds on the recorder's clock."""
    size: int = 0
    """Of the whole body."""
    sha256: str = ""
    """Of the whole body, where only the beginning was kept; otherwise empty."""


class Snapshot(NamedTuple):
    """The raw pieces of one exchange."""

    method: bytes
    scheme: bytes
    host: str
    port: int
    path: bytes
    version: bytes
    fields: Fields
    body: bytes
    trailers: Fields
    ending: str
    detail: str
    started_at: float
    """Unix time."""
    began: float
    """When the request was complete, on the recorder's clock; so are the next two."""
    first_byte: float | None
    ended: float
    connect_s: float | None
    tls_s: float | None
    label: str
    messages: tuple[tuple[bool, bool, bytes, float], ...] = ()
    """From client, text, content, Unix time."""
    notes: tuple[tuple[str, str], ...] = ()
    complete_request: bool = True
    size: int = 0
    sha256: str = ""
    reply: Reply | None = None
    """The last field (``flat``)."""


def flat(snapshot: Snapshot) -> tuple[object, ...]:
    """A snapshot as bare tuples: they pickle eight times as fast as their classes do."""
    return (*snapshot[:-1], None if snapshot.reply is None else tuple(snapshot.reply))


def raised(row: tuple[Any, ...]) -> Snapshot:
    """The snapshot of bare tuples."""
    return Snapshot._make(row)._replace(reply=None if row[-1] is None else Reply._make(row[-1]))


def text_headers(fields: Fields) -> Headers:
    """Header fields as the Exchange has them."""
    return tuple([(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields])


def url_of(snapshot: Snapshot) -> str:
    """The absolute URL at the vendor; ``*`` (OPTIONS) keeps its form behind the authority."""
    path = snapshot.path.decode("latin-1")
    port = "" if _DEFAULT_PORTS.get(snapshot.scheme) == snapshot.port else f":{snapshot.port}"
    host = f"[{snapshot.host}]" if ":" in snapshot.host and not snapshot.host.startswith("[") else snapshot.host
    slash = "" if path.startswith("/") else "/"
    return f"{snapshot.scheme.decode('latin-1')}://{host}{port}{slash}{path}"


def exchange_of(snapshot: Snapshot) -> Exchange:
    """The value that goes through the redaction door."""
    return Exchange(
        request=_request(snapshot),
        response=None if snapshot.reply is None else _response(snapshot, snapshot.reply),
        ending=Ending(snapshot.ending),
        detail=snapshot.detail,
        started_at=snapshot.started_at,
        timings=_timings(snapshot),
        label=snapshot.label,
        messages=tuple([_message(snapshot, *message) for message in snapshot.messages]),
        notes=snapshot.notes,
    )


def _request(snapshot: Snapshot) -> Request:
    headers = text_headers(snapshot.fields)
    content, undecoded = _content(headers, snapshot.body, whole=snapshot.complete_request and not snapshot.sha256)
    return Request(
        method=snapshot.method.decode("latin-1"),
        url=url_of(snapshot),
        headers=headers,
        body=content,
        http_version=version_of(snapshot.version),
        trailers=text_headers(snapshot.trailers),
        undecoded=undecoded,
        cut=_cut(snapshot.size, snapshot.sha256),
    )


def _response(snapshot: Snapshot, reply: Reply) -> Response:
    headers = text_headers(reply.fields)
    whole = snapshot.ending == Ending.COMPLETE.value and not reply.sha256
    content, undecoded = _content(headers, reply.body, whole=whole)
    return Response(
        status=reply.status,
        reason=reply.reason.decode("latin-1"),
        headers=headers,
        body=content,
        http_version=version_of(reply.version),
        trailers=text_headers(reply.trailers),
        undecoded=undecoded,
        cut=_cut(reply.size, reply.sha256),
        chunks=tuple([(_since(snapshot.began, at), size) for at, size in reply.chunks]),
    )


def _content(headers: Headers, wire: bytes, *, whole: bool) -> tuple[bytes, bool]:
    """The content of a body, and whether its coding had to stay; what is only a beginning is decoded as far as it goes."""
    undo = decode if whole else decode_beginning
    return undo(headers, wire, limit_bytes=CONTENT_MAX_BYTES)


def _cut(size: int, sha256: str) -> Cut | None:
    return Cut(size, sha256) if sha256 else None


def version_of(version: bytes) -> str:
    """``HTTP/2.0`` is how mitmproxy spells ``HTTP/2`` (RFC 9110 section 2.5: no minor version)."""
    text = version.decode("latin-1")
    return {"HTTP/2.0": "HTTP/2", "HTTP/3.0": "HTTP/3"}.get(text, text)


def _since(began: float, at: float) -> float:
    return round(at - began, 6)


def _timings(snapshot: Snapshot) -> Timings:
    first = None if snapshot.first_byte is None else _since(snapshot.began, snapshot.first_byte)
    return Timings(snapshot.connect_s, snapshot.tls_s, first, _since(snapshot.began, snapshot.ended))


def _message(snapshot: Snapshot, from_client: bool, text: bool, content: bytes, at: float) -> Message:  # noqa: FBT001 (a row, not a call)
    return Message(from_client, text, content, round(at - snapshot.started_at, 6))
