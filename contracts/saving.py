"""The saved form of evidence: what of a field, a part or an operation's evidence stands in a file, and back.

What is empty is left out, so that a file tells what is known and nothing else; where a field was first and last seen is left out
when that is where its part was. A file has a line for each field, so that it can be kept in git and compared. Reading back refuses, by ``ValueError``,
``KeyError``, ``TypeError`` or ``AttributeError``, whatever was not saved here; callers make one error of them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import orjson

from tapehiss.contracts.conduct import resumed as resumed_conduct
from tapehiss.contracts.conduct import saved as saved_conduct
from tapehiss.contracts.counts import Evidence, Field, Part, Sample, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Saved = dict[str, Any]


def saved_evidence(evidence: Evidence) -> Saved:
    """The evidence of one operation as JSON values."""
    return _told(
        endings=evidence.endings,
        conduct=saved_conduct(evidence.conduct),
        parts={name: saved_part(part) for name, part in evidence.parts.items()},
        more_parts=evidence.more_parts,
        bounds=sorted(evidence.bounds),
        first=evidence.first,
        last=evidence.last,
    )


def resumed_evidence(saved: Mapping[str, Any]) -> Evidence:
    """The evidence that ``saved_evidence`` saved."""
    return Evidence(
        endings=_counts(saved, "endings"),
        parts={str(name): resumed_part(part) for name, part in _mapping(saved, "parts").items()},
        bounds=_words(saved, "bounds"),
        conduct=resumed_conduct(_mapping(saved, "conduct")),
        first=_seen(saved, "first"),
        last=_seen(saved, "last"),
        more_parts=int(saved.get("more_parts", 0)),
    )


def saved_part(part: Part) -> Saved:
    """A part as JSON values."""
    return _told(
        exchanges=part.exchanges,
        unread=part.unread,
        bounds=sorted(part.bounds),
        fields={path: _within(part, seen) for path, seen in part.fields.items()},
        first=part.first,
        last=part.last,
        samples={sort: [*sample] for sort, sample in part.samples.items()},
    )


def resumed_part(saved: Mapping[str, Any]) -> Part:
    """The part that ``saved_part`` saved."""
    ends = {name: saved[name] for name in ("first", "last") if name in saved}
    return Part(
        exchanges=int(saved["exchanges"]),
        unread=_counts(saved, "unread"),
        fields={str(path): resumed_field({**ends, **seen}) for path, seen in _mapping(saved, "fields").items()},
        bounds=_words(saved, "bounds"),
        first=_seen(saved, "first"),
        last=_seen(saved, "last"),
        samples={str(sort): _sample(*sample) for sort, sample in _mapping(saved, "samples").items()},
    )


def _sample(seen: int, text: str) -> Sample:
    """A sample that was saved; what is no JSON is refused."""
    sample = Sample(int(seen), str(text))
    _ = sample.document
    return sample


def _within(part: Part, seen: Field) -> Saved:
    """A field as JSON values, without the witnesses that are its part's."""
    told = saved_field(seen)
    for name, its, parts in (("first", seen.first, part.first), ("last", seen.last, part.last)):
        if its == parts:
            told.pop(name, None)
        elif its is None:
            told[name] = None
    return told


def saved_field(seen: Field) -> Saved:
    """The evidence about the values at one path as JSON values."""
    told = _told(
        kinds=seen.kinds,
        exchanges=seen.exchanges,
        values=seen.values,
        more=seen.more,
        first=seen.first,
        last=seen.last,
        lengths=seen.lengths,
        sizes=seen.sizes,
        numbers=seen.numbers,
        shapes=seen.shapes,
        more_shapes=seen.more_shapes,
        positions=seen.positions,
        booleans=seen.booleans,
    )
    return told if seen.formats is None else {**told, "formats": sorted(seen.formats)}


def resumed_field(saved: Mapping[str, Any]) -> Field:
    """The evidence that ``saved_field`` saved."""
    lengths, sizes, numbers = (_pair(saved, name) for name in ("lengths", "sizes", "numbers"))
    return Field(
        kinds=_counts(saved, "kinds"),
        exchanges=int(saved["exchanges"]),
        values=_counts(saved, "values"),
        more=bool(saved.get("more", False)),
        first=_seen(saved, "first"),
        last=_seen(saved, "last"),
        lengths=lengths and (int(lengths[0]), int(lengths[1])),
        sizes=sizes and (int(sizes[0]), int(sizes[1])),
        numbers=numbers,
        formats=_words(saved, "formats") if "formats" in saved else None,
        shapes=_counts(saved, "shapes"),
        more_shapes=int(saved.get("more_shapes", 0)),
        positions=tuple(_counts({"": kinds}, "") for kinds in saved.get("positions", ())),
        booleans=_counts(saved, "booleans"),
    )


LINES_DEPTH = 6
"""How deep objects are written with a line for each member: down to the fields of a part."""


def text_of(saved: Mapping[str, Any]) -> str:
    """JSON text, the same for equal values: sorted, a line for each member of what is large, and compact below that."""
    return "".join(_lines(saved, 0)) + "\n"


def _lines(value: Any, depth: int) -> Iterator[str]:
    if (
        depth == LINES_DEPTH
        or not isinstance(value, dict)
        or not any(isinstance(each, dict) for each in value.values())
    ):
        yield _compact(value)
        return
    start = "{\n"
    for name in sorted(value):
        yield f"{start}{' ' * (depth + 1)}{_compact(name)}: "
        yield from _lines(value[name], depth + 1)
        start = ",\n"
    yield f"\n{' ' * depth}}}"


def _compact(value: Any) -> str:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # half surrogate pairs
        return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _told(**facts: Any) -> Saved:
    """What there is something to say about."""
    return {name: fact for name, fact in facts.items() if fact}


def _mapping(saved: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = saved.get(name, {})
    if not isinstance(found, dict):
        raise TypeError(f"{name} is no object")
    return found


def _counts(saved: Mapping[str, Any], name: str) -> dict[str, int]:
    return {str(key): int(count) for key, count in _mapping(saved, name).items()}


def _words(saved: Mapping[str, Any], name: str) -> frozenset[str]:
    return frozenset(map(str, saved.get(name, ())))


def _seen(saved: Mapping[str, Any], name: str) -> Seen | None:
    if saved.get(name) is None:
        return None
    at_s, tape, line = saved[name]
    return Seen(float(at_s), str(tape), int(line))


def _pair(saved: Mapping[str, Any], name: str) -> tuple[float, float] | None:
    if name not in saved:
        return None
    low, high = saved[name]
    return low + 0, high + 0
