"""How a vendor behaves, counted: signs of authentication, paging, limits, caching and idempotency, and how long answers took.

A *sign* is a short text that says one thing which one exchange showed (``auth accepted header:authorization:bearer``), its words
separated by spaces and percent-escaped; the first word is its topic. A *sketch* is a bounded set of digests of values, so that a value
which was handed out in one exchange can be recognised in the next one's request without being kept. A *window* is what was
seen of one quota until it was filled up again.

Everything adds, as in ``counts``: of too many, those with the smallest hash stay, with exact counts, the same ones in any order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.sums import Seen, earlier, later, merged, rank_of_text, smallest, tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SIGNS_MAX = 64
"""How many different signs of one topic are kept."""
SKETCHES_MAX = 64
"""How many sketches are kept."""
DIGESTS_MAX = 32
"""How many digests of one sketch are kept: the smallest."""
WINDOWS_MAX = 64
"""How many windows are kept, of all quotas together."""


@dataclass(frozen=True, slots=True)
class Sign:
    """How often a sign was seen, and where it was seen first and last."""

    count: int = 0
    first: Seen | None = None
    last: Seen | None = None

    def __add__(self, other: Sign) -> Sign:
        if not self.count or not other.count:
            return self if self.count else other
        return Sign(self.count + other.count, earlier(self.first, other.first), later(self.last, other.last))


@dataclass(frozen=True, slots=True)
class Sketch:
    """Digests of the values that stood at one place."""

    digests: frozenset[str] = frozenset()

    def __add__(self, other: Sketch) -> Sketch:
        both = self.digests | other.digests
        return Sketch(both if len(both) <= DIGESTS_MAX else frozenset(sorted(both)[:DIGESTS_MAX]))

    @property
    def whole(self) -> bool:
        """Whether nothing can have been left out."""
        return len(self.digests) < DIGESTS_MAX

    def shared(self, other: Sketch) -> tuple[int, int]:
        """How many of this sketch's values are in the other, and of how many: only of those that both would have kept."""
        known = self.digests if other.whole else {each for each in self.digests if each <= max(other.digests)}
        return len(known & other.digests), len(known)


@dataclass(frozen=True, slots=True)
class Window:
    """What was seen of one quota between two refills."""

    count: int = 0
    """How many answers told of it."""
    first_s: float = 0.0
    """Unix time of the first of them."""
    last_s: float = 0.0
    least: float = 0.0
    """The smallest number of calls that was said to remain."""
    most: float = 0.0

    def __add__(self, other: Window) -> Window:
        if not self.count or not other.count:
            return self if self.count else other
        return Window(
            self.count + other.count,
            min(self.first_s, other.first_s),
            max(self.last_s, other.last_s),
            min(self.least, other.least),
            max(self.most, other.most),
        )


@dataclass(frozen=True, slots=True)
class Conduct:
    """What was seen of a vendor's behaviour at one operation."""

    signs: Mapping[str, Sign] = field(default_factory=dict)
    """Sign -> how often; at most ``SIGNS_MAX`` of a topic."""
    sketches: Mapping[str, Sketch] = field(default_factory=dict)
    """Name of a place -> digests; at most ``SKETCHES_MAX``."""
    windows: Mapping[str, Window] = field(default_factory=dict)
    """Quota and the instant of its refill -> what was seen; at most ``WINDOWS_MAX``."""
    latency: Mapping[str, int] = field(default_factory=dict)
    """Bucket (see ``latency``) -> how many answers took so long."""
    bounds: frozenset[str] = frozenset()
    """Which bounds were reached: topics of signs, ``sketches``, ``windows``."""

    def __add__(self, other: Conduct) -> Conduct:
        signs, topics = bounded(merged(self.signs, other.signs))
        sketches, no_sketch = smallest(merged(self.sketches, other.sketches), SKETCHES_MAX)
        windows, no_window = smallest(merged(self.windows, other.windows), WINDOWS_MAX)
        reached = {name for name, hit in (("sketches", no_sketch), ("windows", no_window)) if hit} | topics
        latency = tally(self.latency, other.latency)
        return Conduct(signs, sketches, windows, latency, self.bounds | other.bounds | reached)

    def topic(self, *words: str) -> dict[tuple[str, ...], Sign]:
        """The signs that begin with these words, by the words that follow."""
        start = " ".join(words) + " "
        return {
            tuple(sign[len(start) :].split(" ")): seen for sign, seen in self.signs.items() if sign.startswith(start)
        }


def bounded(signs: Mapping[str, Sign]) -> tuple[Mapping[str, Sign], set[str]]:
    """At most ``SIGNS_MAX`` signs of each topic, and the topics that had more."""
    if len(signs) <= SIGNS_MAX:
        return signs, set()
    kept: dict[str, Sign] = {}
    full: set[str] = set()
    for topic, names in groupby(sorted(signs), key=topic_of):
        among = {name: signs[name] for name in names}
        few, dropped = smallest(among, SIGNS_MAX, rank_of_text)
        kept |= few
        full |= {topic} if dropped else set()
    return kept, full


def topic_of(sign: str) -> str:
    """The first word of a sign."""
    return sign.partition(" ")[0]


def saved(conduct: Conduct) -> dict[str, Any]:
    """Conduct as JSON has it; what is empty is left out."""
    whole = {
        "signs": {sign: [seen.count, seen.first, seen.last] for sign, seen in conduct.signs.items()},
        "sketches": {name: sorted(sketch.digests) for name, sketch in conduct.sketches.items()},
        "windows": {
            name: [window.count, window.first_s, window.last_s, window.least, window.most]
            for name, window in conduct.windows.items()
        },
        "latency": dict(conduct.latency),
        "bounds": sorted(conduct.bounds),
    }
    return {name: value for name, value in whole.items() if value}


def resumed(told: Mapping[str, Any]) -> Conduct:
    """The conduct that ``saved`` wrote; ``ValueError``, ``TypeError`` or ``KeyError`` for anything else."""
    return Conduct(
        {
            str(sign): Sign(int(count), _place(first), _place(last))
            for sign, (count, first, last) in told.get("signs", {}).items()
        },
        {str(name): Sketch(frozenset(map(str, digests))) for name, digests in told.get("sketches", {}).items()},
        {
            str(name): Window(int(count), float(first_s), float(last_s), float(least), float(most))
            for name, (count, first_s, last_s, least, most) in told.get("windows", {}).items()
        },
        {str(int(bucket)): int(count) for bucket, count in told.get("latency", {}).items()},
        frozenset(map(str, told.get("bounds", ()))),
    )


def _place(told: Iterable[Any] | None) -> Seen | None:
    if told is None:
        return None
    at_s, tape, line = told
    return Seen(float(at_s), str(tape), int(line))
