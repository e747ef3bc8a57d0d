"""The shape of an object: the names of its members, and the words of those that may say which variant of a union it is.

A shape is compact JSON text: an object whose names are those of the members, sorted, and whose values are ``0``, except for members
whose name is one that tags have and whose value is a word: ``{"amount":0,"object":"charge"}``. Members whose names are data
(``names``) are one member ``~+``. Whether two members come together, and what decides it, is told by shapes and their counts.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from tapehiss.contracts.counts import REST, SHAPE_LENGTH_MAX
from tapehiss.contracts.names import step_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    Names = tuple[str, ...]

NAMES_MAX = 200
"""An object of more members has no shape."""
TAGS_MAX = 2
"""How many members of one object can be tags: kinds first, then states; of these the first by name."""

_TAG_NAMES = (
    re.compile(r"(?:.*[_@$.:-])?(?:type|kind|typename|object|class|event|variant)|.*[a-z](?:Type|Kind|Class|Event)"),
    re.compile(r"action|op|operation|method|mode|role|resource|category|command|status|state"),
)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9 _.:/#+-]{0,39}")
_NONE = 0


@lru_cache(maxsize=4_096)
def tags_among(names: Names) -> tuple[int, ...]:
    """Places of the members whose values belong to the shape of an object with these names."""
    known = [(rank, name, place) for place, name in enumerate(names) if (rank := _rank(name)) is not None]
    return tuple(place for _, _, place in sorted(known)[:TAGS_MAX])


@lru_cache(maxsize=20_000)
def _rank(name: str) -> int | None:
    return next((rank for rank, pattern in enumerate(_TAG_NAMES) if pattern.fullmatch(name)), None)


def shapes_of(names: Names, columns: Sequence[Sequence[Any]], count: int) -> dict[str, int]:
    """The shapes of so many objects whose members have these names and, place by place, these values; "" stands for none."""
    if len(names) > NAMES_MAX:
        return {"": count}
    tags = tags_among(names)
    if not tags:
        return {_text(names, ()): count}
    found: dict[str, int] = {}
    for words, seen in Counter(zip(*(_hashable(columns[place]) for place in tags), strict=True)).items():
        text = _text(names, tuple(zip(tags, map(_word, words), strict=True)))
        found[text] = found.get(text, 0) + seen
    return found


def _hashable(values: Sequence[Any]) -> Sequence[Any]:
    return values if {dict, list}.isdisjoint(map(type, values)) else list(map(_word, values))


def _word(value: Any) -> str | int:
    return value if isinstance(value, str) and _WORD.fullmatch(value) and step_of(value) != REST else _NONE


@lru_cache(maxsize=4_096)
def _text(names: Names, words: tuple[tuple[int, str | int], ...]) -> str:
    """The text of a shape, empty when it is too long."""
    members: dict[str, str | int] = dict.fromkeys((REST if step_of(name) == REST else name for name in names), _NONE)
    members |= {names[place]: word for place, word in words}
    text = _written(members)
    return text if len(text) <= SHAPE_LENGTH_MAX else ""


def _written(members: dict[str, str | int]) -> str:
    try:
        return orjson.dumps(members, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # half surrogate pairs
        return json.dumps(members, sort_keys=True, separators=(",", ":"))
