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
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from tapehiss.cassettes.exchange import header_values
from tapehiss.cassettes.secretnames import solid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tapehiss.cassettes.exchange import Headers

DEPTH_MAX = 4
"""How deep an answer's envelope is looked into; arrays end it."""
MEMBERS_MAX = 200
"""How many members of an envelope are looked at."""
PARAMETERS_MAX = 50
LINK_MAX_BYTES = 8_000
CURSOR_LENGTH_MIN = 4
"""Shorter values are equal by chance too often to prove anything."""
LINK = "header:link"

_LINKED = re.compile(r"<([^<>]{1,4000})>([^<]{0,1000})")
_RELATION = re.compile(r"(?:\A|[;\s])rel\s*=\s*\"?\s*([^\";,]+)", re.IGNORECASE)
_OTHER_WAY = re.compile(r"prev|before|first|self|newer|refresh|start_?cursor|current|canonical", re.IGNORECASE)
_CURSOR = re.compile(
    r"(?:next|end|after|page|paging|pagination|list|scroll|search|sync|continue|continuation|resume|start)?[_-]?(?:page)?[_-]?(?:cursor|token|marker|bookmark|continuation|scroll_?id)(?:_str|id)?"
    r"|(?:@odata\.|odata\.|_+)?next(?:[_-]?(?:page|link|url|uri|href|offset|key|start|start[_-]?key|page[_-]?(?:url|link|uri|number)|records[_-]?url|results|id|index|cursor[_-]?str|continuation[_-]?token|partition[_-]?key|row[_-]?key|batch))?"
    r"|after|continue|last_?evaluated_?key|offset_?id",
    re.IGNORECASE,
)
"""Names of members that hold what asks for the next page."""
_MORE = re.compile(
    r"(?:has|is|get)?_?(?:more|next|next_?page|more_?(?:items|results|records|data|pages)|truncated|done|last|last_?page|end)|incomplete_?results",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"(?:(?:total|num|max|page)_?)?(?:total|count|items?_?count|results?|pages?_?count|records|hits|num_?found|entries|elements)|(?:total|num)_?\w{2,20}|\w{2,20}_?total|pages|last_?page",
    re.IGNORECASE,
)
_POSITION = re.compile(
    r"(?:.*[_\[.$-])?(?:page|pg|page[_\[.-]?(?:number|no|num|index|token|id)|cursor|offset|start_?(?:index|at|row|cursor|key|after|from|token)|starting_?(?:after|at)|skip|after|token|marker|continuation|bookmark|scroll|scroll_?id|max_?id|since_?id|before_?id|after_?id|next_?(?:page_?)?(?:token|cursor|marker|page)?|exclusive_?start_?\w*|ending_?before)\]?"
    r"|p|start|from|index|first|before|since|until|pivot",
    re.IGNORECASE,
)
"""Names of parameters that say where a page begins."""
_PAGES = re.compile(r"page|cursor|offset|token|continuation|marker", re.IGNORECASE)
_AT = re.compile(r"(?:current_?)?page(?:_?(?:number|no|index|num))?|(?:current_?)?offset|number", re.IGNORECASE)
"""Names of members that say which page an answer is."""
_NEXT_PARENT = re.compile(r"next(?:_?(?:page|link))?", re.IGNORECASE)
_TOTAL_HEADER = re.compile(r"(?:.*-)?total(?:-(?:count|items|results|records|pages))?|x-count", re.IGNORECASE)
_OFFSET = re.compile(r".*(?:offset|skip|start|from|start_?index|index|first)\]?", re.IGNORECASE)
_SIZES = re.compile(
    r"(?:.*[_\[.$-])?(?:limit|per_?page|page_?size|size|max_?(?:results|items|keys|records)|rows|take|top|num_?results|results_?per_?page|items_?per_?page|length)\]?|count|first|last|num|n|results|items",
    re.IGNORECASE,
)
"""Names of parameters that say how many items a page has."""


@dataclass(frozen=True, slots=True)
class Page:
    """One exchange as paging sees it."""

    url: str
    parameters: Mapping[str, Any]
    """``query:name`` or ``body:name`` -> the value that was sent."""
    headers: Headers
    document: Any
    """The answer; ``None`` when it has none."""


def page(url: str, query: Mapping[str, Any], body: Mapping[str, Any], headers: Headers, document: Any) -> Page:
    """An exchange with the parameters that could have to do with paging, by their names."""
    sent = [(f"query:{name}", value) for name, value in query.items()] + [
        (f"body:{name}", value) for name, value in body.items()
    ]
    asked = {
        name: value
        for name, value in sent
        if _asks(name) and isinstance(value, str | int) and not isinstance(value, bool)
    }
    return Page(url, dict(list(asked.items())[:PARAMETERS_MAX]), headers, document)


def signs(told: Page) -> Iterator[str]:
    """What an exchange shows of paging; nothing for an answer without a list."""
    members = list(_members(told.document))
    lists = [(place, value) for place, value in members if isinstance(value, list)]
    linked = [sign for url in _next_links(told.headers) for sign in _steps(told, LINK, url)]
    if not lists and not linked:
        return
    yield from (f"paging lists {place}" for place, _ in lists[:5])
    yield from dict.fromkeys(linked)
    yield from (
        f"paging total header:{_written(name.lower())}" for name, _ in told.headers if _TOTAL_HEADER.fullmatch(name)
    )
    longest = max((len(value) for _, value in lists), default=None)
    yield from _sizes(told, longest)
    for place, value in members:
        if not isinstance(value, list):
            yield from _said(told, place, value)


def digests(told: Page) -> Iterator[tuple[str, str]]:
    """Values that were sent, or that could be sent back, as ``(name of the sketch, digest)``."""
    for name, value in told.parameters.items():
        if _is_token(value):
            yield f"asked {_written(name)}", digest(value)
    members = list(_members(told.document))
    if not any(isinstance(value, list) for _, value in members):
        return
    for place, value in members:
        if isinstance(value, list) and value and isinstance(value[-1], dict):
            last = value[-1]
            yield from (
                (f"offered {place}/~-/{name}", digest(last[name]))
                for name in ("id", "_id", "name", "key", "uuid")
                if _is_token(last.get(name))
            )
        elif _is_token(value) and value not in told.parameters.values():
            yield f"offered {place}", digest(value)


def digest(value: str | int) -> str:
    """Twelve hexadecimal digits that stand for a value."""
    return hashlib.blake2b(str(value).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _members(document: Any) -> Iterator[tuple[str, Any]]:
    """Scalars and lists of an envelope with their pointers, breadth first; the document itself when it is a list."""
    level = [("", document)]
    left = MEMBERS_MAX
    for _ in range(DEPTH_MAX):
        below: list[tuple[str, Any]] = []
        for place, value in level:
            if isinstance(value, dict):
                below += [(f"{place}/{_step(name)}", each) for name, each in list(value.items())[:left]]
            else:
                yield place, value
                left -= 1
        level = below[: max(0, left)]


def _said(told: Page, place: str, value: Any) -> Iterator[str]:
    """What one scalar of the envelope says."""
    name = place.rpartition("/")[2]
    way = _way(place)
    if isinstance(value, bool):
        if _MORE.fullmatch(name):
            yield f"paging more {place} {str(value).lower()}"
    elif value is None or value == "":
        if way == "next":
            yield f"paging end {place}"
    elif isinstance(value, str) and _is_url(value, told.url):
        if way == "next":
            yield from _steps(told, place, value)
    else:
        yield from _compared(told, place, name, value, way)


def _compared(told: Page, place: str, name: str, value: Any, way: str) -> Iterator[str]:
    """How a scalar relates to what was asked."""
    same = [asked for asked, sent in told.parameters.items() if str(sent) == str(value)]
    yield from (f"paging echo {place} {_written(asked)}" for asked in same if _alike(name, asked))
    if same or isinstance(value, float):
        return
    if way == "next":
        yield from _counted(told, place, value)
        yield f"paging cursor {place}"
    elif isinstance(value, int) and _TOTAL.fullmatch(name):
        yield f"paging total {place}"
    elif isinstance(value, int) and _AT.fullmatch(name):
        yield f"paging at {place}"


@lru_cache(maxsize=4_096)
def _alike(member: str, parameter: str) -> bool:
    """Whether a member that repeats a parameter is named like it, so that equal numbers are no coincidence."""
    a, b = solid(member), solid(parameter.partition(":")[2])
    return a in b or b in a or ("page" in a and "page" in b)


def _counted(told: Page, place: str, value: str | int) -> Iterator[str]:
    """Whether a next value is a parameter plus one, or plus a page's size."""
    if not str(value).isdecimal() or len(str(value)) > 15:
        return
    numbers = {
        name: int(sent) for name, sent in told.parameters.items() if str(sent).isdecimal() and len(str(sent)) <= 15
    }
    for name, sent in numbers.items():
        if int(value) == sent + 1:
            yield f"paging plus-one {place} {_written(name)}"
        elif any(
            int(value) == sent + size for other, size in numbers.items() if other != name and _SIZES.fullmatch(other)
        ):
            yield f"paging plus-size {place} {_written(name)}"


def _sizes(told: Page, items: int | None) -> Iterator[str]:
    for name, sent in told.parameters.items():
        if items is not None and isinstance(sent, int) and sent > 0 and _SIZES.fullmatch(_bare(name)):
            yield f"paging-size {'full' if items == sent else 'held' if items < sent else 'broken'} {_written(name)}"


def _steps(told: Page, place: str, url: str) -> Iterator[str]:
    """The parameters in which the URL of the next page differs from the request's, the telling ones only."""
    here, there = _split(told.url, told.url), _split(told.url, url)
    if here is None or there is None:
        return
    before = _pairs(here.query)
    after = _pairs(there.query)
    changed = [name for name, value in after.items() if before.get(name) != value]
    begins = [name for name in changed if is_position(name)]
    telling = [name for name in begins if _PAGES.search(name)] or begins or [name for name in changed if name in before]
    telling = telling or [name for name in changed if not is_size(name)]
    for name in telling[:3]:
        yield f"paging next-url {place} {_written(f'query:{name}')} {_how(name, before, after)}"


def _how(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """How a parameter changes from one page to the next."""
    there, here = after[name], before.get(name)
    if not there.isdecimal() or len(there) > 15 or (here and not here.isdecimal()):
        return "cursor"
    step = int(there) - int(here) if here else int(there)
    sizes = {
        int(value) for other, value in after.items() if other != name and value.isdecimal() and _SIZES.fullmatch(other)
    }
    if step in sizes and step > 2:
        return "offset"
    if step == 1 or (not here and step == 2):
        return "page"
    return "offset" if _OFFSET.fullmatch(name) else "cursor"


def _next_links(headers: Headers) -> Iterator[str]:
    """The targets of ``Link`` headers with the relation ``next`` (RFC 8288)."""
    for value in header_values(headers, "link"):
        for url, parameters in _LINKED.findall(value[:LINK_MAX_BYTES]):
            relation = _RELATION.search(parameters)
            if relation and "next" in relation[1].lower().split():
                yield url


def _pairs(query: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=PARAMETERS_MAX * 4))
    except ValueError:
        return {}


def _split(base: str, url: str) -> Any:
    try:
        return urlsplit(urljoin(base, url))
    except ValueError:
        return None


def _is_url(text: str, base: str) -> bool:
    if text.startswith(("http://", "https://")):
        return len(text) < 4_000
    return text.startswith(("/", "?")) and "?" in text and len(text) < 4_000 and bool(base)


def _is_token(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) >= CURSOR_LENGTH_MIN and not value.startswith("http")
    return isinstance(value, int) and value >= 1_000 and not isinstance(value, bool)


@lru_cache(maxsize=4_096)
def _way(place: str) -> str:
    """Whether a place speaks of the ``next`` page, an ``other`` one, or neither."""
    steps = place.split("/")[1:]
    if any(_OTHER_WAY.search(step) for step in steps[-2:]):
        return "other"
    member = steps[-1] if steps else ""
    return "next" if _CURSOR.fullmatch(member) or any(_NEXT_PARENT.fullmatch(step) for step in steps[-2:-1]) else ""


@lru_cache(maxsize=4_096)
def _asks(name: str) -> bool:
    """Whether a parameter could have to do with paging, by its name."""
    bare = _bare(name)
    return is_position(bare) or is_size(bare)


@lru_cache(maxsize=4_096)
def _step(name: str) -> str:
    return quote(name.replace("~", "~0").replace("/", "~1"), safe="~[]$@:_.-")


@lru_cache(maxsize=4_096)
def _written(name: str) -> str:
    return quote(name, safe=":[]$@~!*'()_.-")


def is_size(parameter: str) -> bool:
    """Whether a parameter says how many items there may be, by its name."""
    return _SIZES.fullmatch(parameter) is not None


def is_position(parameter: str) -> bool:
    """Whether a parameter says where a page begins, by its name."""
    return _POSITION.fullmatch(parameter) is not None and not is_size(parameter)


def _bare(parameter: str) -> str:
    return parameter.partition(":")[2]
