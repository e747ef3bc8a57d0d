"""What a shape is called when it is written once: after its tag, or after the member that holds it."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from tapehiss.contracts.parameters import singular
from tapehiss.contracts.pointers import unescaped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from tapehiss.contracts.recurrence import Classes, Forest
    from tapehiss.contracts.trees import Node

TAGS = ("object", "__typename", "kind", "type", "resource")
"""Members in which vendors say what a thing is called, the surest first."""
NAME_LENGTH_MAX = 60

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def named(forest: Forest, classes: Classes, leaders: Collection[Node]) -> Mapping[Node, str]:
    """A name of its own for each of these classes, the same for the same evidence."""
    places = {node: place for place, node in enumerate(forest.nodes())}
    names: dict[Node, str] = {}
    taken: set[str] = set()
    for leader in sorted(leaders, key=lambda leader: min(places[node] for node in classes[leader])):
        names[leader] = next(name for name in _numbered(_name(forest, classes[leader])) if name not in taken)
        taken.add(names[leader])
    return names


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}{number}"
        number += 1


def _name(forest: Forest, nodes: Sequence[Node]) -> str:
    """After the tag when all have the same, otherwise after the place where most of them stand."""
    tagged = next((value for tag in TAGS if (value := _constant(nodes, tag))), "")
    return pascal(tagged) or _commonest(_held_as(forest, node) for node in nodes) or "Thing"


def _constant(nodes: Iterable[Node], tag: str) -> str:
    """The word that this member always is; empty when there is none."""
    values: set[str] = set()
    for node in nodes:
        member = node.members.get(tag)
        if member is None or member.seen.more or set(member.seen.kinds) != {"string"}:
            return ""
        values |= set(member.seen.values)
    value = json.loads(values.pop()) if len(values) == 1 else ""
    return value if re.fullmatch(r"[A-Za-z][A-Za-z0-9_. -]*", value) else ""


def _held_as(forest: Forest, node: Node) -> str:
    """The name of the nearest member that holds a node, in the singular for items; the root's word when there is none."""
    above = forest.parents.get(node)
    single = True
    while above is not None:
        step = above[1]
        if not step.startswith(("~*", "~+")):
            return pascal(unescaped(step) if single else singular(unescaped(step)))
        single = False
        node, above = above[0], forest.parents.get(above[0])
    word = next((word for word, root in forest.roots if root is node), "")
    return pascal(word if single else singular(word))


def _commonest(words: Iterable[str]) -> str:
    counted = Counter(word for word in words if word)
    return min(counted, key=lambda word: (-counted[word], len(word), word), default="")


def pascal(text: str) -> str:
    """A text as a type is called: ``line-items`` is ``LineItems``; empty when it has no word."""
    words = _WORD.findall(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text))
    return "".join(word[:1].upper() + word[1:] for word in words)[:NAME_LENGTH_MAX]
