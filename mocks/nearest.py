"""A miss, explained: the recordings that come nearest to the request, criterion by criterion what differs, and the rule that would match it.

The law of this file: the rule that is suggested, as the last one in the file of matchers, makes the request match.
"""

from __future__ import annotations

import heapq
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl

from tapehiss.cassettes.exchange import Request, Response, header_values
from tapehiss.cassettes.secretnames import Place
from tapehiss.mocks.bodies import OPERATION_FIELDS, fields_of, read_body
from tapehiss.mocks.faults import PROBLEM
from tapehiss.mocks.keys import SELECTED, TELLING_HEADERS, keys_of, split_url
from tapehiss.mocks.matcher_file import is_line, line_for
from tapehiss.mocks.matchers import EVERYTHING, Matcher, Matchers
from tapehiss.mocks.wildcards import sounds_secret, varies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.mocks.index import Index

NEAREST_MAX = 3
SEARCHED_MAX = 5000
"""How many recordings are looked at; a miss must not cost a second on a large tape."""
SHOWN_MAX = 120
"""How many characters of a value are shown."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One criterion on which a recording and the request differ; ``None`` for what is not there."""

    criterion: str
    """``method``, ``host``, ``path``, ``query.<name>``, ``header.<name>`` or ``body.<field>``."""
    asked: str | None
    recorded: str | None


@dataclass(frozen=True, slots=True)
class Near:
    """A recording near to a request."""

    recording: int
    method: str
    url: str
    differs: tuple[Difference, ...]
    rule: str = ""
    """The line of a file of matchers that would match it; empty where the request cannot be named in one."""


@dataclass(frozen=True, slots=True)
class _Place:
    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]


def nearest(request: Request, index: Index) -> tuple[Near, ...]:
    """The nearest recordings, best first, one for each method and URL."""
    asked = _place(index.place_of(request)[0])
    seen: dict[tuple[str, str], int] = {}
    for number, exchange in enumerate(index.recordings[:SEARCHED_MAX]):
        seen.setdefault((exchange.request.method, exchange.request.url), number)
    best = heapq.nlargest(
        NEAREST_MAX,
        seen.values(),
        key=lambda number: _likeness(asked, index.place_of(index.recordings[number].request)[0]),
    )
    return tuple(_near(request, number, index) for number in best)


def _place(request: Request) -> _Place:
    host, target, path = split_url(request.url)
    pairs = parse_qsl(target.partition("?")[2], keep_blank_values=True)
    kept = tuple((name, value) for name, value in pairs if not sounds_secret(name, Place.QUERY))
    return _Place(request.method, host, path, kept)


def _likeness(asked: _Place, recorded: Request) -> float:
    """From 0 to 1: segments of the path count most, then the method, then the query."""
    other = _place(recorded)
    ours, theirs = asked.path.split("/")[1:], other.path.split("/")[1:]
    path = sum(a == b for a, b in zip(ours, theirs, strict=False)) / max(len(ours), len(theirs))
    names = {*asked.query} | {*other.query}
    query = len({*asked.query} & {*other.query}) / len(names) if names else 1.0
    length = 0.05 * (len(ours) == len(theirs))
    return 0.6 * path + 0.2 * (asked.method == other.method) + 0.15 * query + length


def _near(request: Request, number: int, index: Index) -> Near:
    recorded = index.recordings[number].request
    differs = tuple(_differences(request, recorded, index))
    return Near(
        number, recorded.method, _shown(recorded.url.partition("?")[0]), differs, rule_for(request, number, index)
    )


def _differences(request: Request, recorded: Request, index: Index) -> Iterator[Difference]:
    """What differs in the place and in the headers that are compared; in the body, when the place is the same."""
    request, recorded = index.place_of(request)[0], index.place_of(recorded)[0]
    asked, other = _place(request), _place(recorded)
    hosts = index.host_of(asked.host), index.host_of(other.host)
    if all(hosts) and hosts[0] != hosts[1]:
        yield Difference("host", asked.host, other.host)
    for criterion in ("method", "path"):
        ours, theirs = getattr(asked, criterion), getattr(other, criterion)
        if ours != theirs:
            yield Difference(criterion, _shown(ours), _shown(theirs))
    yield from _fields("query", dict(asked.query), dict(other.query))
    names = sorted(TELLING_HEADERS | _required(index.matchers))
    yield from _fields("header", _headers(request, names), _headers(recorded, names))
    if asked.path == other.path:
        yield from _fields("body", _shown_fields(request), _shown_fields(recorded))


def _required(matchers: Matchers) -> frozenset[str]:
    return frozenset[str]().union(*(rule.required for rule in matchers.rules))


def _headers(request: Request, names: list[str]) -> dict[str, Any]:
    found = {name: ", ".join(header_values(request.headers, name)) for name in names}
    return {name: "(given)" if sounds_secret(name, Place.HEADER) else value for name, value in found.items() if value}


TRIES = 4


def rule_for(request: Request, number: int, index: Index) -> str:
    """The line of a file of matchers, after those that there are, by which a request is looked up as this recording's."""
    recorded = index.recordings[number]
    like = _like(request, recorded.request, index)
    named = request if like else index.place_of(request)[0]
    rule = Matcher(f"{named.method} {split_url(named.url).path}", like)
    for turn in range(TRIES):
        ruled = replace(index, matchers=Matchers((*index.matchers.rules, rule)))
        anywhere = not ruled.host_of(split_url(ruled.place_of(request)[0].url).authority)
        ours, theirs = (_compared(each, recorded, ruled, anywhere=anywhere) for each in (request, recorded.request))
        if ours == theirs:
            return line_for(rule) if is_line(rule) else ""
        sides = ruled.matchers.canonical(request), ruled.matchers.canonical(recorded.request)
        rule = _wider(rule, *sides, whole_body=turn > 0)
    return ""


def _like(request: Request, recorded: Request, index: Index) -> str:
    """Where the request has to be looked up, if it is not looked up there already."""
    named, recorded = index.place_of(request)[0], index.place_of(recorded)[0]
    (authority, _, path), (host, _, place) = split_url(named.url), split_url(recorded.url)
    near = {"", index.host_of(host)}
    if (named.method, path) == (recorded.method, place) and index.host_of(authority) in near:
        return ""
    elsewhere = index.host_of(split_url(request.url).authority) not in near
    scheme = recorded.url.partition("://")[0]
    return f"{recorded.method} {f'{scheme}://{host}' if elsewhere else ''}{place}"


def _compared(request: Request, recorded: Exchange, index: Index, *, anywhere: bool) -> tuple[str, ...]:
    """What is compared even where bodies are not; all of it for an answer that makes sense to nobody else."""
    request, host, target = index.place_of(request)
    host = host[len(index.host_of(split_url(request.url).authority)) :] if anywhere else host
    keys = keys_of(request, host, target, index.wild)
    response = recorded.response
    return keys.normalised if response is not None and response.status in SELECTED else keys.operation


Canonical: TypeAlias = tuple[Request, tuple[str, ...]]
"""A request as it is compared, and what it has of the headers that are required."""


def _wider(rule: Matcher, ours_told: Canonical, theirs_told: Canonical, *, whole_body: bool) -> Matcher:
    """The rule, ignoring what still differs."""
    asked, recorded = ours_told[0], theirs_told[0]
    marks = {mark.partition("=")[0] for mark in {*ours_told[1]} ^ {*theirs_told[1]}}
    ours, theirs = (dict(_queried(each)) for each in (asked, recorded))
    query = {
        name
        for name in ours | theirs
        if ours.get(name) != theirs.get(name) and not (name in ours and name in theirs and varies(name, Place.QUERY))
    }
    told = {
        name for name in TELLING_HEADERS if header_values(asked.headers, name) != header_values(recorded.headers, name)
    }
    bodies = read_body(asked), read_body(recorded)
    fields = [fields_of(body) for body in bodies]
    named = {name for name in OPERATION_FIELDS if fields[0].get(name) != fields[1].get(name)}
    body = {EVERYTHING} if whole_body else named
    return replace(
        rule,
        query=rule.query | frozenset(query),
        headers=rule.headers | told | marks,
        body=rule.body | frozenset(body),
    )


def _queried(request: Request) -> Iterator[tuple[str, list[str]]]:
    """Every parameter with all its values."""
    pairs = parse_qsl(split_url(request.url).target.partition("?")[2], keep_blank_values=True)
    return ((name, sorted(value for key, value in pairs if key == name)) for name, _ in pairs)


def _shown_fields(request: Request) -> dict[str, Any]:
    fields = fields_of(read_body(request))
    return {name: value for name, value in fields.items() if not sounds_secret(name, Place.FIELD)}


def _fields(what: str, asked: dict[str, Any], recorded: dict[str, Any]) -> Iterator[Difference]:
    for name in sorted({*asked, *recorded}):
        ours, theirs = _text(asked, name), _text(recorded, name)
        if ours != theirs:
            yield Difference(f"{what}.{name}", ours, theirs)


def _text(fields: dict[str, Any], name: str) -> str | None:
    if name not in fields:
        return None
    value = fields[name]
    return _shown(value if isinstance(value, str) else json.dumps(value, sort_keys=True))


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"


def miss(request: Request, index: Index) -> Response:
    """The answer to a request that no recording matches: 404 as a problem document (RFC 9457)."""
    near = nearest(request, index)
    path = split_url(request.url).path
    document = {
        "type": "urn:tapehiss:no-recording",
        "title": "No recording matches this request",
        "status": 404,
        "detail": _advice(request.method, _shown(path), near),
        "nearest": [asdict(each) for each in near],
    }
    body = json.dumps(document, indent=1).encode()
    return Response(404, "Not Found", (("Content-Type", PROBLEM), ("Cache-Control", "no-store")), body)


def _advice(method: str, path: str, near: tuple[Near, ...]) -> str:
    if not near:
        return f"{method} {path}: the tapes are empty"
    first = near[0]
    differing = ", ".join(each.criterion for each in first.differs) or "nothing but headers"
    cure = f"; in a file for --matchers this would match it: {first.rule}" if first.rule else ""
    return f"{method} {path}: the nearest recording is {first.method} {first.url}; what differs: {differing}{cure}"
