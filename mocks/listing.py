"""Lists of things, page by page: what the tapes list, with what clients created, changed and deleted.

The law of this file: pages that are followed from the first to the last show every thing once, whatever the size of a page.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from tapehiss.cassettes.exchange import Ending
from tapehiss.contracts.envelopes import envelope_of
from tapehiss.contracts.grouping import origins
from tapehiss.contracts.pagewords import is_position, is_size
from tapehiss.contracts.paging_facts import facts
from tapehiss.contracts.pointers import steps_of
from tapehiss.mocks.asking import DONE
from tapehiss.mocks.echoes import at, changed, text_of
from tapehiss.mocks.making import Made, document_in, from_sibling
from tapehiss.mocks.outcome import Rung
from tapehiss.mocks.turning import Page, Turning, turning_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tapehiss.contracts.facts import Fact
    from tapehiss.mocks.asking import Asking, Knowledge
    from tapehiss.mocks.holdings import Holding
    from tapehiss.mocks.resources import Kinds

Things = list[tuple[str, dict[str, Any] | None]]
"""Identifiers with their things, in order; ``None`` for one that was deleted."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the tapes list of one collection, and how its pages look."""

    knowledge: Knowledge = field(repr=False)
    number: int
    """The recording in whose form pages are made."""
    place: str
    """JSON Pointer to the list in an answer."""
    entities: Mapping[str, dict[str, Any]]
    """By identifier, in the order in which they were listed."""
    starts: Mapping[str, str]
    """Recorded cursor -> the first thing on the page that it led to."""
    turning: Turning

    @property
    def names(self) -> frozenset[str]:
        """The identifiers of everything that is listed."""
        return frozenset(self.entities)

    def emptied(self) -> Listing:
        """The same without things: what a collection looks like that no tape has."""
        return replace(self, entities={}, starts={})

    def page(self, asking: Asking, held: Iterable[tuple[str, Holding]]) -> Made:
        """The page that is asked for."""
        query = dict(parse_qsl(asking.request.url.partition("?")[2], keep_blank_values=True))
        everything = self._everything(held)
        wanted, size = _wanted(everything, query), self.turning.size(query)
        names = list(wanted) if self.turning.counts else [name for name, _ in everything]
        begin = self.turning.begin(query, names, self.starts, size)
        rest = [(place, name) for place, name in enumerate(names) if place >= begin and name in wanted]
        shown = rest[:size] if size else rest
        then = (shown[-1][0] + 1, shown[-1][1]) if len(shown) < len(rest) else None
        page = Page(asking.place, query, begin, size, len(wanted), then)
        made = from_sibling(self.knowledge, asking, self.number)
        document = self.turning.told(self._filled(made, [wanted[name] for _, name in shown]), page)
        headers = self.turning.headed(made.response.headers, page)
        return replace(made, response=replace(made.response, headers=headers), rung=Rung.HELD).saying(document)

    def _everything(self, held: Iterable[tuple[str, Holding]]) -> Things:
        """What the tapes list, as it is now, and what came after; deleted things keep their places, so that cursors stay true."""
        known = dict(held)
        listed: Things = [(name, known[name].entity if name in known else each) for name, each in self.entities.items()]
        return listed + [
            (name, holding.entity) for name, holding in known.items() if holding.created and name not in self.entities
        ]

    def _filled(self, made: Made, things: list[dict[str, Any]]) -> Any:
        """The answer with these things in its list, in the form of those that were listed where the contract wants that."""
        steps = steps_of(self.place)
        document = changed(made.document, steps, things)
        if made.accepts(document) or not self.entities:
            return document
        sample = next(iter(self.entities.values()))
        formed = [{name: thing.get(name, value) for name, value in sample.items()} for thing in things]
        other = changed(made.document, steps, formed)
        return other if made.accepts(other) else document


def _wanted(things: Things, query: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The things that are there and have what a filter asks for, where they have a member of its name."""
    found = {name: thing for name, thing in things if thing is not None}
    for name, value in query.items():
        if not (is_position(name) or is_size(name)) and any(_is_scalar(thing.get(name)) for thing in found.values()):
            found = {key: thing for key, thing in found.items() if text_of(thing.get(name)) == value}
    return found


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def listing_of(knowledge: Knowledge, kinds: Kinds, collection: str) -> Listing | None:
    """What the tapes list at a URL; ``None`` where no answer has a list of things with identifiers."""
    pages = [
        (number, page)
        for number in _listed(knowledge, collection)
        if (page := document_in(knowledge.recordings[number].response)) is not None
    ]
    if not pages:
        return None
    operation = knowledge.asking(knowledge.recordings[pages[0][0]].request).operation
    kind = kinds.get((operation.origin, operation.path))
    identifier = kind.identifier if kind else "id"
    places = [place for _, page in pages for place in _places(page, identifier)]
    if not places:
        return None
    place = max(sorted(set(places)), key=places.count)
    return _read(knowledge, pages, place, identifier, _paging(knowledge, str(operation)))


def _listed(knowledge: Knowledge, collection: str) -> Iterable[int]:
    """The recordings that were answered at this URL."""
    for number in knowledge.places.get(collection, ()):
        exchange = knowledge.recordings[number]
        response = exchange.response
        whole = response is not None and response.status in DONE and response.cut is None
        if whole and exchange.request.method == "GET" and exchange.ending is Ending.COMPLETE:
            yield number


def _places(page: Any, identifier: str) -> list[str]:
    """Where in an answer lists of things stand."""
    lists = [(unquote(place), items) for place, items in envelope_of(page).lists]
    return [
        place
        for place, items in lists
        if items and all(isinstance(each, dict) and identifier in each for each in items)
    ]


def _read(
    knowledge: Knowledge, pages: Sequence[tuple[int, Any]], place: str, identifier: str, fact: Fact | None
) -> Listing:
    """What these pages list, and how they follow each other."""
    entities: dict[str, dict[str, Any]] = {}
    starts: dict[str, str] = {}
    sizes: dict[bool, list[int]] = {True: [0], False: [0]}
    told = []
    for number, page in pages:
        items = at(page, place)
        things = (
            [each for each in items if isinstance(each, dict) and identifier in each] if isinstance(items, list) else []
        )
        query = dict(parse_qsl(knowledge.recordings[number].request.url.partition("?")[2]))
        entities.update({str(each[identifier]): each for each in things})
        if things and fact is not None and query.get(fact["parameter"]):
            starts.setdefault(query[fact["parameter"]], str(things[0][identifier]))
        sizes[any(map(is_size, query))].append(len(things))
        response = knowledge.recordings[number].response
        told.append((page, response.headers if response else ()))
    form = max(number for number, page in pages if isinstance(at(page, place), list))
    usual = max(sizes[False]) or max(sizes[True])
    turning = turning_of(told, fact, usual, 0 if "0" in starts else 1)
    return Listing(knowledge, form, place, entities, starts, turning)


def _paging(knowledge: Knowledge, line: str) -> Fact | None:
    """How an operation is paged, if the tapes prove it."""
    known = origins(knowledge.catalogue.entries)
    return next((fact for fact in facts(known) if fact.operation == line and fact["parameter"]), None)
