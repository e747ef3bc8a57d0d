"""Places: where in an exchange names mean what, which parts are forms, headers or streams.

The law of this file: it knows HTTP and no secret; everything is a range of the surface's view.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tapehiss.cassettes import calls, columns, deltas
from tapehiss.cassettes.credentials import secrets_in
from tapehiss.cassettes.exchange import Ending
from tapehiss.cassettes.media import is_event_stream, is_form, is_json_lines, media_type
from tapehiss.cassettes.packed import ZLIB
from tapehiss.cassettes.secretnames import Strength
from tapehiss.cassettes.spotting import Find, Within
from tapehiss.cassettes.surface import Part, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Exchange, Headers
    from tapehiss.cassettes.secretnames import Names
    from tapehiss.cassettes.surface import Surface

_BARE = re.compile(rb"\s*\"?([0-9A-Za-z._~+/=-]+)\"?\s*")
_BARE_MIN, _BARE_MAX = 16, 2048
_SAYS_TOKEN = re.compile(r"token|secret|key|auth|login|session|csrf|password|credential", re.IGNORECASE)
_BINARY = ("msgpack", "messagepack", "cbor")
_UNTOLD = frozenset({"", "application/octet-stream"})
_MAP = re.compile(rb"[\x80-\xbf]")


class Places:
    """The places of one exchange."""

    __slots__ = ("_exchange", "_names", "_request_type", "_response_type", "_spans")

    def __init__(self, exchange: Exchange, surface: Surface, names: Names) -> None:
        self._exchange = exchange
        self._names = names
        self._spans = surface.spans
        self._request_type = media_type(exchange.request.headers)
        self._response_type = media_type(exchange.response.headers) if exchange.response else ""

    def within(self) -> Within:
        """Which ranges are forms throughout, which are headers, which are binary texts."""
        spans = self._spans
        bodies = ((self._request_type, spans[Part.REQUEST_BODY]), (self._response_type, spans[Part.RESPONSE_BODY]))
        return Within(
            url_end=spans[Part.URL][1],
            strict=(spans[Part.URL], *[span for kind, span in bodies if is_form(kind)]),
            refusal=spans[Part.RESPONSE_BODY] if self._is_refusal() else (0, 0),
            binary=(*[span for kind, span in bodies if kind.endswith(_BINARY)], *self._packed()),
        )

    def _packed(self) -> Iterator[tuple[int, int]]:
        """What no header announces as MessagePack or CBOR and yet begins as one: with a byte that begins no text."""
        x = self._exchange
        kinds = (self._request_type, self._response_type)
        contents = (x.request.body, x.response.body if x.response else b"")
        for part, kind, content in zip((Part.REQUEST_BODY, Part.RESPONSE_BODY), kinds, contents, strict=True):
            if kind in _UNTOLD and _MAP.match(content):
                yield self._spans[part]
        if any(not message.text and _MAP.match(message.content) for message in x.messages):
            yield self._spans[Part.MESSAGES][0], self._spans[-1][1]

    def _is_refusal(self) -> bool:
        response = self._exchange.response
        return response is not None and response.status >= 400

    def header_finds(self, view: bytes) -> list[Find]:
        """The credentials in headers and trailers whose names smell."""
        q, r = self._exchange.request, self._exchange.response
        found: list[Find] = []
        self._in_block(view, Part.REQUEST_HEADERS, q.headers, found)
        self._in_block(view, Part.REQUEST_TRAILERS, q.trailers, found)
        if r is not None:
            self._in_block(view, Part.RESPONSE_HEADERS, r.headers, found)
            self._in_block(view, Part.RESPONSE_TRAILERS, r.trailers, found)
        return found + self._bare_token(view) + list(self._in_tables(view)) + self._in_calls(view)

    def _in_tables(self, view: bytes) -> Iterator[Find]:
        """The cells of tables whose columns' names smell."""
        kinds = ((self._request_type, Part.REQUEST_BODY), (self._response_type, Part.RESPONSE_BODY))
        for kind, part in kinds:
            if kind in columns.TYPES:
                yield from columns.finds(view, *self._spans[part], self._names)

    def _in_calls(self, view: bytes) -> list[Find]:
        """The password of a log-in that has no name, and what is answered to it."""
        return list(calls.finds(view, self._spans[Part.REQUEST_BODY], self._spans[Part.RESPONSE_BODY]))

    def _bare_token(self, view: bytes) -> list[Find]:
        """A body that is one word, from a path that says which: ``PUT /latest/api/token``."""
        start, end = self._spans[Part.RESPONSE_BODY]
        if not _BARE_MIN <= end - start <= _BARE_MAX or not _SAYS_TOKEN.search(self._exchange.request.url):
            return []
        match = _BARE.fullmatch(view, start, end)
        return [Find(*match.span(1), "plain", Strength.WEAK, "bare-token")] if match else []

    def _in_block(self, view: bytes, part: Part, headers: Headers, found: list[Find]) -> None:
        at = self._spans[part][0]
        strength = self._names.header_strength
        for name, value in headers:
            plain = name.isascii() and value.isascii()
            after = at + (len(name) + len(value) + 3 if plain else len(line(name, value)))
            says = strength(name)
            if says:
                first = at + (len(name) if plain else view.index(b"\x00", at) - at) + 1
                found += _header_finds(name, view[first : after - 2].decode("latin-1"), first, says)
            at = after

    def streams(self, view: bytes) -> Iterator[list[deltas.Span]]:
        """The documents of each stream, in order."""
        x = self._exchange
        start, end = self._spans[Part.RESPONSE_BODY]
        if is_event_stream(self._response_type):
            yield deltas.events(view, start, end)
        elif is_json_lines(self._response_type):
            yield deltas.lines(view, start, end)
        elif view[start : start + 1] == b"[" and "stream" in x.request.url.lower():
            yield deltas.elements(view, start, end)
        for from_client in (True, False) if x.messages else ():
            yield [
                self._spans[i] for i, each in enumerate(x.messages, Part.MESSAGES) if each.from_client is from_client
            ]

    def cut(self) -> Iterator[tuple[int, int]]:
        """The bodies of which the end is missing."""
        x = self._exchange
        if x.request.cut is not None:
            yield self._spans[Part.REQUEST_BODY]
        if x.response is not None and (x.response.cut is not None or x.ending is not Ending.COMPLETE):
            yield self._spans[Part.RESPONSE_BODY]

    def undecoded(self) -> Iterator[tuple[Headers, tuple[int, int]]]:
        """The bodies that are not content, and their headers."""
        x = self._exchange
        if x.request.undecoded:
            yield x.request.headers, self._spans[Part.REQUEST_BODY]
        if x.response is not None and x.response.undecoded:
            yield x.response.headers, self._spans[Part.RESPONSE_BODY]

    def begin_packed(self, view: bytes) -> bool:
        """Whether a body begins as zlib's data, which no header announces and no sign inside tells."""
        told = {span for _, span in self.undecoded()}
        return any(view.startswith(ZLIB, *span) for span in self.bodies() if span not in told)

    def bodies(self) -> tuple[tuple[int, int], ...]:
        """Bodies and messages."""
        return self._spans[Part.REQUEST_BODY :]


def _header_finds(name: str, value: str, first: int, says: Strength) -> Iterator[Find]:
    return (Find(first + start, first + end, form, says, rule) for start, end, form, rule in _pieces(name, value))


@lru_cache(maxsize=1024)
def _pieces(name: str, value: str) -> tuple[tuple[int, int, str, str], ...]:
    """``(start, end, form, rule)`` of each secret in a header's value; remembered, for the same credentials come with every request."""
    name = name.lower()
    basic = value[:6].lower() == "basic " and name.endswith(("authorization", "authentication", "auth"))
    if basic:
        return tuple((start, end, "basic", "basic") for start, end in secrets_in(name, value) if end > start)
    return tuple(
        (start, end, "form" if "cookie" in name and "%" in value[start:end] else "plain", f"header:{name[:60]}")
        for start, end in secrets_in(name, value)
        if end > start
    )
