"""Conduct, counted as it goes: what each exchange shows is added to tallies that are frozen at the end, for speed.

An exchange shows a sign once, however often it does. What changes here changes only until ``conduct`` is called.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tapehiss.cassettes.exchange import Ending, header
from tapehiss.contracts import authentication, caching, idempotency, limits, paging
from tapehiss.contracts.conduct import DIGESTS_MAX, WINDOWS_MAX, Conduct, Sign, Sketch, Window
from tapehiss.contracts.latency import bucket_of
from tapehiss.contracts.pagewords import role_of_header
from tapehiss.contracts.pairs import flattened
from tapehiss.contracts.quotas import quotas_of, role_of
from tapehiss.contracts.sums import smallest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tapehiss.cassettes.exchange import Exchange, Headers, Response
    from tapehiss.contracts.reading import Account
    from tapehiss.contracts.sums import Seen

MEMBERS_MAX = 200
"""How many members of a request body are looked at."""


HELD_TIMES = 8
"""So many times what a bound keeps are held before those are dropped that cannot be kept; more than it keeps stays, which tells that
the bound was reached."""


class Conducting:
    """Tallies of one operation's conduct."""

    __slots__ = ("_latency", "_signs", "_sketches", "_windows", "size")

    def __init__(self) -> None:
        self._signs: dict[str, list[Any]] = {}
        self._sketches: dict[str, set[str]] = {}
        self._windows: dict[str, Window] = {}
        self._latency: dict[str, int] = {}
        self.size = 0
        """How much is held: when it grows large, freeze and begin anew."""

    def take(self, exchange: Exchange, account: Account, seen: Seen) -> None:
        """Count what one exchange shows."""
        response = exchange.response
        if response is None:
            return
        query, body, answer = _documents(account)
        asked = tuple(pair for pair in exchange.request.headers if _is_asked(pair[0]))
        told = tuple(pair for pair in response.headers if _is_told(pair[0]))
        for sign in dict.fromkeys(_signs(exchange, response, asked, told, body)):
            self._sign(sign, seen)
        if told or response.status >= 400:
            self._limits(exchange, response, told, seen)
        if exchange.ending is Ending.COMPLETE and response.status < 400:
            request = exchange.request
            self._page(paging.page(request.method, request.url, query, body, told, answer), seen)
            self._waited(exchange)

    def conduct(self) -> Conduct:
        """All tallies as a value, within its bounds."""
        signs = {name: Sign(count, first, last) for name, (count, first, last) in self._signs.items()}
        sketches = {name: Sketch() + Sketch(frozenset(digests)) for name, digests in self._sketches.items()}
        return Conduct(signs, sketches, self._windows, self._latency) + Conduct()

    def _sign(self, name: str, seen: Seen) -> None:
        known = self._signs.get(name)
        if known is None:
            self._signs[name] = [1, seen, seen]
            self.size += 1
            return
        known[0] += 1
        if seen < known[1]:
            known[1] = seen
        elif seen > known[2]:
            known[2] = seen

    def _limits(self, exchange: Exchange, response: Response, told: Headers, seen: Seen) -> None:
        quotas = quotas_of(told)
        now_s = limits.now_of(response.headers, exchange.started_at) if quotas or header(told, "retry-after") else None
        for sign in dict.fromkeys(limits.signs(response, told, now_s, quotas)):
            self._sign(sign, seen)
        for name, window in limits.windows(now_s, quotas):
            self._windows[name] = self._windows.get(name, Window()) + window
            if len(self._windows) > HELD_TIMES * WINDOWS_MAX:
                self._windows = dict(smallest(self._windows, 2 * WINDOWS_MAX)[0])
            self.size += 1

    def _page(self, told: paging.Page, seen: Seen) -> None:
        for sign in dict.fromkeys(paging.signs(told)):
            self._sign(sign, seen)
        for name, digest in paging.digests(told):
            held = self._sketches.setdefault(name, set())
            held.add(digest)
            if len(held) > HELD_TIMES * DIGESTS_MAX:
                self._sketches[name] = set(sorted(held)[: 2 * DIGESTS_MAX])
            self.size += 1

    def _waited(self, exchange: Exchange) -> None:
        timings = exchange.timings
        waited_s = timings.first_byte_s if timings.first_byte_s is not None else timings.end_s
        if waited_s is not None:
            bucket = bucket_of(waited_s)
            self._latency[bucket] = self._latency.get(bucket, 0) + 1


def conduct_of(exchange: Exchange, account: Account, seen: Seen) -> Conduct:
    """The conduct that one exchange shows."""
    counting = Conducting()
    counting.take(exchange, account, seen)
    return counting.conduct()


def _signs(
    exchange: Exchange, response: Response, asked: Headers, told: Headers, body: Mapping[str, Any]
) -> Iterator[str]:
    """What an exchange shows beside limits and paging."""
    request, status = exchange.request, response.status
    yield f"answered {status // 100}xx"
    grant = body.get("grant_type")
    proof = authentication.proof(asked, request.url.partition("?")[2].partition("#")[0], () if grant else body)
    if status < 400:
        yield f"proof {proof}"
        if isinstance(grant, str):
            yield f"grant {quote(grant[:100], safe=':')}"
    elif status in {401, 403, 407}:
        yield f"refused {status} {proof}"
        yield from (f"challenge {scheme}" for scheme in authentication.challenges(response.headers))
    yield from caching.signs(request.method, asked, status, told)
    yield from idempotency.signs(request.method, asked, told, body)


@lru_cache(maxsize=4_096)
def _is_asked(name: str) -> bool:
    """Whether a request's header is looked at."""
    return bool(authentication.credential_kind(name)) or idempotency.is_key(name) or name.lower() in caching.CONDITIONS


@lru_cache(maxsize=4_096)
def _is_told(name: str) -> bool:
    """Whether an answer's header is looked at."""
    known = name.lower() in caching.VALIDATORS | {"link", "retry-after"}
    about = idempotency.is_key(name) or idempotency.is_marker(name) or bool(role_of_header(name))
    return known or about or role_of(name) is not None


def _documents(account: Account) -> tuple[Mapping[str, Any], Mapping[str, Any], Any]:
    """The query parameters, the members of the request body, and the answer's document, as far as there are any."""
    query: Mapping[str, Any] = {}
    body: Mapping[str, Any] = {}
    answer: Any = None
    for reading in account.readings:
        document = reading.documents[0] if len(reading.documents) == 1 else None
        if reading.part.startswith("response ") and document is not None:
            answer = document
        elif isinstance(document, dict) and reading.part == "query":
            query = dict(flattened(document))
        elif isinstance(document, dict) and reading.part.startswith("request "):
            body = dict(list(document.items())[:MEMBERS_MAX])
    return query, body, answer
