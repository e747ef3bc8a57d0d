"""The parameters of a query, a form or headers as rows, by the names that are sent: ``filter[created][gte]``, ``types[]``.

What was read of them is an object of objects and lists (``tapehiss.contracts.pairs``); nobody sends objects and lists, but pairs, so
that a row stands for a name, and says how many of the requests had it and whether one request had it several times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.contracts.fieldtable import kind_words, presence, rows_within, values_shown, values_words
from tapehiss.contracts.multipart import FILE
from tapehiss.contracts.trees import Node, pooled
from tapehiss.contracts.values import only

if TYPE_CHECKING:
    from collections.abc import Iterator


def pair_rows(root: Node) -> list[tuple[str, ...]]:
    """A row for each name that was sent, in the order of names, within bounds; the columns are those of ``fieldtable``."""
    return rows_within([_row(name, node, root) for name, node in sent_names(root)])


def sent_names(root: Node, prefix: str = "") -> Iterator[tuple[str, Node]]:
    """Every name that was sent with the evidence of its values."""
    members = [*root.members.items(), *([("<key>", root.rest)] if root.rest is not None else [])]
    for name, node in members:
        full = f"{prefix}[{name}]" if prefix else name
        if node.seen.kinds.keys() - {"object"} or _is_file(node):
            yield full, node
        if not _is_file(node):
            yield from sent_names(node, full)


def _is_file(node: Node) -> bool:
    return node.members.keys() == FILE


def _row(name: str, node: Node, root: Node) -> tuple[str, ...]:
    if _is_file(node):
        there = presence(node.seen.occurrences, root.objects)
        return name, "file", there, values_words(node.members["media"].seen)
    value = one_value(node)
    several = node.seen.sizes is not None and node.seen.sizes[1] > 1
    kind = f"{kind_words(value)}{', may be repeated' if several else ''}"
    return name, kind, presence(_requests(node), root.objects), values_shown(value)


def _requests(node: Node) -> int:
    """How many requests had the name with a value of its own."""
    return node.seen.occurrences - node.objects


def one_value(node: Node) -> Node:
    """What is known of one value under a name, whether it was sent alone or among others of the same name."""
    own = {kind: count for kind, count in node.seen.kinds.items() if kind not in {"array", "object"}}
    if node.items is None or own:
        exchanges = min(node.seen.exchanges, sum(own.values()))
        alone = only(node.seen, own)._replace(sizes=None, exchanges=exchanges)
        return Node(alone if node.items is None else pooled([alone, node.items.seen]))
    return node.items
