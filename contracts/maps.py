"""Records and maps: an object whose members are called by data has no members of its own, but keys and one kind of value.

Names that are ids by their form are summed when they are counted (``tapehiss.contracts.names``). Here is judged by evidence what a
form cannot tell: keys that are words or codes, such as currencies, languages or labels that users choose. A record that is taken
for a map loses what is known of its members one by one, so that only clear cases are: many names, no one of them usual, all
with the same kind of value.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tapehiss.contracts.names import MINTED_PATTERN
from tapehiss.contracts.trees import Node, together

if TYPE_CHECKING:
    from collections.abc import Iterable

KEYS_MIN = 12
"""An object with fewer names is a record."""
CODES_MIN = 8
"""So many names that are all codes of one form make a map, however usual each is."""
USUAL_MAX = 0.5
"""A name that more than this share of the objects have belongs to a record."""
RARE_MIN = 0.4
"""At least this share of the names of a map was in one exchange only: more are to come."""

_CODES = (
    re.compile(r"[A-Z]{2,3}"),  # countries, currencies
    re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?"),  # languages
)


def mapped(node: Node) -> Node:
    """The tree with the members of maps as one ``rest``; only for a tree of which everything was kept."""
    members = {name: mapped(member) for name, member in node.members.items()}
    rest = None if node.rest is None else mapped(node.rest)
    items = None if node.items is None else mapped(node.items)
    known = [*members.values(), *([] if rest is None else [rest])]
    if is_map(members, node.objects):
        return replace(node, members={}, items=items, rest=together(known))
    return replace(node, members=members, items=items, rest=rest)


def is_map(members: dict[str, Node], objects: int) -> bool:
    """Whether the members of so many objects are the entries of a map."""
    if len(members) < CODES_MIN or not _uniform(members.values()):
        return False
    if any(all(code.fullmatch(name) for name in members) for code in _CODES):
        return True
    usual = any(member.seen.occurrences > USUAL_MAX * objects for member in members.values())
    rare = sum(member.seen.exchanges == 1 for member in members.values())
    return len(members) >= KEYS_MIN and not usual and rare >= RARE_MIN * len(members)


def _uniform(nodes: Iterable[Node]) -> bool:
    """Whether values are of one kind, and objects have at least half of their members in common."""
    known = list(nodes)
    sorts = {"number" if kind == "integer" else kind for node in known for kind in node.seen.kinds} - {"null"}
    if len(sorts) > 1:
        return False
    shapes = [node.members.keys() for node in known if node.members]
    every = set().union(*shapes)
    return not shapes or len(set(every).intersection(*shapes)) >= len(every) / 2


def _everywhere(pattern: str) -> str:
    """A regular expression of Python's, in ASCII mode, as every dialect of regular expressions reads it."""
    plain = pattern.replace(r"[^@\s/]", r"[^@ \t\n\r\f\v/]").replace(r"\S", r"[^ \t\n\r\f\v]")
    return plain.replace(r"\w", "[0-9A-Za-z_]").replace(r"\d", "[0-9]")


KEY_PATTERN = rf"^(?:{_everywhere(MINTED_PATTERN)})(?![\s\S])"
"""Names that are ids, as a pattern of JSON Schema."""
