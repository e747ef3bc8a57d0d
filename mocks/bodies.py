"""Request bodies as values: what of them is asked, and what a client writes anew every time.

The law of this file: two spellings of one value (JSON with other spaces, a form, XML with other line breaks, a multipart body with
another boundary) have one digest, and fields that vary from run to run are in no digest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl

from tapehiss.cassettes.exchange import Request, header
from tapehiss.cassettes.secretnames import Place
from tapehiss.mocks import markup
from tapehiss.mocks.wildcards import DEPTH_MAX, varies

if TYPE_CHECKING:
    from collections.abc import Iterable

OPERATION_FIELDS = ("Action", "operationName", "method", "query")
"""Fields of a form or a JSON object that name the operation: AWS query APIs, GraphQL, JSON-RPC."""
BODY_PARSED_MAX_BYTES = 4_000_000
"""Longer bodies are compared byte for byte."""
_LOOPBACK = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?(?![\w.:-])")
"""Where the recorder or the mock happened to listen: a client sends it back inside requests that it signs."""

Body: TypeAlias = tuple[str, Any]
"""``("json", value)``, ``("form", pairs)``, ``("xml", text)``, ``("multipart", bytes)`` (its boundary is ``boundary``) or ``("bytes", bytes)``."""


def read_body(request: Request) -> Body:
    """The body as a value where its media type says how to read it."""
    content, kind = request.body, (header(request.headers, "content-type") or "").lower()
    if not content or request.cut is not None or len(content) > BODY_PARSED_MAX_BYTES:
        return "bytes", content
    if "json" in kind or content[:1] in b"{[":
        return _read_json(content)
    if "x-www-form-urlencoded" in kind:
        return "form", parse_qsl(content.decode("latin-1"), keep_blank_values=True)
    if kind.startswith("multipart/"):
        return "multipart", _without_boundary(content, header(request.headers, "content-type") or "")
    if content.lstrip(_BOM_AND_SPACES)[:1] == b"<" and (
        "xml" in kind or content.lstrip(_BOM_AND_SPACES)[:5] == b"<?xml"
    ):
        return "xml", content.decode("utf-8", "replace")
    return "bytes", content


_BOM_AND_SPACES = b"\xef\xbb\xbf \t\r\n"


def _read_json(content: bytes) -> Body:
    try:
        return "json", json.loads(content, parse_float=_plain_number)
    except (ValueError, RecursionError):
        return "bytes", content


def _plain_number(text: str) -> float | int:
    """``1.0`` is ``1``: JSON knows one kind of number (RFC 8259 section 6)."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _without_boundary(content: bytes, kind: str) -> bytes:
    found = re.search(r"boundary=(?:\"([^\"]+)\"|([^;\s]+))", kind, re.IGNORECASE)
    boundary = (found[1] or found[2]) if found else ""
    return content.replace(boundary.encode("latin-1", "replace"), b"boundary") if boundary else content


def digest_of(body: Body, request: Request, dropped: frozenset[str] = frozenset()) -> str:
    """A digest of what the body means."""
    kind, value = body
    match kind:
        case "json":
            plain = json.dumps(stripped(value, dropped), sort_keys=True, separators=(",", ":"))
        case "form":
            plain = normal_pairs(value, dropped)
        case "xml":
            plain = markup.normal(value, lambda name: name in dropped or varies(name, Place.FIELD))
        case "multipart":
            return hashlib.sha256(value).hexdigest()
        case _:
            return body_digest(request)
    return hashlib.sha256(_LOOPBACK.sub("~", plain).encode()).hexdigest()


def stripped(value: Any, dropped: frozenset[str] = frozenset(), depth: int = DEPTH_MAX) -> Any:
    """JSON data without the fields that vary, down to a depth."""
    if isinstance(value, dict) and depth:
        kept = ((name, each) for name, each in value.items() if name not in dropped and not varies(name, Place.FIELD))
        return {name: stripped(each, dropped, depth - 1) for name, each in kept}
    if isinstance(value, list) and depth:
        return [stripped(each, dropped, depth - 1) for each in value]
    return value


def fields_of(body: Body) -> dict[str, Any]:
    """What of a body can be compared one by one, without what varies: top-level fields, elements of XML, parts."""
    kind, value = body
    match kind:
        case "form":
            pairs: Iterable[tuple[str, Any]] = value
        case "json":
            pairs = value.items() if isinstance(value, dict) else ()
        case "xml":
            pairs = _numbered(markup.leaves(value))
        case "multipart":
            pairs = ((part[:PART_NAMED_BYTES].decode("latin-1"), part) for part in value.split(b"--boundary"))
        case _:
            pairs = ()
    return {name: each for name, each in pairs if not varies(name, Place.FIELD)}


PART_NAMED_BYTES = 200
"""The head of a part says its name."""


def _numbered(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Equal names told apart by their order."""
    seen: Counter[str] = Counter()
    for name, text in pairs:
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name} {seen[name]}"), text


def named_in(body: Body) -> list[str]:
    """The operation that the body names."""
    if body[0] == "xml":
        return markup.operation(body[1])
    fields = fields_of(body) if body[0] in {"form", "json"} else {}
    names = OPERATION_FIELDS if body[0] == "form" or {"jsonrpc", "query"} & fields.keys() else ()
    return [f"{name}={fields[name]}" for name in names if isinstance(fields.get(name), str)]


def body_digest(request: Request) -> str:
    """A digest of the body; of the whole one where the tape kept only its beginning."""
    if request.cut is not None:
        return request.cut.sha256
    return hashlib.sha256(request.body).hexdigest() if request.body else ""


def normal_pairs(pairs: Iterable[tuple[str, str]], dropped: frozenset[str] = frozenset()) -> str:
    """Names and values in the order of their names, without fields that vary; equal names keep their order."""
    return spelt_pairs(kept_pairs(pairs, dropped))


def kept_pairs(pairs: Iterable[tuple[str, str]], dropped: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """The pairs that count, in the order of their names."""
    kept = [(name, value) for name, value in pairs if name not in dropped and not varies(name, Place.QUERY)]
    return sorted(kept, key=lambda pair: pair[0])


def spelt_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs as one text, in which the mock's own URL is nobody's."""
    return _LOOPBACK.sub("~", json.dumps(list(pairs)))
