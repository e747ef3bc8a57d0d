"""What changed in the documents of one part: members, kinds, words, formats and sizes of values, each with its question.

Answers are judged by what a client that was written against OLD can still read; requests are not judged at all, because all of
those counted were accepted: what they show is what else the vendor takes.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from math import comb
from typing import TYPE_CHECKING

from tapehiss.contracts.changes import Change, Count, Question, asked, exchanges_with
from tapehiss.contracts.counts import ITEM, REST, Field
from tapehiss.contracts.operations import looks_minted
from tapehiss.contracts.statistics import Trial, novelty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.contracts.counts import Part

WORDS_MAX = 20
"""A text with more different values is no list of words."""
UNSEEN_MAX = 0.05
"""A new word is worth telling, though undecided, when the chance of one was at most this."""
SCALE = 50
"""A number whose least is so many times what was its most has another unit."""

_WORDLIKE = re.compile(r"[A-Za-z][A-Za-z0-9 _.:/+-]*\Z")
_NEVER = Field()


def value_changes(old: Part, new: Part) -> Iterator[Question]:
    """The questions about the documents of an answer; only paths that both sides together keep are compared."""
    for path in (old + new).fields:
        was, now = old.fields.get(path, _NEVER), new.fields.get(path, _NEVER)
        parent, _, step = path.rpartition("/")
        if path and step not in {ITEM, REST}:
            above = old.fields.get(parent, _NEVER), new.fields.get(parent, _NEVER)
            yield from _presence(path, above, was, now)
        if was.exchanges and now.exchanges:
            yield from _kinds(path, was, now)
            yield from _words(path, was, now)
            yield from _scale(path, was, now)


def _presence(path: str, above: tuple[Field, Field], was: Field, now: Field) -> Iterator[Question]:
    """Whether a member is missing more often: in all of an exchange's objects, and in some of them."""
    objects = [each.kinds.get("object", 0) for each in above]
    if not all(objects):
        return
    old_of = exchanges_with(above[0], objects[0]).hits
    new_of = min(above[1].exchanges, objects[1])
    old, new = Count(min(was.exchanges, old_of), old_of), Count(min(now.exchanges, new_of), new_of)
    lacking = [count - each.occurrences for count, each in zip(objects, (was, now), strict=True)]
    if not was.exchanges:
        change = Change(
            "response-optional-property-added", old, new, pointer=path, now=_kinds_in_words(now), seen=now.first
        )
        yield Question(None, change)
        return
    gone, id_ = None, "response-required-property-removed" if not lacking[0] else "response-optional-property-removed"
    if not now.exchanges:
        gone = Change(id_, old, new, pointer=path, was=_kinds_in_words(was), seen=was.last)
    several = any(each.occurrences > each.exchanges for each in above)
    if several or gone:
        yield asked(old.misses, new.misses, gone)
    if not gone:
        yield _optional(path, above, (was, now), lacking, (old, new))


def _optional(
    path: str, above: tuple[Field, Field], fields: tuple[Field, Field], lacking: list[int], counts: tuple[Count, Count]
) -> Question:
    """Whether a member is missing in some objects of more exchanges."""
    hits = [
        max(exchanges_with(parent, missing).hits, count.misses.hits) if missing else 0
        for parent, missing, count in zip(above, lacking, counts, strict=True)
    ]
    old, new = Count(hits[0], counts[0].of), Count(min(hits[1], counts[1].of), counts[1].of)
    change = None
    if lacking[1] and not lacking[0]:
        change = Change(
            "response-property-became-optional",
            old.misses,
            new.misses,
            pointer=path,
            was=_kinds_in_words(fields[0]),
            seen=above[1].last,
        )
    return asked(old, new, change, sum(lacking))


def _kinds(path: str, was: Field, now: Field) -> Iterator[Question]:
    """Whether a kind of value comes more often."""
    for kind in sorted({**was.kinds, **now.kinds}):
        before, after = was.kinds.get(kind, 0), now.kinds.get(kind, 0)
        old, new = exchanges_with(was, before), exchanges_with(now, after)
        known = before or (kind == "integer" and "number" in was.kinds)
        change = None
        if after and not known:
            change = Change(
                _kind_id(kind, was),
                old,
                new,
                pointer=path,
                subject=kind,
                was=_kinds_in_words(was),
                now=kind,
                seen=now.last,
            )
        yield asked(old, new, change, before + after)


def _kind_id(kind: str, was: Field) -> str:
    if kind == "null":
        return "response-property-became-nullable"
    return (
        "response-property-type-generalized"
        if kind == "number" and "integer" in was.kinds
        else "response-property-type-changed"
    )


def _words(path: str, was: Field, now: Field) -> Iterator[Question]:
    """Whether a word comes more often, where all values of both sides are a few words."""
    both = was + now
    if both.more or not 0 < len(both.values) <= WORDS_MAX or not all(map(_is_word, both.values)):
        return
    once = sum(count == 1 for count in was.values.values())
    telling = novelty(once, was.exchanges) <= UNSEEN_MAX
    words = ", ".join(sorted(json.loads(text) for text in was.values))
    for text in sorted(both.values):
        old, new = Count(was.values.get(text, 0), was.exchanges), Count(now.values.get(text, 0), now.exchanges)
        change = None
        if not old.hits and new.hits and was.values:
            word = json.loads(text)
            change = Change(
                "response-property-enum-value-added",
                old,
                new,
                pointer=path,
                subject=word,
                was=words,
                now=word,
                seen=now.last,
                telling=telling,
            )
        yield asked(old, new, change)


def _is_word(text: str) -> bool:
    value = json.loads(text)
    return isinstance(value, str) and _WORDLIKE.match(value) is not None and not looks_minted(value)


def _scale(path: str, was: Field, now: Field) -> Iterator[Question]:
    """Whether all numbers of one side are far above those of the other: of all ways to deal them, one looks like that."""
    if was.numbers is None or now.numbers is None or not {*was.kinds, *now.kinds} <= {"integer", "number"}:
        return
    old, new = Count(was.exchanges, was.exchanges), Count(now.exchanges, now.exchanges)
    chance = 2.0 / _ways(old.of, new.of)
    trial = Trial(min(1.0, chance), min(1.0, chance))
    change = None
    (low, high), (least, most) = was.numbers, now.numbers
    if 0 < high * SCALE <= least or 0 < most * SCALE <= low:
        change = Change(
            "response-property-scale-changed",
            old,
            new,
            pointer=path,
            was=f"{low:g} to {high:g}",
            now=f"{least:g} to {most:g}",
            seen=now.last,
        )
    yield Question(trial if change else replace(trial, chance=1.0), change)


def _ways(old: int, new: int) -> float:
    """How many ways there are to deal exchanges to two sides, as far as a float can tell."""
    few = min(old, new)
    return float(comb(old + new, few)) if few * (old + new).bit_length() < 1000 else float("inf")


def _kinds_in_words(seen: Field) -> str:
    return " or ".join(sorted(seen.kinds))


def request_changes(old: Part, new: Part) -> Iterator[Question]:
    """What NEW shows that the vendor takes and OLD did not: none of it breaks a client, so that nothing is to be decided."""
    for path in (old + new).fields:
        was, now = old.fields.get(path, _NEVER), new.fields.get(path, _NEVER)
        parent, _, step = path.rpartition("/")
        above = old.fields.get(parent, _NEVER), new.fields.get(parent, _NEVER)
        if path and step not in {ITEM, REST} and all("object" in each.kinds for each in above):
            change = _request_member(path, above, was, now)
            if change is not None:
                yield Question(None, change)
        for kind in sorted(set(now.kinds) - set(was.kinds)) if was.exchanges else ():
            hits = exchanges_with(now, now.kinds[kind])
            yield Question(
                None,
                Change(
                    "request-property-type-generalized",
                    Count(0, was.exchanges),
                    hits,
                    pointer=path,
                    subject=kind,
                    was=_kinds_in_words(was),
                    now=kind,
                    seen=now.last,
                ),
            )


def _request_member(path: str, above: tuple[Field, Field], was: Field, now: Field) -> Change | None:
    old, new = Count(was.exchanges, above[0].exchanges), Count(now.exchanges, above[1].exchanges)
    if not was.exchanges:
        return Change("new-optional-request-property", old, new, pointer=path, now=_kinds_in_words(now), seen=now.first)
    lacking = [each.kinds["object"] - field.occurrences for each, field in zip(above, (was, now), strict=True)]
    if lacking[1] and not lacking[0]:
        return Change(
            "request-property-became-optional", old, new, pointer=path, was=_kinds_in_words(was), seen=above[1].last
        )
    return None
