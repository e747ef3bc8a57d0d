"""What changed in how a vendor behaves: credentials, paging, quotas, refusals, validators and replay markers, with questions.

Conduct is counted as signs, one for each exchange that shows it (``tapehiss.contracts.conduct``), so that each sign is a question like
any other: does it come more often in NEW, or less often?
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from tapehiss.contracts.changes import Change, Count, Question, asked
from tapehiss.contracts.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tapehiss.contracts.conduct import Conduct, Sign

Words = tuple[str, ...]

PROVES_PAGING = frozenset({"next-url", "plus-one", "plus-size", "cursor"})
"""Signs of paging that an answer gives by itself."""


def paging_changes(old: Conduct, new: Conduct, served: tuple[int, int]) -> Iterator[Question]:
    """Whether what leads to the next page comes less often; ``served`` says how many requests each side answered."""
    before, after = old.topic("paging"), new.topic("paging")
    for words in sorted(before.keys() | after.keys()):
        if words[0] not in PROVES_PAGING:
            continue
        was, now = _counts(words, before, after, *served)
        place = unquote(words[1])
        gone = None
        if was.of and not was.hits:
            told = Change("response-pagination-added", was, now, subject=place, now=words[0], seen=after[words].first)
            yield Question(None, told)
        elif now.of and not now.hits:
            gone = Change("response-pagination-removed", was, now, subject=place, was=words[0], seen=before[words].last)
        yield asked(was.misses, now.misses, gone)


def origin_changes(old: Conduct, new: Conduct) -> Iterator[Question]:
    """The questions about a vendor's origin as a whole."""
    yield from _credentials(old, new)
    yield from _quotas(old, new)
    yield from _amounts(old, new)
    yield from _appeared("api-quota-reset-changed", "reset", old, new)
    yield from _appeared("api-refusal-changed", "limited", old, new)
    yield from _vanished("response-validator-removed", ("caching",), ("caching", "answers"), old, new)
    yield from _vanished("response-replay-marker-removed", ("idempotency", "marker"), ("unsafe",), old, new)


def _credentials(old: Conduct, new: Conduct) -> Iterator[Question]:
    """Whether accepted requests more often had credentials with which none was accepted before."""
    before, after = old.topic("proof"), new.topic("proof")
    for words in sorted(before.keys() | after.keys()):
        was, now = _counts(words, before, after, _all(before), _all(after))
        change = None
        if was.of and not was.hits:
            known = ", ".join(sorted(unquote(proof) for (proof,) in before))
            told = unquote(words[0])
            change = Change(
                "api-security-changed", was, now, subject=told, was=known, now=told, seen=after[words].first
            )
        yield asked(was, now, change)


def _quotas(old: Conduct, new: Conduct) -> Iterator[Question]:
    """Whether the headers of a quota come less often."""
    before, after = old.topic("quota"), new.topic("quota")
    answered = _all(old.topic("answered")), _all(new.topic("answered"))
    for family in sorted({words[0] for words in (*before, *after)}):
        was, now = (
            Count(_all({words: sign for words, sign in each.items() if words[0] == family}), of)
            for each, of in zip((before, after), answered, strict=True)
        )
        gone = Change("response-quota-headers-removed", was, now, subject=unquote(family))
        yield asked(was.misses, now.misses, gone if was.hits and now.of and not now.hits else None)


def _amounts(old: Conduct, new: Conduct) -> Iterator[Question]:
    """Whether a quota has another amount more often, and whether that is less than before."""
    before, after = old.topic("limit"), new.topic("limit")
    for words in sorted(before.keys() | after.keys()):
        family, amount, window = words
        was, now = _counts(words, before, after, _within(family, before), _within(family, after))
        known = sorted(float(each) for name, each, span in before if name == family and span == window)
        change = None
        if known and not was.hits:
            lower = float(amount) < known[0]
            worst = None if lower else Severity.INFO
            told = ", ".join(f"{each:g}" for each in known)
            seen = after[words].first
            change = Change(
                "api-limit-changed", was, now, "", "", unquote(family), told, amount, seen, worst, telling=lower
            )
        yield asked(was, now, change)


def _appeared(id_: str, topic: str, old: Conduct, new: Conduct) -> Iterator[Question]:
    """Whether a sign of a topic comes more often among the signs of that topic which begin with the same word."""
    before, after = old.topic(topic), new.topic(topic)
    for words in sorted(before.keys() | after.keys()):
        was, now = _counts(words, before, after, _within(words[0], before), _within(words[0], after))
        change = None
        if was.of and not was.hits:
            known = ", ".join(sorted(_told(each[1:]) for each in before if each[0] == words[0]))
            change = Change(
                id_, was, now, subject=unquote(words[0]), was=known, now=_told(words[1:]), seen=after[words].first
            )
        yield asked(was, now, change)


def _vanished(id_: str, topic: Words, chances: Words, old: Conduct, new: Conduct) -> Iterator[Question]:
    """Whether a sign comes less often among the exchanges that could show it."""
    before, after = old.topic(*topic), new.topic(*topic)
    chance = _chances(old, chances), _chances(new, chances)
    for words in sorted(before.keys() | after.keys()):
        if (*topic, *words) == chances:
            continue
        was, now = _counts(words, before, after, *chance)
        gone = None
        if was.hits and now.of and not now.hits:
            gone = Change(id_, was, now, subject=_told(words), was=_told(words), seen=before[words].last)
        yield asked(was.misses, now.misses, gone)


def _chances(conduct: Conduct, words: Words) -> int:
    """How many exchanges show a sign, or any that begins so."""
    exact = conduct.signs.get(" ".join(words))
    return exact.count if exact is not None else _all(conduct.topic(*words))


def _counts(
    words: Words, before: Mapping[Words, Sign], after: Mapping[Words, Sign], old: int, new: int
) -> tuple[Count, Count]:
    hits = [each[words].count if words in each else 0 for each in (before, after)]
    return Count(hits[0], max(old, hits[0])), Count(hits[1], max(new, hits[1]))


def _within(first: str, signs: Mapping[Words, Sign]) -> int:
    return _all({words: sign for words, sign in signs.items() if words[0] == first})


def _all(signs: Mapping[Words, Sign]) -> int:
    return sum(sign.count for sign in signs.values())


def _told(words: Words) -> str:
    return unquote(" ".join(words))
