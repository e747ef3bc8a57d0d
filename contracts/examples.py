"""An example of what was seen: a document that was sent as a whole, or one that is made of values that the tapes hold.

What was sent as a whole is a sample (``tapehiss.contracts.samples``): the smallest of those that came often, so that an example shows what
is needed. Where no sample was kept, a document is put together: every value was seen at its place, or stands for one
that is not kept, and each object has the members that one object had. What one call says in two places may come from two
calls then, which is why ``Example`` tells it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from tapehiss.contracts.counts import DEPTH_MAX
from tapehiss.contracts.samples import size_of
from tapehiss.contracts.schemas import evidence_tree
from tapehiss.contracts.unions import shape_of
from tapehiss.contracts.values import booleans_of, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.contracts.counts import Field, Part
    from tapehiss.contracts.trees import Node

OFTEN_MIN = 0.02
"""A shape that fewer of the objects had, or only one, is no example of how it is done."""
_DUMMIES: Mapping[str, Any] = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
UNKNOWN_BOOLEAN = "<true or false>"
"""What stands for a boolean that a contract of an older version did not count."""
_RANK = {"object": 0, "array": 1, "string": 2, "number": 3, "integer": 4, "boolean": 5, "null": 6}


class Example(NamedTuple):
    """A document, and whether it was put together."""

    document: Any
    pieced: bool


def body_of(part: Part) -> Example | None:
    """The smallest document of which enough were seen; ``None`` where there was none."""
    if part.samples:
        most = max(sample.seen for sample in part.samples.values())
        often = {sort: each for sort, each in part.samples.items() if each.seen >= _often(most, part.exchanges)}
        smallest = min(often, key=lambda sort: (size_of(sort), -often[sort].seen, sort))
        return Example(often[smallest].document, pieced=False)
    tree = evidence_tree(part)
    return None if tree is None else Example(smallest_of(tree), pieced=bool(tree.members or tree.items))


def _often(most: int, of: int) -> float:
    """How many of so many make one that is no exception."""
    return min(most, max(min(2, most), OFTEN_MIN * of))


def smallest_of(node: Node, depth: int = 0) -> Any:
    """The smallest document of which enough were seen: what a first request needs."""
    return _example(node, depth, full=False)


def usual_of(node: Node, depth: int = 0) -> Any:
    """The document that was seen most often, with everything in it: what an answer looks like."""
    return _example(node, depth, full=True)


def _example(node: Node, depth: int, *, full: bool) -> Any:
    kind = min(node.seen.kinds, key=lambda kind: (kind == "null", -node.seen.kinds[kind], _RANK[kind]), default="null")
    if kind == "object":
        return _object(node, depth, full=full)
    if kind == "array":
        return [_example(node.items, depth + 1, full=full)] if node.items is not None and depth < DEPTH_MAX else []
    return value_of(node.seen, kind)


def _object(node: Node, depth: int, *, full: bool) -> dict[str, Any]:
    if depth >= DEPTH_MAX:
        return {}
    told = names_of_example(node, full=full)
    found = {name: word or _example(node.members[name], depth + 1, full=full) for name, word in told.items()}
    if node.rest is not None and not node.members and not node.rest.partial:
        found["<key>"] = _example(node.rest, depth + 1, full=full)
    return found


def names_of_example(node: Node, *, full: bool) -> dict[str, str]:
    """The members that the example has, in order; a tag has its word."""
    known = [(shape_of(text), count) for text, count in node.seen.shapes.items()]
    known = [(shape, count) for shape, count in known if shape.names <= node.members.keys()]
    required = {name for name, member in node.members.items() if member.seen.occurrences == node.objects}
    most = max((count for _, count in known), default=0)
    often = [each for each in known if each[1] >= _often(most, node.objects)]
    if not often or (node.seen.more_shapes and required and not full):
        return dict.fromkeys(sorted(node.members if full else required), "")
    ranked = sorted(often, key=lambda each: (0 if full else len(each[0].names), -each[1], sorted(each[0].names)))
    shape = ranked[0][0]
    return {name: shape.tags.get(name, "") for name in sorted(shape.names)}


def value_of(seen: Field, kind: str) -> Any:
    """The value of this kind that was seen most often, or one that stands for it."""
    if kind == "boolean":
        return next(iter(booleans_of(seen)), UNKNOWN_BOOLEAN)
    fitting = [value for value in values_of(seen) if _kind(value) in {kind, "integer" if kind == "number" else kind}]
    if fitting:
        return next((value for value in fitting if value != ""), "")
    if kind == "string":
        return next((_DUMMIES[name] for name in sorted(seen.formats or ()) if name in _DUMMIES), "…")
    return seen.numbers[0] if kind in {"integer", "number"} and seen.numbers else None


def _kind(value: Any) -> str:
    return {str: "string", int: "integer", float: "number"}.get(type(value), "")


def shown(value: Any, length_max: int = 60) -> str:
    """A value as a table shows it: JSON, cut where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= length_max else f"{text[: length_max - 1]}…"
