"""A counterexample as a file that anybody can read and any runner can replay: ``*.storm.json``.

It has the schedule, the promise and the terms, a digest of the recordings that it is about, what passed over the wire when it was found, and
the versions that found it; of idempotency keys it has digests, and nothing of headers and bodies.
"""

from __future__ import annotations

import hashlib
import math
import re
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from tapehiss.cassettes.exchange import Clean, Ending
from tapehiss.cassettes.line import encode_line
from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.journal import digest_of
from tapehiss.mocks.judge import Terms
from tapehiss.mocks.promises import PROMISES
from tapehiss.mocks.schedule import SEED_MAX, Schedule, flaws_in, schedule_from_json, schedule_to_json
from tapehiss.mocks.trace import Attempt, End, Fate, Trace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.mocks.storm import Counterexample

T = TypeVar("T")

FORMAT = 1
SUFFIX = ".storm.json"
KEY_CHARS = 16
"""So much of a digest of a key is kept: keys are told apart by it."""


@dataclass(frozen=True, slots=True)
class StormFile:
    """What a file holds."""

    promise: str
    told: str
    """How it was broken, in words."""
    schedule: Schedule
    terms: Terms
    tape: str
    """The digest of the recordings."""
    seed: int
    run: Trace
    """What passed over the wire."""
    versions: tuple[tuple[str, str], ...] = ()
    """What found it: name and version."""


def storm_file(found: Counterexample, *, tape: str, seed: int, versions: Mapping[str, str] | None = None) -> StormFile:
    """The file about a counterexample."""
    attempts = tuple(
        replace(each, key=digest_of(each.key)[:KEY_CHARS] if each.key else "") for each in found.case.run.attempts
    )
    return StormFile(
        found.verdict.promise,
        str(found.verdict),
        found.schedule,
        found.case.terms,
        tape,
        seed,
        Trace(attempts, found.case.run.end),
        tuple(sorted((versions or {}).items())),
    )


def digest_of_recordings(exchanges: Iterable[Exchange]) -> str:
    """What tells these recordings from others: SHA-256 over the lines that a tape has of them."""
    digest = hashlib.sha256()
    for exchange in exchanges:
        digest.update(encode_line(Clean(exchange)))
    return digest.hexdigest()


# ---- written


def storm_to_json(file: StormFile) -> dict[str, Any]:
    """A file as JSON data."""
    terms = asdict(file.terms) | {"idempotent": sorted(file.terms.idempotent)}
    return {
        "storm": FORMAT,
        "promise": file.promise,
        "told": file.told,
        "schedule": schedule_to_json(file.schedule),
        "seed": file.seed,
        "tape": file.tape,
        "terms": {name: None if value == math.inf else value for name, value in terms.items()},
        "events": [asdict(each) | {"call": f"{each.call:016x}"} for each in file.run.attempts],
        "end": asdict(file.run.end),
        "versions": dict(file.versions),
    }


# ---- read

Kind = Callable[[Any], Any]
"""Reads one value; raises ``_Wrong`` with what is wrong with it."""


class _Wrong(Exception):
    pass


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e12 < value < 1e12:
        raise _Wrong("is not a number")
    return float(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= SEED_MAX:
        raise _Wrong("is not a whole number, 0 or more")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("is not a text")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("is neither true nor false")
    return value


def _call(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{16}", value):
        raise _Wrong("is not a number of 16 hexadecimal digits")
    return int(value, 16)


def _one_of(values: Iterable[T]) -> Kind:
    known = {str(value): value for value in values}

    def read(value: Any) -> T:
        if not isinstance(value, str) or value not in known:
            raise _Wrong(f"is none of {', '.join(known)}")
        return known[value]

    return read


def _methods(value: Any) -> frozenset[str]:
    if not isinstance(value, list):
        raise _Wrong("is not a list")
    return frozenset(map(_text, value))


def _or_none(kind: Kind) -> Kind:
    return lambda value: None if value is None else kind(value)


def _bound(value: Any) -> float:
    return math.inf if value is None else _number(value)


_TERMS: Mapping[str, Kind] = {
    "idempotent": _methods,
    "attempts_max": _count,
    "amplification_max": _bound,
    "deadline_s": _bound,
    "tolerance_s": _number,
    "pauses_min_s": _number,
    "turned_away_max": _count,
    "patience_s": _bound,
}
_EVENT: Mapping[str, Kind] = {
    "operation": _text,
    "call": _call,
    "at_s": _number,
    "known_at_s": _number,
    "fate": _one_of(Fate),
    "writes": _flag,
    "key": _text,
    "body": _text,
    "status": _or_none(_count),
    "wait_s": _or_none(_number),
    "forbidden": _flag,
    "carried_out": _flag,
    "ending": _one_of(Ending),
}
_END: Mapping[str, Kind] = {"at_s": _number, "ok": _flag, "crash": _text, "stopped": _flag}
_TOP: Mapping[str, Kind] = {"promise": _one_of(PROMISES), "told": _text, "tape": _text, "seed": _count}
assert set(_TERMS) == {each.name for each in fields(Terms)}
assert set(_EVENT) == {each.name for each in fields(Attempt)}


def storm_from_json(data: Any) -> StormFile | tuple[Flaw, ...]:
    """The file that JSON data describes, or everything that is wrong with the data."""
    if not isinstance(data, dict) or "storm" not in data:
        return (Flaw("", "is no counterexample of a storm", "give a file that tapehiss storm has written"),)
    if data["storm"] != FORMAT:
        remedy = f"this tapehiss reads format {FORMAT}: use the one that wrote it, or look for the storm again"
        return (Flaw("storm", f"is format {data['storm']!r}", remedy),)
    flaws: list[Flaw] = []
    top = _read(lambda **given: given, {name: data.get(name) for name in _TOP}, _TOP, "", flaws)
    terms = _read(Terms, data.get("terms"), _TERMS, "terms", flaws)
    end = _read(End, data.get("end"), _END, "end", flaws)
    events = data.get("events")
    if not isinstance(events, list):
        flaws.append(Flaw("events", "is not a list"))
        events = []
    attempts = [_read(Attempt, each, _EVENT, f"events[{place}]", flaws) for place, each in enumerate(events)]
    schedule = schedule_from_json(data.get("schedule"))
    flaws += (replace(flaw, field=flaw.field.replace("rules", "schedule", 1)) for flaw in flaws_in(schedule))
    versions = _read(lambda **given: given, data.get("versions"), None, "versions", flaws)
    if flaws or top is None or terms is None or end is None or versions is None:
        return tuple(flaws)
    whole = tuple(each for each in attempts if each is not None)
    rules = tuple(each for each in schedule if not isinstance(each, Flaw))
    return StormFile(
        **top, schedule=rules, terms=terms, run=Trace(whole, end), versions=tuple(sorted(versions.items()))
    )


def _read(
    make: Callable[..., T], data: Any, kinds: Mapping[str, Kind] | None, where: str, flaws: list[Flaw]
) -> T | None:
    """The value with these fields, all of which have to be there; what is wrong is added to the flaws."""
    if not isinstance(data, dict):
        flaws.append(Flaw(where, "is not a mapping"))
        return None
    kinds = dict.fromkeys(data, _text) if kinds is None else kinds
    stray = [name for name in data if name not in kinds]
    found = [Flaw(str(name), "is not known here") for name in stray]
    given: dict[str, Any] = {}
    for name, kind in kinds.items():
        try:
            given[name] = kind(data[name])
        except KeyError:
            found.append(Flaw(name, "is missing"))
        except _Wrong as wrong:
            found.append(Flaw(name, f"{reprlib.repr(data[name])} {wrong}"))
    flaws += (flaw.under(where) if where else flaw for flaw in found)
    return None if found else make(**given)
