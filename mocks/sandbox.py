"""One test's own vendor: its weather, its limits, its clock, and what it remembers. Nothing here is shared but the tapes.

Owned by one thread and told the time: ``now_s`` is the mock's (seconds since it began), which nobody can set; what the vendor does goes by
its own clock. What is set with an end (``for_s``) is on loan: it ends by the mock's time unless it is renewed, and what was before comes back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from tapehiss.mocks.limits import Limits
from tapehiss.mocks.memory import Memory
from tapehiss.mocks.past import NOTHING
from tapehiss.mocks.vendor import State, Vendor
from tapehiss.mocks.vendorclock import RIGHT, VendorClock

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Request
    from tapehiss.mocks.outcome import Outcome
    from tapehiss.mocks.profile import Profile
    from tapehiss.mocks.schedule import Schedule

T = TypeVar("T")

LOAN_MAX_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Loan(Generic[T]):
    """Something that was set for a while."""

    until_s: float
    before: T
    """What comes back then."""


@dataclass(frozen=True, slots=True)
class Weather:
    """Which faults strike."""

    schedule: Schedule
    seed: int


@dataclass(slots=True)
class Sandbox:
    """A vendor, what it remembers, and what was set for it."""

    vendor: Vendor
    state: State = field(default_factory=State)
    profile: Profile | None = None
    """Where the vendor's limits come from."""
    clock: VendorClock = RIGHT
    weather_loan: Loan[Weather] | None = None
    limits_loan: Loan[Profile | None] | None = None
    due_s: float = math.inf
    """When the first of the loans ends."""
    requests: int = 0
    own: frozenset[str] = frozenset()
    """What was set for it alone: ``weather``, ``limits``, ``clock``."""

    def answer(self, request: Request, now_s: float) -> tuple[Outcome, float, float]:
        """What the client gets, after how many seconds, and what time it was at the vendor."""
        if now_s >= self.due_s:
            self.settle(now_s)
        at_s = now_s if self.clock is RIGHT else self.clock.at(now_s)
        self.state, outcome, delay_s = self.vendor.answer(self.state, request, at_s)
        self.requests += 1
        return outcome, delay_s, at_s

    def refuse(self, request: Request, now_s: float) -> tuple[Outcome, float, float] | None:
        """The same for a request of which only the head was read, if that is decided already; otherwise nothing has happened."""
        at_s = now_s if self.clock is RIGHT else self.clock.at(now_s)
        refused = self.vendor.refuse(self.state, request, at_s)
        if refused is None:
            return None
        self.state, outcome, delay_s = refused
        self.requests += 1
        return outcome, delay_s, at_s

    def play(self, schedule: Schedule, now_s: float, *, seed: int | None = None, for_s: float | None = None) -> None:
        """Another schedule, which begins now; attempts are counted anew."""
        self.settle(now_s)
        before = self.weather_loan.before if self.weather_loan else Weather(self.vendor.schedule, self.vendor.seed)
        self.weather_loan = None if for_s is None else Loan(now_s + for_s, before)
        self._blow(Weather(schedule, self.vendor.seed if seed is None else seed), now_s)

    def limit(self, profile: Profile | None, now_s: float, *, for_s: float | None = None) -> None:
        """Other limits from now on, or none; the counters begin anew."""
        self.settle(now_s)
        before = self.limits_loan.before if self.limits_loan else self.profile
        self.limits_loan = None if for_s is None else Loan(now_s + for_s, before)
        self._hold(profile)

    def prolong(self, now_s: float, for_s: float) -> None:
        """What is on loan now ends so long from now."""
        self.settle(now_s)
        self.weather_loan = self.weather_loan and replace(self.weather_loan, until_s=now_s + for_s)
        self.limits_loan = self.limits_loan and replace(self.limits_loan, until_s=now_s + for_s)
        self.watch()

    def settle(self, now_s: float) -> bool:
        """End the loans that are due, as if somebody had been there at that moment; whether there were any."""
        if now_s < self.due_s:
            return False
        if (weather := self.weather_loan) and weather.until_s <= now_s:
            self.weather_loan = None
            self._blow(weather.before, weather.until_s)
        if (limits := self.limits_loan) and limits.until_s <= now_s:
            self.limits_loan = None
            self._hold(limits.before)
        return True

    def reset(self, now_s: float) -> None:
        """Everything as at the beginning, under the weather and the limits that are set."""
        self.settle(now_s)
        self.state, self.requests = State(began_s=self.clock.at(now_s)), 0

    def _blow(self, weather: Weather, now_s: float) -> None:
        self.vendor = replace(self.vendor, schedule=weather.schedule, seed=weather.seed)
        self.state = self.state._replace(began_s=self.clock.at(now_s), attempts=Memory(), past=NOTHING)
        self.watch()

    def _hold(self, profile: Profile | None) -> None:
        self.profile = profile
        self.vendor = replace(self.vendor, limits=Limits() if profile is None else profile.limits)
        self.state = self.state._replace(counters=Memory())
        self.watch()

    def watch(self) -> None:
        """Know when the first loan ends."""
        loans = (self.weather_loan, self.limits_loan)
        self.due_s = min((loan.until_s for loan in loans if loan is not None), default=math.inf)
