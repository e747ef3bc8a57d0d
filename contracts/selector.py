"""Which operation is meant where one URL serves many: the action of an RPC style, as ``name=value``.

====================  ==========================================================================
``X-Amz-Target=...``  AWS JSON protocols: the header names the operation
``SOAPAction=...``    SOAP 1.1, section 6.1.1
``Action=...``        AWS query protocol: ``Action`` beside ``Version``, in a form or the query
``query=...``         GraphQL over HTTP: ``operationName``, or the name in the document;
                      ``mutation=...`` and ``subscription=...`` likewise
====================  ==========================================================================

An operation's path is written ``/#Action=SendMessage`` then: a URL's path has no ``#``, so that nothing else is written so.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tapehiss.cassettes.exchange import header
from tapehiss.cassettes.media import is_form, is_json
from tapehiss.contracts.documents import of_body, of_query
from tapehiss.contracts.headers import declared_media, names_of
from tapehiss.contracts.operations import split

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Request

HEADERS = ("X-Amz-Target", "SOAPAction")
_LOWER = frozenset(name.lower() for name in HEADERS)
LENGTH_MAX = 100
"""Longer actions are cut: no vendor's operation has a longer name."""

_GRAPHQL = re.compile(r"(?:\s|#[^\n]*\n)*(?:(query|mutation|subscription)\b\s*([A-Za-z_]\w*)?|\{|fragment\b)")
_NAMED = re.compile(r"\b(query|mutation|subscription)\s+([A-Za-z_]\w*)")


def selector_of(request: Request) -> str:
    """What, beside method and path, says which operation a request calls; empty for most."""
    for name in HEADERS if _names_one(names_of(request.headers)) else ():
        action = (header(request.headers, name) or "").strip(' \t"')
        if action:
            return _written(name, action)
    if not request.body:
        return _query_protocol(request, "") if "Action" in request.url else ""
    media = declared_media(request.headers)
    if is_json(media) and b'"query"' in request.body:
        return _graphql([value for value in of_body(media, request.body).values if isinstance(value, dict)])
    return _query_protocol(request, media) if b"Action" in request.body or "Action" in request.url else ""


@lru_cache(maxsize=1_024)
def _names_one(names: tuple[str, ...]) -> bool:
    """Whether there is a header that names actions."""
    return any(name.lower() in _LOWER for name in names)


def _query_protocol(request: Request, media: str) -> str:
    said = of_query(split(request.url)[2])
    for form in of_body(media, request.body).values if is_form(media) else ():
        said |= form
    return _written("Action", said["Action"]) if isinstance(said.get("Action"), str) and "Version" in said else ""


def _graphql(bodies: list[dict[str, Any]]) -> str:
    """The operation of a GraphQL document; of several in one document the one that ``operationName`` chooses."""
    for body in bodies:
        text, chosen = body.get("query"), body.get("operationName")
        if isinstance(text, str) and _GRAPHQL.match(text):
            named = {name: kind for kind, name in _NAMED.findall(text)}
            name = chosen if isinstance(chosen, str) and chosen in named else next(iter(named), "")
            return _written(named[name], name) if name else ""
    return ""


def _written(name: str, value: str) -> str:
    return f"{name}={quote(value[:LENGTH_MAX], safe='.:/', errors='replace')}"
