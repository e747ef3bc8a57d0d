"""Server-sent events as they come (HTML standard, section 9.2.6): bytes in, events out, and whether the stream was whole.

The law of this file: however the bytes are cut into pieces, the same events come out; half an event is none; a stream that stops
before its last event, where one was promised, is an error and no end.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVENT_MAX_CHARS = 10_000_000
"""No event is longer."""

_LINE_END = re.compile(r"\r\n|\n|\r(?!\Z)")
"""A carriage return at the very end may be half of a line's end: wait for what follows."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event of a stream."""

    data: str
    event: str = "message"
    id: str = ""
    """The last id that was told: where to go on (``Last-Event-ID``)."""
    retry_ms: int | None = None


@dataclass(slots=True)
class EventReader:
    """Takes a stream to pieces; ``ValueError`` for text that is not UTF-8, or an event without an end."""

    is_last: Callable[[ServerEvent], bool] | None = None
    """Tells the event after which nothing is to come; without it any end between two events is an end."""
    ended: bool = False
    """Whether that event was there."""
    _texts: list[str] = field(default_factory=list, repr=False)
    """What came after the last end of a line; joined when one comes, so that a long line costs no more than its length."""
    _decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8-sig"), repr=False)
    _data: list[str] = field(default_factory=list)
    _event: str = ""
    _id: str = ""
    _retry_ms: int | None = None
    _chars: int = 0
    _waiting: int = 0

    def feed(self, piece: bytes) -> Iterator[ServerEvent]:
        """The events that end in this piece."""
        text = self._decoder.decode(piece)
        half_end = bool(self._texts) and self._texts[-1].endswith("\r")
        if text:
            self._texts.append(text)
            self._waiting += len(text)
        if half_end or "\n" in text or "\r" in text:
            text, begin = "".join(self._texts), 0
            for end in _LINE_END.finditer(text):
                event = self._line(text[begin : end.start()])
                begin = end.end()
                if event is not None and not self.ended:
                    self.ended = self.is_last is not None and self.is_last(event)
                    yield event
            self._texts = [text[begin:]] if begin < len(text) else []
            self._waiting = len(text) - begin
        if self._waiting + self._chars > EVENT_MAX_CHARS:
            raise ValueError("an event without an end")

    def flaw(self) -> str:
        """Why the stream, which stops here, was not whole; empty when it was."""
        if self.ended:
            return ""
        if self.is_last is not None:
            return "the stream stopped before its last event"
        half = "".join(self._texts).strip("\r\n") or self._data or self._decoder.getstate()[0]
        return "the stream stopped inside an event" if half else ""

    def _line(self, line: str) -> ServerEvent | None:
        if not line:
            return self._dispatched()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
            self._chars += len(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isascii() and value.isdecimal() and len(value) < 10:
            self._retry_ms = int(value)
        return None

    def _dispatched(self) -> ServerEvent | None:
        data, event, retry_ms = self._data, self._event, self._retry_ms
        self._data, self._event, self._retry_ms, self._chars = [], "", None, 0
        return ServerEvent("\n".join(data), event or "message", self._id, retry_ms) if data else None


def done(event: ServerEvent) -> bool:
    """The last event as OpenAI and those who follow it mark it."""
    return event.data == "[DONE]"
