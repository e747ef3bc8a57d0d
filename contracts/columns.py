"""Counting by columns: all values at one path together, so that the work is done by few calls of fast functions.

A column is what stood at one path in a batch of documents, beside the exchange of each value. Documents are taken apart level by
level: the objects of a column are grouped by their names, and the members of each group are columns again. Nothing here depends on
the order of the documents or on how they are divided into batches: the evidence of a batch is the sum of the evidence of each
of its exchanges, within the bounds of ``counts``.
"""

from __future__ import annotations

import zlib
from collections import Counter
from functools import partial
from itertools import chain, compress, repeat
from json.encoder import encode_basestring_ascii
from operator import is_, itemgetter
from typing import TYPE_CHECKING, Any

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
from tapehiss.contracts.shapes import shapes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tapehiss.contracts.counts import Seen

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


class Rows:
    """Which exchange each value of a column stands in; columns that were made together share it."""

    __slots__ = ("count", "first", "ids", "last")

    def __init__(self, ids: Sequence[int]) -> None:
        distinct = set(ids)
        self.ids = ids
        """Number of the exchange of each value: the later an exchange was seen, the larger."""
        self.count = len(distinct)
        """How many exchanges there are."""
        self.first = min(distinct)
        self.last = max(distinct)

    @property
    def once(self) -> bool:
        """Whether no exchange has two values."""
        return self.count == len(self.ids)


Column = tuple["Sequence[Any]", Rows]
"""Values, and the exchange of each."""
Below = dict[str, list[Column]]
"""Step of a path -> the columns there."""


def joined(columns: Sequence[Column], known: dict[tuple[int, ...], Rows]) -> Column:
    """Several columns of one path as one; columns with the same rows get the same rows again."""
    if len(columns) == 1:
        return columns[0]
    key = tuple([id(rows) for _, rows in columns])
    rows = known.get(key)
    if rows is None:
        rows = known[key] = Rows(list(chain.from_iterable([rows.ids for _, rows in columns])))
    return list(chain.from_iterable([values for values, _ in columns])), rows


def counted(column: Column, seens: Sequence[Seen]) -> tuple[Field, Below]:
    """The evidence of a column, and the columns of what is in its objects and arrays."""
    parts = _by_kind(*column)
    facts: dict[str, Any] = _scalars({kind: _tallied(part) for kind, part in parts.items() if kind in _TEXTS})
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


def _tallied(column: Column) -> Counter[Any]:
    """In how many exchanges each value occurs."""
    values, rows = column
    if rows.once:
        return Counter(values)
    if rows.count == 1:
        return Counter(dict.fromkeys(values, 1))
    return Counter(map(itemgetter(1), set(zip(rows.ids, values, strict=True))))


def _scalars(tallies: Mapping[str, Mapping[Any, int]]) -> dict[str, Any]:
    """What is told of strings and numbers, each with the number of exchanges that it occurred in."""
    facts: dict[str, Any] = {}
    texts: list[str] = []
    counts: list[int] = []
    for kind, tallied in tallies.items():
        texts += _TEXTS[kind](tallied)
        counts += tallied.values()
    if texts:
        facts["values"], facts["more"] = _bounded(texts, counts)
    if "string" in tallies:
        lengths = set(map(len, tallies["string"]))
        facts["lengths"] = min(lengths), max(lengths)
        facts["formats"] = formats_of(tallies["string"])
    numbers = [*tallies.get("integer", ()), *map(_exact, _ends(tallies.get("number", ())))]
    if numbers:
        facts["numbers"] = min(numbers), max(numbers)
    return facts


def _texts_of_strings(strings: Iterable[str]) -> Iterable[str]:
    return map(encode_basestring_ascii, [text if len(text) <= VALUE_LENGTH_MAX else _LONG for text in strings])


def _texts_of_numbers(numbers: Iterable[float]) -> Iterable[str]:
    """Nought has no sign here: equal numbers have equal texts."""
    return [repr(number + 0.0) for number in numbers]


_LONG = " " * VALUE_LENGTH_MAX
_TEXTS: dict[str, Callable[[Iterable[Any]], Iterable[str]]] = {
    "string": _texts_of_strings,
    "integer": partial(map, repr),
    "number": _texts_of_numbers,
}
"""Kind of a scalar that is kept -> what makes JSON texts of several."""


def _bounded(texts: list[str], counts: list[int]) -> tuple[dict[str, int], bool]:
    """The texts that are kept, and whether there are more."""
    more = max(map(len, texts)) > VALUE_LENGTH_MAX
    if more:
        short = [len(text) <= VALUE_LENGTH_MAX for text in texts]
        texts, counts = list(compress(texts, short)), list(compress(counts, short))
    if len(texts) <= VALUES_MAX:
        return dict(zip(texts, counts, strict=True)), more
    hashes = list(map(zlib.crc32, map(str.encode, texts)))
    last = sorted(hashes)[VALUES_MAX - 1]
    few = sorted(each for each in zip(hashes, texts, counts, strict=True) if each[0] <= last)
    return {text: count for _, text, count in few[:VALUES_MAX]}, True


def _ends(numbers: Iterable[float]) -> tuple[float, ...]:
    several = tuple(numbers)
    return (min(several), max(several)) if several else ()


def _exact(number: float) -> float:
    """A whole number as an integer, so that 1 and 1.0 are the same end of a range."""
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


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
