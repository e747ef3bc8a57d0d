"""Deltas: texts that arrive in pieces, put together again, so that a secret split over events or messages is seen whole.

The law of this file: no vendor is known by name. Of the JSON documents in a stream, the strings that stand at the same path belong
together, once with the path alone and once per set of small integers (``index``) that stand beside them. Texts that are no JSON are
joined as they come. What changed goes back piece by piece; the pieces keep their lengths.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Span = tuple[int, int]

_DATA = re.compile(rb"^(?:data:[ ]?)([^\r\n]*)", re.MULTILINE)
_LINE = re.compile(rb"[^\r\n\x1e]+")
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*+)"(\s*+:)?|([{\[])|([}\]])|(,)', re.DOTALL)
_SMALL = re.compile(rb"\s*(\d{1,4})(?=[\s,}\]])")
_STRINGS_MAX = 200_000


def events(view: bytes, start: int, end: int) -> list[Span]:
    """The data of server-sent events (WHATWG HTML section 9.2)."""
    return [match.span(1) for match in _DATA.finditer(view, start, end)]


def lines(view: bytes, start: int, end: int) -> list[Span]:
    """The records of JSON lines and of JSON text sequences (RFC 7464)."""
    return [match.span() for match in _LINE.finditer(view, start, end)]


def elements(view: bytes, start: int, end: int) -> list[Span]:
    """The elements of one JSON array, as streamed by those that stream an array."""
    depth, first, spans = 0, start, []
    for match in _TOKEN.finditer(view, start, end):
        if match[3]:
            depth += 1
            first = match.start() if depth == 2 else first
        elif match[4]:
            depth -= 1
            if depth == 1:
                spans.append((first, match.end()))
    return spans


def groups(view: bytes, documents: Iterable[Span]) -> list[tuple[Span, ...]]:
    """Pieces that belong together: by path, by path and index, and the documents themselves when they are no JSON."""
    by_key: dict[tuple[object, ...], list[Span]] = {}
    count = 0
    for start, end in documents:
        strings, numbers = _strings(view, start, end)
        if not strings:
            by_key.setdefault(("text",), []).append((start, end))
        for path, span in strings:
            by_key.setdefault((path,), []).append(span)
            if numbers:
                by_key.setdefault((path, numbers), []).append(span)
        count += len(strings)
        if count > _STRINGS_MAX:
            break
    return list(dict.fromkeys(tuple(spans) for spans in by_key.values() if len(spans) > 1))


def _strings(view: bytes, start: int, end: int) -> tuple[list[tuple[tuple[bytes | int, ...], Span]], tuple[int, ...]]:
    """Each string value of a JSON document with its path, and the small integers of the document."""
    strings: list[tuple[tuple[bytes | int, ...], Span]] = []
    numbers: list[int] = []
    path: list[bytes | int] = []
    for match in _TOKEN.finditer(view, start, end):
        kind = match.lastindex
        if kind == 3:
            path.append(b"" if match[3] == b"{" else 0)
        elif kind == 4 and path:
            path.pop()
        elif kind == 5 and path and isinstance(path[-1], int):
            path[-1] += 1
        elif kind == 2 and path and not isinstance(path[-1], int):
            path[-1] = match[1]
            number = _SMALL.match(view, match.end()) if match[1].endswith(b"index") else None
            numbers += [int(number[1])] if number else []
        elif kind == 1 and path:
            strings.append((tuple(path), match.span(1)))
    return strings, tuple(numbers)


def through_pieces(view: bytes, pieces: tuple[Span, ...], clean: Callable[[bytes], bytes]) -> bytes:
    """Clean pieces as if they were one text, and put them back."""
    joined = b"".join([view[start:end] for start, end in pieces])
    cleaned = clean(joined)
    if cleaned == joined:
        return view
    made, done = [], 0
    for (start, end), part in zip(pieces, _cut(cleaned, pieces), strict=True):
        made += [view[done:start], part]
        done = end
    return b"".join([*made, view[done:]])


def _cut(joined: bytes, pieces: tuple[Span, ...]) -> Iterator[bytes]:
    at = 0
    for start, end in pieces:
        yield joined[at : at + end - start]
        at += end - start
