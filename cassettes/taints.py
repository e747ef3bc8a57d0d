"""Taints: the secrets that are known, found again wherever they stand.

The law of this file: finding costs the same whether one secret is known or ten thousand. Each secret puts six bytes of itself into an
Aho-Corasick automaton (in lower case, so that any letter case is found) and is compared whole where they occur. Learning is cheap
because automata are built in tiers, as in a log-structured merge tree: a new secret goes into a small one, and small ones are merged.

Only the literal text is found here; encodings are undone by ``cassettes/encodings.py`` first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ahocorasick_rs import BytesAhoCorasick, Implementation

from tapehiss.cassettes.pseudonyms import recased

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WINDOW = 6
_DFA_MIN, _DFA_MAX = 48, 20_000
"""Between these numbers of secrets a table of all transitions is worth its memory (0.6 kB a secret): it is scanned in 60 % of the time."""
_GROWTH = 8
_IDLE_SCANS_MIN = 2000
"""After that many scans with nothing learnt (and as many as there are secrets), the tiers become one."""
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


@dataclass(frozen=True, slots=True, repr=False)
class Taint:
    """One secret, and what stands for it."""

    value: bytes
    pseudonym: bytes
    """The very value where that is a pseudonym already, which is remembered so that it is recognised in every encoding, too."""
    rule: str
    bounded: bool = False
    """Found only where it stands alone, as a word does: it is short, or looks like a word."""

    def spelled(self, text: bytes) -> bytes:
        """The pseudonym, in the letter case in which the secret stands in a text."""
        return self.pseudonym if text == self.value else recased(self.pseudonym, text)

    def __repr__(self) -> str:
        """Everything but the secret."""
        return f"Taint(rule={self.rule!r}, length={len(self.value)})"


def _window(value: bytes) -> tuple[bytes, int]:
    """Six bytes of a secret that are rare in other texts, and how many follow them: beginnings and ends are often shared."""
    after = max(
        range(0, len(value) - _WINDOW + 1, _WINDOW), key=lambda n: _digits(value[len(value) - n - _WINDOW :]), default=0
    )
    return value[: len(value) - after][-_WINDOW:].lower(), after


def _digits(value: bytes) -> int:
    return sum(48 <= byte <= 57 for byte in value[:_WINDOW])


class _Tier:
    """One automaton over some taints."""

    __slots__ = ("_automaton", "_groups", "taints")

    def __init__(self, taints: tuple[Taint, ...]) -> None:
        self.taints = taints
        groups: dict[bytes, list[tuple[Taint, int]]] = {}
        for taint in taints:
            window, after = _window(taint.value)
            groups.setdefault(window, []).append((taint, after))
        self._groups = tuple(tuple(group) for group in groups.values())
        kind = Implementation.DFA if _DFA_MIN <= len(groups) <= _DFA_MAX else Implementation.ContiguousNFA
        self._automaton = BytesAhoCorasick(list(groups), implementation=kind)

    def found(self, view: bytes, folded: bytes) -> Iterator[Hit]:
        """``(start, end, taint)`` of every occurrence, overlapping ones too."""
        for index, _, window_end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            for taint, after in self._groups[index]:
                end = window_end + after
                start = end - len(taint.value)
                if start >= 0 and folded[start:end] == taint.value.lower() and _stands(view, start, end, taint):
                    yield start, end, taint


def _stands(view: bytes, start: int, end: int, taint: Taint) -> bool:
    if not taint.bounded:
        return True
    return not (start and view[start - 1] in _WORD) and not (end < len(view) and view[end] in _WORD)


Hit = tuple[int, int, Taint]
"""``(start, end, taint)``."""


class Taints:
    """All known secrets; grows, never forgets."""

    def __init__(self, known: Iterable[Taint] = ()) -> None:
        self._known: dict[bytes, Taint] = {}
        self._fresh: list[Taint] = []
        self._tiers: list[_Tier] = []
        self._idle_scans = 0
        for taint in known:
            self.add(taint)

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, value: bytes) -> bool:
        return value in self._known

    def add(self, taint: Taint) -> bool:
        """Learn a secret; whether it was new."""
        if taint.value in self._known or not taint.value:
            return False
        self._known[taint.value] = taint
        self._fresh.append(taint)
        return True

    def found(self, view: bytes) -> list[Hit]:
        """Where known secrets stand, in order, without overlaps: the first, and the longest of those that begin at one place."""
        self._settle()
        folded = view.lower()
        hits = [hit for tier in self._tiers for hit in tier.found(view, folded)]
        if len(hits) < 2:
            return hits
        hits.sort(key=lambda hit: (hit[0], -hit[1]))
        kept, at = [], 0
        for hit in hits:
            if hit[0] >= at:
                kept.append(hit)
                at = hit[1]
        return kept

    def without(self, view: bytes) -> bytes:
        """The view with every known secret replaced."""
        made, at = [], 0
        for start, end, taint in self.found(view):
            made += [view[at:start], taint.spelled(view[start:end])]
            at = end
        return b"".join([*made, view[at:]])

    def begun_at_end(self, view: bytes, length_min: int) -> tuple[int, Taint] | None:
        """Where a secret begins that the end of the view cuts off, if at least ``length_min`` bytes of it are there."""
        tail = max(0, len(view) - _TAIL_MAX)
        starts: dict[bytes, list[Taint]] = {}
        for taint in self._known.values():
            starts.setdefault(taint.value[:length_min], []).append(taint)
        for at in range(tail, len(view) - length_min + 1):
            for taint in starts.get(view[at : at + length_min], ()):
                if len(taint.value) > len(view) - at and taint.value.startswith(view[at:]):
                    return at, taint
        return None

    def _settle(self) -> None:
        """Bring what was learnt into the tiers: each is at least eight times as large as the next."""
        self._idle_scans += 1
        every = self._idle_scans > max(_IDLE_SCANS_MIN, len(self._known))
        if not self._fresh and not (every and len(self._tiers) > 1):
            return
        taints = tuple(self._fresh)
        self._fresh, self._idle_scans = [], 0
        while self._tiers and (every or len(self._tiers[-1].taints) < _GROWTH * len(taints)):
            taints = self._tiers.pop().taints + taints
        self._tiers.append(_Tier(taints))


_TAIL_MAX = 4096
