"""How a document differs from what is expected: the walk that explains what a fast validator only refuses.

Each difference is told once, whatever number of items shows it, with a pointer to the first of them. Nothing below a value of
an unexpected kind, or below a member that was never seen, is looked into: there is nothing to compare it with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.expectations import kinds_of
from tapehiss.contracts.findings import Argument, shown
from tapehiss.contracts.formats import FORMATS
from tapehiss.contracts.pointers import escaped

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from tapehiss.contracts.expectations import Expectation

DEVIATIONS_MAX = 100
"""How many differences of one document are told."""
KNOWN_SHOWN_MAX = 8
"""How many of the values that were seen are named."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One difference; ``id`` is a row of ``wording.CHECK``."""

    id: str
    path: str
    """Where, in the contract."""
    subject: str
    pointer: str
    """Where, in the document (RFC 6901)."""
    exchanges: int
    """On how many exchanges the expectation rests."""
    arguments: tuple[tuple[str, Argument], ...]
    once: int | None = None
    """How many like things were seen exactly once, where that is known of this very place."""


def deviations(expectation: Expectation, document: Any) -> tuple[Deviation, ...]:
    """All differences of a document, each once and at most ``DEVIATIONS_MAX``; none for one that was learnt from."""
    known: dict[tuple[str, str, str], Deviation] = {}
    if expectation.seen.kinds:
        for found in _walked(expectation, document, ""):
            known.setdefault((found.id, found.path, found.subject), found)
            if len(known) == DEVIATIONS_MAX:
                break
    return tuple(known.values())


def kind_of(value: Any) -> str:
    """The kind of a JSON value as JSON Schema has it (section 6.1.1): 1.0 is an integer."""
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return _KINDS[type(value)]


_KINDS = {type(None): "null", bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}


def _walked(expectation: Expectation, value: Any, pointer: str) -> Iterator[Deviation]:
    kind = kind_of(value)
    kinds = expectation.seen.kinds
    if not _is_among(kind, kinds):
        yield _of_kind(expectation, kind, value, pointer)
    elif kind == "object":
        yield from _object(expectation, value, pointer)
    elif kind == "array":
        yield from _array(expectation, value, pointer)
    elif kind == "string":
        if expectation.words and value not in expectation.words:
            yield _of_value(expectation, value, pointer)
        if expectation.format and not FORMATS[expectation.format](value):
            yield _of_format(expectation, value, pointer)
    elif expectation.numbers and kind in {"integer", "number"} and not _within(value, expectation.numbers):
        yield _of_range(expectation, value, pointer)


def _object(expectation: Expectation, value: dict[str, Any], pointer: str) -> Iterator[Deviation]:
    members = expectation.members
    required = expectation.required
    if expectation.variants and isinstance(tag := value.get(expectation.tag), str):
        required = required | expectation.variants.get(tag, frozenset())
    for name in sorted(required - value.keys()):
        yield _missing(expectation, name, pointer)
    for name, member in value.items():
        below = members.get(name)
        if below is not None:
            yield from _walked(below, member, f"{pointer}/{escaped(name)}")
        elif expectation.closed and expectation.rest is not None:
            yield from _walked(expectation.rest, member, f"{pointer}/{escaped(name)}")
        elif expectation.closed:
            yield _unknown(expectation, name, member, pointer)


def _array(expectation: Expectation, value: list[Any], pointer: str) -> Iterator[Deviation]:
    if expectation.items is None:
        return
    for number, item in enumerate(value):
        below = f"{pointer}/{number}"
        kind = kind_of(item)
        if number < len(expectation.places) and not _is_among(kind, expectation.places[number]):
            said: dict[str, Argument] = {
                "of": expectation.seen.kinds["array"],
                "known": " or ".join(kinds_of(expectation.places[number])),
                "came": shown(item),
            }
            yield _deviation("kind-unexpected", expectation, f"{kind} at {number}", below, said)
        else:
            yield from _walked(expectation.items, item, below)


def _is_among(kind: str, kinds: Container[str]) -> bool:
    return kind in kinds or (kind == "integer" and "number" in kinds)


def _within(value: float, numbers: tuple[float, float]) -> bool:
    return numbers[0] <= value <= numbers[1]


def _of_kind(expectation: Expectation, kind: str, value: Any, pointer: str) -> Deviation:
    seen = expectation.seen
    said: dict[str, Argument] = {"of": seen.occurrences, "known": _kinds_said(expectation), "came": shown(value)}
    name = "null-unexpected" if kind == "null" else "kind-unexpected"
    if seen.kinds.keys() == {"null"}:
        name = "value-after-null"
    elif kind == "number" and "integer" in seen.kinds:
        name = "fraction-unexpected"
    return _deviation(name, expectation, kind, pointer, said)


def _of_value(expectation: Expectation, value: str, pointer: str) -> Deviation:
    seen = expectation.seen
    said: dict[str, Argument] = {"of": seen.exchanges, "known": listed(sorted(expectation.words))}
    once = sum(count == 1 for count in seen.values.values())
    return replace(_deviation("value-new", expectation, shown(value), pointer, said), once=once)


def _of_format(expectation: Expectation, value: str, pointer: str) -> Deviation:
    """Values are the witnesses of a format: the same date a thousand times is one."""
    seen = expectation.seen
    said: dict[str, Argument] = {"of": seen.kinds["string"], "came": shown(value)}
    found = _deviation("format-broken", expectation, expectation.format, pointer, said)
    return found if seen.more else replace(found, exchanges=min(found.exchanges, len(seen.values)))


def _of_range(expectation: Expectation, value: float, pointer: str) -> Deviation:
    least, most = expectation.seen.numbers or (0, 0)
    said: dict[str, Argument] = {"of": expectation.seen.occurrences, "least": least, "most": most, "came": shown(value)}
    return _deviation("value-out-of-range", expectation, "above" if value > most else "below", pointer, said)


def _missing(expectation: Expectation, name: str, pointer: str) -> Deviation:
    """A member that every object had, or every object of the same variant: as often as it was there at all."""
    objects = expectation.members[name].seen.occurrences
    path = f"{expectation.path}/{escaped(name)}"
    said: dict[str, Argument] = {"seen": objects, "of": objects}
    exchanges = min(expectation.seen.exchanges, expectation.members[name].seen.exchanges)
    return Deviation("member-missing", path, shown(name), pointer, exchanges, tuple(said.items()))


def _unknown(expectation: Expectation, name: str, value: Any, pointer: str) -> Deviation:
    path = f"{expectation.path}/{escaped(name)}"
    said: dict[str, Argument] = {"of": expectation.seen.kinds["object"], "came": shown(value)}
    below = f"{pointer}/{escaped(name)}"
    return Deviation("member-unknown", path, shown(name), below, expectation.seen.exchanges, tuple(said.items()))


def _deviation(name: str, at: Expectation, subject: str, pointer: str, said: dict[str, Argument]) -> Deviation:
    return Deviation(name, at.path, subject, pointer, at.seen.exchanges, tuple(said.items()))


def _kinds_said(expectation: Expectation) -> str:
    return " or ".join(kinds_of(expectation.seen.kinds))


def listed(values: list[str]) -> str:
    """A few values and how many more there are."""
    more = f" and {len(values) - KNOWN_SHOWN_MAX} more" if len(values) > KNOWN_SHOWN_MAX else ""
    return ", ".join(values[:KNOWN_SHOWN_MAX]) + more
