"""Values of path parameters as evidence: each place of a path has a part of its own, ``path 3`` for the third segment.

A segment that is kept by its name has its value in the operation itself. When it becomes one of many, in the rest of a full level or
as the value of a parameter that siblings prove, its part is made here: exactly what counting the value each time would have given.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tapehiss.contracts.counts import Evidence, Field, Part
from tapehiss.contracts.documents import scalar
from tapehiss.contracts.gathering import NOWHERE, Gathering
from tapehiss.contracts.levels import operation_at, steps_of
from tapehiss.contracts.overrides import spelled
from tapehiss.contracts.reading import Call, Reading
from tapehiss.contracts.sums import rank_of_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.contracts.levels import Steps
    from tapehiss.contracts.operations import Operation
    from tapehiss.contracts.overrides import Overrides

_PREFIX = "path "
_ASKED = "query"
"""The part that every exchange has which tells how it was asked."""


def part_at(place: int) -> str:
    """The name of the part of a place."""
    return f"{_PREFIX}{place}"


def place_of(part: str) -> int | None:
    """The place of a part, ``None`` for parts of other things."""
    return int(part.removeprefix(_PREFIX)) if part.startswith(_PREFIX) else None


def kept_as(call: Call, operation: Operation) -> Call:
    """A call under the operation by which it is kept, whose rests have values."""
    if operation == call.operation:
        return call
    pairs = zip(steps_of(call.operation), steps_of(operation), strict=True)
    more = {str(at - 1): unquote(was) for at, (was, now) in enumerate(pairs) if at > 1 and _is_value(was, now)}
    return Call(operation, {**call.values, **more})


def respelled(call: Call, overrides: Overrides) -> Call:
    """A call whose operation keeps the segments that a user wants literal, whatever their form."""
    origin, method, *steps = steps_of(call.operation)
    literals = spelled(steps, {int(place): value for place, value in call.values.items()}, overrides)
    if not literals:
        return call
    told = (literals.get(place, step) for place, step in enumerate(steps, start=1))
    values = {place: value for place, value in call.values.items() if int(place) not in literals}
    return Call(operation_at((origin, method, *told)), values)


def moved(evidence: Evidence, steps: Steps, into: Steps) -> Evidence:
    """Evidence of an operation as that of another, which has something else in place of some of its segments."""
    asked = evidence.parts.get(_ASKED)
    if asked is None or steps == into:
        return evidence
    made = {
        part_at(at - 1): constant(was, asked)
        for at, (was, now) in enumerate(zip(steps, into, strict=True))
        if at > 1 and _is_value(was, now)
    }
    return evidence + Evidence(parts=made)


def _is_value(was: str, now: str) -> bool:
    """Whether a segment's name went into a rest; forms have told their values, and selectors have none."""
    return was != now and was[:1] not in {"#", "{"}


def constant(segment: str, asked: Part) -> Part:
    """The part of a place that had this segment in every exchange of ``asked``."""
    gathering = Gathering()
    gathering.take(Reading(part_at(0), (scalar(unquote(segment)),)), 0)
    once = gathering.part([NOWHERE])
    fields = {path: _times(seen, asked) for path, seen in once.fields.items()}
    return replace(once, exchanges=asked.exchanges, fields=fields, first=asked.first, last=asked.last)


def _times(seen: Field, asked: Part) -> Field:
    """A field that was seen once, seen in every exchange."""
    return seen._replace(
        kinds={kind: count * asked.exchanges for kind, count in seen.kinds.items()},
        exchanges=asked.exchanges,
        values={value: count * asked.exchanges for value, count in seen.values.items()},
        booleans={word: count * asked.exchanges for word, count in seen.booleans.items()},
        first=asked.first,
        last=asked.last,
    )


def named(evidence: Evidence, parameters: Mapping[int, tuple[str, str]], steps: Steps) -> Evidence:
    """Evidence with the values of its parameters as one part ``path``.

    ``parameters`` has the name and the literal end of each place that is one, ``steps`` those under which the evidence is kept.
    """
    others = {name: part for name, part in evidence.parts.items() if place_of(name) is None}
    asked = evidence.parts.get(_ASKED)
    if asked is None or not parameters:
        return replace(evidence, parts=others)
    count, first, last = asked.exchanges, asked.first, asked.last
    fields = {"": Field({"object": count}, count, first=first, last=last, more_shapes=count)}
    for place, (name, end) in parameters.items():
        part = evidence.parts.get(part_at(place)) or constant(steps[place + 1].removesuffix(end), asked)
        fields |= {f"/{name}": seen for seen in part.fields.values()}
    return replace(evidence, parts={**others, "path": Part(count, fields=fields, first=first, last=last)})


def may_hold(evidence: Evidence, place: int, segment: str) -> bool:
    """Whether a parameter may have had this value: what the smallest values of many prove, and ``True`` where they prove nothing."""
    part = evidence.parts.get(part_at(place), Part())
    text = json.dumps(scalar(unquote(segment)))
    return any(
        text in seen.values
        or (seen.more and rank_of_text(text) > max(map(rank_of_text, seen.values), default=(-1, "")))
        for seen in part.fields.values()
    )
