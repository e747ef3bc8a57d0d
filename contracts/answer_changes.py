"""What changed in how an operation answers: statuses, media types, readable bodies, endings and latency, each with its question.

A request that the vendor turned down says nothing about how requests may look: that more are turned down is told, and decides
nothing. Only that no request at all is served any more, by statuses that speak of the operation itself, is a change of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tapehiss.contracts.changes import Change, Count, Question, asked
from tapehiss.contracts.conduct_changes import paging_changes
from tapehiss.contracts.counts import Evidence, Part
from tapehiss.contracts.findings import Severity
from tapehiss.contracts.latency import duration_of, quantile_s
from tapehiss.contracts.reading import media_of, status_of
from tapehiss.contracts.sums import tally
from tapehiss.contracts.value_changes import request_changes, value_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GONE = frozenset({404, 405, 410, 501})
"""Statuses by which a vendor says that there is no such operation; 404 also says that there is no such object."""
SLOWER = 3.0
"""An answer that takes so many times as long (median) is worth a warning."""

_NONE = Part()


def operation_changes(both: Evidence, old: Evidence, new: Evidence) -> Iterator[Question]:
    """The questions about one operation; when only one side called it, they have no answer, and that is told.

    ``both`` is the sum of ``old`` and ``new``.
    """
    if not old.exchanges or not new.exchanges:
        was, now = Count(old.exchanges, old.exchanges), Count(new.exchanges, new.exchanges)
        id_, seen = ("api-operation-uncalled", old.last) if old.exchanges else ("api-operation-added", new.first)
        yield Question(None, Change(id_, was, now, was=str(was.of), now=str(now.of), seen=seen))
    before, after = _Answers.of(old), _Answers.of(new)
    yield from _statuses(before, after)
    yield from _removed(before, after, new)
    yield from _failures(before, after, new)
    yield from _endings(old, new)
    yield from _latency(old, new)
    yield from paging_changes(old.conduct, new.conduct, (before.served, after.served))
    for status in sorted(before.statuses.keys() | after.statuses.keys()):
        yield from (_milder(each, status) for each in _media(status, old, new))
    yield from _parts(both, old, new)


@dataclass(frozen=True, slots=True)
class _Answers:
    """How often an operation answered with which status."""

    statuses: Mapping[int, int]

    @classmethod
    def of(cls, evidence: Evidence) -> _Answers:
        found: Counter[int] = Counter()
        for name, part in evidence.parts.items():
            status = status_of(name)
            if status is not None:
                found[status] += part.exchanges
        return cls(found)

    def count(self, *among: range) -> int:
        return sum(count for status, count in self.statuses.items() if any(status in each for each in among))

    @property
    def total(self) -> int:
        return sum(self.statuses.values())

    @property
    def served(self) -> int:
        """How many requests were accepted."""
        return sum(count for status, count in self.statuses.items() if status < 400)


def _statuses(was: _Answers, now: _Answers) -> Iterator[Question]:
    for status in sorted(was.statuses.keys() | now.statuses.keys()):
        if status < 400:
            yield from _success(status, was, now)
        elif status not in was.statuses and was.total:
            old, new = Count(0, was.total), Count(now.statuses[status], now.total)
            change = Change("response-non-success-status-added", old, new, subject=str(status), was=_known(was))
            yield Question(None, change)


def _success(status: int, was: _Answers, now: _Answers) -> Iterator[Question]:
    """Whether a status of success comes more often, or less often, among the successes."""
    old, new = Count(was.statuses.get(status, 0), was.served), Count(now.statuses.get(status, 0), now.served)
    known = old.of and new.of
    added = Change("response-success-status-added", old, new, subject=str(status), was=_known(was))
    yield asked(old, new, added if known and not old.hits else None)
    worst = Severity.WARN if old.misses.hits else None
    removed = Change("response-success-status-removed", old, new, subject=str(status), now=_known(now), worst=worst)
    yield asked(old.misses, new.misses, removed if known and not new.hits else None)


def _removed(was: _Answers, now: _Answers, new: Evidence) -> Iterator[Question]:
    """Whether the vendor more often says that there is no such operation."""
    old, recent = (Count(sum(each.statuses.get(status, 0) for status in GONE), each.total) for each in (was, now))
    gone = sorted(GONE & now.statuses.keys())
    change = None
    if was.served and not now.served and recent.hits:
        worst = Severity.WARN if gone == [404] else None
        words = ", ".join(map(str, gone))
        change = Change("api-operation-removed", old, recent, "", "", words, _known(was), _known(now), new.last, worst)
    yield asked(old, recent, change)


def _failures(was: _Answers, now: _Answers, new: Evidence) -> Iterator[Question]:
    """Whether the vendor fails more often."""
    old, recent = (Count(each.count(range(500, 1000)), each.total) for each in (was, now))
    change = None
    if recent.hits * old.of > old.hits * recent.of:
        change = Change("response-failures-risen", old, recent, now=_known(now), seen=new.last, telling=not old.hits)
    yield asked(old, recent, change)


def _endings(old: Evidence, new: Evidence) -> Iterator[Question]:
    for ending in sorted({*old.endings, *new.endings} - {"complete"}):
        was, now = (Count(each.endings.get(ending, 0), each.exchanges) for each in (old, new))
        added = Change("response-ending-added", was, now, subject=ending, seen=new.last)
        yield asked(was, now, added if was.of and not was.hits else None)


def _latency(old: Evidence, new: Evidence) -> Iterator[Question]:
    """Whether more answers take longer than half of all do (Mood's median test, exact)."""
    both = tally(old.conduct.latency, new.conduct.latency)
    before, after = quantile_s(old.conduct.latency, 0.5), quantile_s(new.conduct.latency, 0.5)
    middle = quantile_s(both, 0.5)
    if middle is None:
        return
    before, after = before or 0.0, after or 0.0
    slow = {bucket for bucket in both if duration_of(bucket) > middle}
    was, now = (
        Count(sum(count for bucket, count in each.items() if bucket in slow), sum(each.values()))
        for each in (old.conduct.latency, new.conduct.latency)
    )
    worst = None if after > SLOWER * before else Severity.INFO
    told, recent = f"{before * 1000:.3g} ms", f"{after * 1000:.3g} ms"
    change = Change("response-latency-risen", was, now, was=told, now=recent, worst=worst, telling=False)
    yield asked(was, now, change if after > before > 0 else None)


def _media(status: int, old: Evidence, new: Evidence) -> Iterator[Question]:
    """Whether a body of this status has another media type more often."""
    before, after = _bodies(status, old), _bodies(status, new)
    olds, news = sum(part.exchanges for part in before.values()), sum(part.exchanges for part in after.values())
    known = Change(
        "", Count(0, 0), Count(0, 0), f"response {status}", was=", ".join(sorted(before)), now=", ".join(sorted(after))
    )
    for media in sorted({*before, *after}):
        was, now = Count(before.get(media, _NONE).exchanges, olds), Count(after.get(media, _NONE).exchanges, news)
        change = replace(known, old=was, new=now, subject=media)
        added = replace(change, id="response-media-type-added", seen=after.get(media, _NONE).last)
        yield asked(was, now, added if was.of and not was.hits else None)
        removed = replace(change, id="response-media-type-removed", seen=before.get(media, _NONE).last)
        yield asked(was.misses, now.misses, removed if was.of == was.hits and now.of and not now.hits else None)


def _bodies(status: int, evidence: Evidence) -> Mapping[str, Part]:
    return {media_of(name): part for name, part in evidence.parts.items() if status_of(name) == status}


def _parts(both: Evidence, old: Evidence, new: Evidence) -> Iterator[Question]:
    for name, part in sorted(both.parts.items()):
        was, now = old.parts.get(name, _NONE), new.parts.get(name, _NONE)
        if not name.startswith("response"):
            yield from (_placed(each, name) for each in request_changes(part, was, now))
            continue
        found = [*_unread(was, now), *value_changes(part, was, now)]
        yield from (_milder(_placed(each, name), _status_within(name)) for each in found)


def _unread(was: Part, now: Part) -> Iterator[Question]:
    old, new = (Count(min(sum(each.unread.values()), each.exchanges), each.exchanges) for each in (was, now))
    reasons = ", ".join(sorted(now.unread))
    change = Change("response-body-unreadable", old, new, subject=reasons, seen=now.last)
    yield asked(old, new, change if old.of and new.hits and not old.hits else None)


def _placed(question: Question, part: str) -> Question:
    return replace(question, change=replace(question.change, part=part)) if question.change else question


def _milder(question: Question, status: int) -> Question:
    """Bodies of errors and headers are read by few clients: what changes there is a warning at most."""
    change = question.change
    mild = change is not None and (status >= 400 or change.part.startswith("response-headers"))
    return replace(question, change=replace(change, worst=Severity.WARN)) if mild and change else question


def _status_within(part: str) -> int:
    word = part.split(" ")[1]
    return int(word) if word.isdigit() else 0


def _known(answers: _Answers) -> str:
    """The statuses with their counts, in words."""
    return ", ".join(f"{status} in {count}" for status, count in sorted(answers.statuses.items()))
