"""Digests and signatures over a body that is no longer the body: noted, so that a player can make them anew.

The law of this file: only a note is added, and only once; no header is altered here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange, Headers

NOTE = ("signature", "invalidated")
"""The body changed, and a header still signs or digests the old one."""

_DIGESTS = frozenset(
    {
        "digest",
        "content-digest",
        "repr-digest",
        "content-md5",
        "x-amz-content-sha256",
        "x-goog-hash",
        "x-content-sha256",
    },
)


def _signs(name: str) -> bool:
    lowered = name.lower()
    return lowered in _DIGESTS or "signature" in lowered or "hmac" in lowered or lowered.startswith("x-amz-checksum-")


def _is_signed(headers: Headers) -> bool:
    return any(_signs(name) or value.startswith("AWS4-HMAC-SHA256") for name, value in headers)


def noted(before: Exchange, after: Exchange) -> Exchange:
    """The cleaned exchange, with a note when a header still speaks of the body before."""
    if after is before or NOTE in after.notes:
        return after
    sides = [(before.request, after.request), (before.response, after.response)]
    stale = any(old and new and old.body != new.body and _is_signed(old.headers) for old, new in sides)
    return after.with_note(*NOTE) if stale else after
