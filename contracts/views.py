"""A contract seen as others want it: JSON Schema for one operation and status, OpenAPI 3.1 for all.

A view holds nothing that the evidence does not; ``x-tapehiss`` beside a statement says how often it was seen, when and where.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.catalogue import Catalogue, catalogue
from tapehiss.contracts.components import component_schemas
from tapehiss.contracts.description import METHODS, Describing, rows_of
from tapehiss.contracts.errors import NoEvidence
from tapehiss.contracts.reading import media_of, status_of
from tapehiss.contracts.schemas import DIALECT, schema_of
from tapehiss.contracts.security import security_schemes

if TYPE_CHECKING:
    from tapehiss.contracts.description import Row
    from tapehiss.contracts.evidence import Contract
    from tapehiss.contracts.facts import Fact
    from tapehiss.contracts.operations import Operation
    from tapehiss.contracts.values import Schema


def json_schema(
    known: Contract | Catalogue, operation: Operation | str, status: int, media: str | None = None
) -> Schema:
    """The schema of the documents that an operation answers with this status.

    Without a media type the one with documents that was seen most often is taken. ``NoEvidence`` when there is none.
    """
    evidence = as_catalogue(known).evidence(operation)
    parts = [
        (part.exchanges, name, part)
        for name, part in evidence.parts.items()
        if status_of(name) == status and part.fields and media in {None, media_of(name)}
    ]
    if not parts:
        raise NoEvidence(f"no readable answer with status {status} was seen", where=str(operation))
    _, name, part = max(parts, key=lambda each: each[:2])
    return {"$schema": DIALECT, "title": f"{operation} {name}", **schema_of(part)}


def openapi(known: Contract | Catalogue, facts: tuple[Fact, ...] = ()) -> dict[str, Any]:
    """The contract as an OpenAPI 3.1 document; the same path on several hosts is one path.

    ``facts`` (``tapehiss.contracts.behaviour``) become security schemes and notes beside the operations that they are about.
    """
    entries = [(operation, evidence) for operation, evidence in as_catalogue(known).entries if evidence.parts]
    origins = sorted({operation.origin for operation, _ in entries if operation.origin})
    rows = sorted(rows_of(entries), key=lambda row: (row.path, row.method))
    describing = Describing.of(rows, facts)
    schemas, schemes = component_schemas(describing.shapes), security_schemes(facts)
    components = {name: value for name, value in (("schemas", schemas), ("securitySchemes", schemes)) if value}
    return {
        "openapi": "3.1.0",
        "info": {"title": ", ".join(origins) or "recorded", "version": "recorded"},
        **({"servers": [{"url": origin} for origin in origins]} if origins else {}),
        "paths": _paths(rows, describing),
        **({"components": components} if components else {}),
    }


def as_catalogue(known: Contract | Catalogue) -> Catalogue:
    """The catalogue of a contract, without overrides."""
    return known if isinstance(known, Catalogue) else catalogue(known)


def _paths(rows: list[Row], describing: Describing) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    taken: dict[str, int] = {}
    for row in rows:
        item = paths.setdefault(row.path, {})
        place = item if row.method in METHODS else item.setdefault("x-tapehiss-methods", {})
        operation = describing.operation(row)
        place[row.method.lower() if row.method in METHODS else row.method] = {
            "operationId": _id(row, taken)
        } | operation
    return paths


def _id(row: Row, taken: dict[str, int]) -> str:
    """An operationId that no other operation has, as OpenAPI wants it."""
    name = "_".join([row.method.lower(), *re.findall(r"[A-Za-z0-9]+", row.path)])
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else f"{name}_{taken[name]}"
