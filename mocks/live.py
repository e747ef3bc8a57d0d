"""A vendor that is being asked: the one place where the state of a running mock changes.

Owned by one thread (the server's loop); it is told the time like everything below it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from tapehiss.mocks.feed import Feed, Kind
from tapehiss.mocks.journal import Journal
from tapehiss.mocks.keys import normal_path, split_url
from tapehiss.mocks.limits import Limits
from tapehiss.mocks.links import HOST_SEGMENT
from tapehiss.mocks.renewal import Renewal, continues, following, remembered
from tapehiss.mocks.shorthand import rule_to_text
from tapehiss.mocks.vendor import State, Vendor

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Request
    from tapehiss.mocks.ledger import Effect
    from tapehiss.mocks.outcome import Outcome
    from tapehiss.mocks.profile import Profile
    from tapehiss.mocks.schedule import Schedule

HOST_PREFIX = f"/{HOST_SEGMENT}/"
"""``/_host/api.vendor.example/v1/x`` asks one of several vendors, for clients that cannot set a Host header."""


@dataclass(slots=True)
class LiveVendor:
    """A vendor, its state and its journal."""

    vendor: Vendor
    state: State = field(default_factory=State)
    journal: Journal = field(default_factory=Journal)
    profile: Profile | None = None
    """Where the vendor's limits come from."""
    feed: Feed = field(default_factory=Feed)
    """Who listens to what happens."""

    def answer(self, request: Request, now_s: float) -> tuple[Outcome, float]:
        """What the client gets and after how many seconds; the state moves on."""
        request = addressed(request)
        self.state, outcome, delay_s = self.vendor.answer(self.state, request, now_s)
        path = normal_path(split_url(request.url).path)
        self.feed.requested(
            self.journal.note(now_s, request.method, self.vendor.index.wild.shown(path), outcome, delay_s)
        )
        return outcome, delay_s

    def play(self, schedule: Schedule, now_s: float, *, seed: int | None = None) -> None:
        """Another schedule, which begins now; attempts are counted anew."""
        seed = self.vendor.seed if seed is None else seed
        self.vendor = replace(self.vendor, schedule=schedule, seed=seed)
        self.state = self.state._replace(began_s=now_s, attempts=State().attempts)
        self.feed.tell(Kind.SCHEDULE, {"rules": [rule_to_text(rule) for rule in schedule], "seed": seed})

    def limit(self, profile: Profile | None) -> None:
        """Other limits from now on, or none; the counters begin anew."""
        self.profile = profile
        self.vendor = replace(self.vendor, limits=Limits() if profile is None else profile.limits)
        self.state = self.state._replace(counters=State().counters)
        kept = None if profile is None else {"profile": profile.name, "plan": profile.plan}
        self.feed.tell(Kind.LIMITS, {"limits": kept})

    def reload(self, read: Vendor, _: float) -> Renewal:
        """Other tapes from now on; what was remembered stays where it still means the same."""
        old, new = self.vendor.index, read.index
        renewal = Renewal(len(old.recordings), len(new.recordings), continues(old, new))
        self.vendor = following(self.vendor, read)
        self.state = remembered(self.state, kept=renewal.kept)
        self.feed.tell(Kind.TAPES, asdict(renewal))
        return renewal

    def effects(self) -> tuple[Effect, ...]:
        """What was done, by operation."""
        return self.state.ledger.effects()

    def reset(self, now_s: float) -> None:
        """Everything as at the beginning, with the schedule that is set."""
        self.state = State(began_s=now_s)
        self.journal.clear()
        self.feed.tell(Kind.RESET, {})


def addressed(request: Request) -> Request:
    """The request with the vendor that a ``/_host/`` path names in place of the mock."""
    if HOST_PREFIX not in request.url:
        return request
    authority, target, _ = split_url(request.url)
    if not target.startswith(HOST_PREFIX):
        return request
    host, slash, rest = target.removeprefix(HOST_PREFIX).partition("/")
    bare, question, query = host.partition("?")
    return replace(request, url=f"https://{bare}{slash}{rest}{question}{query}") if bare and authority else request


def dated(vendor: Vendor, unix_s: float) -> Vendor:
    """The vendor in a world whose clock begins now, unless it was told when."""
    return vendor if vendor.unix_s else replace(vendor, unix_s=unix_s)
