"""Conduct, counted as it goes: what each exchange shows is added to tallies that are frozen at the end, for speed.

An exchange shows a sign once, however often it does. What changes here changes only until ``conduct`` is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tapehiss.cassettes.exchange import Ending
from tapehiss.contracts import authentication, caching, idempotency, limits, paging
from tapehiss.contracts.conduct import Conduct, Sign, Sketch, Window
from tapehiss.contracts.latency import bucket_of
from tapehiss.contracts.operations import split
from tapehiss.contracts.quotas import quotas_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tapehiss.cassettes.exchange import Exchange, Response
    from tapehiss.contracts.reading import Account
    from tapehiss.contracts.sums import Seen

MEMBERS_MAX = 200
"""How many members of a request body are looked at."""


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
        for sign in dict.fromkeys(_signs(exchange, response, body)):
            self._sign(sign, seen)
        self._quotas(exchange, response, seen)
        if exchange.ending is Ending.COMPLETE and response.status < 400:
            self._page(paging.page(exchange.request.url, query, body, response.headers, answer), seen)
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

    def _quotas(self, exchange: Exchange, response: Response, seen: Seen) -> None:
        quotas = quotas_of(response.headers)
        for sign in dict.fromkeys(limits.signs(response, exchange.started_at, quotas)):
            self._sign(sign, seen)
        for name, window in limits.windows(response, exchange.started_at, quotas):
            self._windows[name] = self._windows.get(name, Window()) + window
            self.size += 1

    def _page(self, told: paging.Page, seen: Seen) -> None:
        for sign in dict.fromkeys(paging.signs(told)):
            self._sign(sign, seen)
        for name, digest in paging.digests(told):
            self._sketches.setdefault(name, set()).add(digest)
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


def _signs(exchange: Exchange, response: Response, body: Mapping[str, Any]) -> Iterator[str]:
    """What an exchange shows beside quotas and paging."""
    request = exchange.request
    yield f"answered {response.status // 100}xx"
    grant = body.get("grant_type")
    proof = authentication.proof(request.headers, split(request.url)[2], () if grant else body)
    if isinstance(grant, str) and response.status < 400:
        yield f"grant {quote(grant[:100], safe=':')}"
    if response.status < 400:
        yield f"proof {proof}"
    elif response.status in {401, 403, 407}:
        yield f"refused {response.status} {proof}"
        yield from (f"challenge {scheme}" for scheme in authentication.challenges(response.headers))
    yield from caching.signs(request, response)
    yield from idempotency.signs(request, response, body)


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
            query = document
        elif isinstance(document, dict) and reading.part.startswith("request "):
            body = dict(list(document.items())[:MEMBERS_MAX])
    return query, body, answer
