"""Which recorded requests are worth asking the vendor again, and how they are put: chosen purely, sent by somebody else.

Only requests that the vendor took, without anything that changes the world (``SAFE``, unless more is asked for), each once, and
a bounded number that touches as many operations as possible. Credentials of a recording are pseudonyms, so that they are left out, and those
of whoever asks are put in their place.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Ending
from tapehiss.cassettes.secretnames import Names, Place, Strength
from tapehiss.contracts.operations import split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tapehiss.cassettes.exchange import Exchange, Headers, Request
    from tapehiss.cassettes.origins import Target

SAFE = frozenset({"GET", "HEAD"})
"""Methods that change nothing (RFC 9110 section 9.2.1) and that any client sends."""

_OWN = frozenset(
    {
        "accept-encoding", "connection", "content-length", "cookie", "expect", "host", "if-match", "if-modified-since", "if-none-match",
        "if-range", "if-unmodified-since", "keep-alive", "origin", "priority", "proxy-connection", "range", "referer", "te", "trailer",
        "transfer-encoding", "upgrade", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    }
)  # fmt: skip
"""Headers that belong to one connection, one session or one state of a cache, not to the question."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the vendor is to be told about who asks: names and values; no value is ever shown."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to be sent."""

    recorded: Request
    """As it stands on the tape."""
    live: Request = field(repr=False)
    """As it is sent: it holds the credentials."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be asked, and what is not."""

    asks: tuple[Ask, ...]
    left_out: Mapping[str, int]
    """Reason -> how many recorded exchanges are not asked again because of it."""


def plan(
    exchanges: Iterable[Exchange],
    target: Target,
    operation: Callable[[Exchange], str],
    *,
    methods: frozenset[str] = SAFE,
    most: int,
    origin: str = "",
    credentials: Credentials | None = None,
) -> Plan:
    """The requests to send to ``target`` in the place of the recorded ``origin``.

    ``operation`` names what an exchange calls. ``Misuse`` when several origins were recorded and none is named.
    """
    left_out: Counter[str] = Counter()
    by_operation: dict[str, dict[tuple[str, str, bytes], Request]] = {}
    origins: set[str] = set()
    for exchange in exchanges:
        request = exchange.request
        reason = _unfit(exchange, methods) or ("of another origin" if origin not in {"", split(request.url)[0]} else "")
        known = by_operation.setdefault(operation(exchange), {}) if not reason else {}
        mark = (request.method, request.url, request.body)
        if reason or mark in known:
            left_out[reason or "asked already"] += 1
        else:
            origins.add(split(request.url)[0])
            known[mark] = request
    if len(origins) > 1:
        raise Misuse(
            f"several origins were recorded: {', '.join(sorted(origins))}",
            "--live",
            "name the one that it stands for: --origin",
        )
    chosen = list(_in_turn([list(known.values()) for _, known in sorted(by_operation.items())]))
    left_out["beyond --max-requests"] += max(0, len(chosen) - most)
    asks = tuple(Ask(request, _live(request, target, credentials or Credentials())) for request in chosen[:most])
    return Plan(asks, {reason: count for reason, count in left_out.items() if count})


def _unfit(exchange: Exchange, methods: frozenset[str]) -> str:
    """Why an exchange is not asked again; empty when it is."""
    if exchange.request.method.upper() not in methods:
        return "not a safe method"
    if exchange.response is None or exchange.ending is not Ending.COMPLETE:
        return "without an answer"
    if exchange.response.status >= 400:
        return "turned down when it was recorded"
    return "its body was not kept" if exchange.request.cut or exchange.request.undecoded else ""


def _in_turn(groups: list[list[Request]]) -> Iterator[Request]:
    """One of each group, then the second of each, and so on."""
    for number in range(max(map(len, groups), default=0)):
        yield from (group[number] for group in groups if number < len(group))


def _live(request: Request, target: Target, credentials: Credentials) -> Request:
    parts = urlsplit(request.url)
    query = _query(parts.query, credentials.query)
    url = urlunsplit(
        (target.origin.scheme, target.origin.authority, f"{target.base_path}{parts.path or '/'}", query, "")
    )
    return replace(
        request, url=url, headers=_headers(request.headers, credentials.headers), http_version="HTTP/1.1", trailers=()
    )


def _headers(recorded: Headers, own: Mapping[str, str]) -> Headers:
    names = Names()
    given = {name.lower() for name in own}
    kept = [
        (name, value)
        for name, value in recorded
        if name.lower() not in _OWN | given
        and not name.startswith(":")
        and names.header_strength(name) is Strength.NONE
    ]
    return (*kept, *own.items())


def _query(recorded: str, own: Mapping[str, str]) -> str:
    """The query without what was a secret, and with what is one now."""
    names = Names()
    kept = [
        pair
        for pair in recorded.split("&")
        if pair and (name := unquote_plus(pair.partition("=")[0])) not in own
        and names.strength(name, Place.QUERY) is not Strength.STRONG
    ]  # fmt: skip
    return "&".join([*kept, *(f"{quote(name)}={quote(value, safe='')}" for name, value in own.items())])
