"""A budget for retries: when a vendor is down, a client that sends everything three times is a part of the outage.

The law of this file: when a retry is allowed, the retries of the window that ends there, itself among them, are at most
``ratio`` times its requests and ``floor_per_s`` for each of its seconds (Finagle's rule; B. Beyer et al., "Site Reliability Engineering",
chapter 21). It is charged before the wait, so that a retry that still waits counts. Memory is bounded: time is counted in
slices; requests of a slice that is partly over are not counted any more, retries of it still are.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass

from tapehiss.cassettes.errors import Misuse

SLICES = 20


@dataclass(frozen=True, slots=True)
class Budget:
    """How many retries there may be; ``RetryBudget`` keeps the account."""

    ratio: float = 0.2
    """Retries for each request."""
    floor_per_s: float = 10.0
    """Retries a second that are always allowed: a client with few calls has no share to speak of."""
    window_s: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        for name in ("ratio", "floor_per_s", "window_s"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise Misuse(f"{name} is {value}", "Budget", "give a number, finite and not negative")
        if self.window_s == 0:
            raise Misuse("the window has no length", "Budget", "give seconds above zero")


class RetryBudget:
    """The account of one client; for any number of threads."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._slice_s = budget.window_s / SLICES
        self._slices: deque[list[int]] = deque()
        """``[number of the slice, requests, retries]``, the oldest first."""
        self._lock = threading.Lock()

    def asked(self, now: float) -> None:
        """A call begins."""
        with self._lock:
            self._current(now)[1] += 1

    def spend(self, now: float) -> bool:
        """Charge one retry, if there may be one."""
        with self._lock:
            current = self._current(now)
            oldest = self._slices[0][0] + SLICES > current[0]
            requests = sum(each[1] for each in self._slices) - (0 if oldest else self._slices[0][1])
            retries = sum(each[2] for each in self._slices)
            budget = self._budget
            if retries + 1 > budget.ratio * requests + budget.floor_per_s * budget.window_s:
                return False
            current[2] += 1
            return True

    def _current(self, now: float) -> list[int]:
        number = math.floor(now / self._slice_s)
        while self._slices and self._slices[0][0] < number - SLICES:
            self._slices.popleft()
        if not self._slices or self._slices[-1][0] < number:
            self._slices.append([number, 0, 0])
        return self._slices[-1]
