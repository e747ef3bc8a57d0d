"""Gathering: the documents of one part in a batch of exchanges, counted together.

An exchange counts once for each path and each value, however often they occur in it: the items of one page are no independent witnesses.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.columns import counted
from tapehiss.contracts.counts import DEPTH_MAX, FIELDS_MAX, ITEM, REST, Field, Part, Seen, rank_of_path
from tapehiss.contracts.rows import Rows, joined
from tapehiss.contracts.samples import samples_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tapehiss.contracts.reading import Reading
    from tapehiss.contracts.rows import Below, Column

_BODY = "request "
"""How parts are called that are samples of what to send."""
NOWHERE = Seen()
"""Where an exchange stands of which nothing is known."""


class Gathering:
    """What was read of one part in a batch of exchanges, which are numbered by where they stand."""

    __slots__ = ("_documents", "_ids", "_numbers", "_sent", "_unread")

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._documents: list[Any] = []
        self._ids: list[int] = []
        self._sent: list[Any] = []
        self._unread: dict[str, int] = {}

    def take(self, reading: Reading, number: int) -> None:
        """Put one exchange's reading of this part beside those of the exchanges before it."""
        name, documents, unread = reading
        self._numbers.append(number)
        self._documents += documents
        self._ids += [number] * len(documents)
        if len(documents) == 1 and name.startswith(_BODY):
            self._sent += documents
        if unread:
            self._unread[unread] = self._unread.get(unread, 0) + 1

    def part(self, seens: Sequence[Seen]) -> Part:
        """All that was gathered as a value; ``seens`` tells of each number where it stands, in order."""
        fields, bounds = fields_of(self._documents, self._ids, seens) if self._documents else ({}, set())
        first, last = seens[self._numbers[0]], seens[self._numbers[-1]]
        samples = samples_of(self._sent) if self._sent else {}
        return Part(len(self._numbers), self._unread, fields, frozenset(bounds), first, last, samples)


def fields_of(documents: Sequence[Any], ids: Sequence[int], seens: Sequence[Seen]) -> tuple[dict[str, Field], set[str]]:
    """The evidence of documents by path, and the bounds that were reached; ``ids`` numbers the exchange of each, ``seens`` tells where it stands."""
    fields: dict[str, Field] = {}
    bounds: set[str] = set()
    level: dict[str, Column] = {"": (documents, Rows(ids))}
    for depth in range(DEPTH_MAX + 1):
        if len(fields) + len(level) > FIELDS_MAX:
            dropped = _beyond(level, _named(fields) + _named(level) - FIELDS_MAX)
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


def _named(paths: Iterable[str]) -> int:
    """How many of these paths the bound is about."""
    return sum(not path.endswith(_REST) for path in paths)


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
