"""The short way to "it fits": what was found about earlier requests and answers, asked again of the next ones.

Most exchanges are a request that was made before and a JSON body that is as expected. How the request was made is known then, and so
are the headers (of which only names are judged): the body is parsed and validated, and nothing else is done. Whatever is not as simple as that is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import orjson

from tapehiss.cassettes.exchange import Ending
from tapehiss.cassettes.media import is_json, media_type
from tapehiss.contracts.selector import HEADERS

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange, Headers, Request
    from tapehiss.contracts.judges import Judge

KNOWN_MAX = 10_000
"""How many requests are remembered, and how many answers; when there are more, all are forgotten."""

_SELECTORS = frozenset(name.lower() for name in HEADERS)

Names = tuple[str, ...]
_NAME = itemgetter(0)


class Answered(NamedTuple):
    """How a body is judged that came with such headers."""

    judge: Judge
    place: int
    """Which of the headers is the first Content-Type."""
    content_type: str
    """What it has to say."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What is known so far; it grows as exchanges are judged the long way."""

    _asked: dict[tuple[str, str, Names], str] = field(default_factory=dict)
    """Method, URL and names of headers -> operation, where asking so is as expected."""
    _answered: dict[tuple[str | None, int, Names], Answered] = field(default_factory=dict)
    """Operation, status and names of headers -> how the body is judged, where such headers are as expected."""

    def accepts(self, exchange: Exchange) -> bool:
        """Whether an exchange certainly has no finding; ``False`` when that has to be looked at."""
        request, response = exchange.request, exchange.response
        if response is None or request.body or request.cut is not None or exchange.ending is not Ending.COMPLETE:
            return False
        line = self._asked.get((request.method, request.url, tuple(map(_NAME, request.headers))))
        headers = response.headers
        known = self._answered.get((line, response.status, tuple(map(_NAME, headers))))
        if (
            known is None
            or headers[known.place][1] != known.content_type
            or response.cut is not None
            or response.undecoded
        ):
            return False
        try:
            return known.judge.validator.is_valid(orjson.loads(response.body))
        except ValueError:
            return False

    def operation(self, request: Request) -> str:
        """The operation that a request calls; empty when that is not known yet."""
        if request.body or request.cut is not None:
            return ""
        return self._asked.get((request.method, request.url, _names(request.headers)), "")

    def remember(self, exchange: Exchange, line: str, judge: Judge) -> None:
        """The way in which an exchange was asked, and its headers, are as expected, and this is the judge of its body."""
        request, response = exchange.request, exchange.response
        if (
            response is None
            or response.status >= 400
            or not _is_simple(exchange)
            or not is_json(media_type(response.headers))
        ):
            return
        asked, answered = _names(request.headers), _names(response.headers)
        if request.body or request.cut is not None or not _SELECTORS.isdisjoint(map(str.lower, asked)):
            return
        if max(len(self._asked), len(self._answered)) >= KNOWN_MAX:
            self.forget()
        place = [name.lower() for name in answered].index("content-type")
        self._asked[request.method, request.url, asked] = line
        self._answered[line, response.status, answered] = Answered(judge, place, response.headers[place][1])

    def forget(self) -> None:
        """Know nothing."""
        self._asked.clear()
        self._answered.clear()


def _is_simple(exchange: Exchange) -> bool:
    """Whether the answer is whole, and its body is all of it."""
    response = exchange.response
    if response is None or response.cut is not None or response.undecoded or not response.body:
        return False
    return exchange.ending is Ending.COMPLETE


def _names(headers: Headers) -> Names:
    return tuple(map(_NAME, headers))
