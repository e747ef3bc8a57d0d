"""Walking through a list that a vendor gives page by page: each item once, in order, and a place to go on from when it breaks off.

The law of this file: what to ask for next depends on the last page only, and a ``Place`` (what was asked for, and how many of its items
were taken) is all that is needed to go on, also in another process. An empty page does not end a walk when it says what comes next.
A page that was asked for before and comes again unchanged is a circle. A next page at another origin would get our credential: it is
refused.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urljoin

from tapehiss.cassettes.errors import Misuse
from tapehiss.clients import errors
from tapehiss.clients.sendable import same_origin
from tapehiss.contracts.envelopes import envelope_of
from tapehiss.contracts.paging import next_links
from tapehiss.contracts.pointers import below, steps_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from tapehiss.clients.answer import Answer
    from tapehiss.contracts.facts import Fact

LAST = "~-"
"""The step of a contract's path that stands for the last item of a list."""
PAGES_MAX = 1_000_000
"""No walk is longer: how many pages are remembered, with 32 bytes each."""

SAME_MAX = 3
"""So many pages in a row that are the same, with something on them, are a circle, whatever was asked for."""


@dataclass(frozen=True, slots=True)
class Paging:
    """How a vendor gives a list page by page."""

    style: str = "link"
    """``link`` (a ``Link`` header), ``cursor`` (a value or a URL at ``field``), ``page`` or ``offset`` (a number that we count)."""
    parameter: str = ""
    """The query parameter that asks for the next page; none is needed for URLs."""
    field: str = ""
    """JSON Pointer to what says where the next page is; ``/data/~-/id`` is the id of the last item."""
    items: str | None = None
    """JSON Pointer to the list; the first list of the answer if nothing is said."""
    more: str = ""
    """JSON Pointer to a flag that says whether there is more."""
    begin: int = 1
    """The first number: of a page 1 or 0, of an offset 0."""

    def __post_init__(self) -> None:
        """Refuse what cannot be walked."""
        known = {"link": True, "cursor": self.field != "", "page": self.parameter != "", "offset": self.parameter != ""}
        if not known.get(self.style):
            what = f"nobody can go on by the style {self.style!r} with what is given"
            raise Misuse(what, "Paging", "give link, cursor with a field, or page or offset with a parameter")

    @classmethod
    def of(cls, fact: Fact) -> Paging:
        """How a contract says that an operation is paged; ``Misuse`` when what it knows is not enough."""
        style = "link" if fact["header"] else str(fact["style"])
        if style in {"page", "offset"} and fact["field"]:
            style = "cursor"  # the answer says the number itself
        begin = 0 if style == "offset" else 1
        return cls(style, fact["parameter"] or "", fact["field"] or "", more=fact["more_field"] or "", begin=begin)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands: what to ask for, and how many of its items were taken already."""

    url: str = ""
    """Of the page, when the vendor gave one."""
    value: str | int | None = None
    """Of the parameter, when there is one."""
    taken: int = 0

    def __str__(self) -> str:
        """As text, to be kept."""
        return json.dumps([self.url, self.value, self.taken])

    @classmethod
    def from_text(cls, text: str) -> Place:
        """The place that was kept; ``Misuse`` for anything else."""
        try:
            url, value, taken = json.loads(text)
        except (ValueError, TypeError, RecursionError):
            url = None
        sound = isinstance(url, str) and isinstance(value, str | int | None) and isinstance(taken, int) and taken >= 0
        if not sound:
            raise Misuse("this is no place in a list", "cursor", "give what str(walk.place) was")
        return cls(url, value, taken)


@dataclass(slots=True)
class Trail:
    """The pages that a walk has seen."""

    paging: Paging
    place: Place | None = field(default_factory=Place)
    """Where to go on; ``None`` at the end."""
    _seen: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    _before: bytes = field(default=b"", repr=False)
    _same: int = 0
    """How many pages in a row were the same."""

    def asked(self, params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """URL (empty for the list's own) and parameters of the next page."""
        assert self.place is not None
        if self.place.url:
            return self.place.url, {}
        value = self.place.value
        if value is None and self.paging.style in {"page", "offset"}:
            value = self.paging.begin
        return "", params if value is None else {**params, self.paging.parameter: value}

    def read(self, answer: Answer) -> tuple[list[Any], Place | None]:
        """The items of a page that were not taken yet, and where the next page is."""
        assert self.place is not None
        document = answer.json()
        items = self._items(document, answer)
        self._notice_circles(answer, items)
        return items[self.place.taken :], self._next(document, items, answer)

    def _items(self, document: Any, answer: Answer) -> list[Any]:
        if self.paging.items is None:
            lists = envelope_of(document).lists
            found = lists[0][1] if lists else None
        else:
            found = _at(document, self.paging.items)
        if not isinstance(found, list):
            what = "there is no list in the answer"
            where, advice = errors.place(answer.request), errors.BodyInvalid.advice
            raise errors.BodyInvalid(what, where, advice, answer.response, answer.attempts)
        return found

    def _next(self, document: Any, items: list[Any], answer: Answer) -> Place | None:
        paging, place = self.paging, self.place
        assert place is not None
        if paging.more and _at(document, paging.more) is False:
            return None
        if paging.style in {"page", "offset"}:
            now = paging.begin if place.value is None else int(place.value)
            return Place(value=now + (1 if paging.style == "page" else len(items))) if items else None
        told = next(next_links(answer.headers), None) if paging.style == "link" else _at(document, paging.field)
        if told is None or told == "" or isinstance(told, bool):
            return None
        if isinstance(told, str) and (paging.style == "link" or not paging.parameter or _is_url(told)):
            return Place(url=self._own(told, answer))
        if isinstance(told, str | int):
            return Place(value=told)
        return None

    def _own(self, url: str, answer: Answer) -> str:
        """The URL of the next page, which has to be of this origin (P5)."""
        try:
            there = urljoin(answer.request.url, url)
        except ValueError:
            there = ""
        if not same_origin(there, answer.request.url):
            raise self._stuck("the next page is at another origin, which would get our credential", answer)
        return there

    def _notice_circles(self, answer: Answer, items: list[Any]) -> None:
        asked = hashlib.blake2b(str(replace(self.place, taken=0)).encode(), digest_size=16).digest()  # type: ignore[type-var]
        came = hashlib.blake2b(answer.body, digest_size=16).digest()
        if self._seen.get(asked) == came or len(self._seen) >= PAGES_MAX:
            raise self._stuck("this page was here before: the vendor leads in a circle", answer)
        self._seen[asked] = came
        self._same = self._same + 1 if items and came == self._before else 1
        self._before = came
        if self._same >= SAME_MAX:
            raise self._stuck("every page is the same: the vendor does not look at what asks for the next one", answer)

    def again(self) -> None:
        """A walk begins, or is taken up: the page in hand is asked for once more, and is no circle."""
        self._seen.clear()
        self._same = 0

    def _stuck(self, what: str, answer: Answer) -> errors.PaginationStuck:
        where, advice = errors.place(answer.request), errors.PaginationStuck.advice
        return errors.PaginationStuck(what, where, advice, answer.response, answer.attempts, None, str(self.place))


class Fetch(Protocol):
    """Asks for a page."""

    def __call__(self, url: str, params: dict[str, Any]) -> Answer:
        """The answer; ``url`` is empty for the list's own."""


class Walk:
    """Iterates over the items of a list. ``place`` is where to go on: at the item in hand until the next is asked for."""

    def __init__(self, fetch: Fetch, paging: Paging, params: dict[str, Any], place: str = "") -> None:
        self._fetch, self._params = fetch, params
        self._trail = Trail(paging, Place.from_text(place) if place else Place())

    @property
    def place(self) -> str:
        """Where to go on, as text; empty at the end."""
        return "" if self._trail.place is None else str(self._trail.place)

    def __iter__(self) -> Iterator[Any]:
        trail = self._trail
        trail.again()
        while trail.place is not None:
            items, then = trail.read(self._fetch(*trail.asked(self._params)))
            for item in items:
                yield item
                trail.place = replace(trail.place, taken=trail.place.taken + 1)
            trail.place = then


class AsyncWalk:
    """The same for an event loop."""

    def __init__(
        self,
        fetch: Callable[[str, dict[str, Any]], Awaitable[Answer]],
        paging: Paging,
        params: dict[str, Any],
        place: str = "",
    ) -> None:
        self._fetch, self._params = fetch, params
        self._trail = Trail(paging, Place.from_text(place) if place else Place())

    @property
    def place(self) -> str:
        """Where to go on, as text; empty at the end."""
        return "" if self._trail.place is None else str(self._trail.place)

    async def __aiter__(self) -> AsyncIterator[Any]:
        trail = self._trail
        trail.again()
        while trail.place is not None:
            items, then = trail.read(await self._fetch(*trail.asked(self._params)))
            for item in items:
                yield item
                trail.place = replace(trail.place, taken=trail.place.taken + 1)
            trail.place = then


def _at(document: Any, pointer: str) -> Any:
    """What stands at a pointer, in which ``~-`` is the last item; ``None`` where there is nothing."""
    for step in pointer.split("/")[1:] if LAST in pointer else steps_of(pointer):
        if step == LAST:
            document = document[-1] if isinstance(document, list) and document else None
        else:
            document = below(document, step)
    return document


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://", "/", "?"))
