"""From an outcome to the bytes on a socket and their times: HTTP/1.1 framing (RFC 9112), computed and never replayed.

The law of this file: pure. Recorded framing is not trusted (a quarter of recorded lengths are wrong for the stored body), so
``Content-Length`` is counted here, and a recorded coding is applied anew if the client accepts it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from tapehiss.cassettes.coding import CODINGS, encode
from tapehiss.cassettes.exchange import Ending, Headers, Response, header, header_values
from tapehiss.cassettes.media import is_event_stream, is_json_lines, media_type
from tapehiss.mocks.faults import ALL, reason_of
from tapehiss.mocks.manner import mannered
from tapehiss.mocks.outcome import MATCH_HEADER, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HOP_BY_HOP = frozenset(
    [
        "connection",
        "content-encoding",
        "content-length",
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "alt-svc",
    ]
)
"""Headers about the recorded connection (RFC 9110 section 7.6.1), about framing and coding, which are made anew, and the one
that would send the client to another server."""
HANG_MAX_S = 600.0
"""A silence ends in a reset after this long, so that a client without a timeout ends, too."""
BODILESS = frozenset({204, 304})
PIECES_MAX = 100_000


class Then(Enum):
    """What becomes of the connection after the last byte."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"
    HANG = "hang"
    """Nothing more is said until the client leaves."""


@dataclass(frozen=True, slots=True)
class Script:
    """What is written when: ``(seconds after the answer began, bytes)``, and how it ends."""

    pieces: tuple[tuple[float, bytes], ...]
    then: Then


@dataclass(frozen=True, slots=True)
class Asked:
    """What framing depends on."""

    method: str = "GET"
    accept_encoding: str = ""
    keep_alive: bool = True
    chunking: bool = True
    """Whether the client knows chunked transfer coding: not in HTTP/1.0."""
    pace: float = 0.0
    """Scale of the recorded times between the pieces of a stream."""


@dataclass(frozen=True, slots=True)
class Message:
    """An HTTP message as it is sent, before a version of HTTP frames it."""

    status: int
    reason: str
    headers: Headers
    """With Content-Length if the length is announced."""
    pieces: tuple[tuple[float, bytes], ...]
    """The body, encoded: ``(seconds after the answer began, bytes)``."""
    whole: bool
    """Whether the pieces are all of it."""
    bodiless: bool
    """Whether no body is expected (HEAD, 204, 304)."""
    head_s: float = 0.0
    """When the head is complete, after its first line; no piece comes before."""


@dataclass(frozen=True, slots=True)
class _Body:
    sent: bytes
    coding: str
    length: int | None
    """The length that is announced, if one is."""


def script_of(outcome: Outcome, asked: Asked) -> Script:
    """The script for one outcome: what a socket gets."""
    message = message_of(outcome, asked)
    if message is None:
        return _nothing(outcome)
    asked = replace(asked, keep_alive=False) if outcome.early else asked
    measured = message.bodiless or header(message.headers, "content-length") is not None
    chunked = not measured and asked.chunking
    first, _, rest = _head(message, asked, chunked=chunked).partition(b"\r\n")
    pieces = [(at_s, _chunk(content) if chunked else content) for at_s, content in message.pieces]
    pieces.append((pieces[-1][0] if pieces else message.head_s, b"0\r\n\r\n" if chunked and message.whole else b""))
    keep = asked.keep_alive and message.whole and (measured or chunked)
    end = Then.RESET if outcome.manner.abrupt else Then.CLOSE
    head = [(0.0, first + b"\r\n"), (message.head_s, rest)]
    return Script(_joined([*head, *pieces]), Then.KEEP if keep else end)


GARBAGE = {
    ALL: b"\x15\x03\x03\x00\x02\x02\x50garbled by tapehiss\r\n\r\n",
    "status-line": b"HTTP/1.1 2OO OK\r\nContent-Length: 2\r\n\r\n{}",
    "header": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n: nobody\r\n\r\n{}",
    "lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
}
"""What is sent in place of an answer. The first begins like an alert of TLS, which is what a client meets that speaks to the wrong port."""


def _nothing(outcome: Outcome) -> Script:
    """How no answer comes."""
    if outcome.manner.garbage:
        return Script(((0.0, GARBAGE[outcome.manner.garbage]),), Then.CLOSE)
    if outcome.ending is Ending.TIMED_OUT:
        return Script((), Then.HANG)
    return Script((), Then.CLOSE if outcome.manner.silent else Then.RESET)


def _chunk(content: bytes) -> bytes:
    """RFC 9112 section 7.1; an empty one would end the body."""
    return b"%x\r\n%b\r\n" % (len(content), content) if content else b""


def _joined(pieces: list[tuple[float, bytes]]) -> tuple[tuple[float, bytes], ...]:
    """What is due at the same time in one piece."""
    return tuple((at_s, b"".join(part for _, part in group)) for at_s, group in groupby(pieces, key=itemgetter(0)))


def message_of(outcome: Outcome, asked: Asked) -> Message | None:
    """The message for one outcome, or ``None`` if no answer comes."""
    response = outcome.response
    if response is None:
        return None
    reason = response.reason or reason_of(response.status)
    mark = ((MATCH_HEADER, outcome.rung.value),)
    kept = without(response.headers, outcome.told) if outcome.told else response.headers
    if asked.method == "HEAD" or response.status in BODILESS:
        headers = (*sendable(kept), *outcome.told, *_announced(response, asked), *mark)
        return Message(
            response.status, reason, headers, (), whole=True, bodiless=True, head_s=outcome.manner.head_stall_s
        )
    body = _body(response, outcome, asked)
    headers = (*sendable(kept), *outcome.told, *_framing(body), *mark)
    whole = outcome.ending is Ending.COMPLETE
    pieces, head_s = mannered(_pieces(response, body, asked), outcome.manner), outcome.manner.head_stall_s
    pieces = tuple((at_s + head_s, content) for at_s, content in pieces) if head_s else pieces
    return Message(response.status, reason, headers, pieces, whole=whole, bodiless=False, head_s=head_s)


def _body(response: Response, outcome: Outcome, asked: Asked) -> _Body:
    """The body encoded, cut if the outcome says so, and measured."""
    streamed = _streamed(response)
    sent, coding = (response.body, "") if streamed and not response.undecoded else _encoded(response, asked)
    limit = len(sent) if outcome.body_bytes is None else min(outcome.body_bytes, len(sent))
    if outcome.ending is Ending.COMPLETE:
        limit = min(limit, len(sent) - 1) if outcome.manner.lying else limit
        return _Body(sent[:limit], coding, None if streamed else limit)
    if outcome.manner.unterminated:
        return _Body(sent[:limit], coding, None)
    recorded = header(response.headers, "content-length") or ""
    length = len(sent) if limit < len(sent) else int(recorded) if re.fullmatch(r"\d{1,15}", recorded) else 0
    return _Body(sent[:limit], coding, length if length > limit and not streamed else None)


def _streamed(response: Response) -> bool:
    kind = media_type(response.headers)
    return is_event_stream(kind) or is_json_lines(kind)


def _encoded(response: Response, asked: Asked) -> tuple[bytes, str]:
    """The body under the recorded coding if the client accepts it, else plain; what could not be decoded stays as it is."""
    recorded = ", ".join(header_values(response.headers, "content-encoding"))
    if response.undecoded:
        return response.body, recorded
    names = [name for word in recorded.split(",") if (name := word.strip().lower()) and name != "identity"]
    if not response.body or not names or not all(name in CODINGS and accepts(asked, name) for name in names):
        return response.body, ""
    body = response.body
    for name in names:
        body = encode(name, body)
    return body, ", ".join(names)


def accepts(asked: Asked, coding: str) -> bool:
    """Whether ``Accept-Encoding`` allows a coding (RFC 9110 section 12.5.3)."""
    weights = dict(_weights(asked.accept_encoding.lower()))
    return weights.get(coding, weights.get("*", 0.0)) > 0


def _weights(text: str) -> Iterator[tuple[str, float]]:
    for word in text.split(","):
        name, _, parameters = word.partition(";")
        found = re.search(r"q\s*=\s*(\d(?:\.\d{0,3})?)", parameters)
        yield name.strip(), float(found[1]) if found else 1.0


def _announced(response: Response, asked: Asked) -> Headers:
    """For an answer without a body: the length that HEAD promises for GET, if the tape has one."""
    length = header(response.headers, "content-length") if asked.method == "HEAD" else None
    return (("Content-Length", length),) if length and length.isascii() and length.isdigit() else ()


def _framing(body: _Body) -> Headers:
    coding: Headers = (("Content-Encoding", body.coding),) if body.coding else ()
    return coding if body.length is None else (*coding, ("Content-Length", str(body.length)))


def _head(message: Message, asked: Asked, *, chunked: bool) -> bytes:
    """Status line and headers, with the empty line (RFC 9112 sections 4 and 5)."""
    framing: Headers = (("Transfer-Encoding", "chunked"),) if chunked else ()
    closing: Headers = () if asked.keep_alive else (("Connection", "close"),)
    lines = [f"HTTP/1.1 {message.status} {message.reason}"]
    lines += [f"{name}: {value}" for name, value in (*message.headers, *framing, *closing)]
    return ("\r\n".join(line.translate(_CONTROLS) for line in lines) + "\r\n\r\n").encode("latin-1", "replace")


_CONTROLS = dict.fromkeys([*range(9), *range(10, 32), 127], " ")
"""A recorded value can be folded over lines, or broken; a new one must not be (RFC 9110 section 5.5)."""
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def sendable(headers: Headers) -> Headers:
    """The recorded headers that HTTP/1.1 can carry, without those of the recorded connection and its framing."""
    named = {word.strip().lower() for value in header_values(headers, "connection") for word in value.split(",")}
    dropped = HOP_BY_HOP | named | {MATCH_HEADER}
    return tuple(pair for pair in headers if _TOKEN.fullmatch(pair[0]) and pair[0].lower() not in dropped)


def without(headers: Headers, others: Headers) -> Headers:
    """The headers without those that have the name of one of the others."""
    names = {name.lower() for name, _ in others}
    return tuple(pair for pair in headers if pair[0].lower() not in names)


def announced(script: Script, told: Headers) -> Script:
    """A script that was prepared, with more headers in its head."""
    if not told or not script.pieces:
        return script
    at_s, content = script.pieces[0]
    head, _, rest = content.partition(b"\r\n\r\n")
    values = [value if value.isprintable() else value.translate(_CONTROLS) for _, value in told]
    lines = "".join([f"\r\n{name}: {value}" for (name, _), value in zip(told, values, strict=True)])
    return Script(
        ((at_s, b"".join([head, lines.encode("latin-1", "replace"), b"\r\n\r\n", rest])), *script.pieces[1:]),
        script.then,
    )


def _pieces(response: Response, body: _Body, asked: Asked) -> tuple[tuple[float, bytes], ...]:
    """The body in the pieces in which it is sent."""
    if not _streamed(response):
        return ((0.0, body.sent),)
    return tuple((at_s * asked.pace, content) for at_s, content in _parts(response, body.sent))


def _parts(response: Response, sent: bytes) -> Iterable[tuple[float, bytes]]:
    """A stream as recorded; where the recorded sizes do not fit the body, event by event."""
    sizes = [size for _, size in response.chunks]
    if sum(sizes) >= len(sent) > 0 and sum(sizes) == len(response.body) and len(sizes) <= PIECES_MAX:
        return [part for part in _cut(response.chunks, sent) if part[1]]
    events = re.findall(rb"(?s).+?(?:\r?\n\r?\n|\Z)", sent)
    return [(0.0, event) for event in events] if 0 < len(events) <= PIECES_MAX else [(0.0, sent)]


def _cut(chunks: tuple[tuple[float, int], ...], sent: bytes) -> Iterator[tuple[float, bytes]]:
    begin, start_s = 0, chunks[0][0]
    for at_s, size in chunks:
        yield max(at_s - start_s, 0.0), sent[begin : begin + size]
        begin += size
