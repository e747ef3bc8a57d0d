"""Columns: what stood at one path in a batch of documents, beside the exchange of each value."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


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
