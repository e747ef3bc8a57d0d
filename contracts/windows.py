"""The length of a quota's window and the way it is refilled, from what successive answers said.

An answer that tells when the quota is filled again has witnessed a *wait*: the window is at least as long as the longest wait. Vendors
choose usual lengths, so that the shortest usual one that is not shorter than the longest wait is told, as observed, not as stated. Where
the wait is always in proportion to what was spent, the quota is a bucket that is filled drop by drop, and the proportion gives
the time for all of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehiss.contracts.limits import STEP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tapehiss.contracts.conduct import Conduct, Window

USUAL_S = (
    1,
    2,
    5,
    10,
    15,
    20,
    30,
    60,
    120,
    180,
    300,
    600,
    900,
    1_200,
    1_800,
    3_600,
    7_200,
    10_800,
    21_600,
    43_200,
    86_400,
    604_800,
    2_678_400,
)
TOLERANCE = 0.02
"""How far a wait may be longer than a window: two clocks, and seconds that were rounded."""
WITNESSES_MIN = 3
"""How many waits there must be before anything is told: each is below half a window with a chance of a half."""
OBSERVED_MIN_S = 8.0
"""Shorter waits are told in seconds so coarse that they prove no window."""
AGREEING_MIN = 0.8
"""The share of answers that must give the same filling time for a bucket that is filled drop by drop."""


@dataclass(frozen=True, slots=True)
class Series:
    """What successive answers said about one quota."""

    window_s: float | None = None
    wait_max_s: float = 0.0
    refill: str = ""
    """``at once`` (a fixed window), ``on the clock`` (a fixed window that ends at round times), ``drop by drop``, or unknown."""


def read_series(family: str, conduct: Conduct, limit: str = "") -> Series:
    """The series of a quota, of one amount of it alone where a vendor has several."""
    dripping_s = _dripping_s(family, conduct)
    found: list[tuple[float, Window]] = []
    for name, window in conduct.windows.items():
        told, amount, instant = name.rsplit(" ", 2)
        if told == family and limit in {"", amount}:
            found.append((float(instant), window))
    if not found:
        return Series()
    longest_s = max(instant - window.first_s for instant, window in found)
    if dripping_s is not None:
        return Series(dripping_s, longest_s, "drop by drop")
    window_s = _usual_s(longest_s) if len(found) >= WITNESSES_MIN and longest_s >= OBSERVED_MIN_S else None
    return Series(window_s, longest_s, _refill(found, window_s))


def _usual_s(wait_s: float) -> float | None:
    return next((float(usual_s) for usual_s in USUAL_S if wait_s <= usual_s * (1 + TOLERANCE) + 1), None)


def _dripping_s(family: str, conduct: Conduct) -> float | None:
    """How long an empty bucket takes to be full, when every wait is in proportion to what was spent."""
    told = {(int(step), spent): sign.count for (step, spent), sign in conduct.topic("filling", family).items()}
    steps: dict[int, int] = {}
    for (step, _), times in told.items():
        steps[step] = steps.get(step, 0) + times
    count = sum(steps.values())
    if count < WITNESSES_MIN:
        return None
    middle = max(steps, key=lambda step: sum(steps.get(near, 0) for near in (step - 1, step, step + 1)))
    near = sum(steps.get(step, 0) for step in (middle - 1, middle, middle + 1))
    different = {spent for (step, spent) in told if abs(step - middle) <= 1}
    return _nearest_s(STEP**middle) if near >= AGREEING_MIN * count and len(different) > 1 else None


def _nearest_s(length_s: float) -> float:
    """The usual length that is nearest, if one is near; otherwise the length itself, in two digits."""
    usual_s = min(USUAL_S, key=lambda usual_s: abs(math.log(usual_s / length_s)))
    return float(usual_s) if abs(math.log(usual_s / length_s)) < math.log(STEP) * 1.5 else float(f"{length_s:.2g}")


def _refill(found: Sequence[tuple[float, Window]], window_s: float | None) -> str:
    """Whether several answers spoke of the same refill, and whether it is at round times."""
    if window_s and window_s >= 60 and all(min(instant % window_s, -instant % window_s) <= 2 for instant, _ in found):
        return "on the clock"
    shared = [window for _, window in found if window.count > 1 and window.last_s - window.first_s > 2]
    return "at once" if len(shared) >= 2 else ""
