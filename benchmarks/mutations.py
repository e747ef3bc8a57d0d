"""Ways in which a vendor drifts, as operators on recorded exchanges: each changes one thing, where it was seen to be so before.

An operator finds its *targets* in what was learnt (a part and a path), and changes an exchange there. What it changes is
*observable*: the learnt exchanges contradict it without exception (a member that was in every object is gone, a kind that no value had
comes, a number that never was a fraction is one). What they leave open (an optional member is not there, another free text) is no
mutation. The last operators are none, either: a vendor may do that, and nothing must be alarmed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from tapehiss.cassettes.exchange import Clean
from tapehiss.contracts.counts import ITEM, REST
from tapehiss.contracts.pointers import steps_of
from tapehiss.contracts.reading import media_of, status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tapehiss.cassettes.exchange import Exchange, Headers
    from tapehiss.contracts.counts import Evidence, Field, Part

WORDS_EXCHANGES_MIN = 30
"""A list of words is one when so many exchanges had no other, and each of them more than once."""
NUMBERS_EXCHANGES_MIN = 10
"""Numbers have a size when so many exchanges had one, none of them twenty times another."""
DEPTH_MAX = 6
NEW = "zz-mutated"
LATER_S = 10.0


class Target(NamedTuple):
    """Where an operator can work."""

    part: str
    path: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to drift."""

    name: str
    targets: Callable[[Evidence], Iterator[Target]]
    apply: Callable[[Exchange, Target], Exchange | None]
    """The exchange as the changed vendor would have answered; ``None`` where the target is not in it."""
    checked: bool = True
    """Whether a single exchange shows it; the others show only in many."""
    remarked: bool = False
    """Whether ``check`` is to tell it as a remark: one such exchange is to be expected of a vendor that did not change."""
    harmless: bool = False
    """Whether nothing must be alarmed."""


# --- documents --------------------------------------------------------------------------------------------------------


def _documents(evidence: Evidence) -> Iterator[tuple[str, Part]]:
    """The parts with JSON answers of success."""
    for name, part in sorted(evidence.parts.items()):
        if name.startswith("response ") and (status_of(name) or 999) < 300 and re.search(r"[/+]json\Z", media_of(name)):
            yield name, part


def _fields(evidence: Evidence) -> Iterator[tuple[str, str, Field, Part]]:
    for name, part in _documents(evidence):
        for path, seen in sorted(part.fields.items()):
            if path.count("/") <= DEPTH_MAX and f"/{REST}" not in path and not part.bounds & {"fields"}:
                yield name, path, seen, part


def _members(evidence: Evidence) -> Iterator[Target]:
    """Members that were in every object."""
    for name, path, seen, part in _fields(evidence):
        parent = part.fields.get(path.rpartition("/")[0])
        if path and parent and not path.endswith(ITEM) and seen.occurrences == parent.kinds.get("object", 0):
            yield Target(name, path)


def _of_kinds(*allowed: str, unless: tuple[str, ...] = ()) -> Callable[[Evidence], Iterator[Target]]:
    """Fields below the document that only ever had some of these kinds, and none of those."""

    def targets(evidence: Evidence) -> Iterator[Target]:
        for name, path, seen, _ in _fields(evidence):
            if path and set(seen.kinds) & set(allowed) and not set(seen.kinds) & set(unless):
                yield Target(name, path)

    return targets


def _whole(evidence: Evidence) -> Iterator[Target]:
    for name, path, seen, _ in _fields(evidence):
        if path and set(seen.kinds) == {"integer"}:
            yield Target(name, path)


def _words(evidence: Evidence) -> Iterator[Target]:
    for name, path, seen, _ in _fields(evidence):
        few = seen.values and not seen.more and seen.exchanges >= WORDS_EXCHANGES_MIN and len(seen.values) <= 8
        often = set(seen.kinds) == {"string"} and all(count > 1 for count in seen.values.values())
        if few and often and all(re.fullmatch(r'"[a-z][a-z_-]{1,20}"', text) for text in seen.values):
            yield Target(name, path)


def _formatted(evidence: Evidence) -> Iterator[Target]:
    for name, path, seen, _ in _fields(evidence):
        if seen.formats and set(seen.kinds) <= {"string", "null"} and seen.exchanges > 1:
            known = seen.formats & {"date", "date-time", "uuid", "email", "uri", "ipv4"}
            if known:
                yield Target(name, path, min(known))


def _large(evidence: Evidence) -> Iterator[Target]:
    for name, path, seen, _ in _fields(evidence):
        numbers = set(seen.kinds) <= {"integer", "number"} and seen.exchanges >= NUMBERS_EXCHANGES_MIN
        least, most = seen.numbers or (0, 0)
        if numbers and least > 0 and most < min(20 * least, 1e12):
            yield Target(name, path)


def _edited(change: Callable[[Any, str], Any]) -> Callable[[Exchange, Target], Exchange | None]:
    """An operator on every value at a path of a JSON body; ``change`` returns ``GONE`` to take it out."""

    def apply(exchange: Exchange, target: Target) -> Exchange | None:
        document = _document(exchange, target.part)
        if document is None:
            return None
        steps = steps_of(target.path)
        return (
            _answered(exchange, document)
            if _walk(document, steps, lambda value: change(value, target.detail))
            else None
        )

    return apply


GONE = object()


def _walk(value: Any, steps: list[str], change: Callable[[Any], Any]) -> int:
    """Change every value at a path, in place; how many there were."""
    step, *rest = steps
    if step == ITEM:
        keys: list[Any] = list(range(len(value))) if isinstance(value, list) else []
    else:
        keys = [step] if isinstance(value, dict) and step in value else []
    found = 0
    for key in keys:
        if rest:
            found += _walk(value[key], rest, change)
            continue
        new = change(value[key])
        if new is GONE:
            del value[key]
        elif new is not value[key]:
            value[key] = new
        else:
            continue
        found += 1
    return found


def _document(exchange: Exchange, part: str) -> Any:
    response = exchange.response
    if response is None or not part.startswith(f"response {response.status} ") or not exchange.replayable:
        return None
    try:
        return json.loads(response.body)
    except ValueError:
        return None


def _answered(exchange: Exchange, document: Any) -> Exchange:
    assert exchange.response is not None
    return Clean(replace(exchange, response=replace(exchange.response, body=json.dumps(document).encode())))


def _other_kind(value: Any, _: str) -> Any:
    """A value of a kind that JSON writers confuse with this one."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return 17
    if isinstance(value, (int, float)):
        return str(value)
    return value


def _other_structure(value: Any, _: str) -> Any:
    if isinstance(value, dict):
        return [value]
    return {"items": value} if isinstance(value, list) else value


def _times(value: Any, _: str) -> Any:
    return value * 1000 if isinstance(value, (int, float)) and not isinstance(value, bool) else value


# --- answers ----------------------------------------------------------------------------------------------------------


def _successes(evidence: Evidence) -> Iterator[Target]:
    for name, _ in _documents(evidence):
        yield Target(name)


def _all_served(status: int) -> Callable[[Evidence], Iterator[Target]]:
    """Operations that were always served, and never with this status."""

    def targets(evidence: Evidence) -> Iterator[Target]:
        statuses = {status_of(name) for name in evidence.parts} - {None}
        if statuses and all(each and each < 300 for each in statuses) and status not in statuses:
            yield from _successes(evidence)

    return targets


def _response(exchange: Exchange, target: Target, **fields: Any) -> Exchange | None:
    response = exchange.response
    if (
        response is None
        or not target.part.startswith(f"response {response.status} ")
        or not exchange.replayable
        or not response.body
    ):
        return None
    return Clean(replace(exchange, response=replace(response, **fields)))


def _media(exchange: Exchange, target: Target) -> Exchange | None:
    headers = exchange.response.headers if exchange.response else ()
    return _response(
        exchange, target, headers=_headed(headers, "content-type", "text/html"), body=b"<html>moved</html>"
    )


def _headed(headers: Headers, name: str, value: str | None) -> Headers:
    """Headers with another value of one, or without it."""
    kept = tuple(pair for pair in headers if pair[0].lower() != name)
    return kept if value is None else (*kept, (name, value))


def _refused(exchange: Exchange, target: Target) -> Exchange | None:
    found = _response(exchange, target, status=422, body=b'{"message": "no"}')
    return found and Clean(
        replace(found, request=replace(found.request, url=found.request.url.partition("?")[0] + "?zz=1"))
    )


# --- behaviour --------------------------------------------------------------------------------------------------------


def _signs(topic: str, *, at_least: int = 1) -> Callable[[Evidence], Iterator[Target]]:
    def targets(evidence: Evidence) -> Iterator[Target]:
        for sign, seen in sorted(evidence.conduct.signs.items()):
            if f"{sign} ".startswith(f"{topic} ") and seen.count >= at_least:
                yield Target("", "", sign)

    return targets


def _linked(evidence: Evidence) -> Iterator[Target]:
    for target in _signs("paging next-url", at_least=2)(evidence):
        if target.detail.split(" ")[2] == "header:link":
            yield target


def _offered(evidence: Evidence) -> Iterator[Target]:
    """Members that lead to the next page."""
    for topic in ("paging next-url", "paging cursor"):
        for target in _signs(topic, at_least=2)(evidence):
            if target.detail.split(" ")[2].startswith("/"):
                yield target


def _unpaged(exchange: Exchange, target: Target) -> Exchange | None:
    response = exchange.response
    if response is None or response.status >= 300:
        return None
    document = _document(exchange, f"response {response.status} ")
    steps = [unquote(step) for step in target.detail.split(" ")[2].split("/")[1:]]
    return _answered(exchange, document) if document and _walk(document, steps, lambda _: GONE) else None


def _without(pattern: str) -> Callable[[Exchange, Target], Exchange | None]:
    """Without the response headers of which the name fits."""

    def apply(exchange: Exchange, _: Target) -> Exchange | None:
        response = exchange.response
        if response is None:
            return None
        kept = tuple(pair for pair in response.headers if not re.search(pattern, pair[0].lower()))
        return Clean(replace(exchange, response=replace(response, headers=kept)))

    return apply


def _lowered(exchange: Exchange, target: Target) -> Exchange | None:
    response = exchange.response
    amount = target.detail.split(" ")[2]
    if response is None:
        return None
    headers = tuple(
        (name, re.sub(rf"\b{re.escape(amount)}\b", "3", value) if "limit" in name.lower() else value)
        for name, value in response.headers
    )
    return Clean(replace(exchange, response=replace(response, headers=headers)))


def _slower(exchange: Exchange, _: Target) -> Exchange | None:
    timings = exchange.timings
    if timings.first_byte_s is None:
        return None
    return Clean(replace(exchange, timings=replace(timings, first_byte_s=timings.first_byte_s + LATER_S)))


def _timed(evidence: Evidence) -> Iterator[Target]:
    if evidence.conduct.latency:
        yield Target("")


def _rekeyed(exchange: Exchange, _: Target) -> Exchange | None:
    headers = _headed(exchange.request.headers, "authorization", None)
    return Clean(replace(exchange, request=replace(exchange.request, headers=(*headers, ("X-Zz-Api-Key", "k" * 24)))))


def _asked(exchange: Exchange, _: Target) -> Exchange | None:
    url = exchange.request.url
    return Clean(
        replace(exchange, request=replace(exchange.request, url=f"{url}{'&' if '?' in url else '?'}zz_mutated=1"))
    )


SCALARS = ("string", "integer", "number", "boolean")
OPERATORS = (
    Operator("member removed", _members, _edited(lambda _, __: GONE)),
    Operator("member null", _of_kinds(*SCALARS, "object", "array", unless=("null",)), _edited(lambda _, __: None)),
    Operator("text becomes number", _of_kinds("string", unless=("integer", "number")), _edited(lambda v, d: _other_kind(v, d) if isinstance(v, str) else v)),
    Operator("number becomes text", _of_kinds("integer", "number", unless=("string",)), _edited(lambda v, d: _other_kind(v, d) if type(v) in {int, float} else v)),
    Operator("boolean becomes text", _of_kinds("boolean", unless=("string",)), _edited(lambda v, d: _other_kind(v, d) if isinstance(v, bool) else v)),
    Operator("object becomes array", _of_kinds("object", unless=("array",)), _edited(lambda v, d: _other_structure(v, d) if isinstance(v, dict) else v)),
    Operator("array becomes object", _of_kinds("array", unless=("object",)), _edited(lambda v, d: _other_structure(v, d) if isinstance(v, list) else v)),
    Operator("integer becomes fraction", _whole, _edited(lambda v, _: v + 0.5 if type(v) is int and abs(v) < 1 << 50 else v)),
    Operator("enum extended", _words, _edited(lambda v, _: NEW if isinstance(v, str) else v), remarked=True),
    Operator("format broken", _formatted, _edited(lambda v, _: "not so" if isinstance(v, str) else v)),
    Operator("number of another size", _large, _edited(_times), remarked=True),
    Operator("status of success new", _all_served(226), lambda each, target: _response(each, target, status=226)),
    Operator("operation gone", _all_served(410), lambda each, target: _response(each, target, status=410, body=b'{"message": "gone"}'), remarked=True),
    Operator("server error", _all_served(500), lambda each, target: _response(each, target, status=500, body=b"oops"), remarked=True),
    Operator("media type changed", _successes, _media),
    Operator("body cut to half", _successes, lambda each, target: _response(each, target, body=(each.response.body[: len(each.response.body) // 2] or b"{") if each.response else b"")),
    Operator("body empty", _successes, lambda each, target: _response(each, target, body=b"")),
    Operator("pagination gone (Link)", _linked, _without("^link$"), checked=False),
    Operator("pagination gone (body)", _offered, _unpaged, checked=False),
    Operator("quota headers gone", _signs("quota", at_least=2), _without("limit|quota|retry-after"), checked=False),
    Operator("quota lowered", _signs("limit", at_least=2), _lowered, checked=False),
    Operator("credentials of another kind", _signs("proof header:authorization:bearer", at_least=1), _rekeyed, checked=False),
    Operator("ten seconds slower", _timed, _slower, checked=False),
    Operator("(harmless) rejected request", _all_served(422), _refused, harmless=True),
    Operator("(harmless) member added", _of_kinds("object"), _edited(lambda v, _: {**v, "zz_mutated": 1} if isinstance(v, dict) else v), harmless=True),
    Operator("(harmless) parameter added", _successes, _asked, harmless=True),
)  # fmt: skip
