"""The length of a quota's window and the way it is refilled, from what successive answers said.

An answer that tells when the quota is filled again has witnessed a *wait*: the window is at least as long as the longest wait. Vendors
choose usual lengths, so that the shortest usual one that is not shorter than the longest wait is told, as observed, not as stated. Where
the wait is always in proportion to what was spent, the quota is a bucket that is filled drop by drop, and the proportion gives
the time for all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
SPREAD_MAX = 0.1


@dataclass(frozen=True, slots=True)
class Series:
    """What successive answers said about one quota."""

    window_s: float | None = None
    wait_max_s: float = 0.0
    refill: str = ""
    """``at once`` (a fixed window), ``on the clock`` (a fixed window that ends at round times), ``drop by drop``, or unknown."""


def read_series(family: str, conduct: Conduct) -> Series:
    """The series of a quota."""
    found: list[tuple[float, float, Window]] = []
    for name, window in conduct.windows.items():
        told, limit, instant = name.rsplit(" ", 2)
        if told == family:
            found.append((float("nan") if limit == "-" else float(limit), float(instant), window))
    if not found:
        return Series()
    longest_s = max(instant - window.first_s for _, instant, window in found)
    dripping_s = _dripping_s(found)
    if dripping_s is not None:
        return Series(dripping_s, longest_s, "drop by drop")
    window_s = _usual_s(longest_s) if len(found) >= WITNESSES_MIN else None
    return Series(window_s, longest_s, _refill(found, window_s))


def _usual_s(wait_s: float) -> float | None:
    return next((float(usual_s) for usual_s in USUAL_S if wait_s <= usual_s * (1 + TOLERANCE) + 1), None)


def _dripping_s(found: Sequence[tuple[float, float, Window]]) -> float | None:
    """How long an empty bucket takes to be full, when every wait is in proportion to what was spent."""
    times = sorted(
        (instant - window.last_s) * limit / (limit - window.least)
        for limit, instant, window in found
        if window.count == 1 and limit - window.least > 0 and instant - window.last_s > 3
    )
    if len(times) < WITNESSES_MIN or len(times) * 2 < len(found) or times[-1] - times[0] > SPREAD_MAX * times[-1]:
        return None
    return _usual_s(times[len(times) // 2] / (1 + TOLERANCE))


def _refill(found: Sequence[tuple[float, float, Window]], window_s: float | None) -> str:
    """Whether several answers spoke of the same refill, and whether it is at round times."""
    if (
        window_s
        and window_s >= 60
        and all(min(instant % window_s, -instant % window_s) <= 2 for _, instant, _ in found)
    ):
        return "on the clock"
    shared = [window for _, _, window in found if window.count > 1 and window.last_s - window.first_s > 2]
    return "at once" if len(shared) >= 2 else ""
