"""The evidence of a part as a tree: each value with its members, its items and the sum of the members that are not told apart.

Views walk this tree. Trees add (``together``): that is how a map's members become one value, how the levels of a recursive shape
become one definition, and how the same shape in two places becomes one component. What is pooled from several places of one
document has no more witnesses than the place that has most of them, so that no statement gets stronger by pooling.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapehiss.contracts.counts import ITEM, REST, Field
from tapehiss.contracts.pointers import escaped, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tapehiss.contracts.counts import Part


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Evidence about one value and everything in it; compared by identity, because the same evidence may stand in two places."""

    seen: Field
    members: Mapping[str, Node] = field(default_factory=dict)
    """Name -> the member's evidence."""
    items: Node | None = None
    """All items of an array, as one."""
    rest: Node | None = None
    """All members of an object that are not in ``members``, as one; their names are its keys."""
    partial: bool = False
    """Whether something under it was not kept: what is known of its members and items is not all there was."""

    @property
    def objects(self) -> int:
        """How many objects were seen here."""
        return self.seen.kinds.get("object", 0)

    def steps(self) -> Iterator[tuple[str, Node]]:
        """Everything directly under it, by its escaped step, in the order of names."""
        yield from ((escaped(name), self.members[name]) for name in sorted(self.members))
        if self.items is not None:
            yield ITEM, self.items
        if self.rest is not None:
            yield REST, self.rest


def tree_of(part: Part) -> Node | None:
    """The documents of a part as one tree; ``None`` when there was none."""
    below: dict[str, list[str]] = {}
    for path in part.fields:
        if path:
            below.setdefault(path.rpartition("/")[0], []).append(path)
    return _node(part, below, "") if "" in part.fields else None


def _node(part: Part, below: Mapping[str, Sequence[str]], path: str) -> Node:
    children = {child.rpartition("/")[2]: child for child in below.get(path, ())}
    members = {unescaped(step): child for step, child in children.items() if step not in {ITEM, REST}}
    return Node(
        part.fields[path],
        {name: _node(part, below, child) for name, child in sorted(members.items())},
        _node(part, below, children[ITEM]) if ITEM in children else None,
        _rest(part, below, children[REST]) if REST in children else None,
    )


def _rest(part: Part, below: Mapping[str, Sequence[str]], path: str) -> Node:
    """The sum of members; where the bound of fields was reached, nothing complete is known of what stands under it."""
    return Node(part.fields[path], partial=True) if "fields" in part.bounds else _node(part, below, path)


def together(nodes: Sequence[Node]) -> Node:
    """Several trees as one."""
    if len(nodes) == 1:
        return nodes[0]
    return Node(
        pooled([node.seen for node in nodes]),
        {name: together(members_of(nodes, name)) for name in names_of(nodes)},
        _joined(node.items for node in nodes),
        _joined(node.rest for node in nodes),
        any(node.partial for node in nodes),
    )


def names_of(nodes: Sequence[Node]) -> list[str]:
    """The names of all members of all nodes, sorted."""
    return sorted({name for node in nodes for name in node.members})


def members_of(nodes: Sequence[Node], name: str) -> list[Node]:
    """The members of this name."""
    return [node.members[name] for node in nodes if name in node.members]


def _joined(nodes: Iterable[Node | None]) -> Node | None:
    known = [node for node in nodes if node is not None]
    return together(known) if known else None


def pooled(fields: Sequence[Field]) -> Field:
    """The evidence of several places as one: counts add, witnesses do not, because one exchange may have been at all places."""
    if len(fields) == 1:
        return fields[0]
    total = sum(fields[1:], fields[0])
    values = {text: max(seen.values.get(text, 0) for seen in fields) for text in total.values}
    return total._replace(exchanges=max(seen.exchanges for seen in fields), values=values)
