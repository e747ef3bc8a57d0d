"""What the evidence of one part lets one expect of its next document, as a tree.

Everything that judges a document reads this tree: the walk that explains (``judging``) and the schema that fast validators run
(``strict_schema``), so that the two cannot differ. That schema is *stricter* than the view of ``schemas``: it also refuses what is
only worth a remark, such as a member that was never seen. Neither refuses anything that was learnt from.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.counts import ITEM, REST, Field
from tapehiss.contracts.formats import PATTERNS
from tapehiss.contracts.operations import looks_minted
from tapehiss.contracts.pointers import escaped
from tapehiss.contracts.schemas import DIALECT, evidence_tree, is_tuple, is_whole, variants_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tapehiss.contracts.counts import Part
    from tapehiss.contracts.trees import Node

WORDS_MAX = 20
"""A text with more different values is no list of words."""
EXCHANGES_MIN = 10
"""In how many exchanges a value must have been seen before another word or a far larger number is worth a remark."""
MAGNITUDE_MAX = 1e15
"""Larger numbers are ids or noise: no range is expected of them. (Below, integers and doubles compare alike everywhere.)"""

Schema = dict[str, Any]
_WORDLIKE = re.compile(r"[A-Za-z][A-Za-z0-9 _.:/+-]*\Z")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected at one path."""

    path: str
    seen: Field
    members: Mapping[str, Expectation] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    """The members that were there in every object."""
    variants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Value of the tag -> the members that all objects with this value had, beside the required ones."""
    tag: str = ""
    """The member that says which variant an object is; empty when there is none."""
    items: Expectation | None = None
    places: tuple[frozenset[str], ...] = ()
    """For each place of a tuple the kinds that stood there; empty for any other array."""
    rest: Expectation | None = None
    """What is expected of every other member; ``None`` when there were no others."""
    closed: bool = True
    """Whether all members are known: no bound was reached that could have dropped some."""
    words: frozenset[str] = frozenset()
    """The values of a text, where they look like a list of words; empty where any text is as expected."""
    format: str = ""
    """The format (``tapehiss.contracts.formats.PATTERNS``) that every text had; empty where any text is as expected."""
    numbers: tuple[float, float] | None = None
    """The range beyond which a number is worth a remark; ``None`` where any number is as expected."""

    def everything(self) -> Iterator[Expectation]:
        """This and all that is below it."""
        yield self
        for below in (*self.members.values(), self.items, self.rest):
            if below is not None:
                yield from below.everything()

    @property
    def lone(self) -> int:
        """How much below here was seen exactly once: a member's absence, a kind. The more, the more is still to come."""
        return sum(each.lone_here for each in self.everything())

    @property
    def lone_here(self) -> int:
        """The same of this place alone."""
        objects = self.seen.kinds.get("object", 0)
        absent = sum(objects - member.seen.occurrences == 1 for member in self.members.values()) if objects > 1 else 0
        return absent + (sum(count == 1 for count in self.seen.kinds.values()) if self.seen.occurrences > 1 else 0)


NOTHING = Expectation("", Field())
"""What is expected where nothing was seen."""


def expected(part: Part) -> Expectation:
    """The expectation of the documents of a part; ``NOTHING`` when it never had one."""
    root = evidence_tree(part)
    return NOTHING if root is None else _expectation(root, "", whole=is_whole(part))


def strict_schema(expectation: Expectation) -> Schema:
    """The JSON Schema (2020-12) that exactly those documents meet in which ``judging`` finds nothing."""
    return {"$schema": DIALECT, **(_strict(expectation) if expectation.seen.kinds else {})}


def kinds_of(kinds: Collection[str]) -> list[str]:
    """The kinds as JSON Schema has them: whole numbers are among the numbers."""
    return sorted(kind for kind in kinds if kind != "integer" or "number" not in kinds)


def _expectation(node: Node, path: str, *, whole: bool) -> Expectation:
    members = {
        name: _expectation(member, f"{path}/{escaped(name)}", whole=whole) for name, member in node.members.items()
    }
    required = frozenset(name for name, member in members.items() if member.seen.occurrences == node.objects)
    tag, variants = _variants(node, required) if whole and members else ("", {})
    return Expectation(
        path,
        node.seen,
        members,
        required,
        variants,
        tag,
        _expectation(node.items, f"{path}/{ITEM}", whole=whole) if node.items else None,
        tuple(map(frozenset, node.seen.positions)) if node.items and is_tuple(node.seen) else (),
        _expectation(node.rest, f"{path}/{REST}", whole=whole) if node.rest else None,
        whole and not node.partial,
        _words(node.seen),
        _format(node.seen),
        _range(node.seen),
    )


def _variants(node: Node, required: frozenset[str]) -> tuple[str, dict[str, frozenset[str]]]:
    """The tag of an object, and what each value of it requires beyond what all objects have."""
    union = variants_of([node])
    if union is None:
        return "", {}
    more = {each.value: (node.members.keys() & set(each.required)) - required for each in union.variants}
    return union.tag, {value: frozenset(names) for value, names in more.items() if names}


def _words(seen: Field) -> frozenset[str]:
    """The values of a field that never had but a few, all of them words."""
    if seen.more or not 0 < len(seen.values) <= WORDS_MAX or seen.exchanges < EXCHANGES_MIN:
        return frozenset()
    values = [json.loads(text) for text in seen.values]
    words = all(isinstance(value, str) and _WORDLIKE.match(value) and not looks_minted(value) for value in values)
    return frozenset(values) if words else frozenset()


def _format(seen: Field) -> str:
    """The format that all texts had, if there were several of them: one text has a form by chance."""
    known = seen.formats or frozenset()
    return min((name for name in known if name in PATTERNS), default="") if seen.kinds.get("string", 0) > 1 else ""


def _range(seen: Field) -> tuple[float, float] | None:
    """What was seen, widened by its width and its distance from zero, not across zero: ids and times move on."""
    least, most = seen.numbers or (0, 0)
    margin = max(most - least, abs(most), abs(least))
    if seen.exchanges < EXCHANGES_MIN or not 0 < margin <= MAGNITUDE_MAX:
        return None
    return (least - margin if least < 0 else 0), (most + margin if most > 0 else 0)


def _strict(at: Expectation) -> Schema:
    kinds = kinds_of(at.seen.kinds)
    if at.words and set(kinds) <= {"string", "null"}:
        return {"enum": [*sorted(at.words), *([None] if "null" in kinds else [])]}
    return {
        "type": kinds if len(kinds) != 1 else kinds[0],
        **(_strict_object(at) if "object" in at.seen.kinds else {}),
        **(_strict_items(at, at.items) if at.items else {}),
        **_strict_words(at),
        **({"pattern": f"^(?:{PATTERNS[at.format]})$"} if at.format else {}),
        **({"minimum": at.numbers[0], "maximum": at.numbers[1]} if at.numbers else {}),
    }


def _strict_object(at: Expectation) -> Schema:
    """Where no other members are allowed, so many are all: counting them is the fastest way to require them."""
    others = {"additionalProperties": _strict(at.rest)} if at.rest else {"additionalProperties": False}
    exact = at.closed and at.rest is None and len(at.required) == len(at.members)
    required = {"minProperties": len(at.members)} if exact else {"required": sorted(at.required)}
    return {
        "properties": {name: _strict(member) for name, member in at.members.items()},
        **(required if at.required else {}),
        **(others if at.closed else {}),
        **_strict_variants(at),
    }


def _strict_items(at: Expectation, items: Expectation) -> Schema:
    each = _strict(items)
    places = [{**each, "type": kinds_of(kinds)} for kinds in at.places]
    return {"items": each, **({"prefixItems": places} if places else {})}


def _strict_variants(at: Expectation) -> Schema:
    """What each value of the tag requires."""
    rules = [
        {"if": {"properties": {at.tag: {"const": value}}, "required": [at.tag]}, "then": {"required": sorted(more)}}
        for value, more in at.variants.items()
    ]
    return {"allOf": rules} if rules else {}


def _strict_words(at: Expectation) -> Schema:
    """Only texts are compared with the words: structures stand beside them."""
    return {"if": {"type": "string"}, "then": {"enum": sorted(at.words)}} if at.words else {}
