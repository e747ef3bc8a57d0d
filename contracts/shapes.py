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
_WORD_LENGTH_MAX = 40
_NONE = 0


TEXTS_MAX = 500
"""How many shapes of objects with the same names are remembered."""


class Layout:
    """What all objects with the same names have in common; make one with ``layout_of``."""

    __slots__ = ("_names", "_plain", "_tags", "_texts", "steps")

    def __init__(self, names: Names) -> None:
        self._names = names
        self.steps = tuple(map(step_of, names))
        """Steps of paths to the members."""
        self._tags = tags_among(names) if len(names) <= NAMES_MAX else ()
        self._plain = self._written(()) if len(names) <= NAMES_MAX else ""
        self._texts: dict[tuple[str | int, ...], str] = {}

    def shapes(self, columns: Sequence[Sequence[Any]], count: int) -> dict[str, int]:
        """The shapes of so many objects whose members have, place by place, these values; "" stands for none."""
        if not self._tags:
            return {self._plain: count}
        words = list(zip(*[_hashable(columns[place]) for place in self._tags], strict=True))
        if words[0] == words[-1] and words.count(words[0]) == count:
            return {self._text(tuple(map(_word, words[0]))): count}
        found: dict[str, int] = {}
        for each, seen in Counter(words).items():
            text = self._text(tuple(map(_word, each)))
            found[text] = found.get(text, 0) + seen
        return found

    def _text(self, words: tuple[str | int, ...]) -> str:
        text = self._texts.get(words)
        if text is None:
            text = self._written(words)
            if len(self._texts) < TEXTS_MAX:
                self._texts[words] = text
        return text

    def _written(self, words: tuple[str | int, ...]) -> str:
        """The text of a shape, empty when it is too long."""
        steps = zip(self._names, self.steps, strict=True)
        members: dict[str, str | int] = dict.fromkeys([REST if step == REST else name for name, step in steps], _NONE)
        members |= zip([self._names[place] for place in self._tags], words, strict=True) if words else {}
        text = _written(members)
        return text if len(text) <= SHAPE_LENGTH_MAX else ""


def layout_of(names: Names) -> Layout:
    """The layout of objects with these names."""
    return _layout_of(names) if len(names) <= NAMES_MAX else Layout(names)


def shapes_of(names: Names, columns: Sequence[Sequence[Any]], count: int) -> dict[str, int]:
    """The shapes of so many objects whose members have these names and, place by place, these values; "" stands for none."""
    return layout_of(names).shapes(columns, count)


def tags_among(names: Names) -> tuple[int, ...]:
    """Places of the members whose values belong to the shape of an object with these names."""
    known = [(rank, name, place) for place, name in enumerate(names) if (rank := _rank(name)) is not None]
    return tuple([place for _, _, place in sorted(known)[:TAGS_MAX]])


@lru_cache(maxsize=20_000)
def _rank(name: str) -> int | None:
    return next((rank for rank, pattern in enumerate(_TAG_NAMES) if pattern.fullmatch(name)), None)


@lru_cache(maxsize=2_048)
def _layout_of(names: Names) -> Layout:
    return Layout(names)


def _hashable(values: Sequence[Any]) -> Sequence[Any]:
    return values if {dict, list}.isdisjoint(map(type, values)) else list(map(_word, values))


def _word(value: Any) -> str | int:
    return _NONE if type(value) is not str or len(value) > _WORD_LENGTH_MAX else _tag(value)


@lru_cache(maxsize=4_096)
def _tag(text: str) -> str | int:
    return text if _WORD.fullmatch(text) and step_of(text) != REST else _NONE


def _written(members: dict[str, str | int]) -> str:
    try:
        return orjson.dumps(members, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # half surrogate pairs
        return json.dumps(members, sort_keys=True, separators=(",", ":"))
