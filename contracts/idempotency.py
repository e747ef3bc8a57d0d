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

    from tapehiss.cassettes.exchange import Request, Response

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


def signs(request: Request, response: Response, members: Mapping[str, Any]) -> Iterator[str]:
    """What one exchange shows of idempotency; ``members`` are those of the request body."""
    keys = keys_of(request, members)
    if not keys and request.method not in UNSAFE:
        return
    yield f"unsafe {request.method}" if request.method in UNSAFE else "safe-keyed"
    echoed = {name.lower(): value for name, value in response.headers if _is_key(name) or _is_marker(name)}
    for place, name, value in keys:
        yield f"idempotency key {place} {quote(name)} {request.method}"
        if place == "header" and echoed.get(name) == value:
            yield f"idempotency echo {quote(name)}"
    for name, value in echoed.items():
        if _is_marker(name):
            yield f"idempotency marker {quote(name)} {value if value in {'true', 'false'} else '-'}"


def keys_of(request: Request, members: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Where the idempotency keys of a request stand: place, name, value."""
    found = [("header", name.lower(), value) for name, value in request.headers if _is_key(name)]
    return found + [
        ("body", name, value) for name, value in members.items() if isinstance(value, str) and _MEMBER.fullmatch(name)
    ]


@lru_cache(maxsize=4_096)
def _is_key(name: str) -> bool:
    return _KEY.fullmatch(name.lower()) is not None


@lru_cache(maxsize=4_096)
def _is_marker(name: str) -> bool:
    return _MARKER.fullmatch(name.lower()) is not None
