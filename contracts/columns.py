"""Counting by columns: all values at one path together, so that the work is done by few calls of fast functions.

A column is what stood at one path in a batch of documents, beside the exchange of each value. Documents are taken apart level by
level: the objects of a column are grouped by their names, and the members of each group are columns again. Nothing here depends on
the order of the documents or on how they are divided into batches: the evidence of a batch is the sum of the evidence of each
of its exchanges, within the bounds of ``counts``.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import chain, compress, repeat
from operator import is_
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.counts import (
    ITEM,
    POSITIONS_MAX,
    SHAPES_MAX,
    VALUES_MAX,
    Field,
    smallest,
)
from tapehiss.contracts.formats import formats_of
from tapehiss.contracts.names import step_of
from tapehiss.contracts.rows import Rows
from tapehiss.contracts.shapes import shapes_of
from tapehiss.contracts.sketches import sketch_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tapehiss.contracts.counts import Seen
    from tapehiss.contracts.rows import Below, Column

KINDS = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
"""Type of a parsed value -> its JSON kind."""

_EXACT = 2**63
"""Whole numbers up to this are integers, however they were written."""


def counted(column: Column, seens: Sequence[Seen]) -> tuple[Field, Below]:
    """The evidence of a column, and the columns of what is in its objects and arrays."""
    parts = _by_kind(*column)
    facts: dict[str, Any] = _scalars(parts) if _SCALARS & parts.keys() else {}
    below: Below = {}
    if "object" in parts:
        facts["shapes"], facts["more_shapes"] = _objects(*parts["object"], below)
    if "array" in parts:
        facts["sizes"], facts["positions"] = _arrays(*parts["array"], below)
    kinds = {kind: len(values) for kind, (values, _) in parts.items()}
    rows = column[1]
    return Field(kinds, rows.count, first=seens[rows.first], last=seens[rows.last], **facts), below


def _by_kind(values: Sequence[Any], rows: Rows) -> dict[str, Column]:
    """The values of each kind; most columns have one kind."""
    types = set(map(type, values))
    if len(types) == 1:
        return {KINDS[types.pop()]: (values, rows)}
    kinds = list(map(type, values))
    found: dict[str, Column] = {}
    for each in types:
        those = list(map(partial(is_, each), kinds))
        found[KINDS[each]] = (list(compress(values, those)), Rows(list(compress(rows.ids, those))))
    return found


def _scalars(parts: Mapping[str, Column]) -> dict[str, Any]:
    """What is told of strings and numbers."""
    facts: dict[str, Any] = {}
    found: dict[str, int] = {}
    more = False
    numbers: list[float] = []
    for kind in _SCALARS & parts.keys():
        values, rows = parts[kind]
        distinct = set(values)
        kept, others = sketch_of(values, rows, distinct)
        found, more = {**found, **kept}, more or others
        if kind == "string":
            lengths = set(map(len, distinct))
            facts |= {"lengths": (min(lengths), max(lengths)), "formats": formats_of(distinct)}
        else:
            numbers += map(_exact, (min(distinct), max(distinct)))
    few, dropped = smallest(found, VALUES_MAX)
    return facts | {
        "values": few,
        "more": more or dropped,
        "numbers": (min(numbers), max(numbers)) if numbers else None,
    }


_SCALARS = frozenset({"string", "integer", "number"})


def _exact(number: float) -> float:
    """A whole number as an integer, so that 1 and 1.0 are the same end of a range."""
    return int(number) if -_EXACT < number < _EXACT and number == int(number) else number


def _arrays(
    values: Sequence[list[Any]], rows: Rows, below: Below
) -> tuple[tuple[int, int], tuple[dict[str, int], ...]]:
    """Sizes of arrays and kinds by position; their items are put ``below``."""
    sizes = list(map(len, values))
    fewest, most = min(sizes), max(sizes)
    if not most:
        return (0, 0), ()
    items = list(chain.from_iterable(values))
    ids = list(chain.from_iterable(map(repeat, rows.ids, sizes)))
    below[ITEM] = [(items, Rows(ids))]
    types = set(map(type, items))
    if len(types) == 1:
        kind = KINDS[types.pop()]
        longer = Counter(sizes)
        return (fewest, most), tuple(
            {kind: sum(count for size, count in longer.items() if size > place)}
            for place in range(min(most, POSITIONS_MAX))
        )
    return (fewest, most), tuple(_kinds_at(values, place) for place in range(min(most, POSITIONS_MAX)))


def _kinds_at(values: Sequence[list[Any]], place: int) -> dict[str, int]:
    """Kinds of the items at one position."""
    return {
        KINDS[each]: count for each, count in Counter(type(some[place]) for some in values if len(some) > place).items()
    }


def _objects(values: Sequence[dict[str, Any]], rows: Rows, below: Below) -> tuple[dict[str, int], int]:
    """Shapes of objects, and how many have none that is kept; their members are put ``below``."""
    found: dict[str, int] = {}
    for names, some, their in _grouped(values, rows):
        columns = list(zip(*map(dict.values, some), strict=True))
        for name, column in zip(names, columns, strict=True):
            below.setdefault(step_of(name), []).append((column, their))
        for text, count in shapes_of(names, columns, len(some)).items():
            found[text] = found.get(text, 0) + count
    lost = found.pop("", 0)
    kept, dropped = smallest(found, SHAPES_MAX)
    return dict(kept), lost + (sum(found.values()) - sum(kept.values()) if dropped else 0)


def _grouped(
    values: Sequence[dict[str, Any]], rows: Rows
) -> Iterator[tuple[tuple[str, ...], Sequence[dict[str, Any]], Rows]]:
    """Objects with the same names in the same order, and their rows."""
    names = list(map(tuple, values))
    if names.count(names[0]) == len(names):
        yield names[0], values, rows
        return
    places: dict[tuple[str, ...], list[int]] = {}
    for place, each in enumerate(names):
        places.setdefault(each, []).append(place)
    ids = rows.ids
    for each, those in places.items():
        yield each, [values[place] for place in those], Rows([ids[place] for place in those])
