"""Which values have the same shape: an object inside its like (recursion), and the same kind of object in several places.

Sameness is closed: when two objects are the same, so are their members of the same name. A class of sameness can therefore be
written once, as a definition, and be referred to from everywhere, and it accepts what was seen at any of its places.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapehiss.contracts.counts import ITEM, REST
from tapehiss.contracts.pointers import unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tapehiss.contracts.trees import Node

Pair = tuple["Node", "Node"]

LIKENESS_MIN = 0.75
"""Two objects are the same kind of thing when they share at least this much of all their members' names (Jaccard's index)."""
NAMES_MIN = 3
"""Objects with fewer members are not recognised: too many things have a name and an id."""
WITHIN_MIN = 0.5
"""The likeness of an object to one inside it, and of the members of alike objects."""


@dataclass(frozen=True, slots=True)
class Forest:
    """All trees of one view, with the place of every node."""

    roots: tuple[tuple[str, Node], ...]
    """What a root is called (a word for naming its shape), and the root."""
    parents: Mapping[Node, tuple[Node, str]]
    """Node -> the node that it is in, and its step there."""

    def ancestors(self, node: Node) -> Iterator[tuple[Node, str]]:
        """From the nearest outwards: the nodes that hold this one, each with the step that leads on from it."""
        above = self.parents.get(node)
        while above is not None:
            yield above
            above = self.parents.get(above[0])

    def nodes(self) -> Iterator[Node]:
        """Every node, parents first."""
        yield from (root for _, root in self.roots)
        yield from self.parents


def planted(roots: Iterable[tuple[str, Node]]) -> Forest:
    """The forest of these trees."""
    known = tuple(roots)
    parents: dict[Node, tuple[Node, str]] = {}
    waiting = [root for _, root in known]
    for node in waiting:  # it grows on the way
        for step, child in node.steps():
            parents[child] = (node, step)
            waiting.append(child)
    return Forest(known, parents)


@dataclass(frozen=True, slots=True)
class Classes:
    """Every node that has the same shape as another one, with all that have it."""

    of: Mapping[Node, tuple[Node, ...]] = field(default_factory=dict)

    def __getitem__(self, node: Node) -> tuple[Node, ...]:
        return self.of.get(node, (node,))

    def leader(self, node: Node) -> Node:
        """The node that stands for the class of this one."""
        return self[node][0]


def closed(pairs: Iterable[Pair]) -> Classes:
    """The classes in which these pairs are the same, and with them everything that stands at the same step below."""
    joining = _Joining()
    waiting = list(pairs)
    while waiting:
        waiting.extend(joining.join(*waiting.pop()))
    groups = [tuple(group) for group in joining.groups.values()]
    return Classes({node: group for group in groups for node in group})


class _Joining:
    """Union and find: the one place here where something changes, and only until the classes are known."""

    def __init__(self) -> None:
        self._leaders: dict[Node, Node] = {}
        self.groups: dict[Node, list[Node]] = {}
        self._steps: dict[Node, dict[str, Node]] = {}

    def leader(self, node: Node) -> Node:
        """The one that stands for the class of this node."""
        if node not in self._leaders:
            self._leaders[node] = node
            self.groups[node] = [node]
            self._steps[node] = dict(node.steps())
        while self._leaders[node] is not node:
            self._leaders[node] = node = self._leaders[self._leaders[node]]
        return node

    def join(self, a: Node, b: Node) -> Iterator[Pair]:
        """Make two classes one; gives what must be joined because of that."""
        first, second = self.leader(a), self.leader(b)
        if first is second:
            return
        if len(self.groups[first]) < len(self.groups[second]):
            first, second = second, first
        self._leaders[second] = first
        self.groups[first] += self.groups.pop(second)
        steps = self._steps[first]
        for step, child in self._steps.pop(second).items():
            if step in steps:
                yield steps[step], child
            else:
                steps[step] = child


def recursions(forest: Forest) -> Iterator[Pair]:
    """Objects that are inside their like: a comment in the replies to a comment."""
    for node in forest.parents:
        if node.objects:
            above = next((each for each, step in forest.ancestors(node) if _contains_its_like(each, step, node)), None)
            if above is not None:
                yield above, node


def _contains_its_like(outer: Node, step: str, inner: Node) -> bool:
    """Whether ``inner``, which ``outer`` holds somewhere under ``step``, could hold such a thing there itself."""
    names, others = outer.members.keys(), inner.members.keys()
    common = names & others
    holds = step not in {ITEM, REST} and unescaped(step) in common
    return holds and len(common) > 1 and len(common) >= WITHIN_MIN * len(names | others)


def recurrences(forest: Forest) -> Iterator[Pair]:
    """Objects in different places that are the same kind of thing; each is paired with the first one that it is like."""
    shelves: dict[tuple[int, int], list[Node]] = {}
    for node in forest.nodes():
        if len(node.members) < NAMES_MIN:
            continue
        marks = _marks(node)
        known = (other for mark in marks for other in shelves.get(mark, ()))
        like = next((other for other in known if alike(other, node)), None)
        if like is not None:
            yield like, node
        else:
            for mark in marks:
                shelves.setdefault(mark, []).append(node)


def _marks(node: Node) -> list[tuple[int, int]]:
    """Smallest hashes of the names (min-wise hashing): objects that share most names share one of these, nearly always."""
    names = [name.encode("utf-8", "surrogatepass") for name in node.members]
    return [(salt, min(zlib.crc32(name, salt * 0x9E3779B1 & 0xFFFFFFFF) for name in names)) for salt in range(3)]


def alike(a: Node, b: Node) -> bool:
    """Whether two objects are the same kind of thing: nearly the same names, and under the same names the same kinds."""
    common = a.members.keys() & b.members.keys()
    if len(common) < NAMES_MIN or len(common) < LIKENESS_MIN * len(a.members.keys() | b.members.keys()):
        return False
    return all(_fit(a.members[name], b.members[name]) for name in common)


def _fit(a: Node, b: Node) -> bool:
    """Whether two members of the same name can be the same thing."""
    kinds, others = _sorts(a), _sorts(b)
    if kinds and others and kinds.isdisjoint(others):
        return False
    if a.items is not None and b.items is not None and not _fit(a.items, b.items):
        return False
    names = a.members.keys() | b.members.keys()
    return not (a.members and b.members) or len(a.members.keys() & b.members.keys()) >= WITHIN_MIN * len(names)


def _sorts(node: Node) -> set[str]:
    """The kinds of value without null; whole numbers are numbers."""
    return {"number" if kind == "integer" else kind for kind in node.seen.kinds} - {"null"}


def recursive(forest: Forest, classes: Classes) -> set[Node]:
    """The objects that are inside one of their class."""
    return {
        node
        for node in classes.of
        if node.objects and any(classes.leader(above) is classes.leader(node) for above, _ in forest.ancestors(node))
    }


def contexts(forest: Forest, nodes: Sequence[Node], classes: Classes) -> int:
    """At how many different places a shape stands; places inside the same shape at the same step are one."""
    found: set[tuple[Node, str]] = set()
    for node in nodes:
        above = forest.parents.get(node)
        found.add((node, "") if above is None else (classes.leader(above[0]), above[1]))
    return len(found)
