"""Reads a description that a vendor publishes: OpenAPI 3.0, 3.1 and 2.0 (Swagger), and Google's Discovery format.

What is malformed in one operation is left out, the rest is read: published descriptions have faults. Schemas stay as they were
written (``tapehiss.contracts.published_schema`` reads them). Facts: OpenAPI Specification 3.1.0 and 2.0, Google Discovery Document v1.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml

from tapehiss.contracts.discovery import discovered
from tapehiss.contracts.errors import UnknownDescription
from tapehiss.contracts.published_schema import followed
from tapehiss.contracts.published_values import Description, PublishedOperation, PublishedParameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_REMEDY = "give OpenAPI 2.0, 3.0 or 3.1, or a Google Discovery document, as JSON or YAML"


def read_description(text: str | bytes, *, where: str = "") -> Description:
    """The description in a text; ``UnknownDescription`` names ``where`` when it is anything else."""
    document = _parsed(text, where)
    if "discoveryVersion" in document:
        return discovered(document)
    version = str(document.get("openapi") or document.get("swagger") or "")
    if version[:1] not in {"2", "3"} or not isinstance(document.get("paths"), dict):
        raise UnknownDescription("not a description that is known", where=where, remedy=_REMEDY)
    servers = tuple(_servers(document))
    bases = {base for _, base in servers} or {""}
    operations = tuple(
        operation for base in sorted(bases) for operation in _operations(document, base, swagger=version[0] == "2")
    )
    name = f"{'Swagger' if version[0] == '2' else 'OpenAPI'} {version}"
    return Description(name, operations, document, tuple(sorted({origin for origin, _ in servers if origin})))


def _parsed(text: str | bytes, where: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = _yaml(text, where)
    if not isinstance(document, dict):
        raise UnknownDescription("not a description that is known", where=where, remedy=_REMEDY)
    return document


def _yaml(text: str | bytes, where: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader: see below)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnknownDescription("neither JSON nor YAML", where=where, remedy=_REMEDY) from error


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML in which dates stay text, as they are in JSON."""


_Loader.yaml_implicit_resolvers = {
    start: [(tag, pattern) for tag, pattern in known if tag != "tag:yaml.org,2002:timestamp"]
    for start, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _servers(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Origin (empty where it is a template) and base path of each server."""
    if "swagger" in document:
        host = document.get("host", "")
        schemes = _list(document.get("schemes")) or ["https"]
        yield from ((f"{scheme}://{host}" if host else "", str(document.get("basePath", ""))) for scheme in schemes)
        return
    for server in map(_dict, _list(document.get("servers"))):
        url = str(server.get("url", ""))
        for name, variable in _dict(server.get("variables")).items():
            url = url.replace(f"{{{name}}}", str(_dict(variable).get("default", "")))
        with suppress(ValueError):
            parts = urlsplit(url)
            yield (f"{parts.scheme}://{parts.netloc}" if parts.netloc else "", parts.path.rstrip("/"))


def _operations(document: Mapping[str, Any], base: str, *, swagger: bool) -> Iterator[PublishedOperation]:
    for path, item in document["paths"].items():
        known = followed(item, document)
        if not isinstance(known, dict):
            continue
        for method in METHODS:
            operation = known.get(method)
            if isinstance(operation, dict):
                place = f"{base.rstrip('/')}/{str(path).lstrip('/')}"
                yield _operation(method.upper(), place, operation, known, document, swagger=swagger)


def _operation(
    method: str,
    path: str,
    operation: Mapping[str, Any],
    item: Mapping[str, Any],
    document: Mapping[str, Any],
    *,
    swagger: bool,
) -> PublishedOperation:
    listed = [*_list(item.get("parameters")), *_list(operation.get("parameters"))]
    parameters = [each for each in (followed(each, document) for each in listed) if isinstance(each, dict)]
    bodies = _swagger_request(operation, parameters, document) if swagger else _request(operation, document)
    produced = _list(operation.get("produces")) or _list(document.get("produces")) or ["application/json"]
    answers = {
        str(status).upper().replace("DEFAULT", "default"): _contents(followed(answer, document), produced)
        for status, answer in _dict(operation.get("responses")).items()
    }
    return PublishedOperation(method, path, tuple(_parameters(parameters)), bodies, answers)


def _parameters(parameters: list[dict[str, Any]]) -> Iterator[PublishedParameter]:
    """Parameters by place and name; the operation's own come last and count."""
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for each in parameters:
        if each.get("in") in ("path", "query", "header") and isinstance(each.get("name"), str):
            known[each["in"], each["name"]] = each
    for (place, name), each in known.items():
        first: Any = next(iter(_dict(each.get("content")).values()), {})
        schema = each.get("schema", _dict(first).get("schema", each if "type" in each else True))
        yield PublishedParameter(name, place, each.get("required") is True, schema)


def _request(operation: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    return _contents(followed(operation.get("requestBody"), document), ())


def _swagger_request(
    operation: Mapping[str, Any], parameters: list[dict[str, Any]], document: Mapping[str, Any]
) -> dict[str, Any]:
    """Swagger says a body as a parameter, and a form as one for each member."""
    consumed = _list(operation.get("consumes")) or _list(document.get("consumes")) or ["application/json"]
    body = next((each.get("schema", True) for each in parameters if each.get("in") == "body"), None)
    if body is not None:
        return {str(media).lower(): body for media in consumed}
    members = {str(each.get("name")): each for each in parameters if each.get("in") == "formData"}
    if not members:
        return {}
    required = [name for name, each in members.items() if each.get("required") is True]
    form = {"type": "object", "properties": members, "required": required}
    return {str(media).lower(): form for media in consumed if "form" in str(media)} or {"*/*": form}


def _contents(holder: Any, produced: Any) -> dict[str, Any]:
    """The schemas of a body by media type, without parameters of the media type."""
    if not isinstance(holder, dict):
        return {}
    if "schema" in holder:
        return {str(media).lower(): holder["schema"] for media in produced}
    return {
        str(media).split(";")[0].strip().lower(): _dict(each).get("schema", True)
        for media, each in _dict(holder.get("content")).items()
    }


def _dict(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
