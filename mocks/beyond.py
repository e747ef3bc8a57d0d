"""The rungs below replay: what the mock answers to a request that is on no tape, from siblings, from the contract, and from what it holds.

The law of this file: pure. Where a tape answers (exact, normalised, renamed) the tape does, unless a client has changed the very thing since.
What is created can be read back, listed, changed and deleted, as far as the vendor's operations are known; a deleted thing is gone. The same
requests in the same order with the same seed give the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.exchange import Ending, Response
from tapehiss.mocks.asking import DONE, Asking, Knowledge, knowledge_of
from tapehiss.mocks.faults import PROBLEM
from tapehiss.mocks.ledger import writes
from tapehiss.mocks.listing import Listing, listing_of
from tapehiss.mocks.making import Made, document_in, from_contract, from_sibling
from tapehiss.mocks.outcome import Outcome, Rung
from tapehiss.mocks.resources import Kind, Kinds, asked_of, entity_at, kinds_of, merged
from tapehiss.mocks.synthesis import fresh_like

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange, Request
    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.mocks.holdings import Holding, Holdings
    from tapehiss.mocks.index import Match

ANY_STATUS = range(200, 600)
GONE = (404, 410)
CREATED = 201
READING = frozenset({"GET", "HEAD"})
UPDATING = frozenset({"PATCH", "PUT", "POST"})
FRESH_TRIES = 1_000


@dataclass(frozen=True, slots=True)
class Question:
    """A request beyond the tapes, with everything that decides its answer."""

    asking: Asking
    kind: Kind | None
    """The kind of thing that it is about."""
    member: bool
    """Whether it is about one of them; else about their collection."""
    number: int | None
    """The recording that the tapes would play, though its body differs."""
    dice: Random

    @property
    def collection(self) -> str:
        """The URL of the collection."""
        return self.asking.collection if self.member else self.asking.place


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is known of a vendor beyond the answers on its tapes; make one with ``beyond``."""

    knowledge: Knowledge
    kinds: Kinds = field(default_factory=dict)
    _listings: dict[str, Listing | None] = field(default_factory=dict, repr=False, compare=False)
    """What the tapes list, by collection: read when it is first asked for."""
    _names: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)
    """The identifiers that they know, likewise."""

    def answer(
        self, holdings: Holdings, request: Request, match: Match, number: int | None, seed: int
    ) -> tuple[Holdings, Outcome] | None:
        """What the client gets and what is held then; ``None`` where the tapes have the answer, or nothing is known."""
        changed = match.rung is Rung.IGNORING_BODY and writes(request)
        firm = match.rung is not Rung.MISS and not changed
        if firm and not holdings:
            return None
        question = self._question(holdings, request, number if changed else None, Random(f"{seed} {match.fingerprint}"))  # noqa: S311 (dice, told their seed)
        found = self._about_things(holdings, question, firm=firm) if question.kind else None
        if found is None and not firm:
            made = self._made(question)
            found = None if made is None else (holdings, made)
        return None if found is None else (found[0], outcome_of(found[1]))

    def _question(self, holdings: Holdings, request: Request, number: int | None, dice: Random) -> Question:
        asking = self.knowledge.asking(request)
        origin, path = asking.operation.origin, asking.operation.path
        parent = path.rpartition("/")[0]
        kind = self.kinds.get((origin, parent))
        if kind is not None and path[-1:] == "}":
            return Question(asking, kind, member=True, number=number, dice=dice)
        if kind is not None and holdings.get(asking.collection, asking.name) is not None:
            return Question(asking, kind, member=True, number=number, dice=dice)
        return Question(asking, self.kinds.get((origin, path)), member=False, number=number, dice=dice)

    def _about_things(self, holdings: Holdings, question: Question, *, firm: bool) -> tuple[Holdings, Made] | None:
        """What concerns things that are held, or will be."""
        asking, method = question.asking, question.asking.request.method
        kind = question.kind
        assert kind is not None
        if not question.member:
            if method == "POST" and not firm:
                return self._create(holdings, question, kind)
            return self._list(holdings, question, firm=firm) if method in READING else None
        held = holdings.get(asking.collection, asking.name)
        if method not in kind.methods | READING or (held is None and (firm or method in READING)):
            return None
        if held is not None and held.entity is None and method != "PUT":
            return holdings, self._gone(question)
        return self._about_one(holdings, question, kind, held)

    def _about_one(
        self, holdings: Holdings, question: Question, kind: Kind, held: Holding | None
    ) -> tuple[Holdings, Made] | None:
        """What concerns one thing that is there."""
        method = question.asking.request.method
        if method in READING:
            entity = {} if held is None or held.entity is None else held.entity
            return holdings, self._shown(question, kind, entity)
        if method in UPDATING:
            return self._update(holdings, question, kind)
        made = self._made(question) if method == "DELETE" else None
        if made is None or made.response.status not in DONE:
            return None
        return holdings.put(question.collection, question.asking.name, None), made

    # --- the things ---------------------------------------------------------------------------------------------------

    def _create(self, holdings: Holdings, question: Question, kind: Kind) -> tuple[Holdings, Made] | None:
        """A thing of its own, with an identifier of its own unless the client named it."""
        made = self._made(question)
        pointer = None if made is None else entity_at(made.document, kind.identifier, kind.wrap)
        if made is None or pointer is None or made.response.status not in DONE:
            return None if made is None else (holdings, made)
        entity = _inner(made.document, pointer)
        old, asked = entity[kind.identifier], asked_of(question.asking.documents, kind.wrap).get(kind.identifier)
        if asked is None or str(asked) != str(old):
            name = self._fresh(holdings, question, kind, old)
            made = made.named({str(old): name})
            entity = _inner(made.document, pointer)
            if str(entity[kind.identifier]) != name:
                return holdings, made
        return holdings.put(question.collection, str(entity[kind.identifier]), entity, created=True), made

    def _fresh(self, holdings: Holdings, question: Question, kind: Kind, old: str | int) -> str:
        """An identifier like this one that nothing has."""
        taken = self._taken(question.collection, kind)
        held = {name for name, _ in holdings.of(question.collection)}
        names = (_another(old, number, holdings.count, question.dice) for number in count())
        return next(name for name in names if name != str(old) and name not in taken and name not in held)

    def _taken(self, collection: str, kind: Kind) -> frozenset[str]:
        """The identifiers that the tapes know in a collection: what they list, and what was created there."""
        if collection not in self.knowledge.places:
            return frozenset()
        if collection not in self._names:
            listing = self._listing(collection)
            asked = map(self.knowledge.recordings.__getitem__, self.knowledge.places[collection])
            made = (document_in(exchange.response) for exchange in asked if exchange.request.method == "POST")
            told = ((document, entity_at(document, kind.identifier, kind.wrap)) for document in made)
            names = {str(_inner(each, pointer)[kind.identifier]) for each, pointer in told if pointer is not None}
            self._names[collection] = frozenset(names) | (listing.names if listing else frozenset[str]())
        return self._names[collection]

    def _update(self, holdings: Holdings, question: Question, kind: Kind) -> tuple[Holdings, Made] | None:
        """The thing with the fields that the request sets; the answer shows it as the vendor's answers to such requests do."""
        asking = question.asking
        before = self._known(holdings, question, kind)
        made = self._made(question, (CREATED, *DONE) if before is None else (200, *DONE))
        if made is None or made.response.status not in DONE:
            return None if made is None else (holdings, made)
        pointer = entity_at(made.document, kind.identifier, kind.wrap)
        answered = {} if pointer is None else _inner(made.document, pointer)
        change = asked_of(asking.documents, kind.wrap)
        entity = answered if before is None else before
        for name, value in change.items():
            other = merged(entity, {name: value})
            entity = other if pointer is None or _fitting(made, pointer, other) is not None else entity
        if pointer is not None:
            made = _showing(made, pointer, entity)
        entity = {kind.identifier: asking.name} | entity
        return holdings.put(asking.collection, asking.name, entity, created=before is None), made

    def _known(self, holdings: Holdings, question: Question, kind: Kind) -> dict[str, Any] | None:
        """The thing as it is now: held, or as the tapes have it."""
        held = holdings.get(question.collection, question.asking.name)
        if held is not None:
            return held.entity
        for number in reversed(self.knowledge.places.get(question.asking.place, ())):
            exchange = self.knowledge.recordings[number]
            if exchange.response is not None:
                made = document_in(exchange.response)
                pointer = entity_at(made, kind.identifier, kind.wrap)
                if pointer is not None and exchange.response.status in DONE:
                    return _inner(made, pointer)
        listing = self._listing(question.collection)
        return listing.entities.get(question.asking.name) if listing else None

    def _shown(self, question: Question, kind: Kind, entity: dict[str, Any]) -> Made:
        """The thing in the form of the answers to such requests, or in none."""
        made = self._made(question)
        pointer = None if made is None else entity_at(made.document, kind.identifier, kind.wrap)
        if made is not None and pointer is not None and made.response.status in DONE:
            return _showing(made, pointer, entity)
        plain = Made(Response(200, "OK", (("Content-Type", "application/json"),)), rung=Rung.HELD)
        return plain.saying({kind.wrap: entity} if kind.wrap else entity)

    def _gone(self, question: Question) -> Made:
        """What the vendor says of a thing that is no more."""
        for operation in self._operations_on(question):
            number = self.knowledge.sibling(replace(question.asking, operation=operation), GONE)
            if number is not None:
                return replace(from_sibling(self.knowledge, question.asking, number), rung=Rung.HELD)
        body = b'{"type":"urn:tapehiss:gone","title":"Not Found","status":404,"detail":"it was deleted here"}'
        return Made(Response(404, "Not Found", (("Content-Type", PROBLEM),), body), rung=Rung.HELD)

    def _operations_on(self, question: Question) -> list[Any]:
        """Everything that is done to the same URL, this first."""
        mine = question.asking.operation
        return [
            mine,
            *(
                each
                for each, _ in self.knowledge.catalogue.entries
                if (each.origin, each.path) == (mine.origin, mine.path)
            ),
        ]

    def _list(self, holdings: Holdings, question: Question, *, firm: bool) -> tuple[Holdings, Made] | None:
        """A page of what the tapes list, without what was deleted, with what was created and changed."""
        if firm and question.collection not in holdings.collections:
            return None
        listing = self._listing(question.collection) or self._listing_like(question)
        if listing is None:
            return None
        return holdings, listing.page(question.asking, holdings.of(question.collection))

    def _listing(self, collection: str) -> Listing | None:
        if collection not in self.knowledge.places:
            return None  # clients name collections without end: nothing is kept of those
        if collection not in self._listings:
            self._listings[collection] = listing_of(self.knowledge, self.kinds, collection)
        return self._listings[collection]

    def _listing_like(self, question: Question) -> Listing | None:
        """The form of lists of the same kind elsewhere, with nothing in it."""
        number = self.knowledge.sibling(question.asking)
        if number is None:
            return None
        place = self.knowledge.asking(self.knowledge.recordings[number].request).place
        listing = self._listing(place)
        return None if listing is None else listing.emptied()

    # --- answers ------------------------------------------------------------------------------------------------------

    def _made(self, question: Question, statuses: range | tuple[int, ...] = DONE) -> Made | None:
        """An answer of success by a sibling, else by the contract; else whatever the vendor said to such requests."""
        asking, knowledge = question.asking, self.knowledge
        number = question.number
        for wanted in (statuses[:1], DONE) if isinstance(statuses, tuple) else (DONE,):
            number = knowledge.sibling(asking, wanted) if number is None else number
        if number is not None:
            return from_sibling(knowledge, asking, number)
        made = from_contract(knowledge, asking, question.dice)
        if made is not None and made.response.status in DONE:
            return made
        number = knowledge.sibling(asking, ANY_STATUS)
        return made if number is None else from_sibling(knowledge, asking, number)


def _inner(document: Any, pointer: str) -> dict[str, Any]:
    inner: dict[str, Any] = document[pointer[1:]] if pointer else document
    return inner


def _showing(made: Made, pointer: str, entity: dict[str, Any]) -> Made:
    """An answer with a thing in place of the one in it; where the contract does not accept it, with what such answers have beside it."""
    document = _fitting(made, pointer, entity)
    return replace(made if document is None else made.saying(document), rung=Rung.HELD)


def _fitting(made: Made, pointer: str, entity: dict[str, Any]) -> Any:
    """A document with a thing in it that the contract accepts; ``None`` if there is none."""
    shown = _inner(made.document, pointer)
    known = {name: value for name, value in entity.items() if name in shown}
    inners = (entity, shown | entity, shown | known)
    documents = ({**made.document, pointer[1:]: inner} if pointer else inner for inner in inners)
    return next((document for document in documents if made.accepts(document)), None)


def _another(old: str | int, number: int, held: int, dice: Random) -> str:
    """The n-th try for an identifier like this one; one that has nothing to vary gets a number."""
    if isinstance(old, int):
        return str(old + 1 + number + held)
    return fresh_like(old, dice) if number < FRESH_TRIES else f"{old}{number}"


def outcome_of(made: Made) -> Outcome:
    """What the client gets."""
    return Outcome(made.response, Ending.COMPLETE, rung=made.rung, recording=made.recording, personal=True)


def beyond(catalogue: Catalogue, recordings: tuple[Exchange, ...]) -> Beyond:
    """What a contract and some recordings know of a vendor beyond these recordings."""
    knowledge = knowledge_of(catalogue, recordings)
    return Beyond(knowledge, kinds_of(knowledge))
