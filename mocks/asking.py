"""A request that is on no tape, as the contract understands it: its operation, what was asked, and the recordings of the same operation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response
from tapehiss.contracts.judges import Judge, judge_of
from tapehiss.contracts.operations import split
from tapehiss.contracts.reading import media_of, status_of
from tapehiss.mocks.echoes import SOURCES, Echo, echoes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.counts import Evidence, Part
    from tapehiss.contracts.operations import Operation

COMPARED_MAX = 200
"""Of so many recordings the most alike is sought."""
DONE = range(200, 300)


@dataclass(frozen=True, slots=True)
class Asking:
    """What a request asks for."""

    request: Request
    """With the vendor's own origin."""
    operation: Operation
    documents: Mapping[str, Any]
    """``path``, ``query`` and ``request`` (the body) as documents."""

    @property
    def collection(self) -> str:
        """The URL above the last segment of the path."""
        return self.place.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The last segment of the path, as a value."""
        return unquote(self.place.rpartition("/")[2])

    @property
    def place(self) -> str:
        """The URL without its query."""
        return place_of(self.request.url)

    @property
    def values(self) -> dict[str, str]:
        """The values of the path's parameters, as texts."""
        return {name: str(value) for name, value in (self.documents.get("path") or {}).items()}


@dataclass(frozen=True, slots=True)
class Answers:
    """One answer of an operation that the contract knows: a part of its evidence, with what is needed to make another."""

    name: str
    part: Part
    judge: Judge
    echoes: tuple[Echo, ...]

    @property
    def status(self) -> int:
        """Of the answer."""
        return status_of(self.name) or 0

    @property
    def media(self) -> str:
        """Of the answer."""
        return media_of(self.name)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A contract and the recordings of each of its operations."""

    catalogue: Catalogue
    recordings: tuple[Exchange, ...] = field(default=(), repr=False)
    siblings: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    """Operation -> numbers of its recordings that have a whole answer."""
    places: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    """URL without its query -> numbers of the recordings that were asked there."""
    _answers: dict[str, tuple[Answers, ...]] = field(default_factory=dict, repr=False, compare=False)
    """What was asked for once is kept."""
    _asked: dict[int, frozenset[tuple[str, str]]] = field(default_factory=dict, repr=False, compare=False)
    """What a recording that was compared once asked for, likewise."""

    def asking(self, request: Request) -> Asking:
        """A request as the contract understands it."""
        request = self._at_home(request)
        account = self.catalogue.read(Exchange(request, Response(200)))
        documents = {each.part.partition(" ")[0]: each.documents[0] for each in account.readings if each.documents}
        return Asking(request, account.operation, {name: documents[name] for name in SOURCES if name in documents})

    def _at_home(self, request: Request) -> Request:
        """The request with the vendor's origin in place of the mock's; with several vendors the one that is named."""
        origins = list(dict.fromkeys(operation.origin for operation, _ in self.catalogue.entries))
        origin, path, query = split(request.url)
        host = origin.partition("://")[2]
        home = next((each for each in origins if each.partition("://")[2] == host), origins[0] if origins else origin)
        return replace(request, url=f"{home}{path}{'?' if query else ''}{query}")

    def evidence(self, operation: Operation) -> Evidence:
        """What is known of an operation."""
        return self.catalogue.evidence(operation)

    def answers(self, operation: Operation) -> tuple[Answers, ...]:
        """The answers of an operation, those of success first, then those that came most often."""
        line = str(operation)
        if line not in self._answers:
            evidence = self.evidence(operation)
            parts = [(name, part) for name, part in evidence.parts.items() if status_of(name)]
            parts.sort(key=lambda each: ((status_of(each[0]) or 0) not in DONE, -each[1].exchanges, each[0]))
            self._answers[line] = tuple(
                Answers(name, part, judge_of(part), echoes_of(evidence, part)) for name, part in parts
            )
        return self._answers[line]

    def answer(self, number: int) -> Answers | None:
        """The part of the evidence to which the answer of a recording belongs; ``None`` if the contract never saw it."""
        account = self.catalogue.read(self.recordings[number])
        name = next((each.part for each in account.readings if each.part.startswith("response ")), "")
        return next((each for each in self.answers(account.operation) if each.name == name), None)

    def sibling(self, asking: Asking, statuses: Iterable[int] = DONE) -> int | None:
        """The recording of the same operation, with one of these statuses, that was asked most alike; the first of equals."""
        wanted = frozenset(statuses)
        numbers = (
            number
            for number in self.siblings.get(str(asking.operation), ())
            if (response := self.recordings[number].response) is not None and response.status in wanted
        )
        asked = _leaves(asking.documents)
        return max(islice(numbers, COMPARED_MAX), key=lambda number: self._likeness(asked, number), default=None)

    def _likeness(self, asked: frozenset[tuple[str, str]], number: int) -> tuple[int, int]:
        """Equal fields first, then fewer that differ."""
        if number not in self._asked:
            self._asked[number] = _leaves(self.asking(self.recordings[number].request).documents)
        other = self._asked[number]
        return len(asked & other), -len(asked ^ other)


def knowledge_of(catalogue: Catalogue, recordings: tuple[Exchange, ...]) -> Knowledge:
    """What a contract and some recordings know together."""
    siblings: dict[str, list[int]] = {}
    places: dict[str, list[int]] = {}
    for number, exchange in enumerate(recordings):
        places.setdefault(place_of(exchange.request.url), []).append(number)
        response = exchange.response
        if (
            response is not None
            and response.cut is None
            and exchange.ending is Ending.COMPLETE
            and not exchange.messages
        ):
            siblings.setdefault(str(catalogue.read(exchange).operation), []).append(number)
    return Knowledge(catalogue, recordings, _frozen(siblings), _frozen(places))


def place_of(url: str) -> str:
    """A URL without its query."""
    return url.partition("?")[0].partition("#")[0].rstrip("/")


def _frozen(numbers: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(each) for name, each in numbers.items()}


def _leaves(data: Any, path: str = "") -> frozenset[tuple[str, str]]:
    """Every scalar with its place."""
    if isinstance(data, dict):
        return frozenset[tuple[str, str]]().union(*(_leaves(value, f"{path}/{name}") for name, value in data.items()))
    if isinstance(data, list):
        return frozenset[tuple[str, str]]().union(*(_leaves(value, f"{path}/-") for value in data))
    return frozenset({(path, str(data))})
