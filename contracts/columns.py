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
from operator import is_, not_
from typing import TYPE_CHECKING, Any, Protocol

from tapehiss.contracts.counts import (
    ITEM,
    POSITIONS_MAX,
    SHAPES_MAX,
    VALUE_LENGTH_MAX,
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
    from collections.abc import Collection, Iterator, Mapping, Sequence

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

_EXACT = 2**64
"""Whole numbers below this are integers, however they were written; the parser makes no larger ones."""


class Stood(Protocol):
    """Where each exchange stands, by its number."""

    def __getitem__(self, number: int, /) -> Seen: ...


def counted(column: Column, seens: Stood) -> tuple[Field, Below]:
    """The evidence of a column, and the columns of what is in its objects and arrays."""
    kinds: dict[str, int] = {}
    facts: dict[str, Any] = {}
    below: Below = {}
    for each, (values, rows) in _by_type(*column).items():
        kinds[KINDS[each]] = len(values)
        if each is dict:
            facts["shapes"], facts["more_shapes"] = _objects(values, rows, below)
        elif each is list:
            facts["sizes"], facts["positions"] = _arrays(values, rows, below)
        elif each is str or each is int or each is float:
            _scalars(each, values, rows, facts)
    rows = column[1]
    return Field(kinds, rows.count, first=seens[rows.first], last=seens[rows.last], **facts), below


def _by_type(values: Sequence[Any], rows: Rows) -> dict[type, Column]:
    """The values of each type; most columns have one, and many of the others are nullable."""
    types = set(map(type, values))
    if len(types) == 1:
        return {types.pop(): (values, rows)}
    found: dict[type, Column] = {}
    left, ids = values, rows.ids
    for each in sorted(types, key=_LEAST.index)[:-1]:
        those = list(map(partial(is_, each), map(type, left)))
        found[each] = (list(compress(left, those)), Rows(list(compress(ids, those))))
        others = list(map(not_, those))
        left, ids = list(compress(left, others)), list(compress(ids, others))
    found[type(left[0])] = (left, Rows(ids))
    return found


_LEAST = [type(None), bool, float, int, str, list, dict]


def _scalars(each: type, values: Sequence[Any], rows: Rows, facts: dict[str, Any]) -> None:
    """What is told of strings or numbers is put among the ``facts``."""
    distinct = set(values)
    short: Collection[Any] = distinct
    if each is str:
        lengths = set(map(len, distinct))
        facts["lengths"] = min(lengths), max(lengths)
        facts["formats"] = formats_of(distinct)
        if max(lengths) > VALUE_LENGTH_MAX:
            short = [text for text in distinct if len(text) <= VALUE_LENGTH_MAX]
    else:
        ends = _exact(min(distinct)), _exact(max(distinct))
        least, most = facts.get("numbers", ends)
        facts["numbers"] = min(least, ends[0]), max(most, ends[1])
    kept: Mapping[str, int]
    kept, more = sketch_of(values, rows, distinct, short)
    if "values" in facts:
        kept, dropped = smallest({**facts["values"], **kept}, VALUES_MAX)
        more = more or dropped or facts["more"]
    facts["values"], facts["more"] = kept, more


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
