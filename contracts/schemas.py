"""A part of a contract seen as JSON Schema (2020-12): nothing that was learnt from is refused, and every statement has its support.

A schema says which kinds of value were seen and which members were always there. It is open: members that were never seen are
not forbidden. Values become an ``enum`` only when it is unlikely that another one comes (see ``unseen_mass_at_most``), otherwise
a few are shown as ``examples``. ``x-tapehiss`` beside each schema counts: ``seen`` times ``of`` chances, in how many
``exchanges``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.counts import ITEM, Field
from tapehiss.contracts.operations import looks_minted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.contracts.counts import Part

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ENUM_VALUES_MAX = 20
"""A field with more different values is never an enumeration."""
UNSEEN_MASS_MAX = 0.01
"""An enumeration is stated when at most this share of further exchanges is expected to bring a value that was not seen."""
EXAMPLES_MAX = 3

_WORDLIKE = re.compile(r"[A-Za-z][A-Za-z0-9 _.:/+-]*\Z")


def schema_of(part: Part) -> Schema:
    """The schema of the documents of a part; ``True``-like (empty) when there was none."""
    below: dict[str, list[str]] = {}
    for path in sorted(part.fields):
        below.setdefault(path.rpartition("/")[0], []).append(path)
    return _schema(part.fields, below, "", part.exchanges) if "" in part.fields else {}


def unseen_mass_at_most(seen: Field) -> float:
    """How likely the next exchange brings a value that was not seen, at most, with 95 % confidence.

    Good and Turing's estimate is the share of values that occurred in one exchange only; the bound on it is Clopper and
    Pearson's for so many novelties in so many exchanges, in the usual approximation by the Poisson distribution (for none in n
    it is the "rule of three", 3/n). Exchanges count, not occurrences: the items of one page are no independent witnesses.
    """
    novelties = sum(count == 1 for count in seen.values.values())
    return min(1.0, (novelties + 3 + 1.65 * novelties**0.5) / seen.exchanges) if seen.exchanges else 1.0


def is_enumeration(seen: Field) -> bool:
    """Whether the values of a field are a closed list of words, as far as its evidence proves."""
    few = 0 < len(seen.values) <= ENUM_VALUES_MAX and not seen.more
    words = set(seen.kinds) <= {"string", "null"} and all(_is_word(text) for text in seen.values)
    return few and words and unseen_mass_at_most(seen) <= UNSEEN_MASS_MAX


def _is_word(text: str) -> bool:
    value = json.loads(text)
    return _WORDLIKE.match(value) is not None and not looks_minted(value)


def _schema(fields: Mapping[str, Field], below: Mapping[str, list[str]], path: str, of: int) -> Schema:
    """The schema of one path, with everything below it."""
    seen = fields[path]
    branches = _branches(fields, below, path)
    nullable = ["null"] if "null" in seen.kinds else []
    if len(branches) > 1 and not set(seen.kinds).isdisjoint({"object", "array"}):
        union = [*branches, *({"type": kind} for kind in nullable)]
        return {"anyOf": union, "x-tapehiss": _support(seen, of)}
    types = [branch["type"] for branch in branches] + nullable
    single = branches[0] if len(branches) == 1 else {}
    return {**single, "type": types if len(types) > 1 else types[0], **_values(seen), "x-tapehiss": _support(seen, of)}


def _branches(fields: Mapping[str, Field], below: Mapping[str, list[str]], path: str) -> list[Schema]:
    """One schema for each kind but null; whole numbers are among the numbers."""
    kinds = fields[path].kinds
    merged = [kind for kind in sorted(kinds) if kind != "null" and (kind != "integer" or "number" not in kinds)]
    special = {"object": _object, "array": _array}
    return [special[kind](fields, below, path) if kind in special else {"type": kind} for kind in merged]


def _object(fields: Mapping[str, Field], below: Mapping[str, list[str]], path: str) -> Schema:
    chances = fields[path].kinds["object"]
    members = {child: name for child in below.get(path, ()) if (name := _name(child)) is not None}
    required = sorted(name for child, name in members.items() if fields[child].occurrences == chances)
    properties = {name: _schema(fields, below, child, chances) for child, name in members.items()}
    return {
        "type": "object",
        **({"properties": properties} if properties else {}),
        **({"required": required} if required else {}),
    }


def _array(fields: Mapping[str, Field], below: Mapping[str, list[str]], path: str) -> Schema:
    item = f"{path}/{ITEM}"
    if item not in fields:
        return {"type": "array"}
    return {"type": "array", "items": _schema(fields, below, item, fields[item].occurrences)}


def _name(path: str) -> str | None:
    """The member's name at the end of a path; ``None`` for the items of an array."""
    step = path.rpartition("/")[2]
    return None if step == ITEM or not path else step.replace("~1", "/").replace("~0", "~")


def _values(seen: Field) -> Schema:
    """The enumeration or the examples of a field."""
    values = [json.loads(text) for text in sorted(seen.values, key=lambda text: (-seen.values[text], text))]
    if not values:
        return {}
    if is_enumeration(seen):
        return {"enum": sorted(values) + ([None] if "null" in seen.kinds else [])}
    return {"examples": values[:EXAMPLES_MAX]}


def _support(seen: Field, of: int) -> Schema:
    proven = {"unseen_mass_max": round(unseen_mass_at_most(seen), 4)} if is_enumeration(seen) else {}
    return {"seen": seen.occurrences, "of": of, "exchanges": seen.exchanges, **proven}
