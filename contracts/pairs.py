"""Name-value pairs, as query strings, forms and multipart bodies have them, as one object.

A name that is repeated has a list; so has one that ends in ``[]``, however often it is there. Names with brackets are objects in
objects (``filter[created][gte]=1``, OpenAPI's ``deepObject``), as far as no other name of the same request contradicts.
Numbers and booleans are recognised. A list within one text (``fields=id,name``) stays the text that was sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PARAMETERS_MAX = 1_000
"""How many parameters of one query string or form are read."""
NESTED_MAX = 8
"""How many brackets a name may have to be taken apart."""

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_BEGIN_INTEGERS = frozenset("-0123456789")
_WORDS = {"true": True, "false": False}
_NESTED = re.compile(r"([^\[\]]+)((?:\[[^\[\]]+\])+)\Z")
_KEY = re.compile(r"\[([^\[\]]+)\]")


def pairs_of(text: str) -> list[tuple[str, str]]:
    """The pairs of a query string or a form; ``ValueError`` when there are more than ``PARAMETERS_MAX``."""
    if "%" not in text and "+" not in text and text.count("&") < PARAMETERS_MAX:
        return [(name, value) for name, _, value in [each.partition("=") for each in text.split("&") if each]]
    return parse_qsl(text, keep_blank_values=True, max_num_fields=PARAMETERS_MAX)


def of_pairs(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Pairs as an object; values that are no texts are taken as they are."""
    found: dict[str, list[Any]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(scalar(value) if isinstance(value, str) else value)
    told = {
        name: values[0] if len(values) == 1 and not name.endswith("[]") else values for name, values in found.items()
    }
    return _nested(told) if any("[" in name for name in told) else told


def scalar(text: str) -> str | int | bool:
    """The value that a text in a URL or a form stands for: an integer, a boolean, or itself."""
    return int(text) if text[:1] in _BEGIN_INTEGERS and _INTEGER.match(text) else _WORDS.get(text, text)


def flattened(members: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The members of such an object by the names that were sent."""
    for name, value in members.items():
        full = f"{prefix}[{name}]" if prefix else name
        if isinstance(value, dict):
            yield from flattened(value, full)
        else:
            yield full, value


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Names with brackets as objects in objects, each beginning taken for an object or for a value, never both."""
    steps = {name: _steps(name) for name in flat}
    taken = set(steps.values())
    found: dict[str, Any] = {}
    for name, value in flat.items():
        path = steps[name]
        if any(path[:depth] in taken for depth in range(1, len(path))):
            path = (name,)
        held = found
        for step in path[:-1]:
            held = held.setdefault(step, {})
        held[path[-1]] = value
    return found


def _steps(name: str) -> Sequence[str]:
    match = _NESTED.match(name)
    keys = _KEY.findall(match[2]) if match else ()
    return (match[1], *keys) if match and len(keys) <= NESTED_MAX else (name,)
