"""Validators and freshness of answers, and what conditional requests met (RFC 9110 section 13, RFC 9111 section 5.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Headers

READS = frozenset({"GET", "HEAD"})
CONDITIONS = frozenset({"if-none-match", "if-modified-since", "if-match", "if-unmodified-since"})
VALIDATORS = frozenset({"etag", "last-modified", "cache-control"})
DIRECTIVES = ("no-store", "no-cache", "private", "public", "must-revalidate", "immutable")

_MAX_AGE = re.compile(r"(?:\A|[,\s])(?:s-)?max-?age\s*=\s*\"?(\d{1,9})")


def signs(method: str, asked: Headers, status: int, told: Headers) -> Iterator[str]:
    """What one exchange shows of caching, by its request's and its answer's headers."""
    if method in READS and status == 200:
        yield "caching answers"
        if told:
            yield from _validators(told)
            yield from _freshness(told)
    for name, _ in asked:
        if name.lower() in CONDITIONS:
            yield f"conditional {name.lower()} {status}"


def _validators(told: Headers) -> Iterator[str]:
    etag = header(told, "etag")
    if etag:
        yield f"caching etag {'weak' if etag.startswith('W/') else 'strong'}"
    if header(told, "last-modified"):
        yield "caching last-modified"


def _freshness(told: Headers) -> Iterator[str]:
    control = (header(told, "cache-control") or "").lower()
    words = set(re.split(r"[,\s]+", control))
    yield from (f"caching control {word}" for word in DIRECTIVES if word in words)
    age = _MAX_AGE.search(control)
    if age:
        yield f"max-age {int(age[1])}"
