"""WireMock stub mappings (https://wiremock.org/docs/stubbing): ``mappings/*.json`` with their bodies in ``__files``.

A mapping tells a path and never a host, so ``--base-url`` says where it was recorded; without one the placeholder host
stands there and a note says so. A URL *pattern* is no URL: it is read only if it has a single literal reading.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tapehiss.cassettes import loose
from tapehiss.cassettes.content import content
from tapehiss.cassettes.document import base64_bytes
from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.source import Unreadable, each

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Headers
    from tapehiss.cassettes.source import Recorded, Source

EQUALS = ("equalTo", "equalToJson", "equalToXml", "binaryEqualTo")
"""Matchers that tell the value itself."""
PATTERNS = ("urlPattern", "urlPathPattern", "urlPathTemplate")
_MARKS = re.compile(r"(?<!\\)[\[\](){}*+?|^$]")


def mappings(document: Any) -> list[Any] | None:
    """The stub mappings of a document, or ``None`` for another document."""
    match document:
        case {"mappings": list(found)}:
            return found
        case {"request": dict(asked), "response": dict()} if asked.keys() & {"url", "urlPath", *PATTERNS}:
            return [document] if "://" not in loose.text(asked.get("url")) else None  # others keep an absolute URL
    return None


def read(items: list[Any], source: Source) -> Iterator[Recorded]:
    """The mappings as exchanges."""
    return each(source, items, lambda item: _exchange(item, source))


def _exchange(item: Any, source: Source) -> Exchange:
    match item:
        case {"request": dict(asked), "response": dict(answered)}:
            pass
        case _:
            raise Unreadable("a mapping without request and response")
    if answered.get("proxyBaseUrl"):
        raise Unreadable("a mapping that forwards to another server: it holds no response")
    if answered.get("fault"):
        raise Unreadable(f"a made-up fault ({loose.text(answered['fault'])}), not a recording")
    notes = () if source.base_url else (("host", "not recorded: --base-url says where it was"),)
    return Exchange(_request(asked, source), _response(answered, source), notes=notes)


# --- the request, from what its matchers demand -----------------------------------------------------------------------


def _request(asked: dict[Any, Any], source: Source) -> Request:
    headers = _matched_headers(asked.get("headers"))
    sent, undecoded = content(headers, _matched_body(asked.get("bodyPatterns")))
    url = loose.absolute(_path(asked), source.base_url)
    return Request(loose.method(asked.get("method")), url, headers, sent, undecoded=undecoded)


def _path(asked: dict[Any, Any]) -> str:
    """The path and query that a request must have to match."""
    literal = asked.get("url") or asked.get("urlPath")
    if not literal:
        pattern = next((loose.text(asked[key]) for key in PATTERNS if asked.get(key)), "")
        literal = _literal(pattern) if pattern else ""
    if not literal:
        raise Unreadable("a mapping for any URL: it says what to answer, not what was asked")
    query = [
        (loose.text(name), value)
        for name, matcher in _table(asked.get("queryParameters")).items()
        for value in _wanted(matcher)
    ]
    if not query:
        return loose.text(literal)
    return f"{loose.text(literal)}{'&' if '?' in loose.text(literal) else '?'}{urlencode(query)}"


def _literal(pattern: str) -> str:
    """A pattern that can match one URL only, as that URL."""
    bare = pattern.removeprefix("^").removesuffix("$")
    if _MARKS.search(re.sub(r"\?(?=[^?]*=)", r"\\?", bare, count=1)):
        what = f"a URL pattern ({pattern[:200]}) matches many URLs, and none of them is recorded"
        raise Unreadable(what, remedy="write the URL that was recorded into the mapping")
    return re.sub(r"\\(.)", r"\1", bare)


def _matched_headers(matchers: Any) -> Headers:
    pairs = [(name, value) for name, matcher in _table(matchers).items() for value in _wanted(matcher)]
    return loose.headers(pairs)


def _wanted(matcher: Any) -> list[str]:
    """The values that a matcher tells exactly."""
    match matcher:
        case {"hasExactly": list(inner)} | {"includes": list(inner)} | list(inner):
            return [value for one in inner for value in _wanted(one)]
        case dict():
            return [loose.text(matcher["equalTo"])] if "equalTo" in matcher else []
        case None:
            return []
    return [loose.text(matcher)]


def _matched_body(patterns: Any) -> bytes:
    for pattern in patterns if isinstance(patterns, list) else []:
        for key in EQUALS:
            held = _table(pattern).get(key)
            if held is not None:
                return base64_bytes(loose.text(held)) if key == "binaryEqualTo" else loose.octets(held)
    return b""


def _table(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


# --- the response -----------------------------------------------------------------------------------------------------


def _response(answered: dict[Any, Any], source: Source) -> Response:
    headers = loose.headers(answered.get("headers"))
    body, undecoded = content(headers, _body(answered, source))
    code, _ = loose.status(answered.get("status", 200))
    reason = " ".join(loose.text(answered.get("statusMessage")).split())
    return Response(code, reason, headers, body, undecoded=undecoded)


def _body(answered: dict[Any, Any], source: Source) -> bytes:
    match answered:
        case {"body": held} if held is not None:
            return loose.octets(held)
        case {"jsonBody": held}:
            return loose.rebuilt(held)
        case {"base64Body": held}:
            return base64_bytes(loose.text(held))
        case {"bodyFileName": name}:
            return _file(loose.text(name), source)
    return b""


def _file(name: str, source: Source) -> bytes:
    """A body in ``__files``, which lies beside ``mappings`` (at any depth below it)."""
    for up in ("../", "", "../../", "../../../"):
        data = source.sibling(f"{up}__files/{name}")
        if data is not None:
            return data
    raise Unreadable(f"its body, __files/{name}, is not there", remedy="import mappings and __files together")
