"""A miss, explained: the recordings that come nearest to the request, and criterion by criterion what differs."""

from __future__ import annotations

import heapq
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from tapehiss.cassettes.exchange import Request, Response
from tapehiss.cassettes.secretnames import Place
from tapehiss.mocks.bodies import fields_of, read_body
from tapehiss.mocks.faults import PROBLEM
from tapehiss.mocks.keys import split_url
from tapehiss.mocks.wildcards import sounds_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tapehiss.cassettes.exchange import Exchange

NEAREST_MAX = 3
SEARCHED_MAX = 5000
"""How many recordings are looked at; a miss must not cost a second on a large tape."""
SHOWN_MAX = 120
"""How many characters of a value are shown."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One criterion on which a recording and the request differ; ``None`` for what is not there."""

    criterion: str
    """``method``, ``host``, ``path``, ``query.<name>`` or ``body.<field>``."""
    asked: str | None
    recorded: str | None


@dataclass(frozen=True, slots=True)
class Near:
    """A recording near to a request."""

    recording: int
    method: str
    url: str
    differs: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]


def nearest(request: Request, recordings: Sequence[Exchange]) -> tuple[Near, ...]:
    """The nearest recordings, best first, one for each method and URL."""
    asked = _place(request)
    seen: dict[tuple[str, str], int] = {}
    for number, exchange in enumerate(recordings[:SEARCHED_MAX]):
        seen.setdefault((exchange.request.method, exchange.request.url), number)
    best = heapq.nlargest(NEAREST_MAX, seen.values(), key=lambda number: _likeness(asked, recordings[number].request))
    return tuple(_near(request, number, recordings[number].request) for number in best)


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


def _near(request: Request, number: int, recorded: Request) -> Near:
    return Near(number, recorded.method, _shown(_without_query(recorded.url)), tuple(_differences(request, recorded)))


def _without_query(url: str) -> str:
    return url.partition("?")[0]


def _differences(request: Request, recorded: Request) -> Iterator[Difference]:
    """What differs in the place; or, when nothing does, in the body."""
    asked, other = _place(request), _place(recorded)
    for criterion in ("method", "path"):
        ours, theirs = getattr(asked, criterion), getattr(other, criterion)
        if ours != theirs:
            yield Difference(criterion, _shown(ours), _shown(theirs))
    yield from _fields("query", dict(asked.query), dict(other.query))
    if asked.path == other.path:
        yield from _fields("body", _shown_fields(request), _shown_fields(recorded))


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


def miss(request: Request, recordings: Sequence[Exchange]) -> Response:
    """The answer to a request that no recording matches: 404 as a problem document (RFC 9457)."""
    near = nearest(request, recordings)
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
    return f"{method} {path}: the nearest recording is {first.method} {first.url}; what differs: {differing}"
