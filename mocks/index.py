"""The recordings of some tapes, found by request: built once when a vendor is loaded.

A recording is known by its number, counted over all tapes from 0 in recorded order. A group is what one key leads to: numbers,
ascending.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.exchange import Ending, Exchange, Request
from tapehiss.mocks.bodies import fields_of, read_body
from tapehiss.mocks.inventions import Inventions, in_bodies, inventions_of
from tapehiss.mocks.keys import (
    NOWHERE,
    SELECTED,
    Key,
    exact_key,
    keys_of,
    named_values_of,
    normal_path,
    selection_of,
    split_url,
)
from tapehiss.mocks.links import origin_in
from tapehiss.mocks.matchers import NONE, Matchers
from tapehiss.mocks.outcome import Rung
from tapehiss.mocks.wildcards import Wildcards, wildcards_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.cassettes.origins import Origin
    from tapehiss.cassettes.secretnames import Place
    from tapehiss.mocks.outcome import Outcome

RECORDINGS_MAX = 1_000_000
COMPARED_MAX = 500
"""How many bodies are compared for the nearest one."""
ABOUT_THE_BODY = frozenset({400, 402, 404, 409, 413, 422})
"""Refusals of what stood in one body: they say nothing about another."""


@dataclass(frozen=True, slots=True)
class Group:
    """The recordings that one key leads to."""

    id: int
    numbers: list[int] = field(default_factory=list)
    """Ascending; filled while the index is built and not afterwards."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a request led."""

    rung: Rung
    fingerprint: int
    group: Group | None = None
    """``None`` on a miss."""
    closest: tuple[int, ...] = ()
    """Where the body was not compared: the numbers whose bodies resemble the request's most."""
    names: tuple[str, ...] = ()
    """What the client made up in its URL."""


@dataclass(frozen=True, slots=True)
class Index:
    """Recordings and the keys that lead to them."""

    recordings: tuple[Exchange, ...] = ()
    hosts: frozenset[str] = frozenset()
    """The vendors' authorities, without default ports."""
    origins: tuple[Origin, ...] = ()
    """The same with their schemes."""
    exact: dict[Key, Match] = field(default_factory=dict, repr=False)
    normalised: dict[Key, Group] = field(default_factory=dict, repr=False)
    operation: dict[Key, Group] = field(default_factory=dict, repr=False)
    renamed: dict[Key, Group] = field(default_factory=dict, repr=False)
    """By the shape of the URL."""
    wild: Wildcards = NOWHERE
    inventions: Inventions = field(default=Inventions(), repr=False)
    matchers: Matchers = NONE

    outcomes: dict[tuple[int, Rung, bool], Outcome] = field(default_factory=dict, repr=False, compare=False)
    """What each recording says to a request that leads to it on a rung, with its body or (HEAD) without: remembered."""

    def host_of(self, authority: str) -> str:
        """The part that the host plays in a key: none if the tapes know one vendor, or not this one."""
        return authority if len(self.hosts) > 1 and authority in self.hosts else ""

    def place_of(self, request: Request) -> tuple[Request, str, str]:
        """The request as it is compared, the host's part in its keys, and its target."""
        if not self.matchers.rules:
            authority, target, _ = split_url(request.url)
            return request, self.host_of(authority), target
        request, marks = self.matchers.canonical(request)
        authority, target, _ = split_url(request.url)
        return request, "\x1f".join((self.host_of(authority), *marks)), target

    def find(self, request: Request) -> Match:
        """The best group for a request, and its fingerprint."""
        sent = request
        request, host, target = self.place_of(request)
        hit = self.exact.get(exact_key(request, host, target)) if request is sent else None
        if hit is not None:
            return hit
        keys = keys_of(request, host, target, self.wild)
        methods = ("HEAD", "GET") if request.method == "HEAD" else (request.method,)
        for method in methods:
            for key in (keys.normalised, keys.unselected):
                if group := self.normalised.get((method, *key[1:])):
                    return Match(Rung.NORMALISED, keys.fingerprint, group)
        if group := self.operation.get(keys.operation):
            return Match(Rung.IGNORING_BODY, keys.fingerprint, group, self._closest(request, group.numbers))
        return self._find_renamed(request, host, target, keys.fingerprint)

    def _find_renamed(self, request: Request, host: str, target: str, fingerprint: int) -> Match:
        """The group of a request that differs only in what clients make up."""
        shape, names = _shape(self, request, host, target)
        group = self.renamed.get(shape) if shape is not None else None
        alike = (
            [number for number in group.numbers if self.inventions.agree(names, self.names_of(number))] if group else []
        )
        if group is None or not alike:
            return Match(Rung.MISS, fingerprint)
        return Match(Rung.RENAMED, fingerprint, group, self._closest(request, alike), names)

    def fingerprint(self, request: Request) -> int:
        """The fingerprint of a request as the client sent it."""
        return keys_of(*self.place_of(request), self.wild).fingerprint

    def names_of(self, number: int) -> tuple[str, ...]:
        """What the client made up in the URL of a recording."""
        return _shape(self, *self.place_of(self.recordings[number].request))[1]

    def named_anew(self, request: Request, match: Match, number: int) -> tuple[tuple[str, str], ...]:
        """Pairs of an identifier that the client made up and the one that a recording has instead."""
        recorded = self.recordings[number].request
        in_url = self.inventions.named_anew(match.names, self.names_of(number)) if match.names else ()
        return (*in_url, *self.inventions.named_anew(*in_bodies(request, recorded)))

    def _closest(self, request: Request, numbers: list[int]) -> tuple[int, ...]:
        """Of some recordings, those with the most fields of the body equal to the request's; no refusal of another body, unless all are."""
        asked = fields_of(read_body(request))
        scores = {number: self._equal_fields(number, asked) for number in numbers[:COMPARED_MAX]}
        best = max(scores.values())
        alike = tuple(number for number, score in scores.items() if score == best)
        return tuple(number for number in alike if not self._refused_a_body(number)) or alike

    def _refused_a_body(self, number: int) -> bool:
        response = self.recordings[number].response
        return response is not None and response.status in ABOUT_THE_BODY

    def _equal_fields(self, number: int, asked: dict[str, object]) -> int:
        recorded = fields_of(read_body(self.recordings[number].request))
        return sum(name in recorded and recorded[name] == value for name, value in asked.items())


def playable(exchange: Exchange) -> bool:
    """Whether there is anything to play: a client that left before an answer came says nothing about the vendor."""
    return exchange.response is not None or exchange.ending not in (Ending.COMPLETE, Ending.CLIENT_GONE)


def index_of(exchanges: Iterable[Exchange], matchers: Matchers = NONE) -> Index:
    """The index over some exchanges, in their order."""
    recordings = tuple(exchange for exchange in exchanges if playable(exchange))
    assert len(recordings) <= RECORDINGS_MAX
    hosts = frozenset(split_url(exchange.request.url).authority for exchange in recordings)
    wild = wildcards_of(_places(exchange.request) for exchange in recordings)
    places = dict.fromkeys("/".join(exchange.request.url.split("/", 3)[:3]) for exchange in recordings)
    origins = dict.fromkeys(filter(None, map(origin_in, places)))
    index = Index(recordings, hosts, tuple(origins), wild=wild, inventions=inventions_of(recordings), matchers=matchers)
    for number, exchange in enumerate(recordings):
        request, host, target = index.place_of(exchange.request)
        anywhere = host[len(index.host_of(split_url(request.url).authority)) :]
        for place in {anywhere, host}:
            _enter(index, number, request, place, target)
    return index


def _places(request: Request) -> tuple[str, str, Iterable[tuple[str, Any, Place]]]:
    """Where a recorded request may hold pseudonyms."""
    _, target, path = split_url(request.url)
    return request.method, normal_path(path), named_values_of(request, target)


def _enter(index: Index, number: int, request: Request, host: str, target: str) -> None:
    """Put one recording under the keys of its request, as it is compared."""
    exchange = index.recordings[number]
    keys = keys_of(request, host, target, index.wild)
    if request is exchange.request:
        exact = exact_key(request, host, target)
        known = index.exact.get(exact)
        group = known.group if known is not None and known.group is not None else Group(_next_id(index))
        group.numbers.append(number)
        index.exact[exact] = known or Match(Rung.EXACT, keys.fingerprint, group)
    selected = exchange.response is not None and exchange.response.status in SELECTED
    for key in {keys.normalised} if selected else {keys.normalised, keys.unselected}:
        _group(index, index.normalised, key).numbers.append(number)
    if not selected:
        _group(index, index.operation, keys.operation).numbers.append(number)
    shape, _ = _shape(index, request, host, target)
    if shape is not None:
        _group(index, index.renamed, shape).numbers.append(number)


def _shape(index: Index, request: Request, host: str, target: str) -> tuple[Key | None, tuple[str, ...]]:
    """The key of a request without what its client made up, if there is such a thing; and the identifiers that it made up."""
    path, _, query = target.partition("?")
    path = index.wild.path(normal_path(path))
    shape = index.inventions.shape(path, query, index.wild.of(request.method, path))
    if shape is None:
        return None, ()
    return (request.method, host, shape.path, shape.query, *selection_of(request)), shape.names


def _group(index: Index, groups: dict[Key, Group], key: Key) -> Group:
    if key not in groups:
        groups[key] = Group(_next_id(index))
    return groups[key]


def _next_id(index: Index) -> int:
    """Grows by one with every group: no two share an id."""
    return len(index.exact) + len(index.normalised) + len(index.operation) + len(index.renamed)
