"""Counting as it goes: the one place of this room where something changes, for speed, and only until ``part`` is called.

Documents are counted into a tree of nodes, one for each path; freezing the tree gives the ``Part`` of ``counts``. An exchange
counts once for each path and each value, however often they occur in it: the items of one page are no independent witnesses.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.counts import (
    DEPTH_MAX,
    FIELDS_MAX,
    ITEM,
    VALUE_LENGTH_MAX,
    VALUES_MAX,
    Field,
    Part,
    rank_of_path,
    smallest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.contracts.reading import Reading

_KIND = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


class _Node:
    """The counts of one path."""

    __slots__ = ("children", "exchanges", "items", "kinds", "latest", "more", "now", "values")

    def __init__(self) -> None:
        self.kinds: dict[str, int] = {}
        self.exchanges = 0
        self.latest = -1
        self.values: dict[str, int] = {}
        self.now: set[str] = set()
        self.more = False
        self.children: dict[str, _Node] = {}
        self.items: _Node | None = None

    def enter(self, kind: str, exchange: int) -> None:
        """One more value of this kind, in this exchange."""
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if self.latest != exchange:
            self.latest = exchange
            self.exchanges += 1
            self.now = set()

    def keep(self, value: str | float) -> None:
        """One more scalar, counted once in an exchange."""
        text = json.dumps(value) if len(str(value)) <= VALUE_LENGTH_MAX else ""
        if not text or len(text) > VALUE_LENGTH_MAX:
            self.more = True
        elif text not in self.now:
            self.now.add(text)
            self.values[text] = self.values.get(text, 0) + 1
            if len(self.values) > 4 * VALUES_MAX:
                self._prune()

    def field(self) -> Field:
        """The counts as a value."""
        self._prune()
        return Field(self.kinds, self.exchanges, self.values, self.more)

    def _prune(self) -> None:
        """Only the smallest values stay: one that goes can never come back with a wrong count, 24 smaller ones are there."""
        kept, dropped = smallest(self.values, VALUES_MAX)
        self.values, self.more = dict(kept), self.more or dropped

    def steps(self) -> Iterator[tuple[str, _Node]]:
        """The nodes below, by their escaped step (RFC 6901 section 3)."""
        for name, node in self.children.items():
            yield name.replace("~", "~0").replace("/", "~1"), node
        if self.items is not None:
            yield ITEM, self.items


class Gathering:
    """Counts of one part, over as many exchanges as are told."""

    __slots__ = ("_deep", "_exchanges", "_root", "_unread", "size")

    def __init__(self) -> None:
        self._root = _Node()
        self._exchanges = 0
        self._unread: dict[str, int] = {}
        self._deep = False
        self.size = 1
        """How many nodes there are: when it grows large, freeze and begin anew."""

    def count(self, reading: Reading) -> None:
        """Count one exchange's reading of this part."""
        if reading.unread:
            self._unread[reading.unread] = self._unread.get(reading.unread, 0) + 1
        for document in reading.documents:
            self._count(document)
        self._exchanges += 1

    def part(self) -> Part:
        """All counts so far as a value."""
        counted = {path: node.field() for path, node in self._kept() if node.exchanges}
        bounds = {name for name, hit in (("depth", self._deep), ("fields", self.size > FIELDS_MAX)) if hit}
        return Part(unread=self._unread, fields=counted, bounds=frozenset(bounds)) + Part(self._exchanges)

    def _kept(self) -> Iterator[tuple[str, _Node]]:
        found = {"": self._root}
        level = found
        while level:
            level = {f"{path}/{step}": child for path, node in level.items() for step, child in node.steps()}
            found |= level
        return iter(smallest(found, FIELDS_MAX, rank_of_path)[0].items())

    def _count(self, document: Any) -> None:
        exchange = self._exchanges
        waiting: list[tuple[_Node, Any, int]] = [(self._root, document, 0)]
        while waiting:
            node, value, depth = waiting.pop()
            kind = _KIND[type(value)]
            node.enter(kind, exchange)
            if kind in {"string", "integer", "number"}:
                node.keep(value)
            elif kind in {"object", "array"} and value:
                if depth == DEPTH_MAX:
                    self._deep = True
                else:
                    waiting.extend((child, below, depth + 1) for child, below in self._below(node, value))

    def _below(self, node: _Node, value: Any) -> Iterator[tuple[_Node, Any]]:
        """The node of each member or item, made where it is new."""
        if isinstance(value, list):
            if node.items is None:
                node.items = self._made()
            yield from ((node.items, item) for item in value)
        else:
            for name, member in value.items():
                child = node.children.get(name)
                if child is None:
                    child = node.children[name] = self._made()
                yield child, member

    def _made(self) -> _Node:
        self.size += 1
        return _Node()
