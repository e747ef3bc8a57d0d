"""How an exchange ended, from what mitmproxy says and from what was seen.

The law of this file: pure. mitmproxy names an error by a text only, and the same text for either side of the proxy
("peer closed connection" may be the client or the vendor), so what was *seen* comes first: who failed, and how far the
exchange had come. The text decides only between closed and malformed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Ending

if TYPE_CHECKING:
    from tapehiss.proxy.snapshot import Fields

DETAIL_MAX_CHARS = 500
_CLOSED = (
    "closed connection",
    "connection closed",
    "stream reset",
    "disconnected",
    "connection killed",
    "connection reset",
    "eof",
)
_TIMED_OUT = ("timed out", "timeout", "etimedout", "errno 110", "errno 60]")
_TLS = ("certificate verify failed", "does not speak tls", "tls handshake", "tlsv1", "ssl", "openssl")
_CONNECT = ("connect call failed", "connection refused", "errno", "cannot open connection", "name or service")
CLIENT_GONE = ("client disconnected", "client closed connection")


_LAST_EVENT = re.compile(
    rb"(?:\A|\n)(?:data: ?\[DONE\]|event: ?(?:message_stop|response\.(?:completed|failed|incomplete))\r?\n(?:data:[^\n]*\n?)*?)\s*\Z"
)
"""How streams say that nothing follows: OpenAI's chat and whoever speaks its dialect, Anthropic's messages, OpenAI's responses."""
LAST_EVENT_MAX_BYTES = 1024 * 1024


class Stage(StrEnum):
    """Where a connection to the vendor failed, as mitmproxy's own hooks reported it."""

    NONE = ""
    CONNECT = "connect"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Mishap:
    """Everything that is known about a bad ending."""

    message: str
    """mitmproxy's words."""
    failed: Stage = Stage.NONE
    """Which hook reported the same words."""
    by_client: bool = False
    """Whether it was the client's side that failed."""
    response_began: bool = False
    reset: bool = False
    """Whether the operating system reported a reset."""
    idle_s: float = 0.0
    """How long nothing had passed."""
    timeout_s: float = 600.0
    """After how long mitmproxy gives up on a silent connection."""

    @property
    def detail(self) -> str:
        """The words for the tape."""
        return self.message[:DETAIL_MAX_CHARS]


def is_whole(fields: Fields, tail: bytes, size: int) -> bool:
    """Whether a client that left had the whole answer: as long as announced, or a stream that said that nothing follows.

    ``tail``: the last of the body, as sent; ``size``: how much of it had come.
    """
    names = {name.lower(): value.strip() for name, value in fields}
    length = names.get(b"content-length", b"")
    if length.isdigit():
        return size >= int(length)
    kind = names.get(b"content-type", b"").partition(b";")[0].strip().lower()
    return kind == b"text/event-stream" and _LAST_EVENT.search(tail) is not None


def ending_of(mishap: Mishap) -> Ending:
    """The one word for it."""
    words = mishap.message.lower()
    if mishap.idle_s >= mishap.timeout_s:
        return Ending.TIMED_OUT
    if mishap.by_client or words.startswith(CLIENT_GONE):
        return Ending.CLIENT_GONE
    if mishap.failed is not Stage.NONE or not mishap.response_began:
        return _before_response(words, mishap.failed)
    return Ending.TRUNCATED if _says(words, _CLOSED) else Ending.MALFORMED


def _before_response(words: str, failed: Stage) -> Ending:
    """The vendor never began to answer."""
    if failed is Stage.TLS:
        return Ending.TLS_FAILURE
    if failed is Stage.CONNECT:
        return Ending.TIMED_OUT if _says(words, _TIMED_OUT) else Ending.REFUSED
    if _says(words, _CLOSED) or _head_cut_short(words):
        return Ending.RESET
    if _says(words, _TLS):
        return Ending.TLS_FAILURE
    if _says(words, _CONNECT):
        return Ending.TIMED_OUT if _says(words, _TIMED_OUT) else Ending.REFUSED
    return Ending.MALFORMED


def _says(words: str, texts: tuple[str, ...]) -> bool:
    return any(text in words for text in texts)


def _head_cut_short(words: str) -> bool:
    """Whether what came was the beginning of an HTTP/1 head and no more: ``unexpected server response: b'HTTP/1.1 200 OK...'``."""
    _, found, rest = words.partition("unexpected server response: b")
    return bool(found) and (rest[1:].startswith("http/1.") or "http/1.".startswith(rest[1:-1]))
