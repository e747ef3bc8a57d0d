"""Faults as JSON data: one key names the fault, further keys belong to it. WireMock's names are understood, too.

::

    {"latency_s": 1.5}
    {"drip_bytes_per_s": 200}
    {"stall_s": 30, "at_bytes": 100}
    {"status": 429, "headers": {"Retry-After": "2"}, "body": "..."}
    {"damage": "nan"}                     {"damage": "missing", "at": "/data/0/id"}
    {"gzip_cut": true}                    {"unterminated": true}
    {"truncate_bytes": 100, "lying": true, "abrupt": true}
    {"lose": true}   {"garble": true}   {"empty": true}   {"reset": true}   {"hang": true}
    {"fault": "CONNECTION_RESET_BY_PEER"}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tapehiss.mocks.damage import KINDS, MUTATIONS
from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.faults import (
    Damage,
    Drip,
    Empty,
    Fault,
    Garble,
    GzipCut,
    Hang,
    Latency,
    Lose,
    Reset,
    Stall,
    Status,
    Truncate,
    Unterminated,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tapehiss.cassettes.exchange import Headers

LATENCY_MAX_S = 86_400.0
BODY_MAX_BYTES = 1_000_000
RATE_MAX = 1e9

PLAIN: dict[str, Fault] = {
    "gzip_cut": GzipCut(),
    "unterminated": Unterminated(),
    "lose": Lose(),
    "garble": Garble(),
    "empty": Empty(),
    "reset": Reset(),
    "hang": Hang(),
}
"""Faults that need no more than their name."""
WIREMOCK: dict[str, Fault] = {
    "EMPTY_RESPONSE": Empty(),
    "MALFORMED_RESPONSE_CHUNK": Unterminated(),
    "RANDOM_DATA_THEN_CLOSE": Garble(),
    "CONNECTION_RESET_BY_PEER": Reset(),
}
"""wiremock.org/docs/simulating-faults."""


def fault_to_json(fault: Fault) -> dict[str, Any]:
    """A fault as JSON data; what is as it is without being said is left out."""
    data: dict[str, Any]
    match fault:
        case Latency(delay_s):
            data = {"latency_s": delay_s}
        case Drip(bytes_per_s):
            data = {"drip_bytes_per_s": bytes_per_s}
        case Stall(stall_s, at_bytes):
            data = {"stall_s": stall_s} | ({"at_bytes": at_bytes} if at_bytes else {})
        case Status(code, headers, body):
            data = {"status": code, "headers": [list(pair) for pair in headers] or None, "body": body}
        case Damage(kind, at):
            data = {"damage": kind, "at": at or None}
        case Truncate(at_bytes, lying, abrupt):
            data = {"truncate_bytes": at_bytes, "lying": lying or None, "abrupt": abrupt or None}
        case _:
            data = {next(name for name, each in PLAIN.items() if each == fault): True}
    return {name: value for name, value in data.items() if value is not None}


def fault_from_json(data: Mapping[str, Any]) -> Fault | Flaw:
    """The fault that JSON data describes, or what is wrong with the data."""
    named = [key for key in READERS if key in data]
    if len(named) != 1:
        return Flaw("", "names no fault" if not named else "names several faults", f"give one of {', '.join(READERS)}")
    name = named[0]
    extra = next((key for key in DETAILS if key in data and key not in OWN.get(name, ())), None)
    if extra is not None:
        owners = ", ".join(key for key, own in OWN.items() if extra in own)
        return Flaw(extra, f"does not go with {name}", f"leave it out; it belongs to {owners}")
    return READERS[name](data)


def _seconds(data: Mapping[str, Any], name: str) -> float | Flaw:
    value = data[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LATENCY_MAX_S:
        return Flaw(name, f"{value!r} is not a delay", f"give seconds from 0 to {LATENCY_MAX_S:.0f}")
    return float(value)


def _bytes(data: Mapping[str, Any], name: str) -> int | Flaw:
    value = data.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 2**53:
        return Flaw(name, f"{value!r} is not a length", "give a number of bytes, 0 or more")
    return value


def _flag(data: Mapping[str, Any], name: str) -> bool | Flaw:
    value = data.get(name, False)
    return value if isinstance(value, bool) else Flaw(name, f"{value!r} is neither true nor false", "write true")


def _latency(data: Mapping[str, Any]) -> Fault | Flaw:
    delay_s = _seconds(data, "latency_s")
    return delay_s if isinstance(delay_s, Flaw) else Latency(delay_s)


def _drip(data: Mapping[str, Any]) -> Fault | Flaw:
    rate = data["drip_bytes_per_s"]
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= RATE_MAX:
        return Flaw("drip_bytes_per_s", f"{rate!r} is not a rate", "give bytes per second, more than 0")
    return Drip(float(rate))


def _stall(data: Mapping[str, Any]) -> Fault | Flaw:
    stall_s, at_bytes = _seconds(data, "stall_s"), _bytes(data, "at_bytes")
    if isinstance(stall_s, Flaw):
        return stall_s
    return at_bytes if isinstance(at_bytes, Flaw) else Stall(stall_s, at_bytes)


def _status(data: Mapping[str, Any]) -> Fault | Flaw:
    code, body = data["status"], data.get("body")
    if isinstance(code, bool) or not isinstance(code, int) or not 200 <= code <= 599:
        return Flaw("status", f"{code!r} is not a status", "give a number from 200 to 599")
    if body is not None and not (isinstance(body, str) and len(body) <= BODY_MAX_BYTES and _unicode(body)):
        return Flaw("body", "is not a text", f"give a text of at most {BODY_MAX_BYTES} characters")
    if code < 400 and body is None:
        return Flaw("body", "is missing", "a status below 400 is a fault only with another body: give one")
    headers = headers_from_json(data.get("headers", []))
    return headers if isinstance(headers, Flaw) else Status(code, headers, body)


def _damage(data: Mapping[str, Any]) -> Fault | Flaw:
    kind, at = data["damage"], data.get("at", "")
    if kind not in KINDS:
        return Flaw("damage", f"{kind!r} is no kind of damage", f"choose one of {', '.join(KINDS)}")
    if not isinstance(at, str) or (at and not at.startswith("/")):
        return Flaw("at", f"{at!r} is not a JSON Pointer", "write for example /data/0/id")
    if at and kind not in MUTATIONS:
        return Flaw("at", f"does not go with {kind}", f"it belongs to {', '.join(MUTATIONS)}")
    return Damage(kind, at)


def _truncate(data: Mapping[str, Any]) -> Fault | Flaw:
    at_bytes, lying, abrupt = _bytes(data, "truncate_bytes"), _flag(data, "lying"), _flag(data, "abrupt")
    if isinstance(at_bytes, Flaw):
        return at_bytes
    if isinstance(lying, Flaw):
        return lying
    return abrupt if isinstance(abrupt, Flaw) else Truncate(at_bytes, lying, abrupt)


def _plain(name: str) -> Callable[[Mapping[str, Any]], Fault | Flaw]:
    def read(data: Mapping[str, Any]) -> Fault | Flaw:
        return PLAIN[name] if data[name] is True else Flaw(name, f"{data[name]!r} is not true", f"write {name}: true")

    return read


def _wiremock(data: Mapping[str, Any]) -> Fault | Flaw:
    name = data["fault"]
    known = WIREMOCK.get(name) if isinstance(name, str) else None
    return known or Flaw("fault", f"{name!r} is no fault of WireMock's", f"choose one of {', '.join(WIREMOCK)}")


def headers_from_json(data: Any) -> Headers | Flaw:
    """Headers given as a mapping or as a list of pairs; values may be numbers."""
    pairs = list(data.items()) if isinstance(data, dict) else data
    if not isinstance(pairs, list) or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        return Flaw("headers", "is neither a mapping nor a list of pairs", "give {Name: value}")
    headers = tuple((str(name), str(value)) for name, value in pairs)
    bad = next((pair for pair in headers if not _sendable(*pair)), None)
    return headers if bad is None else Flaw("headers", f"{bad[0]!r} cannot be sent", "use latin-1 without line ends")


def _unicode(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _sendable(name: str, value: str) -> bool:
    token = bool(name) and name.isascii() and all(letter.isalnum() or letter in "!#$%&'*+-.^_`|~" for letter in name)
    return token and all(letter == "\t" or (" " <= letter <= "\xff" and letter != "\x7f") for letter in value)


READERS: dict[str, Callable[[Mapping[str, Any]], Fault | Flaw]] = {
    "latency_s": _latency,
    "drip_bytes_per_s": _drip,
    "stall_s": _stall,
    "status": _status,
    "damage": _damage,
    "truncate_bytes": _truncate,
    **{name: _plain(name) for name in PLAIN},
    "fault": _wiremock,
}
"""The key that names a fault, and how its data is read."""
OWN = {
    "stall_s": ("at_bytes",),
    "status": ("headers", "body"),
    "damage": ("at",),
    "truncate_bytes": ("lying", "abrupt"),
}
"""The further keys of a fault."""
DETAILS = tuple(name for names in OWN.values() for name in names)
FAULT_FIELDS = (*READERS, *DETAILS)
