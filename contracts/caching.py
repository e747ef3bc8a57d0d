"""Validators and freshness of answers, and what conditional requests met (RFC 9110 section 13, RFC 9111 section 5.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Request, Response

CONDITIONS = ("if-none-match", "if-modified-since", "if-match", "if-unmodified-since")
DIRECTIVES = ("no-store", "no-cache", "private", "public", "must-revalidate", "immutable")

_MAX_AGE = re.compile(r"(?:\A|[,\s])(?:s-)?max-?age\s*=\s*\"?(\d{1,9})")


def signs(request: Request, response: Response) -> Iterator[str]:
    """What one exchange shows of caching."""
    readable = request.method in {"GET", "HEAD"}
    if readable and response.status == 200:
        yield "caching answers"
        yield from _validators(response)
        yield from _freshness(response)
    for name in CONDITIONS:
        if header(request.headers, name) is not None:
            yield f"conditional {name} {response.status}"


def _validators(response: Response) -> Iterator[str]:
    etag = header(response.headers, "etag")
    if etag:
        yield f"caching etag {'weak' if etag.startswith('W/') else 'strong'}"
    if header(response.headers, "last-modified"):
        yield "caching last-modified"


def _freshness(response: Response) -> Iterator[str]:
    told = (header(response.headers, "cache-control") or "").lower()
    words = set(re.split(r"[,\s]+", told))
    yield from (f"caching control {word}" for word in DIRECTIVES if word in words)
    age = _MAX_AGE.search(told)
    if age:
        yield f"max-age {int(age[1])}"
