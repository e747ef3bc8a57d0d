"""Shell: an answer whose body is read while it comes: bytes, or server-sent events, and never half of it for the whole.

The call (retries, limits, deadline) ends when the headers are there; from then on each piece may take as long as an attempt, and all
of them as long as the call's ``deadline_s``, if one was given. A body in a content coding is refused: none was asked for.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpcore
import httpx

from tapehiss.cassettes.exchange import header
from tapehiss.clients import errors
from tapehiss.clients.completeness import has_body, has_end
from tapehiss.clients.events import EventReader
from tapehiss.clients.httpx_wire import until, words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from tapehiss.cassettes.exchange import Headers
    from tapehiss.clients.answer import Answer
    from tapehiss.clients.events import ServerEvent

BROKEN = (httpx.TransportError, httpx.StreamError, httpcore.TimeoutException, TimeoutError)


@dataclass(frozen=True)
class _Head:
    """What both streams know."""

    answer: Answer
    """Status, headers and the log of attempts; its body is empty."""
    _response: httpx.Response = field(repr=False)
    _until: float = field(default=float("inf"), repr=False)
    """When all of it has to be there, by the clock of whoever reads."""

    def __post_init__(self) -> None:
        """Refuse what cannot be read piece by piece."""
        if (header(self.headers, "content-encoding") or "identity").strip().lower() != "identity":
            raise self._error(errors.BodyInvalid, "the body is in a content coding, and none was asked for")

    @property
    def status(self) -> int:
        """Status of the response."""
        return self.answer.status

    @property
    def headers(self) -> Headers:
        """Headers of the response, as sent."""
        return self.answer.headers

    def _error(self, kind: type[errors.ApiError], what: str) -> errors.ApiError:
        answer = self.answer
        return kind(what, errors.place(answer.request), kind.advice, answer.response, answer.attempts)

    def _ended(self) -> None:
        """The bytes have stopped: was that the end?"""
        response = self.answer.response
        if has_body(self.answer.request.method, response.status) and not has_end(response):
            raise self._error(errors.StreamTruncated, "nothing says where the body ends")

    def _broken(self, error: Exception, *, late: bool) -> errors.ApiError:
        if late:
            return self._error(errors.DeadlineExceeded, "the time for the whole call was used up while the body came")
        return self._error(errors.StreamTruncated, f"the body stopped before its end ({words(error)})")

    def _read(self, reader: EventReader, piece: bytes) -> list[ServerEvent]:
        try:
            return list(reader.feed(piece))
        except ValueError as error:
            what = "not UTF-8" if isinstance(error, UnicodeError) else str(error)
            raise self._error(errors.BodyInvalid, f"this is no stream of events: {what}") from None

    def _whole(self, reader: EventReader) -> None:
        if flaw := reader.flaw():
            raise self._error(errors.StreamTruncated, flaw)


class Stream(_Head):
    """An open answer in this thread; used in a ``with``."""

    def __iter__(self) -> Iterator[bytes]:
        """The pieces of the body; an ``ApiError`` when it was not whole."""
        assert isinstance(self._response.stream, httpx.SyncByteStream)
        pieces = iter(self._response.stream)
        while True:
            try:
                with _within(self._until):
                    piece = next(pieces, None)
            except BROKEN as error:
                raise self._broken(error, late=time.monotonic() >= self._until) from None
            if piece is None:
                return self._ended()
            yield piece

    def events(self, is_last: Callable[[ServerEvent], bool] | None = None) -> Iterator[ServerEvent]:
        """The events of the body, up to the one that ``is_last``; ``StreamTruncated`` when it does not come."""
        reader = EventReader(is_last)
        for piece in self:
            yield from self._read(reader, piece)
            if reader.ended:
                return
        self._whole(reader)


class AsyncStream(_Head):
    """An open answer in this task; used in an ``async with``."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces of the body; an ``ApiError`` when it was not whole."""
        assert isinstance(self._response.stream, httpx.AsyncByteStream)
        pieces = aiter(self._response.stream)
        now = asyncio.get_running_loop().time
        while True:
            try:
                async with asyncio.timeout_at(None if self._until == float("inf") else self._until):
                    piece = await anext(pieces, None)
            except BROKEN as error:
                raise self._broken(error, late=now() >= self._until) from None
            if piece is None:
                self._ended()
                return
            yield piece

    async def events(self, is_last: Callable[[ServerEvent], bool] | None = None) -> AsyncIterator[ServerEvent]:
        """The events of the body, up to the one that ``is_last``; ``StreamTruncated`` when it does not come."""
        reader = EventReader(is_last)
        async for piece in self:
            for event in self._read(reader, piece):
                yield event
            if reader.ended:
                return
        self._whole(reader)


@contextmanager
def _within(moment: float) -> Iterator[None]:
    """Reads of this thread end at this moment of the monotonic clock."""
    mark = until.set(moment)
    try:
        yield
    finally:
        until.reset(mark)
