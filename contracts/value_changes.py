"""What changed in the documents of one part: members, kinds, words, formats and sizes of values, each with its question.

Answers are judged by what a client that was written against OLD can still read; requests are not judged at all, because all of
those counted were accepted: what they show is what else the vendor takes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from tapehiss.contracts.changes import Change, Count, Question, asked, exchanges_with, rooms
from tapehiss.contracts.counts import ITEM, REST, Field
from tapehiss.contracts.formats import FORMATS
from tapehiss.contracts.operations import looks_minted
from tapehiss.contracts.statistics import Trial, novelty, one_way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from tapehiss.contracts.counts import Part

WORDS_MAX = 20
"""A text with more different values is no list of words."""
UNSEEN_MAX = 0.05
"""A new word is worth telling, though undecided, when the chance of one was at most this."""
SCALE = 50
"""A number whose least is so many times what was its most has another unit."""

_WORDLIKE = re.compile(r"[A-Za-z][A-Za-z0-9 _.:/+-]*\Z")
_NEVER = Field()


@dataclass(frozen=True, slots=True)
class _Side:
    """The documents of one part in one of the contracts."""

    fields: Mapping[str, Field]
    rooms: Mapping[str, float]

    @classmethod
    def of(cls, part: Part) -> _Side:
        return cls(part.fields, rooms(part.fields))

    def at(self, path: str) -> Field:
        return self.fields.get(path, _NEVER)

    def objects(self, path: str) -> int:
        return self.at(path).kinds.get("object", 0)

    def exchanges_with(self, path: str, values: int) -> Count:
        return exchanges_with(self.at(path), values, self.rooms.get(path, inf))


def value_changes(both: Part, old: Part, new: Part) -> Iterator[Question]:
    """The questions about the documents of an answer; only paths that ``both``, the sum of the sides, keeps are compared."""
    fields = both.fields
    was, now = _Side.of(old), _Side.of(new)
    for path in fields:
        parent, _, step = path.rpartition("/")
        if path and step not in {ITEM, REST} and parent in fields:
            yield from _presence(path, fields[parent], was, now)
        yield from _kinds(path, fields[path], was, now)
        yield from _words(path, fields[path], was.at(path), now.at(path))
        yield from _formats(path, fields[path], was.at(path), now.at(path))
        yield from _scale(path, fields[path], was.at(path), now.at(path))


def _presence(path: str, above: Field, was: _Side, now: _Side) -> Iterator[Question]:
    """Whether a member is missing more often: in all of an exchange's objects, and, where it has several, in some of them."""
    parent = path.rpartition("/")[0]
    old_of = was.exchanges_with(parent, was.objects(parent)).hits
    new_of = min(now.at(parent).exchanges, now.objects(parent))
    before, after = was.at(path), now.at(path)
    old, new = Count(min(before.exchanges, old_of), old_of), Count(min(after.exchanges, new_of), new_of)
    if old.of and new.of and not before.exchanges:
        told = _kinds_in_words(after)
        yield Question(
            None, Change("response-optional-property-added", old, new, pointer=path, now=told, seen=after.first)
        )
    gone = None
    if before.exchanges and new.of and not after.exchanges:
        always = before.occurrences == was.objects(parent)
        id_ = "response-required-property-removed" if always else "response-optional-property-removed"
        gone = Change(id_, old, new, pointer=path, was=_kinds_in_words(before), seen=before.last)
    optional = _optional(path, was, now, old, new)
    if above.occurrences == above.exchanges:
        yield asked(old.misses, new.misses, gone) if gone else optional
        return
    most = Count(above.exchanges, above.exchanges)
    yield asked(old.misses, new.misses, gone, most)
    yield replace(optional, change=None) if gone else optional


def _optional(path: str, was: _Side, now: _Side, whole: Count, recent: Count) -> Question:
    """Whether a member is missing in some objects of more exchanges; the counts are of exchanges that have it anywhere."""
    parent = path.rpartition("/")[0]
    sides = (was, now)
    lacking = [side.objects(parent) - side.at(path).occurrences for side in sides]
    hits = [
        min(max(side.exchanges_with(parent, missing).hits, count.misses.hits), count.of) if missing else 0
        for side, missing, count in zip(sides, lacking, (whole, recent), strict=True)
    ]
    old, new = Count(hits[0], whole.of), Count(hits[1], recent.of)
    change = None
    if lacking[1] and not lacking[0] and whole.of:
        told, seen = _kinds_in_words(was.at(path)), now.at(parent).last
        change = Change("response-property-became-optional", old.misses, new.misses, pointer=path, was=told, seen=seen)
    several = any(side.at(parent).occurrences > side.at(parent).exchanges for side in sides)
    among = sum(side.at(parent).exchanges for side in sides)
    return asked(old, new, change, Count(sum(lacking), among) if several else None)


def _kinds(path: str, both: Field, was: _Side, now: _Side) -> Iterator[Question]:
    """Whether a kind of value comes more often."""
    known, recent = was.at(path), now.at(path)
    for kind, hits in sorted(both.kinds.items()):
        before, after = known.kinds.get(kind, 0), recent.kinds.get(kind, 0)
        old, new = was.exchanges_with(path, before), now.exchanges_with(path, after)
        change = None
        if known.exchanges and after and not before and not (kind == "integer" and "number" in known.kinds):
            told, id_ = _kinds_in_words(known), _kind_id(kind, known)
            change = Change(id_, old, new, pointer=path, subject=kind, was=told, now=kind, seen=recent.last)
        several = both.occurrences > both.exchanges
        yield asked(old, new, change, Count(hits, both.exchanges) if several else None)


def _kind_id(kind: str, was: Field) -> str:
    if kind == "null":
        return "response-property-became-nullable"
    return (
        "response-property-type-generalized"
        if kind == "number" and "integer" in was.kinds
        else "response-property-type-changed"
    )


def _words(path: str, both: Field, was: Field, now: Field) -> Iterator[Question]:
    """Whether a word comes more often, where all values of both sides are a few words."""
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


def _formats(path: str, both: Field, was: Field, now: Field) -> Iterator[Question]:
    """Whether texts without a format come more often, among the values that both sides together keep."""
    texts = {text: value for text in both.values if isinstance(value := json.loads(text), str)}
    several = both.occurrences > both.exchanges
    for name, has in FORMATS.items():
        broken = {text for text, value in texts.items() if not has(value)}
        if not 0 < len(broken) < len(texts):
            continue
        old, new = (_share(each, texts.keys(), broken, several=several) for each in (was, now))
        change = None
        if name in (was.formats or ()) and new.hits:
            value = json.loads(min(text for text in broken if text in now.values))
            change = Change(
                "response-property-format-changed", old, new, pointer=path, subject=name, now=value, seen=now.last
            )
        yield asked(old, new, change, Count(both.exchanges, both.exchanges) if several else None)


def _share(seen: Field, texts: AbstractSet[str], broken: AbstractSet[str], *, several: bool) -> Count:
    """How many exchanges have one of these texts; where one exchange has several, at least as many as have the commonest."""
    hits = [count for text, count in seen.values.items() if text in broken]
    if several:
        return Count(max(hits, default=0), seen.exchanges)
    return Count(sum(hits), sum(count for text, count in seen.values.items() if text in texts))


def _scale(path: str, both: Field, was: Field, now: Field) -> Iterator[Question]:
    """Whether all numbers of one side are far above those of the other: of all ways to deal them, one looks like that."""
    if both.numbers is None or not set(both.kinds) <= {"integer", "number"}:
        return
    old, new = Count(was.exchanges, was.exchanges), Count(now.exchanges, now.exchanges)
    chance = min(1.0, 2 * one_way(old.of, both.exchanges))
    least = min(chance, 2 * one_way(both.exchanges // 2, both.exchanges))
    change = None
    if was.numbers and now.numbers:
        (low, high), (bottom, top) = was.numbers, now.numbers
        if 0 < high * SCALE <= bottom or 0 < top * SCALE <= low:
            told, recent = f"{low:g} to {high:g}", f"{bottom:g} to {top:g}"
            change = Change(
                "response-property-scale-changed", old, new, pointer=path, was=told, now=recent, seen=now.last
            )
    yield Question(Trial(chance if change else 1.0, least), change)


def _kinds_in_words(seen: Field) -> str:
    return " or ".join(sorted(seen.kinds))


def request_changes(both: Part, old: Part, new: Part) -> Iterator[Question]:
    """What NEW shows that the vendor takes and OLD did not: none of it breaks a client, so that nothing is to be decided."""
    for path in both.fields:
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
