"""A contract seen as others want it: JSON Schema for one operation and status, OpenAPI 3.1 for all.

A view holds nothing that the evidence does not; ``x-tapehiss`` beside a statement says how often it was seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.media import is_event_stream, is_json_lines
from tapehiss.contracts import operations
from tapehiss.contracts.counts import Evidence, Part
from tapehiss.contracts.errors import NoEvidence
from tapehiss.contracts.reading import NO_BODY, UNLABELLED, media_of, status_of
from tapehiss.contracts.schemas import DIALECT, schema_of
from tapehiss.contracts.values import Schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.contracts.evidence import Contract
    from tapehiss.contracts.operations import Operation

METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE")
"""The methods that OpenAPI 3.1 can say."""

_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_PARAMETER = re.compile(r"\{[^{}]*\}")


def json_schema(contract: Contract, operation: Operation | str, status: int, media: str | None = None) -> Schema:
    """The schema of the documents that an operation answers with this status.

    Without a media type the one with documents that was seen most often is taken. ``NoEvidence`` when there is none.
    """
    evidence = contract.operations.get(str(operation), Evidence())
    parts = [
        (part.exchanges, name, part)
        for name, part in evidence.parts.items()
        if status_of(name) == status and part.fields and media in {None, media_of(name)}
    ]
    if not parts:
        raise NoEvidence(f"no readable answer with status {status} was seen", where=str(operation))
    _, name, part = max(parts, key=lambda each: each[:2])
    return {"$schema": DIALECT, "title": f"{operation} {name}", **schema_of(part)}


def openapi(contract: Contract) -> dict[str, Any]:
    """The contract as an OpenAPI 3.1 document; the same path on several hosts is one path."""
    entries = [(operation, evidence) for operation, evidence in contract if evidence.parts]
    origins = sorted({operation.origin for operation, _ in entries if operation.origin})
    paths: dict[str, Any] = {}
    for row in sorted(_rows(entries), key=lambda row: (row.path, row.method)):
        item = paths.setdefault(row.path, {})
        if row.method in METHODS:
            item[row.method.lower()] = _operation(row)
        else:
            item.setdefault("x-tapehiss-methods", {})[row.method] = _operation(row)
    _number_ids(paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": ", ".join(origins) or "recorded", "version": "recorded"},
        **({"servers": [{"url": origin} for origin in origins]} if origins else {}),
        "paths": paths,
    }


@dataclass(frozen=True, slots=True)
class _Row:
    """One operation of OpenAPI: the evidence of all hosts for one method and path."""

    method: str
    path: str
    evidence: Evidence


def _rows(entries: Iterable[tuple[Operation, Evidence]]) -> Iterator[_Row]:
    """Operations with the same method and shape as one; the parameters get the names that come first."""
    entries = list(entries)
    names: dict[str, str] = {}
    for path in sorted({operation.path for operation, _ in entries}):
        names.setdefault(_PARAMETER.sub("{}", path), path)
    rows: dict[tuple[str, str], Evidence] = {}
    for operation, evidence in entries:
        path = names[_PARAMETER.sub("{}", operation.path)]
        key = (operation.method, path)
        rows[key] = rows.get(key, Evidence()) + _renamed(evidence, operation, path)
    return (_Row(method, path, evidence) for (method, path), evidence in rows.items())


def _renamed(evidence: Evidence, operation: Operation, path: str) -> Evidence:
    """The evidence with path parameters named as in ``path``."""
    if operation.path == path or "path" not in evidence.parts:
        return evidence
    names = dict(zip(operation.parameters, replace(operation, path=path).parameters, strict=True))
    part = evidence.parts["path"]
    fields = {f"/{names.get(name[1:], name[1:])}" if name else "": seen for name, seen in part.fields.items()}
    return replace(evidence, parts={**evidence.parts, "path": replace(part, fields=fields)})


def _operation(row: _Row) -> dict[str, Any]:
    parts = row.evidence.parts
    request = _request(parts.items())
    parameters = [*_path_parameters(row), *_query_parameters(parts.get("query", Part()))]
    return {
        "operationId": "_".join([row.method.lower(), *re.findall(r"[A-Za-z0-9]+", row.path)]),
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": request} if request else {}),
        "responses": _responses(parts.items()),
        "x-tapehiss": {"exchanges": row.evidence.exchanges, "endings": dict(sorted(row.evidence.endings.items()))},
    }


def _path_parameters(row: _Row) -> Iterator[dict[str, Any]]:
    schema = schema_of(row.evidence.parts.get("path", Part()))
    for name in operations.Operation(row.method, "", row.path).parameters:
        known = schema.get("properties", {}).get(name, {"type": "string"})
        yield {"name": name, "in": "path", "required": True, "schema": known}


def _query_parameters(part: Part) -> Iterator[dict[str, Any]]:
    schema = schema_of(part)
    for name, known in schema.get("properties", {}).items():
        yield {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": known}


def _request(parts: Iterable[tuple[str, Part]]) -> dict[str, Any]:
    """The request body of an operation, empty when none was ever sent."""
    bodies = {name: part for name, part in parts if name.startswith("request ")}
    content = _content(bodies.items())
    return {"content": content, "required": f"request {NO_BODY}" not in bodies} if content else {}


def _responses(parts: Iterable[tuple[str, Part]]) -> dict[str, Any]:
    by_status: dict[int, dict[str, Part]] = {}
    for name, part in parts:
        status = status_of(name)
        if status is not None:
            by_status.setdefault(status, {})[name] = part
    found = dict(_response(status, bodies) for status, bodies in sorted(by_status.items()))
    return found or {"default": {"description": "No answer was recorded."}}


def _response(status: int, bodies: dict[str, Part]) -> tuple[str, dict[str, Any]]:
    content = _content(bodies.items())
    return str(status) if 100 <= status <= 599 else "default", {
        "description": _phrase(status),
        **({"content": content} if content else {}),
        "x-tapehiss": {"exchanges": sum(part.exchanges for part in bodies.values())},
    }


def _phrase(status: int) -> str:
    return _PHRASES.get(status, f"Status {status}")


def _content(bodies: Iterable[tuple[str, Part]]) -> dict[str, Any]:
    """Media types with their schemas; a stream of events is text whose events have a schema."""
    found: dict[str, Any] = {}
    for name, part in sorted(bodies):
        media = media_of(name)
        if media == NO_BODY:
            continue
        schema = schema_of(part)
        support: dict[str, Any] = {"exchanges": part.exchanges}
        if part.unread:
            support["unread"] = dict(sorted(part.unread.items()))
        if schema and _is_sequence(media):
            support["each"], schema = schema, {"type": "string"}
        found["*/*" if media == UNLABELLED else media] = {
            **({"schema": schema} if schema else {}),
            "x-tapehiss": support,
        }
    return found


def _is_sequence(media: str) -> bool:
    return is_event_stream(media) or is_json_lines(media)


def _number_ids(paths: dict[str, Any]) -> None:
    """Make every operationId unique, as OpenAPI wants it."""
    taken: dict[str, int] = {}
    for item in paths.values():
        for verb, operation in item.items():
            if verb.startswith("x-"):
                continue
            name = operation["operationId"]
            taken[name] = taken.get(name, 0) + 1
            if taken[name] > 1:
                operation["operationId"] = f"{name}_{taken[name]}"
