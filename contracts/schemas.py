"""A part of a contract seen as JSON Schema (2020-12): nothing that was learnt from is refused, and every statement has its support.

A schema says which kinds of value were seen and which members were always there. It is open: members that were never seen are
not forbidden. Maps have one schema for all their values, tuples one for each position, tagged unions their variants, and an
object that is inside its like is a definition that refers to itself. ``x-tapehiss`` beside each schema says on what it rests
(``values.support``): ``seen`` times ``of`` chances, in how many ``exchanges``, when and where.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapehiss.contracts.maps import KEY_PATTERN, mapped
from tapehiss.contracts.naming import named
from tapehiss.contracts.recurrence import Classes, closed, planted, recursions, recursive
from tapehiss.contracts.trees import Node, members_of, names_of, pooled, tree_of
from tapehiss.contracts.unions import Union, Variant, union_of
from tapehiss.contracts.values import Schema, only, said, support

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tapehiss.contracts.counts import Field, Part

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TUPLE_SEEN_MIN = 5
"""An array is called a tuple when it had the same few items, unlike each other, in so many exchanges at least."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """The shapes that are written once, and what they are called."""

    classes: Classes = field(default_factory=Classes)
    names: Mapping[Node, str] = field(default_factory=dict)
    """Leader of a class -> its name; a class without one is written out wherever it stands."""
    prefix: str = "#/$defs/"

    def reference(self, nodes: Sequence[Node]) -> str:
        """Where the shape of the objects at these places is defined; empty when it is written out."""
        leaders = {self.classes.leader(node) for node in nodes if node.objects}
        name = self.names.get(next(iter(leaders)), "") if len(leaders) == 1 else ""
        return f"{self.prefix}{name}" if name else ""

    def schemas(self) -> dict[str, Schema]:
        """Every definition by its name."""
        known = sorted((name, leader) for leader, name in self.names.items())
        return {name: _definition(self.classes[leader], self) for name, leader in known}


def schema_of(part: Part) -> Schema:
    """The schema of the documents of a part; ``True``-like (empty) when there was none."""
    root = evidence_tree(part)
    if root is None:
        return {}
    known = definitions_of(root, part)
    return {**schema_at((root,), part.exchanges, known), **({"$defs": known.schemas()} if known.names else {})}


def evidence_tree(part: Part) -> Node | None:
    """The tree of a part as views see it: with maps as maps, except where a bound was reached and sums would be too small."""
    root = tree_of(part)
    return root if root is None or not is_whole(part) else mapped(root)


def is_whole(part: Part) -> bool:
    """Whether everything that was seen is known, so that places may be pooled."""
    return part.bounds.isdisjoint({"fields", "depth"})


def definitions_of(root: Node, part: Part) -> Definitions:
    """The recursive shapes of one tree."""
    if not is_whole(part):
        return Definitions()
    forest = planted([("document", root)])
    classes = closed(recursions(forest))
    leaders = {classes.leader(node) for node in recursive(forest, classes)}
    return Definitions(classes, named(forest, classes, leaders))


def schema_at(nodes: Sequence[Node], of: int, known: Definitions, kinds: Mapping[str, int] | None = None) -> Schema:
    """The schema of what was seen at these places, of so many chances; of some kinds only, if they are given."""
    seen = pooled([node.seen for node in nodes])
    if kinds is not None:
        seen = only(seen, kinds)
    branches = _branches(nodes, seen, known)
    nullable: list[Schema] = [{"type": "null"}] if "null" in seen.kinds else []
    evidence = {"x-tapehiss": support(seen, max(of, seen.occurrences))}
    structured = any(branch.get("type", "object") in {"object", "array"} for branch in branches)
    if structured and len(branches) + len(nullable) > 1 and not _is_nullable_object(branches):
        return {"anyOf": [*branches, *nullable], **evidence}
    single = branches[0] if len(branches) == 1 else {}
    types = [branch["type"] for branch in [*branches, *nullable] if "type" in branch]
    return {**single, **({"type": types if len(types) > 1 else types[0]} if types else {}), **said(seen), **evidence}


def _is_nullable_object(branches: Sequence[Schema]) -> bool:
    """One structure and null can share a schema: what is said about members and items does not concern null."""
    return len(branches) == 1 and "$ref" not in branches[0]


def _branches(nodes: Sequence[Node], seen: Field, known: Definitions) -> list[Schema]:
    """One schema for each kind but null; whole numbers are among the numbers."""
    merged = [
        kind for kind in sorted(seen.kinds) if kind != "null" and (kind != "integer" or "number" not in seen.kinds)
    ]
    return [_branch(kind, nodes, seen, known) for kind in merged]


def _branch(kind: str, nodes: Sequence[Node], seen: Field, known: Definitions) -> Schema:
    if kind == "object":
        reference = known.reference(nodes)
        return {"$ref": reference} if reference else _object(nodes, known)
    return _array(nodes, seen, known) if kind == "array" else {"type": kind}


def _definition(nodes: Sequence[Node], known: Definitions) -> Schema:
    seen = pooled([node.seen for node in nodes])
    return {**_object(nodes, known), "x-tapehiss": {"seen": seen.kinds["object"], "exchanges": seen.exchanges}}


def _object(nodes: Sequence[Node], known: Definitions) -> Schema:
    """Members that are told apart, then the values of the others."""
    objects = [node for node in nodes if node.objects]
    chances = sum(node.objects for node in objects)
    members = {name: members_of(objects, name) for name in names_of(objects)}
    others = [node.rest for node in objects if node.rest is not None]
    if any(node.rest is not None and not node.members for node in objects):
        others, members = [*others, *(member for group in members.values() for member in group)], {}
    required = [name for name, group in members.items() if sum(each.seen.occurrences for each in group) == chances]
    properties = {name: schema_at(group, chances, known) for name, group in members.items()}
    union = variants_of(objects)
    return {
        "type": "object",
        **({"properties": properties} if properties else {}),
        **({"required": required} if required else {}),
        **(_entries(others, known, alone=not members) if others else {}),
        **(_variants(union) if union and members else {}),
    }


def variants_of(objects: Sequence[Node]) -> Union | None:
    """The tagged union that the objects at these places are, if they are one."""
    return union_of(pooled([node.seen for node in objects])) if any(node.members for node in objects) else None


def _entries(values: Sequence[Node], known: Definitions, *, alone: bool) -> Schema:
    """What is said about the values of a map; nothing where not all of them were kept."""
    if any(value.partial for value in values):
        return {}
    schema = schema_at(values, 0, known)
    return {"additionalProperties": schema} if alone else {"patternProperties": {KEY_PATTERN: schema}}


def _variants(union: Union) -> Schema:
    """The variants of a tagged union; values of the tag of which too little was seen are left open."""
    known = [_variant(union.tag, variant) for variant in union.variants]
    values = [variant.value for variant in union.variants]
    other = {"title": "other", "properties": {union.tag: {"not": {"enum": values}}}}
    return {"anyOf": [*known, other], "x-tapehiss-tag": union.tag}


def _variant(tag: str, variant: Variant) -> Schema:
    return {
        "title": variant.value,
        "properties": {tag: {"const": variant.value}},
        "required": sorted({tag, *variant.required}),
        "x-tapehiss": {"seen": variant.seen},
    }


def _array(nodes: Sequence[Node], seen: Field, known: Definitions) -> Schema:
    items = [node.items for node in nodes if node.items is not None]
    if not items:
        return {"type": "array"}
    if is_tuple(seen):
        return {
            "type": "array",
            "prefixItems": [schema_at(items, sum(kinds.values()), known, kinds) for kinds in seen.positions],
        }
    return {"type": "array", "items": schema_at(items, 0, known)}


def is_tuple(seen: Field) -> bool:
    """Whether an array has a fixed number of items that are unlike each other: what stands where matters."""
    if seen.sizes is None or seen.sizes[0] != seen.sizes[1] or len(seen.positions) != seen.sizes[0]:
        return False
    kinds = {frozenset("number" if kind == "integer" else kind for kind in each) - {"null"} for each in seen.positions}
    return seen.exchanges >= TUPLE_SEEN_MIN and len(kinds - {frozenset()}) > 1
