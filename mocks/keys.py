"""Under which keys a request is looked up: exact, normalised, and by operation alone.

The law of this file: what a client may change from run to run without meaning another request (the order of the query, the
spelling of JSON, idempotency keys, multipart boundaries, its own credentials) is in the exact key only. Keys are computed when
a tape is loaded and never stored in it, so that matching can improve without recording again.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl, unquote

from tapehiss.cassettes.exchange import Request, header
from tapehiss.cassettes.secretnames import Place
from tapehiss.mocks.wildcards import DEPTH_MAX, Wildcards, named_values, varies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Key: TypeAlias = tuple[str, ...]

OPERATION_HEADERS = frozenset({"x-amz-target", "soapaction", "x-http-method-override"})
"""Headers that name the operation where the path does not."""
SELECTING_HEADERS = frozenset({"range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"})
"""Headers that ask for a part of the representation, or for none (RFC 9110 sections 13 and 14)."""
OPERATION_FIELDS = ("Action", "operationName", "method", "query")
"""Fields of a form or a JSON object that name the operation: AWS query APIs, GraphQL, JSON-RPC."""

DEFAULT_PORTS = {"http": ":80", "https": ":443"}
NOWHERE = Wildcards()
BODY_PARSED_MAX_BYTES = 4_000_000
"""Longer bodies are compared byte for byte."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one request, best first, and its fingerprint."""

    normalised: Key
    unselected: Key
    """The normalised key without ranges and conditions, which a vendor may ignore."""
    operation: Key
    fingerprint: int
    """64 bits of the unselected key."""


def split_url(url: str) -> tuple[str, str]:
    """``(authority, path and query)`` of an absolute URL; the authority in lower case without user and default port."""
    scheme, found, rest = url.partition("://")
    if not found:
        return "", url if url.startswith("/") else "/" + url
    authority, _, target = rest.partition("/")
    if "?" in authority or "#" in authority:
        cut = min(place for place in (authority.find("?"), authority.find("#")) if place >= 0)
        authority, target = rest[:cut], rest[cut:]
    target = f"/{target.partition('#')[0]}" if "#" in target else f"/{target}"
    default = DEFAULT_PORTS.get(scheme.lower(), ":0")
    return authority.rpartition("@")[2].lower().removesuffix(default), target


def exact_key(request: Request, host: str, target: str) -> Key:
    """Method, place and body as sent, with the headers that name or select something."""
    return (request.method, host, target, body_digest(request), *_marks(request), *_selection(request))


def body_digest(request: Request) -> str:
    """A digest of the body; of the whole one where the tape kept only its beginning."""
    if request.cut is not None:
        return request.cut.sha256
    return hashlib.sha256(request.body).hexdigest() if request.body else ""


def _marks(request: Request) -> list[str]:
    """The headers that name an operation, with their values."""
    return _told(request, OPERATION_HEADERS)


def _selection(request: Request) -> list[str]:
    """The headers that ask for a part, with their values."""
    return _told(request, SELECTING_HEADERS)


def _told(request: Request, names: frozenset[str]) -> list[str]:
    """``name=value`` of these headers, sorted; most requests have none, so one pass has to do."""
    return sorted(f"{name.lower()}={value}" for name, value in request.headers if name.lower() in names)


def keys_of(request: Request, host: str, target: str, wild: Wildcards = NOWHERE) -> Keys:
    """The keys below the exact one."""
    path, _, query = target.partition("?")
    path = wild.path(normal_path(path))
    marks, body, dropped = _marks(request), read_body(request), wild.of(request.method, path)
    asked = normal_pairs(parse_qsl(query, keep_blank_values=True), dropped) if query else ""
    place = [request.method, host, path, asked]
    unselected = (*place, digest_of(body, request, dropped), *marks)
    return Keys(
        normalised=(*unselected, *_selection(request)),
        unselected=unselected,
        operation=(*place, *marks, *_named_in(body)),
        fingerprint=fingerprint_of(unselected),
    )


def named_values_of(request: Request, target: str) -> Iterator[tuple[str, Any, Place]]:
    """Every named value of a request: query, form, JSON."""
    yield from _queried(parse_qsl(target.partition("?")[2], keep_blank_values=True))
    kind, value = read_body(request)
    if kind == "json":
        yield from named_values(value)
    elif kind == "form":
        yield from _queried(value)


def _queried(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Any, Place]]:
    return ((name, value, Place.QUERY) for name, value in pairs)


def fingerprint_of(key: Key) -> int:
    """64 bits of a key."""
    text = "\x1f".join(key).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())


_LOOPBACK = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?(?![\w.:-])")
"""Where the recorder or the mock happened to listen: a client sends it back inside requests that it signs."""
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")


def normal_path(path: str) -> str:
    """The path with unreserved characters unescaped and the other escapes in upper case (RFC 3986 section 6.2.2)."""
    if "%" not in path:
        return path
    return _ESCAPE.sub(_normal_escape, path)


def _normal_escape(found: re.Match[str]) -> str:
    letter = unquote(found[0], encoding="latin-1")
    return letter if letter.isascii() and (letter.isalnum() or letter in "-._~") else found[0].upper()


def normal_pairs(pairs: Iterable[tuple[str, str]], dropped: frozenset[str] = frozenset()) -> str:
    """Names and values in the order of their names, without fields that vary; equal names keep their order."""
    kept = [(name, value) for name, value in pairs if name not in dropped and not varies(name, Place.QUERY)]
    return _LOOPBACK.sub("~", json.dumps(sorted(kept, key=lambda pair: pair[0])))


# ---- bodies as values

Body: TypeAlias = tuple[str, Any]
"""``("json", value)``, ``("form", pairs)``, ``("multipart", bytes)`` or ``("bytes", bytes)``."""


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
    return "bytes", content


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
    """The top-level fields of a form or a JSON object, without those that vary."""
    kind, value = body
    pairs = value if kind == "form" else value.items() if kind == "json" and isinstance(value, dict) else ()
    return {name: each for name, each in pairs if not varies(name, Place.FIELD)}


def _named_in(body: Body) -> list[str]:
    """The operation that the body names."""
    fields = fields_of(body)
    names = OPERATION_FIELDS if body[0] == "form" or {"jsonrpc", "query"} & fields.keys() else ()
    return [f"{name}={fields[name]}" for name in names if isinstance(fields.get(name), str)]
