"""The short way to "it fits": what was found about earlier requests and answers, asked again of the next ones.

Most exchanges are a request that was made before and a JSON body that is as expected. How the request was made is known then, and
the body is parsed and validated, and nothing else is done. Whatever is not as simple as that is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
_SELECTOR_LENGTHS = frozenset(map(len, HEADERS))


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What is known so far; it grows as exchanges are judged the long way."""

    _asked: dict[tuple[str, str], str] = field(default_factory=dict)
    """Method and URL -> operation, where asking so is as expected."""
    _answered: dict[tuple[str, int, str], Judge] = field(default_factory=dict)
    """Operation, status and Content-Type -> the judge of the body."""

    def accepts(self, exchange: Exchange) -> bool:
        """Whether an exchange certainly has no finding; ``False`` when that has to be looked at."""
        request, response = exchange.request, exchange.response
        line = self._asked.get((request.method, request.url))
        if line is None or response is None or not _is_simple(exchange):
            return False
        judge = self._answered.get((line, response.status, _content_type(response.headers)))
        if judge is None:
            return False
        try:
            return judge.validator.is_valid(orjson.loads(response.body))
        except ValueError:
            return False

    def operation(self, request: Request) -> str:
        """The operation that a request calls; empty when that is not known yet."""
        return self._asked.get((request.method, request.url), "") if _is_plain(request) else ""

    def remember(self, exchange: Exchange, line: str, judge: Judge) -> None:
        """The way in which an exchange was asked is as expected, and this is the judge of its answer."""
        request, response = exchange.request, exchange.response
        if (
            response is None
            or response.status >= 400
            or not _is_simple(exchange)
            or not is_json(media_type(response.headers))
        ):
            return
        if max(len(self._asked), len(self._answered)) >= KNOWN_MAX:
            self.forget()
        self._asked[request.method, request.url] = line
        self._answered[line, response.status, _content_type(response.headers)] = judge

    def forget(self) -> None:
        """Know nothing."""
        self._asked.clear()
        self._answered.clear()


def _is_simple(exchange: Exchange) -> bool:
    """Whether method and URL are all of the question, and the body is all of the answer."""
    response = exchange.response
    if response is None or response.cut is not None or response.undecoded or not response.body:
        return False
    return exchange.ending is Ending.COMPLETE and _is_plain(exchange.request)


def _is_plain(request: Request) -> bool:
    """Whether method and URL say all about how it was asked."""
    if request.body or request.cut is not None:
        return False
    return _SELECTORS.isdisjoint([name.lower() for name, _ in request.headers if len(name) in _SELECTOR_LENGTHS])


def _content_type(headers: Headers) -> str:
    """The first Content-Type as it was sent."""
    for name, value in headers:
        if len(name) == 12 and name.lower() == "content-type":
            return value
    return ""
