"""The headers that matter, as documents: what a vendor asks for and tells, without what every client and every proxy adds.

A document is an object of lower-case names and texts; of a header that is repeated the values are a list. Credentials are told by their
scheme alone, or as ``(credential)``. Of requests everything counts that is not known to be the client's own business; of answers only
what a client could act upon: quotas, validators, paging, versions, places, replays, deprecations.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.media import media_type
from tapehiss.contracts.authentication import credential_kind, scheme
from tapehiss.contracts.documents import scalar
from tapehiss.contracts.quotas import quotas_of

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Headers

NAMES_MAX = 60
"""How many headers of one message are told."""
CREDENTIAL = "(credential)"
_NO_QUOTAS: frozenset[str] = frozenset()

_CLIENTS_OWN = re.compile(
    r"host|user-agent|accept-(?:encoding|charset|language)|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|content-(?:length|type|encoding|md5)"
    r"|expect|upgrade.*|date|cookie2?|origin|referer|http-referer|dnt|via|forwarded|x-forwarded.*|x-real-ip|pragma|cache-control|max-forwards"
    r"|sec-.*|purpose|priority|save-data|traceparent|tracestate|baggage|sentry-trace|b3|x-b3-.*|uber-trace-id|x-datadog-.*|x-amzn-trace-id"
    r"|x-cloud-trace-context|newrelic|elastic-apm-.*|x-stainless-.*|x-requested-with|postman-token|x-title|(?:.*-)?(?:user|client|sdk)-?(?:agent|info|telemetry|metadata|name|version|lang.*|platform|os|device.*)"
    r"|x-goog-api-client|amz-sdk-.*|x-amz-(?:date|content-sha256|user-agent)|x-sdk-.*|(?:.*-)?(?:request|correlation|trace|span|transaction|invocation)-?id|(?:.*-)?(?:request-?)?(?:date|time|timestamp|nonce)|:.*|alt-used|from|range"
)
_TELLING = re.compile(
    r"retry-after|etag|last-modified|cache-control|link|location|content-location|content-range|accept-ranges|content-disposition"
    r"|allow|accept-(?:patch|post)|www-authenticate|deprecation|sunset|warning|preference-applied|operation-location|azure-asyncoperation|refresh"
    r"|(?:.*[-_])?(?:total|count|page|pages|per-page|cursor|offset|next-page|continuation|continuation-token|next|total-?items|total-?count|total-?pages|limit)"
    r"|(?:.*[-_])?(?:version|api-version|revision)|(?:.*[-_])?(?:should-retry|idempotency-key|idempotent-replayed|idempotency-replayed|replayed|original-request|deprecated|oauth-scopes|retirement-date|rate-limited-reason)"
)
_NOT_TELLING = re.compile(
    r"content-length|x-envoy-.*|(?:builder|x-aspnet.*|x-powered-by.*)-?version|docker-.*|x-cache.*|x-goog-component-count"
)


Plan = tuple[tuple[int, str, str], ...]
"""Of each header that is told: its place, its name in lower case, and what kind of credential it holds."""


def asked(headers: Headers) -> dict[str, Any]:
    """The headers of a request that matter."""
    return _document(headers, _asked(names_of(headers)))


def answered(headers: Headers) -> dict[str, Any]:
    """The headers of an answer that a client could act upon."""
    quotas = quotas_of(headers)
    told = frozenset([name for quota in quotas for _, name in quota.headers]) if quotas else _NO_QUOTAS
    return _document(headers, _answered(names_of(headers), told))


def names_of(headers: Headers) -> tuple[str, ...]:
    """The names of headers as they were sent: what depends on them alone is remembered by them."""
    return tuple([name for name, _ in headers])


def declared_media(headers: Headers) -> str:
    """The media type that headers tell, as ``media_type`` of ``cassettes`` has it, without spaces."""
    place = _content_type(names_of(headers))
    return _essence(headers[place][1]) if place is not None else ""


@lru_cache(maxsize=1_024)
def _content_type(names: tuple[str, ...]) -> int | None:
    return next((place for place, name in enumerate(names) if name.lower() == "content-type"), None)


@lru_cache(maxsize=512)
def _essence(value: str) -> str:
    return "".join(media_type((("content-type", value),)).split())


@lru_cache(maxsize=1_024)
def _asked(names: tuple[str, ...]) -> Plan:
    return _plan([(place, name) for place, name in enumerate(names) if _is_asked(name)])


@lru_cache(maxsize=1_024)
def _answered(names: tuple[str, ...], quotas: frozenset[str]) -> Plan:
    return _plan([(at, name) for at, name in enumerate(names) if _is_answered(name) or name.lower() in quotas])


def _plan(told: list[tuple[int, str]]) -> Plan:
    """What is told of headers with these names; of too many, the first names."""
    first = list(dict.fromkeys(name.lower() for _, name in told))[:NAMES_MAX]
    return tuple((place, name.lower(), credential_kind(name)) for place, name in told if name.lower() in first)


def _document(headers: Headers, plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, name, kind in plan:
        told = _value(kind, headers[place][1])
        if name not in found:
            found[name] = told
        else:
            held = found[name]
            found[name] = [*held, told] if isinstance(held, list) else [held, told]
    return found


def _value(kind: str, value: str) -> Any:
    if kind:
        return scheme(value) if kind == "scheme" else CREDENTIAL
    return scalar(value)


@lru_cache(maxsize=4_096)
def _is_asked(name: str) -> bool:
    return _CLIENTS_OWN.fullmatch(name.lower()) is None


@lru_cache(maxsize=4_096)
def _is_answered(name: str) -> bool:
    return _TELLING.fullmatch(name.lower()) is not None and _NOT_TELLING.fullmatch(name.lower()) is None
