"""Where a caller gets the values of path parameters: which answer held what was later put into a URL.

Sketches of values keep the smallest by one hash, at every place alike, so that a value which is kept at one place is kept at another
one where it occurs, too: what two sketches have in common means something. Short numbers are in common everywhere and prove
nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapehiss.contracts.counts import ITEM, REST, Evidence, Part
from tapehiss.contracts.pointers import unescaped
from tapehiss.contracts.reading import status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.operations import Operation

TELLING_MIN = 5
"""A shorter value is in common by accident."""
WORDS_MIN = 3
"""So many shorter values in common are no accident."""


@dataclass(frozen=True, slots=True)
class Source:
    """A place in answers that held values of a parameter."""

    operation: Operation
    path: str
    """Where in the answer, as people write it: ``data[].id``."""
    shared: int
    """How many values ..."""
    of: int
    """... of how many that are known of the parameter."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the values of path parameters were handed out."""

    places: Mapping[str, tuple[tuple[Operation, str], ...]] = field(default_factory=dict)
    """Text of a value -> the answers that held it."""

    def source(self, operation: Operation, values: Iterable[str]) -> Source | None:
        """The best source of values for a parameter of an operation; ``None`` when no other operation hands them out."""
        wanted = set(values)
        shared: dict[tuple[Operation, str], set[str]] = {}
        for value in wanted:
            for place in self.places.get(value, ()):
                if not _takes_it(place[0], operation):
                    shared.setdefault(place, set()).add(value)
        proven = {place: held for place, held in shared.items() if _proves(held)}
        if not proven:
            return None
        best = min(proven, key=lambda place: (-len(proven[place]), *_distance(place, operation)))
        return Source(*best, len(proven[best]), len(wanted))


NOWHERE = Provenance()
"""Nothing is known of where values come from."""


def _takes_it(other: Operation, operation: Operation) -> bool:
    """Whether an operation is called with the very parameter: its answer says nothing about where to begin."""
    return (
        other.origin == operation.origin
        and len(other.parameters) >= len(operation.parameters)
        and (other.path.startswith(operation.path[: operation.path.rfind("}") + 1]))
    )


def _proves(held: set[str]) -> bool:
    return len(held) >= WORDS_MIN or any(len(value) >= TELLING_MIN for value in held)


def _distance(place: tuple[Operation, str], operation: Operation) -> tuple[object, ...]:
    """A list above the thing itself is the best place, then reading, then short ways."""
    other, path = place
    above = operation.path.startswith(other.path)
    return (
        other.origin != operation.origin,
        not above,
        other.method != "GET",
        path.count("."),
        len(other.path),
        str(other),
        path,
    )


def provenance(known: Catalogue) -> Provenance:
    """Where every value of every path parameter stands in answers."""
    wanted = {
        text for _, evidence in known.entries for values in parameter_values(evidence).values() for text in values
    }
    places: dict[str, dict[tuple[Operation, str], None]] = {text: {} for text in wanted}
    for operation, evidence in known.entries:
        for text, path in _answered(evidence):
            if text in places:
                places[text][operation, path] = None
    return Provenance({text: tuple(found) for text, found in places.items() if found})


def parameter_values(evidence: Evidence) -> dict[str, list[str]]:
    """Path parameter -> the texts of its known values."""
    fields = evidence.parts.get("path", Part()).fields
    return {unescaped(path[1:]): [_text(text) for text in seen.values] for path, seen in fields.items() if path}


def _answered(evidence: Evidence) -> Iterator[tuple[str, str]]:
    for name, part in evidence.parts.items():
        if 200 <= (status_of(name) or 0) < 300:
            for path, seen in part.fields.items():
                for text in seen.values:
                    yield _text(text), written(path)


def _text(value: str) -> str:
    """A value as it stands in a URL."""
    told = json.loads(value)
    return told if isinstance(told, str) else value


def written(path: str) -> str:
    """A path of evidence as people write it: ``/data/~*/id`` is ``data[].id``."""
    text = ""
    for step in path.split("/")[1:]:
        if step == ITEM:
            text += "[]"
        else:
            text += ("." if text else "") + ("<key>" if step == REST else unescaped(step))
    return text
