"""Where an answer can be changed so that a contract says no: damage that is guided by what is known of the vendor.

The law of this file: a mutated answer differs from the recorded one in one place, and if any place of it can be changed in a way that the contract
(the given one, else that of the recordings of this operation) rejects, it is such a place. Which one is a function of a number that is drawn.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from tapehiss.cassettes.exchange import Clean, Ending, Exchange
from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.envelopes import envelope_of
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.pagewords import is_position
from tapehiss.contracts.pointers import below, escaped, steps_of
from tapehiss.mocks.damage import changed, written
from tapehiss.mocks.ledger import operation_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Request
    from tapehiss.contracts.evidence import Contract
    from tapehiss.mocks.index import Index

PLACES_MAX = 100
"""In a larger document so many places, evenly spread, are tried."""
LEARNT_MAX = 200
"""A contract is learnt from so many recordings of an operation."""
BODY_MAX_BYTES = 1_000_000
"""A larger body is damaged without guidance."""
UNEXPECTED = "unexpected"
PAGED = frozenset({"short-page", "empty-page"})


@dataclass(frozen=True, slots=True)
class Place:
    """One place of an answer, and what is put there where the kind of damage does not say it by itself."""

    at: str
    value: str = ""


@dataclass(frozen=True)
class Guide:
    """What is known of a vendor's bodies; what was worked out is kept."""

    index: Index
    contract: Contract | None = None
    _judges: dict[str, Conformance] = field(default_factory=dict, init=False, repr=False, compare=False)
    _places: dict[tuple[int, str], tuple[Place, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def place(self, kind: str, number: int, request: Request, draw: float) -> Place | None:
        """Where to damage the answer of a recording; ``None`` if there is no such place in it."""
        places = self.cursors(number, request) if kind == "repeated-cursor" else self.places(kind, number)
        return places[int(draw * len(places))] if places else None

    def places(self, kind: str, number: int) -> tuple[Place, ...]:
        """The places at which a contract rejects the damage, or all, if it can reject none."""
        found = self._places.get((number, kind))
        if found is None:
            document = _document(self.index.recordings[number])
            every = [] if document is None else _spread(list(_candidates(document[0], kind)))
            found = tuple(each for each in every if self._rejected(number, kind, each)) or tuple(every)
            self._places[number, kind] = found
        return found

    def cursors(self, number: int, request: Request) -> tuple[Place, ...]:
        """The cursors and links to the next page in a recording, with what was asked with in their place."""
        document = _document(self.index.recordings[number])
        query = parse_qsl(request.url.partition("?")[2], keep_blank_values=True)
        asked = next((value for name, value in query if is_position(name)), None)
        found = []
        for said in envelope_of(document[0]).said if document else ():
            link = isinstance(said.value, str) and said.value.startswith(("http://", "https://", "/"))
            value = request.url if link else asked
            if said.role == "next" and said.value and not isinstance(said.value, bool) and value is not None:
                again = int(value) if isinstance(said.value, int) and value.isdecimal() else value
                found.append(Place(unquote(said.place), json.dumps(again)))
        return tuple(found)

    def rejects(self, number: int, body: bytes) -> bool:
        """Whether the contract has something against this body in the place of the recorded one that it has not against that."""
        exchange = self.index.recordings[number]
        assert exchange.response is not None
        judge = self._judge(exchange)
        other = replace(exchange, response=replace(exchange.response, body=body, chunks=()))
        return bool(_findings(judge, other) - _findings(judge, exchange))

    def _rejected(self, number: int, kind: str, place: Place) -> bool:
        document = _document(self.index.recordings[number])
        assert document is not None
        made = changed(document[0], "set" if place.value else kind, steps_of(place.at), place.value)
        return self.rejects(number, written(made))

    def _judge(self, exchange: Exchange) -> Conformance:
        operation = "" if self.contract is not None else operation_in(self.index.wild, exchange.request)
        judge = self._judges.get(operation)
        if judge is None:
            judge = Conformance(self._learnt(operation) if self.contract is None else self.contract)
            self._judges[operation] = judge
        return judge

    def _learnt(self, operation: str) -> Contract:
        """What the recordings of an operation prove; they come from tapes, so they are clean."""
        alike = (each for each in self.index.recordings if operation_in(self.index.wild, each.request) == operation)
        return learn(Clean(each) for each, _ in zip(alike, range(LEARNT_MAX), strict=False))


def _findings(judge: Conformance, exchange: Exchange) -> set[tuple[str, ...]]:
    return {(found.id, found.part, found.witness.pointer, found.subject) for found in judge.findings(exchange)}


def _document(exchange: Exchange) -> tuple[Any] | None:
    """The body as JSON, in a tuple, for it may be null."""
    response = exchange.response
    if response is None or exchange.ending is not Ending.COMPLETE or not 0 < len(response.body) <= BODY_MAX_BYTES:
        return None
    try:
        return (json.loads(response.body),)
    except (ValueError, RecursionError):
        return None


def _candidates(document: Any, kind: str) -> Iterator[Place]:
    """Where a kind of damage changes something, and makes sense."""
    if kind in PAGED:
        yield from (Place(unquote(at)) for at, items in envelope_of(document).lists if items and at)
        return
    for at, value in _walked(document):
        if kind == "extra":
            if isinstance(value, dict):
                yield Place(f"{at}/{UNEXPECTED}", "true")
        elif at and _makes_sense(kind, value, reduce(below, steps_of(at)[:-1], document)):
            yield Place(at)


def _makes_sense(kind: str, value: Any, parent: Any) -> bool:
    """Whether a kind of damage changes a value, seen from what it is in."""
    match kind:
        case "missing":
            return isinstance(parent, dict)
        case "null":
            return value is not None
        case "unseen":
            return isinstance(value, str) and bool(value)
        case _:
            return kind == "type"


def _walked(document: Any) -> Iterator[tuple[str, Any]]:
    """Every place, from the outside to the inside; the whole is at the empty one."""
    waiting: list[tuple[str, Any]] = [("", document)]
    for at, value in waiting:
        yield at, value
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting.extend((f"{at}/{escaped(str(name))}", each) for name, each in inner)


def _spread(places: list[Place]) -> list[Place]:
    """So many of the places as can be tried, evenly spread."""
    step = max(1, -(-len(places) // PLACES_MAX))
    return places[::step]
