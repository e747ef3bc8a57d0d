"""The envelope of an answer: what stands around its lists, as far as its names could have to do with paging.

Only objects are walked into, never the items of a list: the thousandth item says nothing about paging that the first does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from tapehiss.contracts.pagewords import are_alike, is_more, is_next_parent, is_position, is_size, role_of
from tapehiss.contracts.pointers import escaped

DEPTH_MAX = 4
"""How deep an envelope is looked into."""
MEMBERS_MAX = 400
"""How many members of an envelope are looked at."""
SIBLINGS_MAX = 12
"""An object with a list and at most so many members is an envelope proper: any text in it could be a cursor."""


@dataclass(frozen=True, slots=True)
class Said:
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
        _look(found, waiting, place, parent, value)
    return found


def _look(
    found: Envelope, waiting: list[tuple[str, str, Any]], place: str, parent: str, members: dict[str, Any]
) -> None:
    """Read one object: its lists and scalars are found, its objects wait."""
    listed = len(found.lists)
    texts: list[tuple[str, str]] = []
    small = len(members) <= SIBLINGS_MAX
    worth = _worth if not is_next_parent(parent) else _always
    for name, value in members.items():
        kind = type(value)
        if kind is dict:
            if value and place.count("/") < DEPTH_MAX - 1:
                waiting.append((f"{place}/{step(name)}", name, value))
        elif kind is list:
            found.lists.append((f"{place}/{step(name)}", value))
        elif worth(name):
            found.said.append(Said(f"{place}/{step(name)}", name, role_of(name, parent), value))
        elif small and kind is str:
            texts.append((name, value))
    if texts and len(found.lists) > listed:
        found.said.extend(Said(f"{place}/{step(name)}", name, "", value) for name, value in texts)


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
