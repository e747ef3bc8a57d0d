"""HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec), as browsers, proxies and Polly.JS write it.

Beyond the standard: Chrome's ``_error`` and ``_webSocketMessages``, Polly's base64 arrays, its bodies that are labelled
base64 and are not, and our own ``_tapehiss``.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tapehiss.cassettes import loose
from tapehiss.cassettes.content import content
from tapehiss.cassettes.document import base64_bytes
from tapehiss.cassettes.exchange import Cut, Ending, Exchange, Message, Request, Response, Timings, header
from tapehiss.cassettes.har_own import OWN, with_own
from tapehiss.cassettes.source import Unreadable, each

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Headers
    from tapehiss.cassettes.source import Recorded, Source

_BASE64_TEXT = re.compile(r"[A-Za-z0-9+/=_\-\s]*")
_HEX_TEXT = re.compile(r"(?:[0-9a-fA-F]{2})*")

ENDINGS = (
    (r"REFUSED|NAME_NOT_RESOLVED|UNREACHABLE|DISCONNECTED|CONNECTION_FAILED|NETWORK_CHANGED|resolve", Ending.REFUSED),
    (r"TIMED_OUT|timed? ?out", Ending.TIMED_OUT),
    (r"CERT|SSL|TLS", Ending.TLS_FAILURE),
    (r"CONTENT_LENGTH_MISMATCH|INCOMPLETE_CHUNKED|truncated", Ending.TRUNCATED),
    (r"INVALID_HTTP|INVALID_RESPONSE|HTTP2_PROTOCOL|QUIC_PROTOCOL|DECODING|malformed", Ending.MALFORMED),
    (r"ABORTED|BLOCKED|CANCEL|client gone", Ending.CLIENT_GONE),
    (r"", Ending.RESET),
)
"""Chrome's net error (or the words of another tool), and how the exchange ended; the first that is found counts."""


def entries(document: Any) -> list[Any] | None:
    """The entries of a HAR document, or ``None`` for another document."""
    match document:
        case {"log": {"entries": list(found)}}:
            return found
        case {"log": {"entries": None}}:
            return []
    return None


def read(items: list[Any], source: Source) -> Iterator[Recorded]:
    """The entries as exchanges."""
    return each(source, items, lambda item: _exchange(item, source))


def _exchange(entry: Any, source: Source) -> Exchange:
    if not isinstance(entry, dict) or not isinstance(entry.get("request"), dict):
        raise Unreadable("a HAR entry without a request")
    answered = _table(entry.get("response"))
    request = _request(entry["request"], source, ours=OWN in entry)
    response = _response(answered, request.method, ours=OWN in entry)
    started_at = loose.moment(entry.get("startedDateTime")) or 0.0
    words = loose.text(entry.get("_error") or answered.get("_error") or answered.get("statusText"))
    exchange = Exchange(
        request,
        response,
        started_at=started_at,
        timings=_timings(entry),
        messages=_messages(entry.get("_webSocketMessages"), started_at),
    )
    if response is None or entry.get("_error") or answered.get("_error"):
        exchange = replace(exchange, ending=_ending(words, began=response is not None), detail=words or NO_RESPONSE)
    return with_own(exchange, entry[OWN]) if OWN in entry else exchange


NO_RESPONSE = "the HAR entry has no response"


def _table(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _ending(words: str, *, began: bool) -> Ending:
    ending = next(ending for pattern, ending in ENDINGS if re.search(pattern, words))
    if not words:
        return Ending.CLIENT_GONE  # a browser that gave up says status 0 and nothing else
    return Ending.TRUNCATED if began and ending is Ending.RESET else ending


# --- messages ---------------------------------------------------------------------------------------------------------


def _request(asked: dict[Any, Any], source: Source, *, ours: bool) -> Request:
    headers = _headers(asked, ours=ours)
    post = _table(asked.get("postData"))
    stored, cut = _post_body(post), None
    size = asked.get("bodySize")
    if not post and isinstance(size, int) and size > 0:
        cut = Cut(size, "")  # Chrome keeps no uploaded files
    body, undecoded = (stored, False) if ours else content(headers, stored)
    return Request(
        method=loose.text(asked.get("method")) if ours else loose.method(asked.get("method")),
        url=loose.text(asked.get("url")) if ours else loose.absolute(asked.get("url"), source.base_url),
        headers=headers,
        body=body,
        http_version=loose.http_version(asked.get("httpVersion")),
        undecoded=undecoded,
        cut=cut,
    )


def _headers(message: dict[Any, Any], *, ours: bool) -> Headers:
    """Headers of a message: read liberally, but taken at their word where we wrote them."""
    found = message.get("headers")
    if ours and isinstance(found, list):
        return tuple((loose.text(_table(one).get("name")), loose.text(_table(one).get("value"))) for one in found)
    return loose.headers(found)


def _post_body(post: dict[Any, Any]) -> bytes:
    """``text`` if it is there, else the form that ``params`` tell."""
    written = post.get("text")
    if isinstance(written, str) and (written or not post.get("params")):
        return _unpacked(
            written, loose.text(post.get("_encoding") or post.get("encoding")), loose.text(post.get("mimeType"))
        )
    params = [_table(one) for one in post.get("params") or () if isinstance(post.get("params"), list)]
    return urlencode([(loose.text(one.get("name")), loose.text(one.get("value"))) for one in params]).encode()


def _response(answered: dict[Any, Any], method: str, *, ours: bool) -> Response | None:
    """The response, or ``None`` where the status is 0 or missing: nothing came."""
    if loose.text(answered.get("status")) in {"", "0", "-1"}:
        return None
    code, _ = loose.status(answered["status"])
    reason = loose.text(answered.get("statusText"))
    headers = _headers(answered, ours=ours)
    held = _table(answered.get("content"))
    written, size = held.get("text"), held.get("size")
    missing = written is None and isinstance(size, int) and size > 0 and method != "HEAD" and code not in {204, 304}
    kind = loose.text(held.get("mimeType")) or header(headers, "content-type") or ""
    stored = _unpacked(written, loose.text(held.get("encoding")), kind, size)
    body, undecoded = (stored, False) if ours else content(headers, _chunks(written, headers, stored))
    return Response(
        status=code,
        reason=reason if ours else " ".join(reason.split()),
        headers=headers,
        body=body,
        http_version=loose.http_version(answered.get("httpVersion")),
        undecoded=undecoded,
        cut=Cut(size, "") if missing and isinstance(size, int) else None,
    )


def _unpacked(written: Any, encoding: str, kind: str, size: Any = None) -> bytes:
    """The bytes of a HAR text: base64, hex, a list of such pieces, or text in the charset of its type."""
    if not isinstance(written, str):
        return b"" if written is None else loose.octets(written)
    if encoding not in {"base64", "hex"}:
        return _in_charset(written, kind, size)
    pieces = _pieces(written) or [written]
    pattern, undo = (_BASE64_TEXT, base64_bytes) if encoding == "base64" else (_HEX_TEXT, bytes.fromhex)
    if not all(pattern.fullmatch(piece) for piece in pieces):
        return written.encode("utf-8", "surrogatepass")  # labelled so, and plain: seen in Polly recordings
    return b"".join(undo(piece) for piece in pieces)


def _in_charset(written: str, kind: str, size: Any) -> bytes:
    """HAR text is Unicode, whatever the bytes were (section "content"); ``size`` tells whether they were UTF-8."""
    utf8 = loose.octets(written)
    charset = re.search(r"charset=\s*[\"']?([\w-]+)", kind, re.IGNORECASE)
    if charset is None or len(utf8) == size:
        return utf8
    other = loose.octets(written, charset[1])
    return other if len(other) == size else utf8


def _pieces(written: str) -> list[str] | None:
    """A JSON array of strings, in which Polly keeps the chunks of a compressed response."""
    if not written.startswith("["):
        return None
    try:
        pieces = json.loads(written)
    except (ValueError, RecursionError):
        return None
    return pieces if isinstance(pieces, list) and all(isinstance(piece, str) for piece in pieces) else None


def _chunks(written: Any, headers: Headers, stored: bytes) -> bytes:
    """Older Polly: an array of hex or base64 chunks that nothing labels; it is one if what it says can be decompressed."""
    pieces = _pieces(written) if isinstance(written, str) and header(headers, "content-encoding") else None
    if not pieces or stored != loose.octets(written):
        return stored
    undo = bytes.fromhex if all(_HEX_TEXT.fullmatch(piece) for piece in pieces) else base64_bytes
    joined = b"".join(undo(piece) for piece in pieces)
    return joined if content(headers, joined)[0] != joined else stored


# --- times ------------------------------------------------------------------------------------------------------------


def _timings(entry: dict[Any, Any]) -> Timings:
    """Seconds from HAR's milliseconds, where -1 and nothing say "not known" (``connect`` holds the TLS handshake)."""
    parts = _table(entry.get("timings"))
    connect, tls, wait, receive = (_ms(parts.get(key)) for key in ("connect", "ssl", "wait", "receive"))
    total = _ms(entry.get("time"))
    end = round(wait + receive, 9) if wait is not None and receive is not None else total
    return Timings(
        connect_s=None if connect is None else max(0.0, round(connect - (tls or 0.0), 9)),
        tls_s=tls,
        first_byte_s=wait,
        end_s=end,
    )


def _ms(value: Any) -> float | None:
    known = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e12
    return round(value / 1000, 9) if known else None


def _messages(found: Any, started_at: float) -> tuple[Message, ...]:
    """Chrome's WebSocket messages: opcode 1 is text, 2 is base64 of binary."""
    held = [_table(one) for one in found] if isinstance(found, list) else []
    return tuple(
        Message(
            from_client=one.get("type") in {"send", "request"},
            text=one.get("opcode") == 1,
            content=_frame(one),
            at_s=max(0.0, (loose.moment(one.get("time")) or started_at) - started_at),
        )
        for one in held
        if one.get("opcode") in {1, 2}
    )


def _frame(one: dict[Any, Any]) -> bytes:
    data = loose.text(one.get("data"))
    return base64_bytes(data) if one.get("opcode") == 2 or one.get("_encoding") == "base64" else loose.octets(data)
