"""What a user says of matching, operation by operation: what is not compared, what has to be there, and what is meant by something else.

The law of this file: pure, and the same for both sides. A recorded request and one that is asked become canonical in the same way, and what is
canonical is compared; so a rule can only make two requests equal in what it names. Rules add up; where two say different things the later
counts, and what is ignored is never required.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from tapehiss.cassettes.exchange import header_values
from tapehiss.cassettes.secretnames import Names, Place, Strength
from tapehiss.mocks.bodies import read_body
from tapehiss.mocks.keys import split_url
from tapehiss.mocks.schedule import operation_pattern
from tapehiss.mocks.wildcards import DEPTH_MAX

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Request

MATCHERS_MAX = 1_000
EVERYTHING = "*"
"""In place of names: all of them."""
_SECRETS = Names()


@dataclass(frozen=True, slots=True)
class Matcher:
    """One rule."""

    on: str
    """Method and path, with ``*``: ``POST /v1/*``."""
    like: str = ""
    """Such requests are looked up as this one: ``GET /v1/orders/1``, or with a URL where there are several vendors; of several rules the last
    that has it counts, and what it leads to is not led on."""
    query: frozenset[str] = frozenset()
    """Parameters that are not compared."""
    body: frozenset[str] = frozenset()
    """Fields that are not compared, at any depth."""
    headers: frozenset[str] = frozenset()
    """Headers that are not compared though they are by default, or because of another rule; in lower case."""
    required: frozenset[str] = frozenset()
    """Headers that have to be as recorded; of a credential only that it is there. In lower case."""

    def about(self, method: str, path: str) -> bool:
        """Whether a request is meant, or what it is looked up as."""
        return operation_pattern(self.on)(method, path) or self._target == (method, path)

    @property
    def _target(self) -> tuple[str, str]:
        method, _, place = self.like.partition(" ")
        return method, split_url(place).path if place else ""


@dataclass(frozen=True, slots=True)
class Matchers:
    """The rules of a file, in order."""

    rules: tuple[Matcher, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rules)

    def canonical(self, request: Request) -> tuple[Request, tuple[str, ...]]:
        """What is compared in place of a request, and the required headers with their values."""
        request, told = self._moved(request)
        if not told:
            return request, ()
        ignored = frozenset().union(*(rule.headers for rule in told))
        required = frozenset().union(*(rule.required for rule in told)) - ignored
        marks = tuple(f"{name}={_value(request, name)}" for name in sorted(required))
        request = _without_query(request, frozenset().union(*(rule.query for rule in told)))
        request = _without_fields(request, frozenset().union(*(rule.body for rule in told)))
        kept = tuple(pair for pair in request.headers if pair[0].lower() not in ignored)
        return request if kept == request.headers else replace(request, headers=kept), marks

    def _moved(self, request: Request) -> tuple[Request, list[Matcher]]:
        """The request at the place where it is looked up, and every rule that is about it at its own place or at that one."""
        place = (request.method, split_url(request.url).path)
        moving = [rule for rule in self.rules if rule.like and operation_pattern(rule.on)(*place)]
        request = _at(request, moving[-1].like) if moving else request
        there = (request.method, split_url(request.url).path)
        return request, [rule for rule in self.rules if rule.about(*place) or rule.about(*there)]


NONE = Matchers()


def _at(request: Request, like: str) -> Request:
    """The request with another method and place, and its own query."""
    method, _, place = like.partition(" ")
    query = request.url.partition("?")[2]
    if "://" not in place:
        scheme, found, rest = request.url.partition("://")
        place = f"{scheme}{found}{rest.partition('/')[0].partition('?')[0]}{place}" if found else place
    return replace(request, method=method, url=f"{place}?{query}" if query else place)


def _value(request: Request, name: str) -> str:
    """The value of a header as far as it is compared."""
    values = header_values(request.headers, name)
    if _SECRETS.strength(name, Place.HEADER) is Strength.STRONG:
        return "given" if values else ""
    return ", ".join(values)


def _without_query(request: Request, names: frozenset[str]) -> Request:
    path, _, query = request.url.partition("?")
    if not names or not query:
        return request
    spelt = {quote_plus(name) for name in names} | names
    kept = [] if EVERYTHING in names else [pair for pair in query.split("&") if pair.partition("=")[0] not in spelt]
    told = "&".join(kept)
    return request if told == query else replace(request, url=f"{path}?{told}" if told else path)


def _without_fields(request: Request, names: frozenset[str]) -> Request:
    if not names or not request.body:
        return request
    if EVERYTHING in names:
        return replace(request, body=b"", undecoded=False, cut=None)
    match read_body(request):
        case ("json", value):
            told = _stripped(value, names, DEPTH_MAX)
            return (
                request if told == value else replace(request, body=json.dumps(told).encode("utf-8", "surrogatepass"))
            )
        case ("form", pairs):
            kept = [(name, value) for name, value in pairs if name not in names]
            text = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in kept)
            return request if len(kept) == len(pairs) else replace(request, body=text.encode())
    return request


def _stripped(value: Any, names: frozenset[str], depth: int) -> Any:
    if isinstance(value, dict) and depth:
        return {name: _stripped(each, names, depth - 1) for name, each in value.items() if name not in names}
    return [_stripped(each, names, depth - 1) for each in value] if isinstance(value, list) and depth else value
