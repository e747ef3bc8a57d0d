"""What a published schema allows at one place, whatever dialect it is written in.

References are followed, ``allOf`` is taken together, ``anyOf`` and ``oneOf`` are alternatives; ``nullable`` (OpenAPI 3.0), ``x-nullable`` and type lists
(3.1) mean the same. What is too deep, too wide or malformed allows anything: only what is clearly said can be contradicted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.pointers import below, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DEPTH_MAX = 12
"""So many references and combinations are followed at one place."""
ALTERNATIVES_MAX = 64

_KINDS = {"string", "number", "integer", "boolean", "array", "object", "null"}


@dataclass(frozen=True, slots=True)
class Allowed:
    """One alternative of what may stand at a place."""

    kinds: frozenset[str] | None = None
    """``None`` for any kind."""
    nullable: bool = False
    members: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Name -> schemas, all of which hold."""
    required: frozenset[str] = frozenset()
    others: Any = None
    """The schema of members without one; ``None`` where nothing is said of them."""
    items: Any = None
    values: tuple[Any, ...] | None = None
    """The closed list of values."""
    format: str = ""

    def allows(self, kind: str) -> bool:
        """Whether a value of this kind may stand here."""
        if kind == "null" and self.nullable:
            return True
        if self.kinds is None:
            return self.values is None or any(kind in kinds_of(each) for each in self.values)
        return kind in self.kinds or (kind == "integer" and "number" in self.kinds)


ANYTHING = Allowed(nullable=True, others=True)


def kinds_of(value: Any) -> set[str]:
    """The kinds that a value of a list can be taken for: texts of numbers and booleans are both in a URL."""
    if isinstance(value, bool):
        return {"boolean", "string"}
    if value is None:
        return {"null"}
    if isinstance(value, int):
        return {"integer", "number", "string"}
    structures: dict[type, set[str]] = {float: {"number", "string"}, dict: {"object"}, list: {"array"}}
    return structures.get(type(value), {"string"})


def followed(value: Any, document: Mapping[str, Any], depth: int = DEPTH_MAX) -> Any:
    """What a reference means; anything else as it is. A reference that leads nowhere is ``None``."""
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        if not depth:
            return None
        depth -= 1
        value = _pointed(value["$ref"], document)
    return value


def _pointed(reference: str, document: Mapping[str, Any]) -> Any:
    """The target of a reference inside a document; a bare name is one of Discovery's schemas."""
    if not reference.startswith("#"):
        schemas = document.get("schemas")
        return schemas.get(reference) if isinstance(schemas, dict) else None
    target: Any = reduce(below, steps_of(reference.lstrip("#")), document)
    return target


def alternatives(schemas: Sequence[Any], document: Mapping[str, Any], depth: int = DEPTH_MAX) -> tuple[Allowed, ...]:
    """What may stand where all of these schemas hold."""
    found: tuple[Allowed, ...] = (Allowed(nullable=True, kinds=None),)
    for schema in schemas:
        one = tuple(_alternatives(schema, document, depth))
        found = tuple(_both(a, b) for a in found for b in one)[:ALTERNATIVES_MAX]
    return found or (ANYTHING,)


def _alternatives(schema: Any, document: Mapping[str, Any], depth: int) -> Iterator[Allowed]:
    known = followed(schema, document)
    if not depth or not isinstance(known, dict):
        yield ANYTHING
        return
    own = [_own(known)]
    for part in _dicts(known.get("allOf")):
        own = [_both(a, b) for a in own for b in _alternatives(part, document, depth - 1)][:ALTERNATIVES_MAX]
    for word in ("anyOf", "oneOf"):
        choices = _dicts(known.get(word))
        if choices:
            each = [b for choice in choices for b in _alternatives(choice, document, depth - 1)]
            own = [_both(a, b) for a in own for b in each][:ALTERNATIVES_MAX]
    nullable = known.get("nullable") is True or known.get("x-nullable") is True
    yield from (replace(each, nullable=True) for each in own) if nullable else own


def _own(schema: Mapping[str, Any]) -> Allowed:
    """What the keywords of one schema say, without those that combine."""
    named = schema.get("type")
    listed = {str(name) for name in (named if isinstance(named, list) else [named])}
    kinds = frozenset(listed) if listed and listed <= _KINDS else None
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    members = schema.get("properties")
    required = schema.get("required")
    combined = bool({"allOf", "anyOf", "oneOf"} & schema.keys())
    return Allowed(
        kinds,
        kinds is None and (combined or values is None),
        {str(name): (each,) for name, each in members.items()} if isinstance(members, dict) else {},
        frozenset(name for name in required if isinstance(name, str)) if isinstance(required, list) else frozenset(),
        schema.get("additionalProperties"),
        schema.get("items"),
        tuple(values) if isinstance(values, list) else None,
        schema["format"] if isinstance(schema.get("format"), str) else "",
    )


def _both(a: Allowed, b: Allowed) -> Allowed:
    """What two schemas allow together."""
    kinds = b.kinds if a.kinds is None else a.kinds if b.kinds is None else _common(a.kinds, b.kinds)
    members = {**a.members, **{name: (*a.members.get(name, ()), *each) for name, each in b.members.items()}}
    values = (
        b.values if a.values is None else a.values if b.values is None else tuple(v for v in a.values if v in b.values)
    )
    return Allowed(
        kinds,
        a.nullable and b.nullable,
        members,
        a.required | b.required,
        a.others if b.others is None else b.others,
        a.items if b.items is None else b.items,
        values,
        a.format or b.format,
    )


def _common(a: frozenset[str], b: frozenset[str]) -> frozenset[str]:
    """Kinds that both allow; whole numbers are among the numbers."""
    whole = {"integer"} if ("integer" in a and "number" in b) or ("integer" in b and "number" in a) else set()
    return (a & b) | whole


def names_of(schemas: Sequence[Any]) -> str:
    """The named schema that these refer to, the names of the alternatives joined; empty where one of them has no name."""
    found: set[str] = set()
    for schema in schemas:
        known = schema if isinstance(schema, dict) else {}
        if isinstance(known.get("$ref"), str):
            found.add(known["$ref"].removeprefix("#/components/schemas/").removeprefix("#/definitions/").lstrip("#/"))
            continue
        parts = [part for word in ("allOf", "anyOf", "oneOf") for part in _dicts(known.get(word))]
        name = names_of([part for part in parts if part.get("type") != "null"])
        if not name or "properties" in known:
            return ""
        found.add(name)
    return "|".join(sorted(found))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
