"""How each fault is written down, as data and in short form: one table, from which both are read and written.

The law of this file: what is not in ``FORMS`` cannot be written, and every fault is in it once. A form is a key of the data (``latency_s``), a word of
the short form (``latency``), and its parts; the first part stands with the key unless the key has a value of its own (``latency: uniform``).
"""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any

from tapehiss.mocks.damage import KINDS
from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.faults import (
    GARBLED,
    Bandwidth,
    ClockStep,
    Damage,
    Drip,
    Empty,
    Expired,
    Garble,
    GzipCut,
    Hang,
    Latency,
    Lognormal,
    Lose,
    Pareto,
    Recorded,
    Refuse,
    Reset,
    Revoked,
    Rising,
    Stall,
    Status,
    Truncate,
    Twice,
    Uniform,
    Unterminated,
)
from tapehiss.mocks.retry_after import FORMS as WAITS
from tapehiss.mocks.slow import DELAY_MAX_S

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from tapehiss.cassettes.exchange import Headers
    from tapehiss.mocks.faults import Fault

BODY_MAX_BYTES = 1_000_000
COUNT_MAX = 2**53
RATE_MAX = 1e9
FACTOR_MAX = 1e6
STEP_MAX_S = 1e9
"""Some thirty years: dates stay dates."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value: how it is read from data, and written to it."""

    read: Callable[[Any], Any]
    """The value, or a ``Flaw`` without a field."""
    write: Callable[[Any], Any] = lambda value: value
    from_text: Callable[[str], Any] | None = None
    """From the short form to data; ``None`` if it is a number there."""


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a fault."""

    name: str
    """In data."""
    word: str
    """In short form."""
    attribute: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Form:
    """How one fault is written."""

    make: type[Any]
    key: str
    word: str
    parts: tuple[Part, ...] = ()
    value: Any = None
    """What stands with the key; ``None`` if it is the first part."""

    @property
    def defaults(self) -> Mapping[str, Any]:
        """By attribute; what has none must be given, and so must what stands with the key."""
        first = self.parts[0].attribute if self.value is None else ""
        return {
            each.name: each.default for each in fields(self.make) if each.default is not MISSING and each.name != first
        }


def number(low: float, high: float, remedy: str, *, above: bool = False) -> Kind:
    """A number between two, without the lower one if it must be ``above`` it."""

    def read(value: Any) -> Any:
        right = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        return (
            float(value)
            if right and not (above and value == low)
            else Flaw("", f"{value!r} is not such a number", remedy)
        )

    return Kind(read)


def _count(value: Any) -> Any:
    right = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= COUNT_MAX
    return value if right else Flaw("", f"{value!r} is not a length", "give a number of bytes, 0 or more")


def _code(value: Any) -> Any:
    right = isinstance(value, int) and not isinstance(value, bool) and 200 <= value <= 599
    return value if right else Flaw("", f"{value!r} is not a status", "give a number from 200 to 599")


def _flag(value: Any) -> Any:
    return value if isinstance(value, bool) else Flaw("", f"{value!r} is neither true nor false", "write true")


def _body(value: Any) -> Any:
    right = isinstance(value, str) and len(value) <= BODY_MAX_BYTES and _unicode(value)
    return value if right else Flaw("", "is not a text", f"give a text of at most {BODY_MAX_BYTES} characters")


def _pointer(value: Any) -> Any:
    right = isinstance(value, str) and (not value or value.startswith("/")) and _unicode(value)
    return value if right else Flaw("", f"{value!r} is not a JSON Pointer", "write for example /data/0/id")


def _json_text(value: Any) -> Any:
    try:
        text = json.dumps(value, allow_nan=False, sort_keys=True)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        return Flaw("", "is not JSON", "give a value that JSON has")
    return text if len(text) <= BODY_MAX_BYTES else Flaw("", "is too long", f"give at most {BODY_MAX_BYTES} characters")


def _json_from_text(text: str) -> Any:
    """JSON, or a text without its quotes."""
    try:
        return json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text


def one_of(names: Collection[str], what: str) -> Kind:
    """One of these texts."""

    def read(value: Any) -> Any:
        known = isinstance(value, str) and value in names
        return value if known else Flaw("", f"{value!r} is no {what}", f"choose one of {', '.join(names)}")

    return Kind(read, from_text=str)


def headers_from_json(data: Any) -> Headers | Flaw:
    """Headers given as a mapping or as a list of pairs; values may be numbers."""
    pairs = list(data.items()) if isinstance(data, dict) else data
    if not isinstance(pairs, list) or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        return Flaw("", "is neither a mapping nor a list of pairs", "give {Name: value}")
    headers = tuple((str(name), str(value)) for name, value in pairs)
    bad = next((pair for pair in headers if not _sendable(*pair)), None)
    return headers if bad is None else Flaw("", f"{bad[0]!r} cannot be sent", "use latin-1 without line ends")


def _unicode(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _sendable(name: str, value: str) -> bool:
    token = bool(name) and name.isascii() and all(letter.isalnum() or letter in "!#$%&'*+-.^_`|~" for letter in name)
    return token and all(letter == "\t" or (" " <= letter <= "\xff" and letter != "\x7f") for letter in value)


SECONDS = number(0, DELAY_MAX_S, f"give seconds from 0 to {DELAY_MAX_S:.0f}")
RATE = number(0, RATE_MAX, "give bytes per second, more than 0", above=True)
FACTOR = number(0, FACTOR_MAX, f"give a number up to {FACTOR_MAX:.0f}, more than 0", above=True)
STEP = number(-STEP_MAX_S, STEP_MAX_S, "give seconds; a minus sign sets the clock back")
BYTES, CODE, FLAG = Kind(_count), Kind(_code), Kind(_flag)
TEXT, POINTER = Kind(_body, from_text=str), Kind(_pointer, from_text=str)
JSON = Kind(_json_text, json.loads, _json_from_text)
HEADERS = Kind(headers_from_json, lambda headers: [list(pair) for pair in headers], str)


def _flagged(name: str) -> Part:
    return Part(name, name, name, FLAG)


_EARLY = _flagged("early")
_SPAN = (Part("low_s", "low", "low_s", SECONDS), Part("high_s", "high", "high_s", SECONDS))
FORMS: tuple[Form, ...] = (
    Form(Latency, "latency_s", "latency", (Part("latency_s", "latency", "delay_s", SECONDS),)),
    Form(Uniform, "latency", "latency", _SPAN, "uniform"),
    Form(
        Lognormal,
        "latency",
        "latency",
        (Part("median_s", "median", "median_s", SECONDS), Part("sigma", "sigma", "sigma", FACTOR)),
        "lognormal",
    ),
    Form(
        Pareto,
        "latency",
        "latency",
        (Part("scale_s", "scale", "scale_s", SECONDS), Part("shape", "shape", "shape", FACTOR)),
        "pareto",
    ),
    Form(Recorded, "latency", "latency", (Part("times", "times", "times", FACTOR),), "recorded"),
    Form(Rising, "latency", "latency", _SPAN, "rising"),
    Form(ClockStep, "clock_step_s", "clock", (Part("clock_step_s", "clock", "step_s", STEP),)),
    Form(Drip, "drip_bytes_per_s", "drip", (Part("drip_bytes_per_s", "drip", "bytes_per_s", RATE),)),
    Form(
        Bandwidth,
        "bandwidth_bytes_per_s",
        "bandwidth",
        (Part("bandwidth_bytes_per_s", "bandwidth", "bytes_per_s", RATE),),
    ),
    Form(
        Stall,
        "stall_s",
        "stall",
        (
            Part("stall_s", "stall", "stall_s", SECONDS),
            Part("at_bytes", "at", "at_bytes", BYTES),
            Part("in_head", "head", "in_head", FLAG),
        ),
    ),
    Form(Twice, "twice", "twice", value=True),
    Form(
        Status,
        "status",
        "status",
        (
            Part("status", "status", "code", CODE),
            _EARLY,
            Part("until_end", "until-end", "until_end", FLAG),
            Part("wait_s", "wait", "wait_s", SECONDS),
            Part("as", "as", "form", one_of(WAITS, "form of a wait")),
            Part("headers", "header", "headers", HEADERS),
            Part("body_of", "body-of", "body_of", CODE),
            Part("body", "body", "body", TEXT),
        ),
    ),
    Form(Expired, "expired", "expired", value=True),
    Form(Revoked, "revoked", "revoked", value=True),
    Form(
        Damage,
        "damage",
        "damage",
        (
            Part("damage", "damage", "kind", one_of(KINDS, "kind of damage")),
            Part("at", "at", "at", POINTER),
            Part("value", "value", "value", JSON),
        ),
    ),
    Form(GzipCut, "gzip_cut", "gzip-cut", value=True),
    Form(Unterminated, "unterminated", "unterminated", value=True),
    Form(
        Truncate,
        "truncate_bytes",
        "truncate",
        (Part("truncate_bytes", "truncate", "at_bytes", BYTES), _flagged("lying"), _flagged("abrupt")),
    ),
    Form(Lose, "lose", "lose", value=True),
    Form(Garble, "garble", "garble", (Part("part", "part", "part", one_of(GARBLED, "part of an answer")),), True),
    Form(Empty, "empty", "empty", value=True),
    Form(Reset, "reset", "reset", (_EARLY,), True),
    Form(Refuse, "refuse", "refuse", value=True),
    Form(Hang, "hang", "hang", value=True),
)
FORM_OF: Mapping[type[Any], Form] = {form.make: form for form in FORMS}
KEYS = tuple(dict.fromkeys(form.key for form in FORMS))
"""What names a fault in data."""
DETAILS = tuple(dict.fromkeys(part.name for form in FORMS for part in form.parts if part.name not in KEYS))
"""What else belongs to faults in data."""


def form_of(fault: Fault) -> Form:
    """How a fault is written."""
    return FORM_OF[type(fault)]
