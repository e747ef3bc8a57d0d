"""Keys that make a request safe to repeat, and how an answer says that it is a replay.

Sources: draft-ietf-httpapi-idempotency-key-header, and what vendors call the same thing (``PayPal-Request-Id``, ``client_token``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tapehiss.cassettes.exchange import Headers

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_KEY = re.compile(
    r"(?:x-)?idempoten(?:cy|ce|t)(?:-?(?:key|token|id))?|(?:.*-)?idempotency-key|paypal-request-id|x-client-token|client-token"
)
_MARKER = re.compile(
    r"(?:.*-)?(?:idempoten(?:cy|ce|t)-?(?:replay(?:ed)?|status|hit|result|response)|replayed|original-request)"
)
_MEMBER = re.compile(
    r"idempoten(?:cy|ce|t)_?-?(?:key|token|id)|client_?(?:request_?)?token|request_?token", re.IGNORECASE
)


def signs(method: str, asked: Headers, told: Headers, members: Mapping[str, Any]) -> Iterator[str]:
    """What one exchange shows of idempotency; ``members`` are those of the request body."""
    keys = list(_keys(asked, members))
    if method not in UNSAFE and not keys:
        return
    yield f"unsafe {method}"
    answered = {name.lower(): value for name, value in told if is_key(name) or is_marker(name)}
    for place, name, value in keys:
        yield f"idempotency key {place} {quote(name)} {method}"
        if place == "header" and answered.get(name) == value:
            yield f"idempotency echo {quote(name)}"
    for name, value in answered.items():
        if is_marker(name):
            yield f"idempotency marker {quote(name)} {value if value in {'true', 'false'} else '-'}"


def _keys(asked: Headers, members: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Where the idempotency keys of a request stand: place, name, value."""
    yield from (("header", name.lower(), value) for name, value in asked if is_key(name))
    yield from (("body", name, value) for name, value in members.items() if _is_member(name) and isinstance(value, str))


@lru_cache(maxsize=4_096)
def _is_member(name: str) -> bool:
    return _MEMBER.fullmatch(name) is not None


@lru_cache(maxsize=4_096)
def is_key(name: str) -> bool:
    """Whether a header of this name holds an idempotency key."""
    return _KEY.fullmatch(name.lower()) is not None


@lru_cache(maxsize=4_096)
def is_marker(name: str) -> bool:
    """Whether a header of this name tells of a replay."""
    return _MARKER.fullmatch(name.lower()) is not None
