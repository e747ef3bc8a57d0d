"""What may be said about the values of one field: an enumeration, examples, a format, a least value.

What was seen is always allowed; the question is what may be said of the next one. A statement that forbids something stands only
where breaking it is unlikely by ``unseen_mass_at_most``, everything else is evidence beside the schema (``support``).
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.operations import looks_minted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.contracts.counts import Field, Seen

Schema = dict[str, Any]

ENUM_VALUES_MAX = 20
"""A field with more different values is never an enumeration."""
UNSEEN_MASS_MAX = 0.01
"""A closed statement is made when at most this share of further exchanges is expected to break it."""
EXAMPLES_MAX = 3
FORMAT_SEEN_MIN = 5
"""So many strings at least, all of one format, state it; format is an annotation, which no validator enforces unasked."""

_WORDLIKE = re.compile(r"[A-Za-z][A-Za-z0-9 _.:/+-]*\Z")
_LATEST_S = 253_402_300_799
"""The last second that a date of four digits can say."""


def unseen_mass_at_most(seen: Field) -> float:
    """How likely the next exchange brings a value that was not seen, at most, with 95 % confidence.

    Good and Turing's estimate is the share of values that occurred in one exchange only; the bound on it is Clopper and
    Pearson's for so many novelties in so many exchanges, in the usual approximation by the Poisson distribution (for none in n
    it is the "rule of three", 3/n). Exchanges count, not occurrences: the items of one page are no independent witnesses.
    """
    return _bound(sum(count == 1 for count in seen.values.values()), seen.exchanges)


def _bound(novelties: int, exchanges: int) -> float:
    return min(1.0, (novelties + 3 + 1.65 * novelties**0.5) / exchanges) if exchanges else 1.0


def is_enumeration(seen: Field) -> bool:
    """Whether the values of a field are a closed list of words, as far as its evidence proves."""
    few = 0 < len(seen.values) <= ENUM_VALUES_MAX and not seen.more
    words = set(seen.kinds) <= {"string", "null"} and all(_is_word(text) for text in seen.values)
    return few and words and unseen_mass_at_most(seen) <= UNSEEN_MASS_MAX


def _is_word(text: str) -> bool:
    value = json.loads(text)
    return isinstance(value, str) and _WORDLIKE.match(value) is not None and not looks_minted(value)


def values_of(seen: Field) -> list[Any]:
    """The values that are known, the most frequent first."""
    return [json.loads(text) for text in sorted(seen.values, key=lambda text: (-seen.values[text], text))]


def booleans_of(seen: Field) -> list[bool]:
    """The booleans that were seen, the most frequent first; empty where an older contract, which did not count them, may have seen others."""
    if sum(seen.booleans.values()) < seen.kinds.get("boolean", 0):
        return []
    return [word == "true" for word in sorted(seen.booleans, key=lambda word: (-seen.booleans[word], word))]


_KINDS: dict[type, tuple[str, ...]] = {str: ("string",), int: ("integer", "number"), float: ("number", "integer")}


def only(seen: Field, kinds: Mapping[str, int]) -> Field:
    """The evidence without values of other kinds."""
    kept = {text: n for text, n in seen.values.items() if not kinds.keys().isdisjoint(_KINDS[type(json.loads(text))])}
    numbers = seen.numbers if not kinds.keys().isdisjoint({"integer", "number"}) else None
    lengths, formats = (seen.lengths, seen.formats) if "string" in kinds else (None, None)
    booleans = seen.booleans if "boolean" in kinds else {}
    left = seen._replace(kinds=kinds, values=kept, booleans=booleans)
    return left._replace(numbers=numbers, lengths=lengths, formats=formats)


def said(seen: Field) -> Schema:
    """The keywords about values: an enumeration or examples, a format, a least number."""
    values = values_of(seen)
    if values and is_enumeration(seen):
        return {"enum": sorted(values) + ([None] if "null" in seen.kinds else [])}
    return {
        **({"format": form} if (form := format_of(seen)) else {}),
        **({"minimum": 0} if is_never_negative(seen) else {}),
        **({"examples": values[:EXAMPLES_MAX]} if values else {}),
    }


def format_of(seen: Field) -> str:
    """The format that every string has; empty when there is none, or too few strings to say so."""
    enough = seen.kinds.get("string", 0) >= FORMAT_SEEN_MIN and seen.exchanges > 1
    return min(seen.formats or (), default="") if enough else ""


def is_never_negative(seen: Field) -> bool:
    """Whether the next exchange brings a number below zero is unlikely; the next largest number is anybody's guess."""
    return seen.numbers is not None and seen.numbers[0] >= 0 and _bound(0, seen.exchanges) <= UNSEEN_MASS_MAX


def support(seen: Field, of: int) -> Schema:
    """On what a schema rests: how often it was seen of how many chances, when, where, and within which bounds."""
    return {
        "seen": seen.occurrences,
        "of": of,
        "exchanges": seen.exchanges,
        **({"kinds": dict(sorted(seen.kinds.items()))} if len(seen.kinds) > 1 else {}),
        **({"unseen_mass_max": round(unseen_mass_at_most(seen), 4)} if is_enumeration(seen) else {}),
        **({"numbers": list(seen.numbers)} if seen.numbers else {}),
        **({"lengths": list(seen.lengths)} if seen.lengths else {}),
        **({"sizes": list(seen.sizes)} if seen.sizes else {}),
        **witnessed(seen.first, seen.last),
    }


def witnessed(first: Seen | None, last: Seen | None) -> Schema:
    """When it was seen first and last, and where the last witness stands."""
    return {
        **({"first": instant(first.at_s)} if first and first.at_s > 0 else {}),
        **({"last": instant(last.at_s)} if last and last.at_s > 0 else {}),
        **({"witness": f"{last.tape}:{last.line}"} if last and last.tape else {}),
    }


def instant(at_s: float) -> str:
    """Unix time as UTC in RFC 3339, to the second."""
    return f"{datetime.fromtimestamp(min(at_s, _LATEST_S), UTC):%Y-%m-%dT%H:%M:%SZ}"
