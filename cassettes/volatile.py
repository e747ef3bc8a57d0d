"""What changes with every recording and means nothing: dates, request ids, traces, times. Noise in git.

The law of this file: the answer to ``normalised(normalised(x))`` is that to ``normalised(x)``, and no body changes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Timings

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange, Headers

DATES = frozenset({"date", "expires"})
"""Headers that hold an HTTP date (``Expires`` may hold ``0``, which stays)."""

IDS = frozenset(
    {
        "age", "amz-sdk-invocation-id", "cf-ray", "nel", "openai-processing-ms", "report-to", "request-id", "server-timing",
        "traceparent", "tracestate", "x-amz-id-2", "x-amz-request-id", "x-amzn-requestid", "x-amzn-trace-id", "x-b3-spanid",
        "x-b3-traceid", "x-cache-hits", "x-client-request-id", "x-cloud-trace-context", "x-correlation-id",
        "x-envoy-upstream-service-time", "x-github-request-id", "x-ms-client-request-id", "x-ms-request-id",
        "x-request-id", "x-requestid", "x-response-time", "x-runtime", "x-served-by", "x-timer", "x-trace-id",
    }
)  # fmt: skip
"""Headers that name this very call, or say how long it took."""

EPOCH = "Thu, 01 Jan 1970 00:00:00 GMT"
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")


def normalised(exchange: Exchange) -> Exchange:
    """The exchange without what changes with every recording; its place in the order is lost with its time."""
    response = exchange.response and replace(exchange.response, headers=_headers(exchange.response.headers), chunks=())
    return replace(
        exchange,
        request=replace(exchange.request, headers=_headers(exchange.request.headers)),
        response=response,
        started_at=0.0,
        timings=Timings(),
    )


def _headers(headers: Headers) -> Headers:
    return tuple((name, _value(name.lower(), value)) for name, value in headers)


def _value(name: str, value: str) -> str:
    """Same length, same punctuation: a date becomes the epoch, each letter or digit of an id ``0``."""
    if name in DATES:
        return _HTTP_DATE.sub(EPOCH, value)
    return re.sub(r"[0-9A-Za-z]", "0", value) if name in IDS else value
