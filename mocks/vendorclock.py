"""What time it is at the vendor: limits, windows, keys and schedules go by it, and it can be set, moved and stopped.

The law of this file: a value that is told the time. Times are seconds since the mock began.
"""

from __future__ import annotations

from dataclasses import dataclass

UNIX_MIN_S = 0.0
UNIX_MAX_S = 4_102_444_800.0
"""The year 2100: what is beyond does not fit into every date that a vendor writes."""


@dataclass(frozen=True, slots=True)
class VendorClock:
    """The vendor's idea of the time, by that of the mock."""

    ahead_s: float = 0.0
    """How far it is ahead, while it goes."""
    stands_at_s: float | None = None
    """Where it stands; ``None`` while it goes."""

    def at(self, now_s: float) -> float:
        """What it shows."""
        return now_s + self.ahead_s if self.stands_at_s is None else self.stands_at_s

    def showing(self, at_s: float, now_s: float) -> VendorClock:
        """The same clock, set to another time."""
        return VendorClock(at_s - now_s) if self.stands_at_s is None else VendorClock(0.0, at_s)

    def stopped(self, now_s: float) -> VendorClock:
        """The clock, standing still from now on."""
        return VendorClock(0.0, self.at(now_s))

    def going(self, now_s: float) -> VendorClock:
        """The clock, going from now on."""
        return VendorClock(self.at(now_s) - now_s)


RIGHT = VendorClock()
"""It shows the time of the mock."""
