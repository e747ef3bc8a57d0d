"""How pages follow each other at a vendor: what a request says of the page that it wants, and what a page says of the next one and of all.

It is read off recorded pages: which members and headers speak of pages (``contracts.pagewords``), in which form they name the next page (a
number, an offset, a cursor, a URL), and how they say that there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

from tapehiss.contracts.envelopes import envelope_of
from tapehiss.contracts.pagewords import role_of_header
from tapehiss.contracts.pointers import steps_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tapehiss.cassettes.exchange import Headers
    from tapehiss.contracts.facts import Fact

SIZE_MAX = 10_000
"""No page is larger."""
NUMBER_MAX_DIGITS = 9
MARK = "tapehiss-"
"""How a cursor of the mock begins; then follows how many things stand before the page."""
_ENDS = re.compile(r"done|last|end|complete|finished|last_?page", re.IGNORECASE)
_NEXT_LINK = re.compile(r"rel=\"?next\"?", re.IGNORECASE)
ROLES = frozenset({"next", "at", "more", "total"})


@dataclass(frozen=True, slots=True)
class Saying:
    """One place where pages speak of pages."""

    place: str
    """JSON Pointer, or the name of a header."""
    role: str
    """``next``, ``at`` (which page this is), ``more`` or ``total``."""
    sample: Any
    """What one recorded page said there."""
    end: Any = None
    """What the last page says there; ``None`` for null, or for nothing."""
    absent: bool = False
    """Whether the last page has no such member."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of things."""

    url: str
    """Without its query."""
    query: Mapping[str, str]
    begin: int
    """How many places stand before it."""
    size: int
    total: int
    then: tuple[int, str] | None
    """How many places stand before the next page, and the last thing on this one; ``None`` on the last."""


@dataclass(frozen=True, slots=True)
class Turning:
    """How pages follow each other."""

    style: str = ""
    """``page``, ``offset`` or ``cursor``; empty where nothing is paged."""
    parameter: str = ""
    size_parameter: str = ""
    by_name: bool = False
    """Whether the next page is asked for by the last thing on this one."""
    usual: int = 0
    """Things on a page whose size nobody asked for; 0 for all."""
    base: int = 1
    """The number of the first page."""
    members: tuple[Saying, ...] = ()
    headers: tuple[Saying, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether pages begin after so many things that are there, in place of after a certain one."""
        return self.style in {"page", "offset"}

    def size(self, query: Mapping[str, str]) -> int:
        """How many things are wanted; 0 for all."""
        asked = _number(query.get(self.size_parameter, ""))
        return min(asked, SIZE_MAX) if asked else self.usual

    def begin(self, query: Mapping[str, str], names: Sequence[str], starts: Mapping[str, str], size: int) -> int:
        """How many of these things stand before the page that is wanted; all of them for a cursor that nobody gave."""
        value = query.get(self.parameter, "") if self.parameter else ""
        number = _number(value)
        if not value or (number is not None and self.style == "offset"):
            return number or 0
        if number is not None and self.style == "page":
            return max(number - self.base, 0) * (size or len(names))
        if value.startswith(MARK):
            return _number(value.removeprefix(MARK)) or 0
        places = {name: place for place, name in enumerate(names)}
        if value in starts:
            return places.get(starts[value], len(names))
        return places[value] + 1 if value in places else len(names)

    def told(self, document: Any, page: Page) -> Any:
        """The answer with what it says of the next page and of all."""
        for saying in self.members:
            document = _set(document, saying, self._value(saying, page))
        return document

    def headed(self, headers: Headers, page: Page) -> Headers:
        """The headers likewise."""
        told = {saying.place: self._value(saying, page) for saying in self.headers}
        names = {saying.place: name for saying in self.headers for name, _ in headers if name.lower() == saying.place}
        kept = tuple(pair for pair in headers if pair[0].lower() not in told)
        return kept + tuple((names.get(name, name.title()), str(value)) for name, value in told.items() if value)

    def _value(self, saying: Saying, page: Page) -> Any:
        """What a place says on this page; the vendor's own word for no further page."""
        match saying.role:
            case "more":
                ends = _ENDS.fullmatch(saying.place.rpartition("/")[2]) is not None
                return (page.then is None) is ends
            case "total":
                pages = "page" in saying.place.lower()
                return _like(saying.sample, -(-page.total // (page.size or page.total or 1)) if pages else page.total)
            case "at":
                number = page.begin // (page.size or 1) + self.base if self.style == "page" else page.begin
                return _like(saying.sample, number)
        if page.then is None:
            return saying.end
        return self._next(saying, page, page.then)

    def _next(self, saying: Saying, page: Page, then: tuple[int, str]) -> Any:
        before, last = then
        if self.style == "page":
            value = str(before // (page.size or 1) + self.base)
        else:
            value = str(before) if self.style == "offset" else last if self.by_name else f"{MARK}{before}"
        url = f"{page.url}?{urlencode({**page.query, self.parameter: value})}"
        if saying.place == "link":
            return f'<{url}>; rel="next"'
        if isinstance(saying.sample, str) and ("://" in saying.sample or saying.sample[:1] == "/"):
            return url
        return _like(saying.sample, int(value)) if value.isdigit() else value


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= NUMBER_MAX_DIGITS else None


def _like(sample: Any, number: int) -> Any:
    """A number as the vendor writes it."""
    return str(number) if isinstance(sample, str) else number


def _set(document: Any, saying: Saying, value: Any) -> Any:
    """The document with this said; without the member where the last page has none."""
    *above, last = steps_of(saying.place)
    return _below(document, above, last, value, gone=value is None and saying.absent)


def _below(document: Any, above: list[str], last: str, value: Any, *, gone: bool) -> Any:
    if not isinstance(document, dict):
        return document
    if above:
        if above[0] not in document:
            return document
        return {**document, above[0]: _below(document[above[0]], above[1:], last, value, gone=gone)}
    return {name: each for name, each in document.items() if name != last} if gone else {**document, last: value}


def turning_of(pages: Sequence[tuple[Any, Headers]], fact: Fact | None, usual: int, base: int) -> Turning:
    """How these pages follow each other, as far as a fact about paging says what asks for them."""
    if fact is None:
        return Turning()
    return Turning(
        fact["style"],
        fact["parameter"],
        str(fact["size_parameter"] or ""),
        "~-" in str(fact["field"] or ""),
        usual,
        base,
        tuple(_members([page for page, _ in pages])),
        tuple(_headers([headers for _, headers in pages])),
    )


def _members(pages: Sequence[Any]) -> Iterable[Saying]:
    """Every member around a list that speaks of pages."""
    found: dict[str, tuple[str, list[Any]]] = {}
    for page in pages:
        for said in envelope_of(page).said:
            role = "more" if isinstance(said.value, bool) and said.role == "next" else said.role
            if role in ROLES and (role == "more") is isinstance(said.value, bool):
                found.setdefault(unquote(said.place), (role, []))[1].append(said.value)
    for place, (role, values) in sorted(found.items()):
        sample = next((value for value in values if value), None)
        empty = [value for value in values if not value]
        if sample is not None or role in {"more", "total"}:
            absent = len(values) < len(pages) and not empty
            yield Saying(place, role, values[0] if sample is None else sample, empty[0] if empty else None, absent)


def _headers(pages: Sequence[Headers]) -> Iterable[Saying]:
    """Every header that speaks of pages."""
    found: dict[str, Saying] = {}
    for headers in pages:
        for name, value in headers:
            role = "next" if name.lower() == "link" and _NEXT_LINK.search(value) else role_of_header(name)
            if role in ROLES and name.lower() not in found:
                found[name.lower()] = Saying(name.lower(), role, value)
    return found.values()
