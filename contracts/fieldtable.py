"""The values of a document as rows: where, of what kind, how often there, and what was seen."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.counts import VALUE_LENGTH_MAX
from tapehiss.contracts.examples import shown
from tapehiss.contracts.unions import union_of
from tapehiss.contracts.values import booleans_of, format_of, is_enumeration, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.contracts.counts import Field
    from tapehiss.contracts.trees import Node

COLUMNS = ("name", "type", "there", "values")
ROWS_MAX = 60
"""How many rows a table has; the last one says how many more there were."""
DEPTH_MAX = 4
"""How deep a table looks; the schema has everything."""
DEEPER = "… deeper"
"""What is said of a value in which there is more than the table has rows for."""
NAMES_SHOWN = 6
VALUES_LENGTH_MAX = 200
"""How long the values of one row are together, the first one aside."""
_MANY_ROWS = 30
"""A document with more rows is shown less deep."""


def field_rows(root: Node) -> list[tuple[str, ...]]:
    """The rows of a document, outer members first in the order of names, within bounds."""
    rows: list[tuple[str, ...]] = []
    for depth in range(DEPTH_MAX, 0, -1):
        rows = list(_rows(root, depth))
        if len(rows) <= _MANY_ROWS:
            break
    return rows_within(rows)


def rows_within(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The rows of one table; of too many, the first and how many more there are."""
    if len(rows) <= ROWS_MAX:
        return rows
    return [*rows[: ROWS_MAX - 1], (f"… {len(rows) - ROWS_MAX + 1} more", "", "", "")]


def _rows(root: Node, depth: int) -> Iterator[tuple[str, ...]]:
    if not root.members and root.rest is None:
        yield _row("(document)", root, root.seen.occurrences)
    yield from _below("", root, depth)


def _below(place: str, node: Node, depth: int) -> Iterator[tuple[str, ...]]:
    if node.items is not None:
        if not node.items.members:
            yield _row(f"{place}[]", node.items, node.items.seen.occurrences)
        yield from _below(f"{place}[]", node.items, depth)
    for name, member in node.members.items():
        at = f"{place}.{name}" if place else name
        yield _row(at, member, node.objects, deeper=depth == 1)
        if depth > 1:
            yield from _below(at, member, depth - 1)
    if node.rest is not None:
        at = f"{place}.<key>" if place else "<key>"
        yield _row(at, node.rest, node.rest.seen.occurrences, deeper=depth == 1)
        if depth > 1:
            yield from _below(at, node.rest, depth - 1)


def _row(place: str, node: Node, of: int, *, deeper: bool = False) -> tuple[str, ...]:
    """One row; ``deeper`` where no other row tells what is in the value."""
    values = [values_shown(node), *([DEEPER] if deeper and any(node.steps()) else [])]
    return place, kind_words(node), presence(node.seen.occurrences, of), " ".join(filter(None, values))


def presence(seen: int, of: int) -> str:
    """How often something was there."""
    if seen < of:
        return f"{seen} of {of}"
    return "always" if of > 1 else "seen once"


def kind_words(node: Node) -> str:
    """The kinds of a value in words: ``string (date-time) or null``."""
    kinds = [kind for kind in sorted(node.seen.kinds) if kind != "integer" or "number" not in node.seen.kinds]
    ordered = [*(kind for kind in kinds if kind != "null"), *(kind for kind in kinds if kind == "null")]
    return " or ".join(_kind(kind, node) for kind in ordered)


def _kind(kind: str, node: Node) -> str:
    if kind == "string" and (form := format_of(node.seen)):
        return f"string ({form})"
    if kind == "object" and node.rest is not None and not node.members:
        return "map"
    return kind


def values_shown(node: Node) -> str:
    """What was seen of a value, in words."""
    union = union_of(node.seen) if node.members else None
    if union is not None:
        return f"by {union.tag}: {', '.join(variant.value for variant in union.variants)}"
    if node.seen.kinds.get("boolean") and set(node.seen.kinds) <= {"boolean", "null"}:
        return _booleans(node.seen)
    return values_words(node.seen) or _names(node)


def _booleans(seen: Field) -> str:
    """Which of the two was seen."""
    words = [shown(value) for value in booleans_of(seen)]
    if len(words) != 1:
        return "true or false"
    return f"always {words[0]}" if seen.exchanges > 1 and len(seen.kinds) == 1 else f"e.g. {words[0]}"


def _names(node: Node) -> str:
    """The first members of an object."""
    names = list(node.members)
    return f"{{{', '.join(names[:NAMES_SHOWN])}{', …' if len(names) > NAMES_SHOWN else ''}}}" if names else ""


def values_words(seen: Field) -> str:
    """What was seen: all values where they are a closed list or few, some of them otherwise; a value is never cut."""
    known = values_of(seen)
    if not known:
        return _spans(seen)
    if len(known) == 1 == len(seen.kinds) and not seen.more and seen.exchanges > 1:
        return f"always {_whole(known[0])}"
    closed = is_enumeration(seen)
    told = _within(list(map(_whole, known[: 6 if closed else 3])))
    if closed:
        return f"one of {', '.join(told)}{', …' if len(known) > len(told) else ''}"
    return f"e.g. {', '.join(told)}"


def _whole(value: Any) -> str:
    """A value as it was; an empty one as JSON writes it. Contracts keep no long ones."""
    return shown(value, VALUE_LENGTH_MAX) if value != "" else '""'


def _within(texts: list[str]) -> list[str]:
    """As many of the texts as a row has room for, and one at least."""
    lengths = accumulate(map(len, texts))
    return [
        text
        for number, (text, length) in enumerate(zip(texts, lengths, strict=True))
        if not number or length <= VALUES_LENGTH_MAX
    ]


def _spans(seen: Field) -> str:
    if seen.sizes is not None:
        return _span(seen.sizes, "item")
    return _span(seen.lengths, "character") if seen.lengths is not None else ""


def _span(bounds: tuple[int, int], noun: str) -> str:
    least, most = bounds
    return f"{least if least == most else f'{least} to {most}'} {noun}{'s' if most != 1 else ''}"
