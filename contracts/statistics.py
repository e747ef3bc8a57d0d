"""Exact statements about small samples: shares, surprises, and how many surprises one run may be wrong about.

Everything here is a pure function of counts of *exchanges*. The only assumption is that without a change the exchanges of both
sides are exchangeable: that any order of them, and so any way of dealing them to OLD and NEW, is as likely as any other. No
distribution and no large sample is assumed, so that the error bounds hold for 4 exchanges as they do for 4,000.

===================  ==================================================================================================
a share              Clopper and Pearson, Biometrika 26 (1934) 404-413: ``share_at_most``, ``share_at_least``
two shares           Fisher's exact test (Statistical Methods for Research Workers, 1934, section 21.02): ``fisher``
a first time         ``first_time``: of n + 1 exchangeable exchanges each is the odd one with the same chance
an unseen value      Good, Biometrika 40 (1953) 237-264, as a statement that is exact for every n: ``novelty``
a whole run          Holm, Scand. J. Statist. 6 (1979) 65-70, after Tarone, Biometrics 46 (1990) 515-522, which spends
                     nothing on questions that the counts could not have decided anyway: ``decided``
===================  ==================================================================================================
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from math import exp, lgamma, log, log1p
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ALPHA = 0.01
"""The chance of any false alarm in one run, unless ``--alpha`` says otherwise."""
DOUBT = 0.05
"""The chance that a one-sided bound on a share is wrong, unless the caller says otherwise."""

_HALVINGS = 60
_STEPS_MAX = 10_000
_PRECISION = 1e-16
_EXPONENT_MAX = 300


@dataclass(frozen=True, slots=True)
class Trial:
    """One question of a run, put to the counts."""

    chance: float
    """How likely counts at least this odd are without a change (a p-value)."""
    least: float = 0.0
    """The smallest chance that any way of dealing the same exchanges to OLD and NEW gives; it must not depend on how they were."""


def share_at_most(hits: int, of: int, doubt: float = DOUBT) -> float:
    """The largest share of all exchanges that ``hits`` of ``of`` seen ones leave possible (Clopper-Pearson, one-sided)."""
    if hits >= of:
        return 1.0
    return _share_where(lambda share: binomial_at_most(hits, of, share) > doubt)


def share_at_least(hits: int, of: int, doubt: float = DOUBT) -> float:
    """The smallest share of all exchanges that ``hits`` of ``of`` seen ones leave possible (Clopper-Pearson, one-sided)."""
    return 1.0 - share_at_most(of - hits, of, doubt)


def binomial_at_most(hits: int, of: int, share: float) -> float:
    """The chance of at most ``hits`` in ``of`` independent exchanges when each hits with chance ``share``."""
    if hits < 0:
        return 0.0
    if hits >= of or share <= 0.0:
        return 1.0
    return _incomplete_beta(float(of - hits), hits + 1.0, 1.0 - share) if share < 1.0 else 0.0


def first_time(before: int, now: int = 1) -> float:
    """The chance that what never happened in ``before`` exchanges first happens in the ``now`` that follow.

    Without a change, a thing that happened once in all of them happened in each with the same chance: now / (before + now).
    """
    return now / (before + now) if now else 1.0


def novelty(once: int, before: int) -> float:
    """The chance that the next exchange brings a value that none of ``before`` brought, of which ``once`` had one to itself.

    Good's estimate once / before, made exact: that the next one is novel *and* so few before it were has at most the chance
    (once + 1) / (before + 1), because each of the before + 1 is as likely to be any of the lone ones.
    """
    return min(1.0, (once + 1) / (before + 1))


def unseen_share_at_most(once: int, before: int, doubt: float = DOUBT) -> float:
    """A bound on the share of exchanges whose value was never seen, when ``once`` of ``before`` had a value to themselves.

    Clopper and Pearson's bound on Good's estimate: exact when the set of rare values is known beforehand. It is not, and in the
    worst case (many values, all equally rare) 5 % of doubt are 34 %: where an error must be bounded, use ``novelty``.
    """
    return share_at_most(once, before, doubt) if before else 1.0


def fisher(hits_old: int, old: int, hits_new: int, new: int) -> Trial:
    """How likely it is that NEW has so many of the hits of both, when nothing has changed (Fisher's exact test, one-sided).

    ``hits_old`` of ``old`` against ``hits_new`` of ``new`` exchanges. Ask about the misses to test the other direction.
    """
    hits = hits_old + hits_new
    return Trial(_hypergeometric_at_least(hits_new, hits, old, new), one_way(hits, old + new))


def one_way(chosen: int, among: int) -> float:
    """The chance that exactly these come out when so many are chosen blindly: the least that ``fisher`` can give."""
    return exp(-_log_choose(among, chosen))


def thresholds(trials: Sequence[Trial], alpha: float = ALPHA) -> tuple[float, ...]:
    """For each trial the chance that it had to stay at or below to be decided.

    Holm's step-down with Tarone's count: from the least likely on, each is held against alpha divided by the number of
    remaining questions that any dealing of the exchanges could decide at that level. The chance that any decision of the run is
    wrong stays at most ``alpha``, however the questions depend on each other.
    """
    order = sorted(range(len(trials)), key=lambda place: trials[place].chance)
    leasts = sorted(trial.least for trial in trials)
    found = [0.0] * len(trials)
    level = 0.0
    for place in order:
        level = max(level, alpha / _tarone(leasts, alpha))
        found[place] = level
        if trials[place].chance > level:
            break
        del leasts[bisect_left(leasts, trials[place].least)]
    return tuple(each or level for each in found)


def decided(trials: Sequence[Trial], alpha: float = ALPHA) -> tuple[bool, ...]:
    """Which trials show a change, such that the chance of any wrong one among them is at most ``alpha``."""
    levels = thresholds(trials, alpha)
    return tuple(trial.chance <= level for trial, level in zip(trials, levels, strict=True))


def in_words(chance: float) -> str:
    """A chance as people read it, rounded up and never down: ``< 1e-9``, ``0.34 %``, ``12 %``."""
    if chance >= 0.001:
        percent = min(100.0, chance * 100)
        step = 100 if percent < 1 else 10 if percent < 10 else 1
        return f"{-(-percent * (1 - 1e-12) * step // 1) / step:g} %"
    exponent = next((n for n in range(3, _EXPONENT_MAX) if chance >= 10.0 ** -(n + 1)), _EXPONENT_MAX)
    return f"< 1e-{exponent}"


def _tarone(leasts: Sequence[float], alpha: float) -> int:
    """The smallest k such that at most k questions could be decided at alpha / k; ``leasts`` are sorted."""
    low, high = 1, max(1, len(leasts))
    while low < high:
        middle = (low + high) // 2
        if bisect_right(leasts, alpha / middle) <= middle:
            high = middle
        else:
            low = middle + 1
    return low


def _hypergeometric_at_least(hits_new: int, hits: int, old: int, new: int) -> float:
    """The chance that NEW gets at least ``hits_new`` when ``hits`` are dealt among ``old`` + ``new`` exchanges."""
    if hits_new <= max(0, hits - old):
        return 1.0
    term = exp(_log_choose(new, hits_new) + _log_choose(old, hits - hits_new) - _log_choose(old + new, hits))
    total = term
    for at in range(hits_new, min(hits, new)):
        ratio = (new - at) * (hits - at) / ((at + 1) * (old - hits + at + 1))
        term *= ratio
        total += term
        if ratio < 1 and term < total * _PRECISION:
            break
    return min(1.0, total)


def _log_choose(of: int, take: int) -> float:
    return lgamma(of + 1) - lgamma(take + 1) - lgamma(of - take + 1)


def _share_where(possible: Callable[[float], bool]) -> float:
    """The largest share that is still possible, by halving."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if possible(middle) else (low, middle)
    return high


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function (DLMF 8.17), on the side on which its continued fraction is quick."""
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _incomplete_beta(b, a, 1.0 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front * _continued_fraction(a, b, x)


def _continued_fraction(a: float, b: float, x: float) -> float:
    """DLMF 8.17.22 by Lentz' method; between 0 and the mean every denominator is positive."""
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1))
    value, before, m = d, 0.0, 0
    while abs(value - before) > abs(value) * _PRECISION and m < _STEPS_MAX:
        m += 1
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        before = value
        for step in (even, odd):
            c, d = 1.0 + step / c, 1.0 / (1.0 + step * d)
            value *= c * d
    return value
