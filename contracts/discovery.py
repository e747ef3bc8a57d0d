"""Google's Discovery documents (format v1): resources with methods, and schemas that are referred to by their bare names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from tapehiss.contracts.published_values import Description, PublishedOperation, PublishedParameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RESOURCES_DEPTH_MAX = 20
_JSON = "application/json"


def discovered(document: Mapping[str, Any]) -> Description:
    """The description that a Discovery document is."""
    base = _split(str(document.get("baseUrl") or document.get("rootUrl") or ""))
    common = _parameters(document.get("parameters"))
    operations = tuple(
        _operation(method, base.path.rstrip("/"), common) for method in _methods(document, RESOURCES_DEPTH_MAX)
    )
    origins = (f"{base.scheme}://{base.netloc}",) if base.netloc else ()
    return Description(f"Discovery {document.get('discoveryVersion')}", operations, document, origins)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _methods(resource: Mapping[str, Any], depth: int) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in _values(resource.get("methods")) if each.get("httpMethod"))
    if depth:
        for each in _values(resource.get("resources")):
            yield from _methods(each, depth - 1)


def _operation(method: Mapping[str, Any], base: str, common: tuple[PublishedParameter, ...]) -> PublishedOperation:
    path = str(method.get("flatPath") or method.get("path") or "").replace("{+", "{").lstrip("/")
    asked, answered = method.get("request"), method.get("response")
    return PublishedOperation(
        str(method["httpMethod"]).upper(),
        f"{base}/{path}",
        (*common, *_parameters(method.get("parameters"))),
        {_JSON: asked} if isinstance(asked, dict) else {},
        {"2XX": {_JSON: answered}} if isinstance(answered, dict) else {},
    )


def _parameters(known: Any) -> tuple[PublishedParameter, ...]:
    return tuple(
        PublishedParameter(str(name), str(each.get("location", "query")), each.get("required") is True, _typed(each))
        for name, each in (known.items() if isinstance(known, dict) else ())
        if isinstance(each, dict)
    )


def _typed(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a parameter; a repeated one is a value or a list of them."""
    schema = {key: value for key, value in parameter.items() if key in {"type", "format", "enum"}}
    return {"anyOf": [schema, {"type": "array", "items": schema}]} if parameter.get("repeated") else schema


def _values(known: Any) -> list[dict[str, Any]]:
    return [each for each in known.values() if isinstance(each, dict)] if isinstance(known, dict) else []
