"""Bodies and parameters as documents: what a body says, whatever its media type.

A *document* is a JSON value. A JSON body is one document, a stream of server-sent events or of JSON lines is one document
for each event or line, a form, a query string and a multipart form are one object (``pairs``), XML is what its shape says
(``elements``), and a multipart body of another kind has a document for each of its parts that is JSON. A body that should be readable and is
not has a reason instead; a body of any other type has no documents and is known by its media type alone.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from tapehiss.cassettes.media import is_event_stream, is_form, is_json, is_json_lines, is_multipart, is_text, is_xml
from tapehiss.contracts.elements import UnreadableError, element_of
from tapehiss.contracts.multipart import pieces
from tapehiss.contracts.pairs import of_pairs, pairs_of, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.contracts.multipart import Piece

__all__ = ["Documents", "of_body", "of_pairs", "of_parameters", "of_query", "scalar"]

_INTEGERS = 2**63
_DIGITS_MAX = 20
_BLANK_LINE = re.compile(r"\r\n\r\n|\n\n|\r\r")
_RECORD = re.compile(rb"[\x1e\n]")


class Documents(NamedTuple):
    """What was read: the documents, or why there are none."""

    values: tuple[Any, ...] = ()
    unread: str = ""
    """Why the body could not be read; empty when it could, and when nobody tried."""


def of_body(media: str, body: bytes) -> Documents:
    """The documents of a body of this media type (lower-case essence)."""
    try:
        if media == "application/json":
            return Documents((_parsed(body),))
        return Documents(tuple(_read(media, body)))
    except RecursionError:
        return Documents(unread="nested too deep")
    except ValueError as error:
        return Documents(unread=_reason(error))


def _read(media: str, body: bytes) -> Iterable[Any]:
    if is_event_stream(media):
        return _events(body)
    if is_json_lines(media):
        return (_parsed(line) for line in _RECORD.split(body) if line.strip())
    if is_json(media):
        return (_parsed(body),)
    if is_form(media):
        return (_of_text(body.decode()),)
    if is_multipart(media):
        return _multipart(media, body)
    return (element_of(body),) if _is_data(media) else ()


def of_parameters(query: str) -> Documents:
    """The parameters of a query string, as one object."""
    if not query:
        return Documents(({},))
    try:
        return Documents((_of_text(query),))
    except _UnreadError as error:
        return Documents(unread=str(error))


def of_query(query: str) -> dict[str, Any]:
    """A query string as one object, empty when it has too many parameters to be read."""
    return next(iter(of_parameters(query).values), {})


def _of_text(text: str) -> dict[str, Any]:
    try:
        return of_pairs(pairs_of(text))
    except ValueError as error:
        raise _UnreadError("too many parameters") from error


def _is_data(media: str) -> bool:
    """Whether XML is data, not a page or a picture."""
    return is_xml(media) and not media.startswith("image/") and media != "application/xhtml+xml"


def _multipart(media: str, body: bytes) -> Iterable[Any]:
    try:
        parts = list(pieces(body))
    except ValueError as error:
        raise _UnreadError("not multipart") from error
    if media == "multipart/form-data":
        return (of_pairs((piece.name, _field(piece)) for piece in parts),)
    return [_parsed(piece.content) for piece in parts if is_json(piece.media)]


def _field(piece: Piece) -> Any:
    """What a field of a multipart form says: its text, its JSON, or which kind of file it is."""
    if piece.filename is None and is_json(piece.media):
        return _parsed(piece.content)
    if piece.filename is not None or not (is_text(piece.media) or not piece.media):
        return {"filename": piece.filename or "", "media": piece.media or "application/octet-stream"}
    return piece.content.decode("utf-8", "replace")


def _events(body: bytes) -> Iterable[Any]:
    """The data of each server-sent event that is JSON (HTML standard, section 9.2.6); other data is no document."""
    for block in _BLANK_LINE.split(body.decode()):
        data = "\n".join(line[5:].removeprefix(" ") for line in block.splitlines() if line.startswith("data:"))
        if data[:1] in {"{", "["} and data != "[DONE]":
            yield _parsed(data.encode())


def _parsed(body: bytes) -> Any:
    """One JSON value that every parser understands alike (RFC 8259 section 8, RFC 7493).

    No NaN, no half surrogate pairs, no number beyond a double; integers of more than 64 bits are numbers. Of members of one name the
    last counts.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return _parsed_slowly(body, str(error))


def _parsed_slowly(body: bytes, reason: str) -> Any:
    """What the fast parser does not read: UTF-16, UTF-32 and byte order marks are read here, anything else has a reason."""
    if reason.startswith("depth limit"):
        raise RecursionError
    value = json.loads(body, parse_float=_finite, parse_int=_integer, parse_constant=_refused)
    json.dumps(value, ensure_ascii=False).encode()
    return value


class _UnreadError(ValueError):
    """A reason that is counted: it holds nothing of the body."""


def _integer(text: str) -> float:
    value = int(text) if len(text) <= _DIGITS_MAX else 2 * _INTEGERS
    return value if -_INTEGERS <= value < 2 * _INTEGERS else _finite(text)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _UnreadError("a number too large")
    return value


def _refused(_constant: str) -> Any:
    raise _UnreadError("not JSON")


def _reason(error: ValueError) -> str:
    """Why a body could not be read, without any of the body, so that equal reasons are counted together."""
    if isinstance(error, (_UnreadError, UnreadableError)):
        return str(error)
    if isinstance(error, UnicodeError):
        return "not Unicode"
    return "not JSON" if isinstance(error, json.JSONDecodeError) else "too large"
