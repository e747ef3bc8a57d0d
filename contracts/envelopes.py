"""The envelope of an answer: what stands around its lists, as far as its names could have to do with paging.

Only objects are walked into, never the items of a list: the thousandth item says nothing about paging that the first does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from tapehiss.contracts.pagewords import are_alike, is_more, is_next_parent, is_position, is_size, role_of
from tapehiss.contracts.pointers import escaped

DEPTH_MAX = 4
"""How deep an envelope is looked into."""
MEMBERS_MAX = 400
"""How many members of an envelope are looked at."""
SIBLINGS_MAX = 12
"""An object with a list and at most so many members is an envelope proper: any text in it could be a cursor."""


class Said(NamedTuple):
    """One scalar of an envelope."""

    place: str
    """JSON Pointer, percent-escaped."""
    member: str
    role: str
    """See ``pagewords.role_of``; empty for a text that stands beside a list."""
    value: Any


@dataclass(frozen=True, slots=True)
class Envelope:
    """The lists of an answer and what stands around them."""

    lists: list[tuple[str, list[Any]]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


def envelope_of(document: Any) -> Envelope:
    """The envelope of a document; a document that is a list has no other."""
    found = Envelope([("", document)] if type(document) is list else [])
    waiting: list[tuple[str, str, Any]] = [("", "", document)] if type(document) is dict else []
    left = MEMBERS_MAX
    for place, parent, value in waiting:
        left -= len(value)
        if left < 0:
            break
        members = tuple(value.values())
        lists, said, below = _look(place, parent, tuple(value), tuple(map(type, members)))
        found.lists.extend([(where, members[at]) for where, at in lists])
        found.said.extend([Said(where, name, role, members[at]) for where, name, role, at in said])
        waiting.extend([(where, name, members[at]) for where, name, at in below if members[at]])
    return found


@lru_cache(maxsize=1_024)
def _look(
    place: str, parent: str, names: tuple[str, ...], types: tuple[type, ...]
) -> tuple[list[tuple[str, int]], list[tuple[str, str, str, int]], list[tuple[str, str, int]]]:
    """Of an object with these members its lists, its telling scalars, and its objects, each with its place among the members."""
    steps = [f"{place}/{step(name)}" for name in names]
    told = list(zip(steps, names, types, range(len(names)), strict=True))
    worth = _always if is_next_parent(parent) else _worth
    lists = [(where, at) for where, _, kind, at in told if kind is list]
    deep = place.count("/") >= DEPTH_MAX - 1
    below = [] if deep else [(where, name, at) for where, name, kind, at in told if kind is dict]
    scalars = [each for each in told if each[2] not in {dict, list}]
    said = [(where, name, role_of(name, parent), at) for where, name, _, at in scalars if worth(name)]
    if lists and len(names) <= SIBLINGS_MAX:
        said += [(where, name, "", at) for where, name, kind, at in scalars if kind is str and not worth(name)]
    return lists, said, below


@lru_cache(maxsize=8_192)
def _worth(name: str) -> bool:
    """Whether a member need be looked at."""
    known = role_of(name, "") or is_position(name) or is_size(name) or is_more(name)
    return bool(known) or are_alike(name, "page")


def _always(_name: str) -> bool:
    return True


@lru_cache(maxsize=4_096)
def step(name: str) -> str:
    """A member's name as a step of a pointer, without a space."""
    return quote(escaped(name), safe="~[]$@:_.-")
