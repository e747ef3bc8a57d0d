"""Conduct, counted as it goes: what each exchange shows is added to tallies that are frozen at the end, for speed.

An exchange shows a sign once, however often it does. Most exchanges of an operation show the same signs, so that not each sign is
counted but each combination of them; and what follows from the values that matter alone is found out once. What changes here
changes only until ``conduct`` is called.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from tapehiss.cassettes.exchange import Ending, header
from tapehiss.contracts import authentication, caching, idempotency, limits, paging
from tapehiss.contracts.conduct import DIGESTS_MAX, SIGNS_MAX, WINDOWS_MAX, Conduct, Sign, Sketch, Window, bounded
from tapehiss.contracts.headers import names_of
from tapehiss.contracts.latency import bucket_of
from tapehiss.contracts.pagewords import role_of_header
from tapehiss.contracts.pairs import flattened
from tapehiss.contracts.quotas import quotas_of, role_of
from tapehiss.contracts.sums import smallest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tapehiss.cassettes.exchange import Exchange, Headers, Request, Response
    from tapehiss.contracts.reading import Account
    from tapehiss.contracts.sums import Seen

    Signs = tuple[str, ...]
    Members = Mapping[str, Any]

_NOTHING: Members = {}
MEMBERS_MAX = 200
"""How many members of a request body are looked at."""
SHOWN_MAX = 500
"""How many combinations of signs are held before each sign is counted by itself."""
HELD_TIMES = 8
"""So many times what a bound keeps are held before those are dropped that cannot be kept; more than it keeps stays, which tells that
the bound was reached."""


class Conducting:
    """Tallies of one operation's conduct."""

    __slots__ = ("_full", "_latency", "_shown", "_signs", "_sketches", "_windows")

    def __init__(self) -> None:
        self._shown: dict[Signs, list[Any]] = {}
        self._signs: dict[str, Sign] = {}
        self._full: set[str] = set()
        self._sketches: dict[str, set[str]] = {}
        self._windows: dict[str, Window] = {}
        self._latency: dict[str, int] = {}

    def take(self, rows: Iterable[tuple[Exchange, Account, Seen]]) -> None:
        """Count what exchanges show; each step is done for all of them before the next, which keeps it near the processor."""
        answered = [
            (exchange, exchange.response, account, seen) for exchange, account, seen in rows if exchange.response
        ]
        documents = [_documents(account) for _, _, account, _ in answered]
        asked = [_picked(exchange.request.headers, _asked) for exchange, _, _, _ in answered]
        told = [_picked(response.headers, _told) for _, response, _, _ in answered]
        shown = [
            _signs(exchange.request, response, ours, theirs, body)
            for (exchange, response, _, _), ours, theirs, (_, body, _) in zip(
                answered, asked, told, documents, strict=True
            )
        ]
        limited = [
            self._limits(exchange, response, theirs.headers)
            for (exchange, response, _, _), theirs in zip(answered, told, strict=True)
        ]
        paged = [
            self._page(exchange, response, theirs.headers, said)
            for (exchange, response, _, _), theirs, said in zip(answered, told, documents, strict=True)
        ]
        for (_, _, _, seen), signs, more, most in zip(answered, shown, limited, paged, strict=True):
            self._count(signs + more + most, seen)

    def _count(self, shown: Signs, seen: Seen) -> None:
        """Count the signs of one exchange."""
        known = self._shown.get(shown)
        if known is None:
            self._shown[shown] = [1, seen, seen]
            if len(self._shown) > SHOWN_MAX:
                self._settle()
        else:
            known[0] += 1
            if seen < known[1]:
                known[1] = seen
            elif seen > known[2]:
                known[2] = seen

    def conduct(self) -> Conduct:
        """All tallies as a value, within its bounds."""
        self._settle()
        sketches = {name: Sketch() + Sketch(frozenset(digests)) for name, digests in self._sketches.items()}
        return Conduct(self._signs, sketches, self._windows, self._latency, frozenset(self._full)) + Conduct()

    def _settle(self) -> None:
        """Count each sign by itself."""
        for shown, (count, first, last) in self._shown.items():
            seen = Sign(count, first, last)
            for sign in dict.fromkeys(shown):
                self._signs[sign] = self._signs[sign] + seen if sign in self._signs else seen
        self._shown = {}
        if len(self._signs) > HELD_TIMES * SIGNS_MAX:
            kept, full = bounded(self._signs)
            self._signs, self._full = dict(kept), self._full | full

    def _limits(self, exchange: Exchange, response: Response, told: Headers) -> Signs:
        if not told and response.status < 400:
            return ()
        quotas = quotas_of(told)
        if response.status < 400 and not any(name.lower() == "retry-after" for name, _ in told):
            if not quotas:
                return ()
            if not any(quota.reset for quota in quotas):
                return _steady(tuple([pair for pair in told if role_of(pair[0]) is not None]))
        now_s = limits.now_of(response.headers, exchange.started_at) if quotas or header(told, "retry-after") else None
        for name, window in limits.windows(now_s, quotas):
            self._windows[name] = self._windows.get(name, Window()) + window
            if len(self._windows) > HELD_TIMES * WINDOWS_MAX:
                self._windows = dict(smallest(self._windows, 2 * WINDOWS_MAX)[0])
        return tuple(limits.signs(response, told, now_s, quotas))

    def _page(
        self, exchange: Exchange, response: Response, headers: Headers, said: tuple[Members, Members, Any]
    ) -> Signs:
        if response.status >= 400 or exchange.ending is not Ending.COMPLETE:
            return ()
        self._waited(exchange)
        query, body, answer = said
        told = paging.page(exchange.request.method, exchange.request.url, query, body, headers, answer)
        for name, digest in paging.digests(told):
            held = self._sketches.setdefault(name, set())
            held.add(digest)
            if len(held) > HELD_TIMES * DIGESTS_MAX:
                self._sketches[name] = set(sorted(held)[: 2 * DIGESTS_MAX])
        return tuple(paging.signs(told))

    def _waited(self, exchange: Exchange) -> None:
        timings = exchange.timings
        waited_s = timings.first_byte_s if timings.first_byte_s is not None else timings.end_s
        if waited_s is not None:
            bucket = bucket_of(waited_s)
            self._latency[bucket] = self._latency.get(bucket, 0) + 1


def conduct_of(exchange: Exchange, account: Account, seen: Seen) -> Conduct:
    """The conduct that one exchange shows."""
    counting = Conducting()
    counting.take([(exchange, account, seen)])
    return counting.conduct()


def _signs(request: Request, response: Response, asked: Picked, told: Picked, body: Mapping[str, Any]) -> Signs:
    """What an exchange shows beside limits and paging."""
    method, status = request.method, response.status
    grant = body.get("grant_type") if body else None
    query = request.url.partition("?")[2].partition("#")[0]
    proof = authentication.proof(asked.headers, query, () if grant else body)
    if status < 400 and not body and not asked.keyed and not told.keyed:
        return _usual(method, status, proof, asked.names, _gist(told))
    return (
        *_proven(status, proof, grant, response.headers),
        *caching.signs(method, asked.headers, status, told.headers),
        *idempotency.signs(method, asked.headers, told.headers, body),
    )


@lru_cache(maxsize=2_048)
def _usual(method: str, status: int, proof: str, asked: tuple[str, ...], gist: Headers) -> Signs:
    """The signs of an exchange that was not turned down, without a body and without keys that make it safe to repeat."""
    nameless = tuple([(name, "") for name in asked])
    shown = caching.signs(method, nameless, status, gist), idempotency.signs(method, (), (), {})
    return (*_proven(status, proof, None, ()), *shown[0], *shown[1])


def _proven(status: int, proof: str, grant: Any, headers: Headers) -> Iterator[str]:
    """How the request proved who it is, and whether that was enough."""
    yield f"answered {status // 100}xx"
    if status < 400:
        yield f"proof {proof}"
        if isinstance(grant, str):
            yield f"grant {quote(grant[:100], safe=':')}"
    elif status in {401, 403, 407}:
        yield f"refused {status} {proof}"
        yield from (f"challenge {scheme}" for scheme in authentication.challenges(headers))


@lru_cache(maxsize=2_048)
def _steady(quotas: Headers) -> Signs:
    """The signs of quotas that are told by these headers and by no clock."""
    return tuple(limits.of_quotas(quotas_of(quotas), None))


class Picked(NamedTuple):
    """The headers of a message that are looked at."""

    names: tuple[str, ...]
    headers: Headers
    keyed: bool
    """Whether one of them has to do with keys that make a request safe to repeat."""


def _picked(
    headers: Headers, which: Callable[[tuple[str, ...]], tuple[tuple[int, ...], tuple[str, ...], bool]]
) -> Picked:
    places, names, keyed = which(names_of(headers))
    return Picked(names, tuple([headers[place] for place in places]), keyed)


@lru_cache(maxsize=1_024)
def _asked(names: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[str, ...], bool]:
    """Places and names of a request's headers that are looked at, and whether one is an idempotency key."""
    places = [place for place, name in enumerate(names) if _is_asked(name)]
    picked = tuple([names[place] for place in places])
    return tuple(places), picked, any(map(idempotency.is_key, picked))


@lru_cache(maxsize=1_024)
def _told(names: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[str, ...], bool]:
    """Places and names of an answer's headers that are looked at, and whether one is about idempotency."""
    places = [place for place, name in enumerate(names) if _is_told(name)]
    picked = tuple([names[place] for place in places])
    return tuple(places), picked, any(idempotency.is_key(name) or idempotency.is_marker(name) for name in picked)


_TELLING_LENGTH = {"etag": 2, "last-modified": 1}
"""How many characters of a validator tell its kind; of ``Cache-Control`` all do."""


def _gist(told: Picked) -> Headers:
    """What headers say of caching, as headers."""
    return tuple([(name, told.headers[at][1][:length]) for at, name, length in _validators(told.names)])


@lru_cache(maxsize=1_024)
def _validators(names: tuple[str, ...]) -> tuple[tuple[int, str, int | None], ...]:
    lower = enumerate(map(str.lower, names))
    return tuple([(at, name, _TELLING_LENGTH.get(name)) for at, name in lower if name in caching.VALIDATORS])


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


def _documents(account: Account) -> tuple[Members, Members, Any]:
    """The query parameters, the members of the request body, and the answer's document, as far as there are any."""
    query, body = _NOTHING, _NOTHING
    answer: Any = None
    for part, documents, _ in account.readings:
        if len(documents) != 1:
            continue
        (document,) = documents
        if part.startswith("response "):
            answer = answer if document is None else document
        elif type(document) is not dict or not document:
            continue
        elif part == "query":
            query = dict(flattened(document)) if dict in map(type, document.values()) else document
        elif part.startswith("request "):
            body = document if len(document) <= MEMBERS_MAX else dict(list(document.items())[:MEMBERS_MAX])
    return query, body, answer
