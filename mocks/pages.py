"""The control plane for people: a page that a browser shows without any network, made of the OpenAPI document.

The law of this file: pure. A document in, HTML out; everything that is quoted is escaped.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:50em;margin:2em auto;padding:0 1em}"
    "code,pre{background:#8882;padding:.1em .3em}pre{padding:.6em;overflow:auto}h2{font-size:1em;margin-top:2em}"
)


def docs_page(document: Mapping[str, Any], openapi_url: str) -> str:
    """Every operation of an OpenAPI document: what it does, what it takes, and how curl calls it."""
    title = escape(document["info"]["title"])
    operations = "\n".join(
        _operation(document, path, method.upper(), operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>\n'
        f'<h1>{title}</h1>\n<p>For programs: <a href="{escape(openapi_url)}">{escape(openapi_url)}</a></p>\n'
        f"{operations}\n</html>\n"
    )


def _operation(document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> str:
    linked = method == "GET" and "{" not in path
    shown = f'<a href="{escape(path)}">{escape(path)}</a>' if linked else escape(path)
    takes = "".join(f"<li>{line}" for line in (*_parameters(operation), *_fields(document, operation)))
    return (
        f"<h2><code>{method} {shown}</code></h2>\n<p>{escape(operation.get('description', ''))}</p>\n"
        f"{f'<ul>{takes}</ul>' if takes else ''}<pre>{escape(_curl(path, method, _body(document, operation)))}</pre>"
    )


def _parameters(operation: Mapping[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        schema = parameter.get("schema", {})
        about = parameter.get("description") or schema.get("description", "")
        yield _told(parameter["name"], f"in the {parameter['in']}", about, schema)


def _fields(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    body = _body(document, operation)
    for name, field in body.get("properties", {}).items():
        need = ", required" if name in body.get("required", ()) else ""
        yield _told(name, f"in the body{need}", field.get("description", ""), field)


def _told(name: str, place: str, about: str, schema: Mapping[str, Any]) -> str:
    """A parameter or a field, with what it is about and its bounds."""
    words = "; ".join(filter(None, [about, *_bounds(schema)]))
    return f"<code>{escape(name)}</code> {escape(place)}{escape(f': {words}' if words else '')}"


_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "maxLength": "at most {} characters",
    "maxItems": "at most {} items",
    "pattern": "like {}",
}


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    """What a value must keep to, also where it may be null."""
    for each in (schema, *schema.get("anyOf", ())):
        yield from (words.format(each[bound]) for bound, words in _BOUNDS.items() if bound in each)


def _body(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the JSON body; empty if there is none."""
    content = operation.get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] = content.get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    named: Mapping[str, Any] = document.get("components", {}).get("schemas", {}).get(name, schema)
    return named


def _curl(path: str, method: str, body: Mapping[str, Any]) -> str:
    words = ["curl", *(["-X", method] if method != "GET" else []), f"$MOCK{path}"]
    if body:
        example = body.get("examples", [{}])[0]
        words += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(example)}'"]
    return " ".join(words)
