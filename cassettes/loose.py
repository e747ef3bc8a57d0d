"""Liberal readings: the many ways in which recorders write a header, a status, a moment, a URL.

The law of this file: pure, and total over what ``document.load_documents`` can return; a reading that has no answer says so
with ``None`` or ``Unreadable``.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from tapehiss.cassettes.document import Written
from tapehiss.cassettes.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.cassettes.exchange import Headers

PLACEHOLDER = "http://recording.invalid"
"""Stands for the host of a recording that names none (RFC 2606 section 2 reserves ``.invalid``)."""

_EPOCH_MS_MIN = 1e11  # as seconds this is the year 5138
_VERSIONS = {"1.0": "HTTP/1.0", "1.1": "HTTP/1.1", "2": "HTTP/2", "2.0": "HTTP/2", "3": "HTTP/3", "3.0": "HTTP/3"}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|μs|ns)")
_UNITS_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}


def text(value: Any) -> str:
    """A scalar as text, as its file writes it where that is known; anything bigger as JSON."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bytes():
            return value.decode("latin-1")
        case Written():
            return value.text
        case bool() | int() | float():
            return str(value).lower()
    return rebuilt(value).decode("utf-8", "replace")


def octets(value: Any, encoding: str = "utf-8") -> bytes:
    """A stored body as bytes: text in its encoding (UTF-8 if that cannot be), a parsed value as JSON."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, (dict, list)):
        return rebuilt(value)
    return _encoded(text(value), encoding)


def _encoded(value: str, encoding: str) -> bytes:
    for codec, errors in ((encoding, "strict"), ("utf-8", "strict"), ("utf-8", "surrogateescape")):
        try:
            return value.encode(codec, errors)
        except (LookupError, UnicodeError, ValueError):
            continue
    return value.encode("utf-8", "surrogatepass")  # half a surrogate pair, from JSON


def rebuilt(value: Any) -> bytes:
    """JSON of a body of which only the parsed value was kept; the spacing of the original is lost."""
    try:
        return _encoded(json.dumps(value, ensure_ascii=False, default=text, skipkeys=True), "utf-8")
    except (RecursionError, ValueError) as error:
        raise Unreadable("a body that is nested too deeply") from error


# --- headers ----------------------------------------------------------------------------------------------------------


def headers(value: Any) -> Headers:
    """Headers from a mapping (of values or lists of values), a list of pairs, of ``{name, value}`` or of lines.

    HTTP/2's pseudo-headers are left out: they tell the method, the URL and the status once more.
    """
    return tuple(
        (name, part)
        for name, raw in _named(value)
        if name and not name.startswith(":")
        for part in _parts(name, _wire(raw))
    )


def _named(value: Any) -> Iterator[tuple[str, Any]]:
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, (list, tuple)):
        pairs = (pair for item in value for pair in _pairs(item))
    for name, held in pairs:
        for one in _flat(held):
            yield _wire(name).strip(), one


def _pairs(item: Any) -> Iterator[tuple[Any, Any]]:
    """The header (rarely: headers) in one item of a list."""
    match item:
        case {"name": name, **rest} | {"Name": name, **rest} | {"key": name, **rest}:
            yield name, rest.get("value", rest.get("Value"))
        case dict():
            yield from item.items()
        case [[*_], *_]:  # a set of pairs, as Python 2 wrote it
            yield from ((pair[0], pair[1:]) for pair in item if isinstance(pair, list) and pair)
        case [name, *held]:
            yield name, held[0] if len(held) == 1 else held
        case str():
            name, _, line = item.partition(":")
            yield name, line.strip()


def _flat(held: Any, depth: int = 0) -> Iterator[Any]:
    """A header's values, one at a time, from a value, a list of values, or a list in a list."""
    if isinstance(held, (list, tuple)) and depth < 4:
        for part in held:
            yield from _flat(part, depth + 1)
    else:
        yield held


def _wire(value: Any) -> str:
    """Text as the bytes on the wire spell it: one latin-1 character a byte; what has no latin-1 went as UTF-8."""
    held = text(value)
    try:
        held.encode("latin-1")
    except UnicodeError:
        return _encoded(held, "utf-8").decode("latin-1")
    return held


def _parts(name: str, value: str) -> list[str]:
    """A value without line breaks: Chrome joins several ``Set-Cookie`` with them, elsewhere they are folds (RFC 9112 5.2)."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", value)] if "\n" in value or "\r" in value else [value]
    if len(lines) > 1 and name.lower() != "set-cookie":
        return [" ".join(line for line in lines if line)]
    return lines


# --- the rest of a message --------------------------------------------------------------------------------------------


def method(value: Any) -> str:
    """A method name; Ruby writes ``:get``, others ``get``; nothing, and WireMock's ANY, stand for GET."""
    name = text(value).strip().lstrip(":").upper()
    return "GET" if name in {"", "ANY"} else name


def absolute(value: Any, base_url: str | None) -> str:
    """An absolute URL; a bare path goes behind ``base_url`` or the placeholder. ``Unreadable`` if it cannot be a URL."""
    url = _wire(value).strip()
    if not url:
        raise Unreadable("no URL", remedy="an HTTP recording names the URL of every request")
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", url):
        url = urljoin((base_url or PLACEHOLDER) + "/", url) if url.startswith("//") else _behind(base_url, url)
    try:
        _ = urlsplit(url).port
    except ValueError as error:
        raise Unreadable(f"{url[:200]!r} is not a URL ({error})", remedy="write a host name where it stands") from error
    return url


def _behind(base_url: str | None, path: str) -> str:
    base = (base_url or PLACEHOLDER).rstrip("/")
    return base + path if path.startswith(("/", "?")) else f"{base}/{path}"


def status(*candidates: Any) -> tuple[int, str]:
    """Status code and reason from the first candidate that holds a code: 200, "200 OK", ``{code, message}``."""
    for candidate in candidates:
        code, reason = _status(candidate)
        if 100 <= code <= 999:
            return code, reason
    raise Unreadable("no status code", remedy="an interaction without a response cannot be replayed")


def _status(value: Any) -> tuple[int, str]:
    if isinstance(value, dict):
        lower = {text(key).lower(): held for key, held in value.items()}
        code = lower.get("code", lower.get("status_code", lower.get("status")))
        reason = lower.get("reason", lower.get("message"))
        return _status(code)[0], _reason(reason)
    match = re.match(r"(?:HTTP/[\d.]+ +)?(\d{3})(?:\.0+)?(?: +(.*))?$", text(value).strip(), re.DOTALL)
    return (int(match[1]), _reason(match[2])) if match else (0, "")


def _reason(value: Any) -> str:
    return " ".join(_wire(value).split())


def http_version(value: Any) -> str:
    """``HTTP/1.1`` and its like from ``1.1``, ``http/1.1``, ``h2``, ``HTTP/2``; HTTP/1.1 where nothing is known."""
    number = re.search(r"[0-9](\.[0-9])?", text(value))
    return _VERSIONS.get(number[0] if number else "", "HTTP/1.1")


def moment(value: Any) -> float | None:
    """Unix seconds from ISO 8601, an HTTP date, ``2020-01-31 12:00:00 GMT``, or epoch seconds or milliseconds.

    A time without a zone is taken for UTC.
    """
    held = text(value).strip()
    try:
        number = float(held)
    except ValueError:
        return _date(held)
    seconds = number / 1000 if number > _EPOCH_MS_MIN else number
    return seconds if 0 <= seconds < _EPOCH_MS_MIN else None


def _date(held: str) -> float | None:
    iso = re.sub(r" ?(GMT|UTC|Z)$", "+00:00", held)
    iso = re.sub(r"(\.\d{6})\d+", r"\1", iso)  # nanoseconds, which Python does not read
    iso = re.sub(r" ([+-]\d\d:?\d\d)$", r"\1", iso)
    for read, written in ((datetime.fromisoformat, iso), (parsedate_to_datetime, held)):
        try:
            when = read(written)
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def duration(value: Any) -> float | None:
    """Seconds from Go's notation (``1m3.5s``, ``250ms``); ``None`` for nothing, or nothing understood."""
    held = text(value).strip()
    parts = _DURATION.findall(held)
    if not parts or "".join(number + unit for number, unit in parts) != held:
        return None
    return sum(float(number) * _UNITS_S[unit] for number, unit in parts)
