"""Gathering: documents wait until there are enough of them, and are counted together then.

The one place of this room where something changes, for speed, and only until ``part`` is called. An exchange counts once for each
path and each value, however often they occur in it: the items of one page are no independent witnesses.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.columns import counted
from tapehiss.contracts.counts import DEPTH_MAX, FIELDS_MAX, ITEM, REST, Field, Part, Seen, rank_of_path
from tapehiss.contracts.rows import Rows, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tapehiss.contracts.reading import Reading
    from tapehiss.contracts.rows import Below, Column

NOWHERE = Seen()
"""Where an exchange stands of which nothing is known."""


BATCH_BYTES = 1_000_000
"""So many bytes of bodies are counted together: enough to count by columns, few enough to stay near the processor."""
READING_BYTES = 400
"""About what a reading takes beside its body."""
FIELD_BYTES = 1_000
"""About what the evidence of one path takes."""


class Gathering:
    """What was read of one part, in as many exchanges as are told."""

    __slots__ = ("_documents", "_held_bytes", "_part", "_seens", "_unread")

    def __init__(self) -> None:
        self._part = Part()
        self._begin()

    def count(self, reading: Reading, seen: Seen = NOWHERE) -> int:
        """Count one exchange's reading of this part; by how many bytes (about) more or less is held now."""
        if reading.unread:
            self._unread[reading.unread] = self._unread.get(reading.unread, 0) + 1
        self._documents.append(reading.documents)
        self._seens.append(seen)
        size = reading.size + READING_BYTES
        self._held_bytes += size
        if self._held_bytes <= BATCH_BYTES:
            return size
        before, known = self._held_bytes - size, len(self._part.fields)
        self._settle()
        return (len(self._part.fields) - known) * FIELD_BYTES - before

    def part(self) -> Part:
        """All that was gathered as a value."""
        self._settle()
        return self._part

    def _begin(self) -> None:
        self._seens: list[Seen] = []
        self._documents: list[tuple[Any, ...]] = []
        self._unread: dict[str, int] = {}
        self._held_bytes = 0

    def _settle(self) -> None:
        """Count what waits."""
        if self._seens:
            self._part += self._counted()
            self._begin()

    def _counted(self) -> Part:
        order = sorted(range(len(self._seens)), key=self._seens.__getitem__)
        seens = [self._seens[place] for place in order]
        documents = [document for place in order for document in self._documents[place]]
        ids = [number for number, place in enumerate(order) for _ in self._documents[place]]
        fields, bounds = fields_of(documents, ids, seens) if documents else ({}, set())
        return Part(len(seens), self._unread, fields, frozenset(bounds), seens[0], seens[-1])


def fields_of(documents: Sequence[Any], ids: Sequence[int], seens: Sequence[Seen]) -> tuple[dict[str, Field], set[str]]:
    """The evidence of documents by path, and the bounds that were reached; ``ids`` numbers the exchange of each, ``seens`` tells where it stands."""
    fields: dict[str, Field] = {}
    bounds: set[str] = set()
    level: dict[str, Column] = {"": (documents, Rows(ids))}
    room = FIELDS_MAX
    for depth in range(DEPTH_MAX + 1):
        named = sum(not path.endswith(_REST) for path in level)
        dropped = _beyond(level, named - room)
        room -= named - len(dropped)
        if dropped:
            bounds.add("fields")
            _sum_up(dropped, fields, seens)
        below: dict[str, Column] = {}
        for path, column in level.items():
            seen, found = counted(column, seens)
            fields[path] = fields[path] + seen if path in fields else seen
            if found and depth == DEPTH_MAX:
                bounds.add("depth")
            elif found:
                below.update(_paths(path, found))
        level = below
        if not level:
            break
    if "fields" in bounds and any(deeper_than(document, DEPTH_MAX) for document in documents):
        bounds.add("depth")
    return fields, bounds


_REST = f"/{REST}"


def _paths(path: str, found: Below) -> Iterable[tuple[str, Column]]:
    known: dict[tuple[int, ...], Rows] = {}
    return [(f"{path}/{step}", joined(columns, known)) for step, columns in found.items()]


def _beyond(level: dict[str, Column], excess: int) -> dict[str, Column]:
    """The columns of a level for which there is no room, taken out of it."""
    if excess <= 0:
        return {}
    named = sorted((path for path in level if not path.endswith(_REST)), key=rank_of_path)
    return {path: level.pop(path) for path in named[len(named) - excess :]}


def _sum_up(dropped: dict[str, Column], fields: dict[str, Field], seens: Sequence[Seen]) -> None:
    """What is dropped is in the rest of the object where it stood, and each path of it counts its exchanges."""
    rests: dict[str, list[Column]] = {}
    for path, column in dropped.items():
        parent, _, step = path.rpartition("/")
        if step != ITEM:
            rests.setdefault(f"{parent}{_REST}", []).append(column)
    for rest, columns in rests.items():
        values = list(chain.from_iterable([values for values, _ in columns]))
        ids = [number * len(columns) + place for place, (_, rows) in enumerate(columns) for number in rows.ids]
        fields[rest] = fields.get(rest, Field()) + counted((values, Rows(ids)), _Spread(seens, len(columns)))[0]


class _Spread:
    """Where exchanges stand that are counted once for each of several paths."""

    def __init__(self, seens: Sequence[Seen], times: int) -> None:
        self._seens = seens
        self._times = times

    def __getitem__(self, number: int) -> Seen:
        return self._seens[number // self._times]


def deeper_than(document: Any, depth: int) -> bool:
    """Whether a document has something in an array or an object at this depth."""
    level = [document]
    for _ in range(depth + 1):
        containers = [each for each in level if isinstance(each, (dict, list)) and each]
        level = [below for each in containers for below in (each.values() if isinstance(each, dict) else each)]
        if not level:
            return False
    return True
