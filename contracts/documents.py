"""Bodies and parameters as documents: what a body says, whatever its media type.

A *document* is a JSON value. A JSON body is one document, a stream of server-sent events or of JSON lines is one document
for each event or line, a form and a query string are one object. A body that should be readable and is not has a reason
instead; a body of any other type has no documents and is known by its media type alone.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from tapehiss.cassettes.media import is_event_stream, is_form, is_json, is_json_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

PARAMETERS_MAX = 1_000
"""How many parameters of one query string or form are read."""

_INTEGERS = 2**63
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_WORDS = {"true": True, "false": False}
_BLANK_LINE = re.compile(r"\r\n\r\n|\n\n|\r\r")
_RECORD = re.compile(rb"[\x1e\n]")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Documents:
    """What was read: the documents, or why there are none."""

    values: tuple[Any, ...] = ()
    unread: str = ""
    """Why the body could not be read; empty when it could, and when nobody tried."""


def of_body(media: str, body: bytes) -> Documents:
    """The documents of a body of this media type (lower-case essence)."""
    try:
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
    return (of_pairs(_pairs(body.decode())),) if is_form(media) else ()


def of_query(query: str) -> dict[str, Any]:
    """A query string as one object; parameters beyond ``PARAMETERS_MAX`` are not read."""
    try:
        return of_pairs(_pairs(query))
    except ValueError:
        return {}


def of_pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Name-value pairs as an object: a name that is repeated has a list, and numbers and booleans are recognised."""
    found: dict[str, list[Any]] = {}
    for name, text in pairs:
        found.setdefault(name, []).append(scalar(text))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def scalar(text: str) -> str | int | bool:
    """The value that a text in a URL or a form stands for: an integer, a boolean, or itself."""
    if _INTEGER.match(text):
        return int(text)
    return _WORDS.get(text, text)


def _pairs(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True, max_num_fields=PARAMETERS_MAX)


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
    if _SURROGATE.search(body):
        json.dumps(value, ensure_ascii=False).encode()
    return value


class _UnreadError(ValueError):
    """A reason that is counted: it holds nothing of the body."""


def _integer(text: str) -> float:
    value = int(text)
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
    if isinstance(error, _UnreadError):
        return str(error)
    if isinstance(error, UnicodeError):
        return "not Unicode"
    return "not JSON" if isinstance(error, json.JSONDecodeError) else "too large"
