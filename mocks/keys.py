"""Under which keys a request is looked up: exact, normalised, and by operation alone.

The law of this file: what a client may change from run to run without meaning another request (the order of the query, the
spelling of JSON, idempotency keys, multipart boundaries, its own credentials) is in the exact key only. Keys are computed when
a tape is loaded and never stored in it, so that matching can improve without recording again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, unquote

from tapehiss.cassettes.secretnames import Place
from tapehiss.contracts.operations import PATH_LENGTH_MAX, operation_of
from tapehiss.mocks import markup
from tapehiss.mocks.bodies import body_digest, digest_of, named_in, normal_pairs, read_body
from tapehiss.mocks.wildcards import Wildcards, named_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.cassettes.exchange import Request

Key: TypeAlias = tuple[str, ...]

OPERATION_HEADERS = frozenset({"x-amz-target", "soapaction", "x-http-method-override"})
"""Headers that name the operation where the path does not."""
SELECTING_HEADERS = frozenset({"range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"})
"""Headers that ask for a part of the representation, or for none (RFC 9110 sections 13 and 14)."""

SELECTED = frozenset({206, 304, 412, 416})
"""Answers that make no sense to a client that set no range and no condition."""
TELLING_HEADERS = OPERATION_HEADERS | SELECTING_HEADERS
URL_KEPT_MAX_CHARS = 1_000
"""Longer URLs are taken apart anew every time."""
DEFAULT_PORTS = {"http": ":80", "https": ":443"}
NOWHERE = Wildcards()


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one request, best first, and its fingerprint."""

    normalised: Key
    unselected: Key
    """The normalised key without ranges and conditions, which a vendor may ignore."""
    operation: Key
    fingerprint: int
    """64 bits of the unselected key."""


class Target(NamedTuple):
    """Where a request goes."""

    authority: str
    """In lower case, without user and default port."""
    target: str
    """Path and query (RFC 9112 section 3.2.1)."""
    path: str


def split_url(url: str) -> Target:
    """Where an absolute URL leads, or a path alone."""
    return _known_target(url) if len(url) <= URL_KEPT_MAX_CHARS else _target(url)


def _target(url: str) -> Target:
    scheme, found, rest = url.partition("://")
    if not found:
        target = url if url.startswith("/") else f"/{url}"
        return Target("", target, target.partition("?")[0])
    authority, _, target = rest.partition("/")
    if "?" in authority or "#" in authority:
        cut = min(place for place in (authority.find("?"), authority.find("#")) if place >= 0)
        authority, target = rest[:cut], rest[cut:]
    target = f"/{target.partition('#')[0]}" if "#" in target else f"/{target}"
    default = DEFAULT_PORTS.get(scheme.lower(), ":0")
    return Target(authority.rpartition("@")[2].lower().removesuffix(default), target, target.partition("?")[0])


_known_target = lru_cache(maxsize=16_384)(_target)


def exact_key(request: Request, host: str, target: str) -> Key:
    """Method, place and body as sent, with the headers that name or select something."""
    return (request.method, host, target, body_digest(request), *_told(request, TELLING_HEADERS))


def _marks(request: Request) -> list[str]:
    """The headers that name an operation, with their values."""
    return _told(request, OPERATION_HEADERS)


def selection_of(request: Request) -> tuple[str, ...]:
    """The headers that name an operation or ask for a part, with their values."""
    return tuple(_told(request, TELLING_HEADERS))


def _selection(request: Request) -> list[str]:
    """The headers that ask for a part, with their values."""
    return _told(request, SELECTING_HEADERS)


def _told(request: Request, names: frozenset[str]) -> list[str]:
    """``name=value`` of these headers, sorted; most requests have none, so one pass has to do."""
    return sorted([f"{name.lower()}={value}" for name, value in request.headers if name.lower() in names])


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
        operation=(*place, *marks, *named_in(body)),
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
    elif kind == "xml":
        yield from ((name, text, Place.FIELD) for name, text in markup.leaves(value))


def _queried(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Any, Place]]:
    return ((name, value, Place.QUERY) for name, value in pairs)


def operation_named(method: str, path: str) -> str:
    """The operation that a request is counted by: its method, and its path with parameters in the place of identifiers."""
    return _operation(method, path[:PATH_LENGTH_MAX])


@lru_cache(maxsize=16_384)
def _operation(method: str, path: str) -> str:
    return f"{method} {operation_of(method, path)[0].path}"


def fingerprint_of(key: Key) -> int:
    """64 bits of a key."""
    text = "\x1f".join(key).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())


_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")


def normal_path(path: str) -> str:
    """The path with unreserved characters unescaped and the other escapes in upper case (RFC 3986 section 6.2.2)."""
    if "%" not in path:
        return path
    return _ESCAPE.sub(_normal_escape, path)


def _normal_escape(found: re.Match[str]) -> str:
    letter = unquote(found[0], encoding="latin-1")
    return letter if letter.isascii() and (letter.isalnum() or letter in "-._~") else found[0].upper()
