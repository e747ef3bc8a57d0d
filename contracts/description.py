"""One operation of OpenAPI 3.1: parameters, request body and responses, with their support."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.media import is_event_stream, is_json_lines
from tapehiss.contracts import operations
from tapehiss.contracts.components import shared
from tapehiss.contracts.counts import Evidence, Part
from tapehiss.contracts.naming import pascal
from tapehiss.contracts.parameters import singular
from tapehiss.contracts.reading import NO_BODY, UNLABELLED, media_of, status_of
from tapehiss.contracts.schemas import evidence_tree, is_whole, schema_at, schema_of
from tapehiss.contracts.security import RESERVED, credentials_of, requirement
from tapehiss.contracts.values import witnessed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tapehiss.contracts.facts import Fact
    from tapehiss.contracts.operations import Operation
    from tapehiss.contracts.schemas import Definitions
    from tapehiss.contracts.trees import Node
    from tapehiss.contracts.values import Schema

METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE")
"""The methods that OpenAPI 3.1 can say."""

_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_PARAMETER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Row:
    """One operation of OpenAPI: the evidence of all hosts for one method and path."""

    method: str
    path: str
    evidence: Evidence
    lines: tuple[str, ...]
    """The operations of the contract that it is."""


def rows_of(entries: Iterable[tuple[Operation, Evidence]]) -> Iterator[Row]:
    """Operations with the same method and shape as one; the parameters get the names that come first."""
    entries = list(entries)
    names: dict[str, str] = {}
    for path in sorted({operation.path for operation, _ in entries}):
        names.setdefault(_PARAMETER.sub("{}", path), path)
    rows: dict[tuple[str, str], list[tuple[Operation, Evidence]]] = {}
    for operation, evidence in entries:
        path = names[_PARAMETER.sub("{}", operation.path)]
        rows.setdefault((operation.method, path), []).append((operation, _renamed(evidence, operation, path)))
    for (method, path), known in rows.items():
        evidence = sum((each for _, each in known), Evidence())
        yield Row(method, path, evidence, tuple(str(operation) for operation, _ in known))


def _renamed(evidence: Evidence, operation: Operation, path: str) -> Evidence:
    """The evidence with path parameters named as in ``path``."""
    if operation.path == path or "path" not in evidence.parts:
        return evidence
    names = dict(zip(operation.parameters, replace(operation, path=path).parameters, strict=True))
    part = evidence.parts["path"]
    fields = {f"/{names.get(name[1:], name[1:])}" if name else "": seen for name, seen in part.fields.items()}
    return replace(evidence, parts={**evidence.parts, "path": replace(part, fields=fields)})


@dataclass(frozen=True, slots=True)
class Describing:
    """Operations in OpenAPI's words; the shapes of all of them are known."""

    shapes: Definitions
    trees: dict[int, Node]
    """``id`` of a part -> its tree, for bodies that may share shapes with others."""
    facts: Sequence[Fact] = ()

    @classmethod
    def of(cls, rows: Sequence[Row], facts: Sequence[Fact] = ()) -> Describing:
        """What is needed to describe these rows."""
        words: list[tuple[str, Node]] = []
        trees: dict[int, Node] = {}
        for row in rows:
            for name, part in sorted(row.evidence.parts.items()):
                tree = evidence_tree(part) if _is_body(name) and is_whole(part) else None
                if tree is not None:
                    trees[id(part)] = tree
                    words.append((_word(row, name), tree))
        return cls(shared(words), trees, facts)

    def operation(self, row: Row) -> dict[str, Any]:
        """One operation object, without an id."""
        parts = row.evidence.parts
        request = self._request(row)
        about = [fact for fact in self.facts if fact.operation in row.lines]
        security = requirement(about)
        parameters = [
            *_path_parameters(row),
            *_query_parameters(parts.get("query", Part())),
            *_header_parameters(row, self.facts),
        ]
        return {
            **({"parameters": parameters} if parameters else {}),
            **({"requestBody": request} if request else {}),
            "responses": self._responses(row),
            **({"security": security} if security else {}),
            "x-tapehiss": {**_counted(row.evidence), **({"facts": [_fact(fact) for fact in about]} if about else {})},
        }

    def _request(self, row: Row) -> dict[str, Any]:
        """The request body of an operation, empty when none was ever sent."""
        bodies = {name: part for name, part in row.evidence.parts.items() if name.startswith("request ")}
        content = self._content(bodies.items())
        return {"content": content, "required": f"request {NO_BODY}" not in bodies} if content else {}

    def _responses(self, row: Row) -> dict[str, Any]:
        by_status: dict[int, dict[str, Part]] = {}
        for name, part in row.evidence.parts.items():
            status = status_of(name)
            if status is not None:
                by_status.setdefault(status, {})[name] = part
        found = dict(self._response(status, bodies, row) for status, bodies in sorted(by_status.items()))
        return found or {"default": {"description": "No answer was recorded."}}

    def _response(self, status: int, bodies: dict[str, Part], row: Row) -> tuple[str, dict[str, Any]]:
        content = self._content(bodies.items())
        headers = _headers(row.evidence.parts.get(f"response-headers {status}", Part()))
        whole = sum(bodies.values(), Part())
        return str(status) if 100 <= status <= 599 else "default", {
            "description": _PHRASES.get(status, f"Status {status}"),
            **({"headers": headers} if headers else {}),
            **({"content": content} if content else {}),
            "x-tapehiss": {"exchanges": whole.exchanges, **witnessed(whole.first, whole.last)},
        }

    def _content(self, bodies: Iterable[tuple[str, Part]]) -> dict[str, Any]:
        """Media types with their schemas; a stream of events is text whose events have a schema."""
        found: dict[str, Any] = {}
        for name, part in sorted(bodies):
            media = media_of(name)
            if media == NO_BODY:
                continue
            schema = self.schema(part)
            support: dict[str, Any] = {"exchanges": part.exchanges, **witnessed(part.first, part.last)}
            if part.unread:
                support["unread"] = dict(sorted(part.unread.items()))
            if schema and (is_event_stream(media) or is_json_lines(media)):
                support["each"], schema = schema, {"type": "string"}
            schema = {"schema": schema} if schema else {}
            found["*/*" if media == UNLABELLED else media] = {**schema, "x-tapehiss": support}
        return found

    def schema(self, part: Part) -> Schema:
        """The schema of a body; what it shares with others is a reference."""
        tree = self.trees.get(id(part))
        return schema_of(part) if tree is None else schema_at((tree,), part.exchanges, self.shapes)


def _is_body(name: str) -> bool:
    return name.startswith(("request ", "response "))


def _word(row: Row, part: str) -> str:
    """A word for what a body holds."""
    literals = [each for each in re.findall(r"[^/#{}]+", _PARAMETER.sub("", row.path)) if each[:1].isalpha()]
    thing = pascal(singular(literals[-1])) if literals else "Thing"
    status = status_of(part)
    if status is None:
        return f"{thing}Request"
    return f"{thing}Error" if status >= 400 else f"{thing}Answer"


def _counted(evidence: Evidence) -> dict[str, Any]:
    return {
        "exchanges": evidence.exchanges,
        "endings": dict(sorted(evidence.endings.items())),
        **witnessed(evidence.first, evidence.last),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {"id": fact.id, "words": fact.words, "seen": fact.seen, "of": fact.of}


def _path_parameters(row: Row) -> Iterator[dict[str, Any]]:
    schema = schema_of(row.evidence.parts.get("path", Part()))
    for name in operations.Operation(row.method, "", row.path).parameters:
        known = schema.get("properties", {}).get(name, {"type": "string"})
        yield {"name": name, "in": "path", "required": True, "schema": known}


def _query_parameters(part: Part) -> Iterator[dict[str, Any]]:
    schema = schema_of(part)
    for name, known in schema.get("properties", {}).items():
        deep = {"style": "deepObject", "explode": True} if known.get("type") == "object" else {}
        yield {"name": name, "in": "query", "required": name in schema.get("required", ()), **deep, "schema": known}


def _header_parameters(row: Row, facts: Sequence[Fact]) -> Iterator[dict[str, Any]]:
    """Request headers that matter; credentials are told as security schemes, and OpenAPI reserves three names."""
    schema = schema_of(row.evidence.parts.get("request-headers", Part()))
    apart = credentials_of(facts, "header") | RESERVED
    for name, known in schema.get("properties", {}).items():
        if name not in apart:
            yield {"name": name, "in": "header", "required": name in schema.get("required", ()), "schema": known}


def _headers(part: Part) -> dict[str, Any]:
    """Response headers by name."""
    schema = schema_of(part)
    always = schema.get("required", ())
    return {
        name: {"schema": known, "required": name in always}
        for name, known in schema.get("properties", {}).items()
        if name != "content-type"
    }
