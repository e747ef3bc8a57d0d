"""A document that the vendor could have answered, made of what a contract knows of each place.

The law of this file: pure, and all dice come in. Members come together as they came on the tapes, values are those that were seen; where
none was kept (too long) one is made in the format and the length that all of them had.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.schemas import is_tuple
from tapehiss.contracts.trees import tree_of
from tapehiss.contracts.unions import shape_of
from tapehiss.contracts.values import values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from tapehiss.contracts.counts import Field, Part
    from tapehiss.contracts.trees import Node

ITEMS_MAX = 3
"""A list has no more items, unless all that were seen had."""
TEXT_MAX_CHARS = 10_000


def document_of(part: Part, dice: Random) -> Any:
    """A document of this part; ``None`` where none was seen."""
    root = tree_of(part)
    return None if root is None else _made(root, root.seen.kinds, dice)


def _made(node: Node, kinds: Mapping[str, int], dice: Random) -> Any:
    """A value of one of these kinds, as often as each was seen; null only where nothing else was."""
    told = sorted(kind for kind in kinds if kind != "null" and kinds[kind])
    if not told:
        return None
    kind = dice.choices(told, [kinds[each] for each in told])[0]
    if kind == "object":
        return _object(node, dice)
    return _array(node, dice) if kind == "array" else _scalar(node.seen, kind, dice)


def _object(node: Node, dice: Random) -> dict[str, Any]:
    """The members of one shape that was seen, and always those that every object had."""
    shapes = [(shape_of(text), count) for text, count in sorted(node.seen.shapes.items())]
    known = [(shape, count) for shape, count in shapes if shape.names <= node.members.keys()]
    names = {name for name, member in node.members.items() if member.seen.occurrences == node.objects}
    tags: Mapping[str, str] = {}
    if known:
        shape = dice.choices([shape for shape, _ in known], [count for _, count in known])[0]
        names, tags = names | shape.names, shape.tags
    told = {
        name: tags.get(name) or _made(node.members[name], node.members[name].seen.kinds, dice) for name in sorted(names)
    }
    if not node.members and node.rest is not None and not node.rest.partial:
        told[f"{dice.getrandbits(128):032x}"] = _made(node.rest, node.rest.seen.kinds, dice)
    return told


def _array(node: Node, dice: Random) -> list[Any]:
    if node.items is None:
        return []
    if is_tuple(node.seen):
        return [_made(node.items, kinds, dice) for kinds in node.seen.positions]
    least, most = node.seen.sizes or (0, 0)
    count = dice.randint(least, max(least, min(most, ITEMS_MAX)))
    return [_made(node.items, node.items.seen.kinds, dice) for _ in range(count)]


def _scalar(seen: Field, kind: str, dice: Random) -> Any:
    """A value that was seen, or one that is like those that were not kept."""
    fitting = [value for value in values_of(seen) if _kind_of(value) in _KINDS.get(kind, {kind})]
    if fitting:
        return dice.choice(fitting)
    if kind == "boolean":
        return dice.random() < 0.5
    if kind == "string":
        return _text(seen, dice)
    least, most = seen.numbers or (0, 0)
    return dice.randint(int(least), int(most)) if kind == "integer" else dice.uniform(least, most)


_KINDS = {"number": {"number", "integer"}}


def _kind_of(value: Any) -> str:
    return {str: "string", int: "integer", float: "number"}.get(type(value), "")


def _text(seen: Field, dice: Random) -> str:
    known = sorted((seen.formats or frozenset()) & _FORMED.keys())
    if known:
        return _FORMED[known[0]](dice)
    least, most = seen.lengths or (0, 0)
    length = min(dice.randint(least, most), TEXT_MAX_CHARS)
    return "".join(dice.choices(string.ascii_lowercase, k=max(length, min(least, TEXT_MAX_CHARS))))


def _hex(dice: Random, count: int) -> str:
    return "".join(dice.choices("0123456789abcdef", k=count))


_FORMED: Mapping[str, Callable[[Random], str]] = {
    "date": lambda dice: f"20{dice.randint(10, 30)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
    "date-time": lambda dice: f"20{dice.randint(10, 30)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}T12:00:00Z",
    "decimal": lambda dice: f"{dice.randint(0, 99)}.{dice.randint(10, 99)}",
    "digits": lambda dice: str(dice.randint(10**11, 10**12)),
    "email": lambda dice: f"{_hex(dice, 12)}@example.com",
    "http-date": lambda dice: f"Mon, {dice.randint(10, 28)} Nov 2025 12:00:00 GMT",
    "ipv4": lambda dice: f"192.0.2.{dice.randint(1, 254)}",
    "ipv6": lambda dice: f"2001:db8::{dice.randint(1, 9999)}",
    "local-date-time": lambda dice: f"20{dice.randint(10, 30)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}T12:00",
    "uri": lambda dice: f"https://example.com/{_hex(dice, 12)}",
    "uuid": lambda dice: f"{_hex(dice, 8)}-{_hex(dice, 4)}-4{_hex(dice, 3)}-8{_hex(dice, 3)}-{_hex(dice, 12)}",
}
"""Names and places that are set aside for examples (RFC 2606, RFC 3849, RFC 5737)."""


def fresh_like(name: str, dice: Random) -> str:
    """Another identifier of the same form: a prefix (``cus_``) stays, digits stay digits, letters letters of their case."""
    prefix, mark, rest = name.rpartition("_")
    letters = [letter for letter in rest.lower() if letter.isalpha()]
    alphabet = "abcdef" if all(letter in "abcdef" for letter in letters) and len(rest) >= HEX_MIN_CHARS else _LETTERS
    return prefix + mark + "".join(_other(letter, alphabet, dice) for letter in rest)


HEX_MIN_CHARS = 16
_LETTERS = string.ascii_lowercase


def _other(letter: str, alphabet: str, dice: Random) -> str:
    if letter.isdigit():
        return dice.choice("123456789")
    if not (letter.isascii() and letter.isalpha()):
        return letter
    other = dice.choice(alphabet)
    return other.upper() if letter.isupper() else other
