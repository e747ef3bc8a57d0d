"""Counting by columns: all values at one path together, so that the work is done by few calls of fast functions.

A column is what stood at one path in a batch of documents, beside the exchange of each value. Documents are taken apart level by
level: the objects of a column are grouped by their names, and the members of each group are columns again. Nothing here depends on
the order of the documents or on how they are divided into batches: the evidence of a batch is the sum of the evidence of each
of its exchanges, within the bounds of ``counts``.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache, partial, reduce
from itertools import chain, compress, repeat
from operator import add, is_, not_
from typing import TYPE_CHECKING, Any, Protocol

from tapehiss.contracts.counts import ITEM, POSITIONS_MAX, SHAPES_MAX, VALUE_LENGTH_MAX, Field, smallest
from tapehiss.contracts.formats import formats_of
from tapehiss.contracts.rows import Rows
from tapehiss.contracts.shapes import layout_of
from tapehiss.contracts.sketches import sketch_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

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
    below: Below = {}
    values, rows = column
    types = set(map(type, values))
    if len(types) == 1:
        return _COUNTED[types.pop()](values, rows, seens, below), below
    found = reduce(add, [_COUNTED[each](*those, seens, below) for each, those in _by_type(types, values, rows).items()])
    return found._replace(exchanges=rows.count), below


def _by_type(types: set[type], values: Sequence[Any], rows: Rows) -> dict[type, Column]:
    """The values of each of these types; many are nullable."""
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


def _nulls(values: Sequence[Any], rows: Rows, seens: Stood, _below: Below) -> Field:
    return Field({"null": len(values)}, rows.count, {}, False, seens[rows.first], seens[rows.last])


def _booleans(values: Sequence[bool], rows: Rows, seens: Stood, _below: Below) -> Field:
    true = values.count(True)
    booleans = {word: count for word, count in (("true", true), ("false", len(values) - true)) if count}
    stood = seens[rows.first], seens[rows.last]
    return Field({"boolean": len(values)}, rows.count, {}, False, *stood, booleans=booleans)


def _strings(values: Sequence[str], rows: Rows, seens: Stood, _below: Below) -> Field:
    kinds, first, last = {"string": len(values)}, seens[rows.first], seens[rows.last]
    text = values[0]
    if len(text) <= VALUE_LENGTH_MAX and text == values[-1] and values.count(text) == len(values):
        written, formats = _alone(text)
        kept = {written: rows.count} if written else {}
        return Field(kinds, rows.count, kept, not written, first, last, (len(text), len(text)), None, None, formats)
    distinct = set(values)
    lengths = set(map(len, distinct))
    longest = max(lengths)
    short: Collection[str] = distinct
    if longest > VALUE_LENGTH_MAX:
        short = [text for text in distinct if len(text) <= VALUE_LENGTH_MAX]
    kept, more = sketch_of(values, rows, distinct, short)
    formats = formats_of(distinct)
    return Field(kinds, rows.count, kept, more, first, last, (min(lengths), longest), None, None, formats)


@lru_cache(maxsize=8_192)
def _alone(text: str) -> tuple[str, frozenset[str]]:
    """What is kept of a text that is not long, empty for nothing, and its formats."""
    written = text_of(text)
    return written if len(written.encode("utf-8", "surrogatepass")) <= VALUE_LENGTH_MAX else "", formats_of((text,))


def _numbers(kind: str, values: Sequence[float], rows: Rows, seens: Stood, _below: Below) -> Field:
    distinct = set(values)
    numbers = _exact(min(distinct)), _exact(max(distinct))
    kept, more = (
        ({str(numbers[0]): rows.count}, False)
        if len(distinct) == 1 and kind == "integer"
        else sketch_of(values, rows, distinct, distinct)
    )
    return Field({kind: len(values)}, rows.count, kept, more, seens[rows.first], seens[rows.last], None, None, numbers)


def _exact(number: float) -> float:
    """A whole number as an integer, so that 1 and 1.0 are the same end of a range."""
    return int(number) if -_EXACT < number < _EXACT and number == int(number) else number


def _arrays(values: Sequence[list[Any]], rows: Rows, seens: Stood, below: Below) -> Field:
    """Sizes of arrays and kinds by position; their items are put ``below``."""
    sizes = list(map(len, values))
    most = max(sizes)
    positions: tuple[dict[str, int], ...] = ()
    if most:
        items = list(chain.from_iterable(values))
        below[ITEM] = [(items, Rows(list(chain.from_iterable(map(repeat, rows.ids, sizes)))))]
        positions = _positions(values, sizes, items)
    spans = None, (min(sizes), most), None
    stood = seens[rows.first], seens[rows.last]
    return Field({"array": len(values)}, rows.count, {}, False, *stood, *spans, positions=positions)


def _positions(values: Sequence[list[Any]], sizes: list[int], items: list[Any]) -> tuple[dict[str, int], ...]:
    """Kinds of the items at each of the first positions."""
    places = range(min(max(sizes), POSITIONS_MAX))
    types = set(map(type, items))
    if len(types) > 1:
        return tuple([_kinds_at(values, place) for place in places])
    kind = KINDS[types.pop()]
    if sizes.count(len(places)) == len(sizes):
        return tuple([{kind: len(sizes)} for _ in places])
    longer = Counter(sizes)
    return tuple([{kind: sum([count for size, count in longer.items() if size > place])} for place in places])


def _kinds_at(values: Sequence[list[Any]], place: int) -> dict[str, int]:
    """Kinds of the items at one position."""
    return {
        KINDS[each]: count for each, count in Counter(type(some[place]) for some in values if len(some) > place).items()
    }


def _objects(values: Sequence[dict[str, Any]], rows: Rows, seens: Stood, below: Below) -> Field:
    """Shapes of objects, and how many have none that is kept; their members are put ``below``."""
    found: dict[str, int] = {}
    for names, some, their in _grouped(values, rows):
        columns = list(zip(*map(dict.values, some), strict=True))
        layout = layout_of(names)
        for step, column in zip(layout.steps, columns, strict=True):
            if step in below:
                below[step].append((column, their))
            else:
                below[step] = [(column, their)]
        for text, count in layout.shapes(columns, len(some)).items():
            found[text] = found.get(text, 0) + count
    lost = found.pop("", 0) if "" in found else 0
    kept, dropped = smallest(found, SHAPES_MAX)
    lost += sum(found.values()) - sum(kept.values()) if dropped else 0
    stood = seens[rows.first], seens[rows.last]
    return Field({"object": len(values)}, rows.count, {}, False, *stood, shapes=kept, more_shapes=lost)


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


_COUNTED: dict[type, Callable[[Any, Rows, Stood, Below], Field]] = {
    type(None): _nulls,
    bool: _booleans,
    int: partial(_numbers, "integer"),
    float: partial(_numbers, "number"),
    str: _strings,
    list: _arrays,
    dict: _objects,
}
