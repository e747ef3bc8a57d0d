"""The shapes of a whole contract that are written once: what recurs in several operations, and what contains its like.

A component accepts what was seen at any of its places. Beside each reference stands the evidence of that place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.contracts.naming import named, pascal
from tapehiss.contracts.recurrence import NAMES_MIN, closed, contexts, planted, recurrences, recursions, recursive
from tapehiss.contracts.schemas import Definitions, variants_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.contracts.recurrence import Classes, Forest
    from tapehiss.contracts.trees import Node
    from tapehiss.contracts.values import Schema

PREFIX = "#/components/schemas/"


def shared(roots: Iterable[tuple[str, Node]]) -> Definitions:
    """The definitions of all these trees, each of which has a word for what it holds."""
    forest = planted(roots)
    classes = closed([*recursions(forest), *recurrences(forest)])
    return Definitions(classes, named(forest, classes, set(_leaders(forest, classes))), PREFIX)


def _leaders(forest: Forest, classes: Classes) -> Iterator[Node]:
    """The classes that are worth a name: recursive ones, recurring ones, and tagged unions, whose variants need names."""
    yield from (classes.leader(node) for node in recursive(forest, classes))
    for node in forest.nodes():
        if node.objects and classes.leader(node) is node:
            nodes = classes[node]
            recurs = len(node.members) >= NAMES_MIN and contexts(forest, nodes, classes) > 1
            if recurs or variants_of([each for each in nodes if each.objects]) is not None:
                yield node


def component_schemas(known: Definitions) -> dict[str, Schema]:
    """All definitions by name, sorted; the variants of a tagged union are definitions of their own, so that a discriminator can name them."""
    found: dict[str, Schema] = {}
    for name, schema in known.schemas().items():
        found |= {name: schema} if "x-tapehiss-tag" not in schema else dict(_split(name, schema, known))
    return dict(sorted(found.items()))


def _split(name: str, schema: Schema, known: Definitions) -> Iterator[tuple[str, Schema]]:
    taken = set(known.names.values())
    mapping: dict[str, str] = {}
    branches: list[Schema] = []
    for branch in schema["anyOf"]:
        value = branch.get("properties", {}).get(schema["x-tapehiss-tag"], {}).get("const")
        if value is None:
            branches.append(branch)
            continue
        variant = _free(f"{name}{pascal(value) or 'Variant'}", taken)
        taken.add(variant)
        mapping[value] = f"{PREFIX}{variant}"
        branches.append({"$ref": mapping[value]})
        yield variant, branch
    tag = schema["x-tapehiss-tag"]
    rest = {key: value for key, value in schema.items() if key != "x-tapehiss-tag"}
    yield name, {**rest, "anyOf": branches, "discriminator": {"propertyName": tag, "mapping": mapping}}


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}{number}"
    return free
