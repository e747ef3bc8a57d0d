"""What an exchange shows of paging: which parameter asks for a page, and what in the answer says how to ask for the next.

Nothing rests on names alone where there is proof in the exchange itself: a URL in the answer that is the request's own with one
parameter changed, a number that is the parameter plus one (or plus the page's size), a value that comes back as it was
sent. What only a later request can prove (a cursor that is sent back) is kept as digests on both sides.

Signs (a *place* is a JSON Pointer into the body, or ``header:link``; a *parameter* is ``query:name`` or ``body:name``)::

    paging lists <place>                     a list that the answer is about
    paging next-url <place> <parameter> <how> the URL of the next page differs from the request's in this parameter:
                                             it is a ``page`` further, an ``offset``, or another ``cursor``
    paging plus-one|plus-size <place> <parameter>
    paging echo <place> <parameter>          the answer repeats the parameter
    paging cursor <place>, paging end <place>    a value that could be sent back; null or empty in its stead
    paging more <place> true|false, paging total <place>, paging at <place> (which page this is)
    paging-size full|held|broken <parameter> the parameter is the most items of a list
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from tapehiss.cassettes.exchange import header_values
from tapehiss.contracts.envelopes import Envelope, Said, envelope_of
from tapehiss.contracts.pagewords import (
    are_alike,
    is_about_pages,
    is_offset,
    is_position,
    is_size,
    role_of_header,
    speaks_of_pages,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from urllib.parse import SplitResult

    from tapehiss.cassettes.exchange import Headers

READS = frozenset({"GET", "HEAD"})
PARAMETERS_MAX = 50
"""How many parameters of a request are looked at."""
LINK_MAX_BYTES = 8_000
URL_LENGTH_MAX = 4_000
CURSOR_LENGTH_MIN = 4
"""Shorter values are equal by chance too often to prove anything."""
NUMBER_LENGTH_MAX = 15
LINK = "header:link"
ID_NAMES = ("id", "_id", "name", "key", "uuid")
"""Members of the last item that could be sent as the place after which the next page begins."""

_LINKED = re.compile(r"<([^<>]{1,4000})>([^<]{0,1000})")
_RELATION = re.compile(r"(?:\A|[;\s])rel\s*=\s*\"?\s*([^\";,]+)", re.IGNORECASE)


class Page(NamedTuple):
    """One exchange as paging sees it."""

    url: str
    parameters: Mapping[str, str | int]
    """``query:name`` or ``body:name`` -> the value that was sent."""
    headers: Headers
    envelope: Envelope
    said: tuple[Said, ...]
    """What headers say about pages, as members of the envelope would."""


def page(
    method: str, url: str, query: Mapping[str, Any], body: Mapping[str, Any], headers: Headers, document: Any
) -> Page:
    """An exchange as paging sees it, with the parameters that could have to do with it, by their names.

    Unless it is a read, or asks for a page, or is told of one at the top of the answer, the answer is not looked into.
    """
    asked = {
        full: value
        for place, given in (("query", query), ("body", body))
        if given
        for name, value in _flat(given)
        if (type(value) is str or type(value) is int) and (full := _parameter(place, name))
    }
    kept = asked if len(asked) <= PARAMETERS_MAX else {name: asked[name] for name in sorted(asked)[:PARAMETERS_MAX]}
    pages = method in READS or kept or (type(document) is dict and any(map(is_about_pages, document)))
    found = envelope_of(document) if pages else Envelope()
    return Page(url, kept, headers, found, tuple(_headers(headers)) if headers else ())


def _flat(query: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Query parameters by their names as they are written: ``page[size]`` was read as a member of an object."""
    for name, value in query.items():
        if type(value) is dict:
            yield from ((f"{name}[{inner}]", each) for inner, each in value.items())
        else:
            yield name, value


def signs(told: Page) -> Iterator[str]:
    """What an exchange shows of paging; nothing for an answer without a list."""
    lists = told.envelope.lists
    linked = [sign for url in next_links(told.headers) for sign in _steps(told, LINK, url)] if told.headers else []
    if not lists and not linked:
        return
    for said in told.said:
        yield from _said(told, said)
    for place, _ in lists[:5]:
        yield f"paging lists {place}"
    yield from linked
    if lists and told.parameters:
        yield from _sizes(told, max([len(value) for _, value in lists]))
    for said in told.envelope.said:
        yield from _said(told, said)


def digests(told: Page) -> Iterator[tuple[str, str]]:
    """Values that were sent, or that could be sent back, as ``(name of the sketch, digest)``."""
    for name, value in told.parameters.items():
        if _is_token(value):
            yield f"asked {_written(name)}", digest(value)
    if not told.envelope.lists:
        return
    for place, items in told.envelope.lists:
        last = items[-1] if items else None
        if type(last) is dict:
            for name in ID_NAMES:
                if name in last and _is_token(last[name]):
                    yield f"offered {place}/~-/{name}", digest(last[name])
    for said in (*told.envelope.said, *told.said):
        if said.role in {"next", ""} and _is_token(said.value) and said.value not in told.parameters.values():
            yield f"offered {said.place}", digest(said.value)


def _headers(headers: Headers) -> Iterator[Said]:
    """What headers say about pages, as members of the envelope would."""
    for name, value in headers:
        role = role_of_header(name)
        if role:
            number = _number(value)
            yield Said(f"header:{_written(name.lower())}", name, role, value if number is None else number)


def digest(value: str | int) -> str:
    """Twelve hexadecimal digits that stand for a value."""
    return hashlib.blake2b(str(value).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def bare(parameter: str) -> str:
    """A parameter's name without the place where it was sent."""
    return parameter.partition(":")[2]


def _said(told: Page, said: Said) -> Iterator[str]:
    """What one scalar of the envelope says."""
    value, place = said.value, said.place
    if isinstance(value, bool):
        if said.role in {"more", "next"}:
            yield f"paging more {place} {str(value).lower()}"
    elif value is None or value == "":
        if said.role == "next":
            yield f"paging end {place}"
    elif isinstance(value, str) and _is_url(value):
        if said.role == "next":
            yield from _steps(told, place, value)
    elif not isinstance(value, float):
        yield from _compared(told, said)


def _compared(told: Page, said: Said) -> Iterator[str]:
    """How a scalar relates to what was asked."""
    value, text = said.value, str(said.value)
    same = [asked for asked, sent in told.parameters.items() if str(sent) == text]
    yield from (f"paging echo {said.place} {_written(asked)}" for asked in same if are_alike(said.member, bare(asked)))
    if same:
        return
    if said.role == "next":
        yield from _counted(told, said.place, text)
        yield f"paging cursor {said.place}"
    elif isinstance(value, int) and said.role in {"total", "at"}:
        yield f"paging {said.role} {said.place}"


def _counted(told: Page, place: str, text: str) -> Iterator[str]:
    """Whether a next value is a parameter plus one, or plus a page's size."""
    numbers = {name: number for name, sent in told.parameters.items() if (number := _number(str(sent))) is not None}
    value = _number(text)
    sizes = {number for name, number in numbers.items() if is_size(bare(name))}
    if value is None:
        return
    for name, sent in numbers.items():
        if value == sent + 1:
            yield f"paging plus-one {place} {_written(name)}"
        elif value - sent in sizes and not is_size(bare(name)):
            yield f"paging plus-size {place} {_written(name)}"


def _sizes(told: Page, items: int) -> Iterator[str]:
    for name, sent in told.parameters.items():
        if isinstance(sent, int) and sent > 0 and is_size(bare(name)):
            yield f"paging-size {'full' if items == sent else 'held' if items < sent else 'broken'} {_written(name)}"


def _steps(told: Page, place: str, url: str) -> Iterator[str]:
    """The parameters in which the URL of the next page differs from the request's, the telling ones only."""
    here, there = _split(told.url, told.url), _split(told.url, url)
    if here is None or there is None:
        return
    before, after = _pairs(here.query), _pairs(there.query)
    changed = [name for name, value in after.items() if before.get(name) != value]
    begins = [name for name in changed if is_position(name)]
    telling = [name for name in begins if speaks_of_pages(name)] or begins
    telling = telling or [name for name in changed if name in before] or [name for name in changed if not is_size(name)]
    for name in telling[:3]:
        yield f"paging next-url {place} {_written(f'query:{name}')} {_how(name, before, after)}"


def _how(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """How a parameter changes from one page to the next."""
    there, here = _number(after[name]), _number(before.get(name, "0"))
    if there is None or here is None:
        return "cursor"
    sizes = {_number(value) for other, value in after.items() if other != name and is_size(other)}
    if there - here in sizes and there - here > 2:
        return "offset"
    if there - here == 1 or (name not in before and there == 2):
        return "page"
    return "offset" if is_offset(name) else "cursor"


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= NUMBER_LENGTH_MAX else None


def next_links(headers: Headers) -> Iterator[str]:
    """The targets of ``Link`` headers with the relation ``next`` (RFC 8288)."""
    for value in header_values(headers, "link"):
        for url, parameters in _LINKED.findall(value[:LINK_MAX_BYTES]):
            relation = _RELATION.search(parameters)
            if relation and "next" in relation[1].lower().split():
                yield url


def _pairs(query: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=4 * PARAMETERS_MAX))
    except ValueError:
        return {}


def _split(base: str, url: str) -> SplitResult | None:
    try:
        return urlsplit(urljoin(base, url))
    except ValueError:
        return None


def _is_url(text: str) -> bool:
    if text.startswith(("http://", "https://")):
        return len(text) < URL_LENGTH_MAX
    return text.startswith(("/", "?")) and "?" in text and len(text) < URL_LENGTH_MAX


def _is_token(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) >= CURSOR_LENGTH_MIN and not value.startswith("http")
    return isinstance(value, int) and value >= 1_000 and not isinstance(value, bool)


@lru_cache(maxsize=4_096)
def _parameter(place: str, name: str) -> str:
    """A parameter's name with the place where it was sent, if it could have to do with paging; else empty."""
    return f"{place}:{name}" if is_position(name) or is_size(name) else ""


@lru_cache(maxsize=4_096)
def _written(name: str) -> str:
    return quote(name, safe=":[]$@~!*'()_.-")
