"""Faults of time: the answer comes later, or slowly. Nothing of it is lost.

The law of this file: a distribution is a function of one number in [0, 1), which somebody else draws from seed, rule, request and
attempt: the same request waits equally long in every interpreter, under any concurrency. What has no ``apply`` is made into something
that has, when it strikes (``settling``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from tapehiss.mocks.outcome import Outcome

DELAY_MAX_S = 86_400.0
_NORMAL = NormalDist()
_EDGE = 2.0**-54
"""The normal distribution has no end; a draw of 0 stands for half of the smallest other one."""


@dataclass(frozen=True, slots=True)
class Latency:
    """The answer comes ``delay_s`` seconds later."""

    delay_s: float

    severity: ClassVar[int] = 1
    spoils: ClassVar[bool] = False

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome itself: only its time changes."""
        return outcome


@dataclass(frozen=True, slots=True)
class Uniform:
    """The answer comes later by anything between two times, all equally likely."""

    low_s: float
    high_s: float

    severity: ClassVar[int] = 1
    spoils: ClassVar[bool] = False

    def wait_s(self, draw: float) -> float:
        """The delay for one draw."""
        return self.low_s + (self.high_s - self.low_s) * draw


@dataclass(frozen=True, slots=True)
class Lognormal:
    """The answer comes later by a time whose logarithm is normally distributed, as the times of healthy services are."""

    median_s: float
    sigma: float = 0.5
    """Standard deviation of the natural logarithm: 0.5 puts the 99th percentile at 3.2 times the median, 1 at 10 times."""

    severity: ClassVar[int] = 1
    spoils: ClassVar[bool] = False

    def wait_s(self, draw: float) -> float:
        """The delay for one draw; a day at most."""
        return min(self.median_s * math.exp(min(self.sigma * _NORMAL.inv_cdf(max(draw, _EDGE)), 50.0)), DELAY_MAX_S)


@dataclass(frozen=True, slots=True)
class Pareto:
    """The answer comes later by ``scale_s`` at least, with a heavy tail: a few wait very long."""

    scale_s: float
    shape: float = 1.5
    """The smaller the heavier: below 2 the variance has no end, below 1 not even the mean."""

    severity: ClassVar[int] = 1
    spoils: ClassVar[bool] = False

    def wait_s(self, draw: float) -> float:
        """The delay for one draw; a day at most."""
        power = -math.log1p(-draw) / self.shape
        return min(self.scale_s * math.exp(min(power, 50.0)), DELAY_MAX_S)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer comes later by a time that was recorded for this operation (for another one where it has none)."""

    times: float = 1.0
    """A factor."""

    severity: ClassVar[int] = 1
    spoils: ClassVar[bool] = False

    def wait_s(self, recorded_s: float) -> float:
        """The delay for one of the recorded times."""
        return min(self.times * max(recorded_s, 0.0), DELAY_MAX_S)


@dataclass(frozen=True, slots=True)
class Rising:
    """The answer comes later by a time that grows steadily: over ``over_s`` seconds of the rule, from one to the other."""

    low_s: float
    high_s: float

    severity: ClassVar[int] = 1
    spoils: ClassVar[bool] = False

    def wait_s(self, risen: float) -> float:
        """The delay when so much of the rise is over: 0 at its beginning, 1 from its end on."""
        return self.low_s + (self.high_s - self.low_s) * risen


@dataclass(frozen=True, slots=True)
class ClockStep:
    """The vendor's clock is wrong by so many seconds: ``Date``, dates in ``Retry-After``, and the limits that follow it.

    It is no part of an outcome: ``settling.shift_s`` says what the clock is wrong by, ``settling.redated`` puts it in.
    """

    step_s: float

    severity: ClassVar[int] = 2
    spoils: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Drip:
    """The body comes at ``bytes_per_s`` and no faster."""

    bytes_per_s: float

    severity: ClassVar[int] = 3
    spoils: ClassVar[bool] = False

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome, slower; of several the slowest counts."""
        before = outcome.manner.bytes_per_s or self.bytes_per_s
        return replace(outcome, manner=replace(outcome.manner, bytes_per_s=min(before, self.bytes_per_s)))


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """Both bodies come at ``bytes_per_s``: the request's, which the vendor reads before it answers, and the answer's."""

    bytes_per_s: float

    severity: ClassVar[int] = 4
    spoils: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Stall:
    """After ``at_bytes`` of the body, or before the last byte of a shorter one, nothing comes for ``stall_s`` seconds."""

    stall_s: float
    at_bytes: int = 0
    in_head: bool = False
    """The pause comes after the status line instead, before the headers."""

    severity: ClassVar[int] = 5
    spoils: ClassVar[bool] = False

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome with a pause in it; pauses in the head and in the body add up."""
        manner = outcome.manner
        if self.in_head:
            return replace(outcome, manner=replace(manner, head_stall_s=manner.head_stall_s + self.stall_s))
        return replace(outcome, manner=replace(manner, stall_at_bytes=self.at_bytes, stall_s=self.stall_s))
