"""A vendor that is being asked: the one place where the state of a running mock changes.

Owned by one thread (the server's loop); it is told the time like everything below it. Who names a state has a sandbox of its own, which
is made at its first request as everybody's is set by then, and forgotten when too many others were used since. What is set without naming
one is set for everybody who has not set it for itself.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from tapehiss.mocks.doors import FRONT, through
from tapehiss.mocks.errors import BadClock, BadStateKey
from tapehiss.mocks.feed import Feed, Kind
from tapehiss.mocks.journal import NO_MARKS, Journal, marks_of
from tapehiss.mocks.keys import normal_path, split_url
from tapehiss.mocks.reel import Reel, exchange_of, fresh_redactor
from tapehiss.mocks.renewal import Renewal, continues, following, remembered
from tapehiss.mocks.sandbox import Sandbox
from tapehiss.mocks.selection import Selection
from tapehiss.mocks.shorthand import rule_to_text
from tapehiss.mocks.snapshots import Snapshots
from tapehiss.mocks.statekeys import KEY_MAX_CHARS, ONE, By, StateBy
from tapehiss.mocks.vendorclock import UNIX_MAX_S, UNIX_MIN_S
from tapehiss.mocks.verification import Evidence, judged
from tapehiss.mocks.world import step_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tapehiss.cassettes.exchange import Exchange, Request
    from tapehiss.cassettes.redaction import Redactor
    from tapehiss.mocks.doors import Door
    from tapehiss.mocks.journal import Entry
    from tapehiss.mocks.ledger import Effect
    from tapehiss.mocks.outcome import Outcome
    from tapehiss.mocks.postbox import Postbox
    from tapehiss.mocks.profile import Profile
    from tapehiss.mocks.schedule import Schedule
    from tapehiss.mocks.snapshots import Snapshot
    from tapehiss.mocks.trail import Trail
    from tapehiss.mocks.vendor import State, Vendor
    from tapehiss.mocks.verification import Expectation, Verdict

STATES_MAX = 1000
REMEMBERED_MAX = 1_000_000
"""Requests that the sandboxes of all keys together have answered: what they remember grows with these."""
EVERYBODY = ""
"""The key of those who name no state."""
BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})


class LiveVendor:
    """A vendor, its states and its journal."""

    def __init__(self, vendor: Vendor, *, by: StateBy = ONE) -> None:
        self.by = by
        self.journal = Journal()
        self.reel = Reel()
        """Whole exchanges, if they are kept."""
        self.trail: Trail | None = None
        """What passed over the wire, step by step, if somebody wants to judge it."""
        self.redactor: Callable[[], Redactor] = fresh_redactor
        """Makes what takes secrets out of what is exported."""
        self.feed = Feed()
        """Who listens to what happens."""
        self.webhooks: Postbox | None = None
        """What it tells by webhooks, if it does; ``post`` sets it."""
        self.snapshots = Snapshots()
        self.everybody = Sandbox(vendor)
        """The sandbox of those who name no state."""
        self.states: dict[str, Sandbox] = {}
        """Of all others, by key; the one that was used last at the end."""
        self._remembered = 0

    # ---- what is served

    @property
    def vendor(self) -> Vendor:
        """As it is for those who name no state."""
        return self.everybody.vendor

    @property
    def state(self) -> State:
        """What it remembers of those who name no state."""
        return self.everybody.state

    @property
    def profile(self) -> Profile | None:
        """Where the vendor's limits come from."""
        return self.everybody.profile

    def answer(self, request: Request, now_s: float, door: Door | None = None) -> tuple[Outcome, float]:
        """What the client gets and after how many seconds; the state moves on. Without a ``door`` the URL says which it is."""
        if door is None:
            request, door = self.entered(request)
        key, sandbox = EVERYBODY, self.everybody
        if self.by is not ONE and (key := door.state or self.by.key_of(request)):
            self._remembered += 1
            sandbox = self._opened(key, now_s)
        if now_s >= sandbox.due_s:
            self._settle(sandbox, key, now_s)
        outcome, delay_s, at_s = sandbox.answer(request, now_s)
        self._note(request, key, sandbox, outcome, delay_s, at_s)
        if self.webhooks is not None:
            self.webhooks.answered(request, outcome, now_s, ahead_s=at_s - now_s)
        return outcome, delay_s

    def refuse(self, request: Request, now_s: float, door: Door) -> tuple[Outcome, float] | None:
        """The same for a request of which only the head was read, if that is decided already; otherwise nothing has happened."""
        key, sandbox = EVERYBODY, self.everybody
        if self.by is not ONE and (key := door.state or self.by.key_of(request)):
            sandbox = self._opened(key, now_s)
        if now_s >= sandbox.due_s:
            self._settle(sandbox, key, now_s)
        refused = sandbox.refuse(request, now_s)
        if refused is None:
            return None
        outcome, delay_s, at_s = refused
        self._remembered += bool(key)
        self._note(request, key, sandbox, outcome, delay_s, at_s)
        return outcome, delay_s

    def _note(
        self, request: Request, key: str, sandbox: Sandbox, outcome: Outcome, delay_s: float, at_s: float
    ) -> None:
        """Write down what became of a request."""
        path = normal_path(split_url(request.url).path)
        marks = marks_of(request, key) if key or request.method not in BODILESS else NO_MARKS
        shown = sandbox.vendor.index.wild.shown(path)
        entry = self.journal.note(at_s, request.method, shown, outcome, delay_s, marks)
        self.feed.requested(entry)
        if self.trail is not None:
            self.trail.keep(step_of(request, outcome, at_s, delay_s, sandbox.vendor.latency))
        if self.reel.max_bytes:
            index, unix_s = sandbox.vendor.index, sandbox.vendor.unix_s + at_s
            self.reel.keep(entry.number, exchange_of(request, outcome, index, unix_s, delay_s))

    def entered(self, request: Request, door: Door = FRONT) -> tuple[Request, Door]:
        """The request as the vendor would have got it, and the way in which it came."""
        return through(request, door, by_path=self.by.by is By.PATH)

    def reload(self, read: Vendor, now_s: float) -> Renewal:
        """Other tapes from now on for everybody; what was remembered stays where it still means the same. Snapshots do not stay."""
        before, after = self.vendor.index, read.index
        kept = continues(before, after)
        for sandbox in self._all():
            sandbox.settle(now_s)
            sandbox.vendor = following(sandbox.vendor, read)
            sandbox.state = remembered(sandbox.state, kept=kept)
        self.snapshots = Snapshots()
        renewal = Renewal(len(before.recordings), len(after.recordings), kept)
        self.feed.tell(Kind.TAPES, asdict(renewal))
        return renewal

    def post(self, webhooks: Postbox) -> None:
        """Send webhooks from now on, by the vendor's calendar unless they were told another."""
        self.webhooks = webhooks
        webhooks.unix_s = webhooks.unix_s or self.vendor.unix_s
        webhooks.tell = lambda delivery: self.feed.tell(Kind.WEBHOOK, asdict(delivery)) if self.feed.listeners else None

    # ---- states

    def sandbox(self, key: str, now_s: float) -> Sandbox:
        """The sandbox of a key, to look at: one that is not there would be like this. Raises ``BadStateKey``."""
        self._check(key)
        found = self.states.get(key) if key else self.everybody
        if found is None:
            return self._fresh(now_s)
        self._settle(found, key, now_s)
        return found

    def evict(self, key: str) -> None:
        """Forget a state; who names it again begins anew. Raises ``BadStateKey`` if it is not there."""
        self._check(key)
        if key not in self.states:
            raise BadStateKey(f"no state has the key {key!r}", remedy="see which there are")
        self._remembered -= self.states.pop(key).requests

    def _check(self, key: str) -> None:
        if key and self.by is ONE:
            raise BadStateKey("there is one state for everybody", remedy="start the mock with --state-by")
        if len(key) > KEY_MAX_CHARS:
            raise BadStateKey(f"a key of {len(key)} characters", remedy=f"give at most {KEY_MAX_CHARS}")

    def _opened(self, key: str, now_s: float) -> Sandbox:
        """The sandbox of a key, made if need be; it is the last that will be forgotten."""
        sandbox = self.states.pop(key, None) or self._fresh(now_s)
        self.states[key] = sandbox
        while len(self.states) > STATES_MAX or (self._remembered > REMEMBERED_MAX and len(self.states) > 1):
            self._remembered -= self.states.pop(next(iter(self.states))).requests
        return sandbox

    def _fresh(self, now_s: float) -> Sandbox:
        self._settle(self.everybody, EVERYBODY, now_s)
        fresh = replace(self.everybody, own=frozenset())
        fresh.reset(now_s)
        return fresh

    def _meant(self, what: str, key: str, now_s: float) -> list[Sandbox]:
        """For whom something is set: for one key, or for all who have not set it for themselves."""
        self._check(key)
        if key:
            return [self._opened(key, now_s)]
        return [self.everybody, *(each for each in self.states.values() if what not in each.own)]

    def _claim(self, what: str, key: str) -> None:
        """Remember that something was set for one key: what is set for all leaves it alone from now on."""
        if key:
            self.states[key].own |= {what}

    def _all(self) -> Iterator[Sandbox]:
        yield self.everybody
        yield from self.states.values()

    def _settle(self, sandbox: Sandbox, key: str, now_s: float) -> None:
        """End what was set until now."""
        if sandbox.settle(now_s):
            self._tell(sandbox, key)

    def _tell(self, sandbox: Sandbox, key: str, *kinds: Kind) -> None:
        """Tell what is set for a state."""
        if not self.feed.listeners:
            return
        named = {"state": key} if key else {}
        if Kind.SCHEDULE in kinds or not kinds:
            rules = [rule_to_text(rule) for rule in sandbox.vendor.schedule]
            self.feed.tell(Kind.SCHEDULE, {"rules": rules, "seed": sandbox.vendor.seed, **named})
        if Kind.LIMITS in kinds or not kinds:
            kept = sandbox.profile and {"profile": sandbox.profile.name, "plan": sandbox.profile.plan}
            self.feed.tell(Kind.LIMITS, {"limits": kept, **named})

    # ---- what is set

    def play(
        self,
        schedule: Schedule,
        now_s: float,
        *,
        seed: int | None = None,
        for_s: float | None = None,
        key: str = EVERYBODY,
    ) -> None:
        """Another schedule, which begins now (and ends after ``for_s``); attempts are counted anew."""
        meant = self._meant("weather", key, now_s)
        for sandbox in meant:
            sandbox.play(schedule, now_s, seed=seed, for_s=for_s)
        self._claim("weather", key)
        self._tell(meant[0], key, Kind.SCHEDULE)

    def limit(
        self, profile: Profile | None, now_s: float = 0.0, *, for_s: float | None = None, key: str = EVERYBODY
    ) -> None:
        """Other limits from now on (until ``for_s`` have passed), or none; the counters begin anew."""
        meant = self._meant("limits", key, now_s)
        for sandbox in meant:
            sandbox.limit(profile, now_s, for_s=for_s)
        self._claim("limits", key)
        self._tell(meant[0], key, Kind.LIMITS)

    def prolong(self, now_s: float, for_s: float, *, key: str | None = None) -> None:
        """What was set with an end, for one key or for all, ends so long from now: a heartbeat."""
        for sandbox in self._all() if key is None else [self.sandbox(key, now_s)]:
            sandbox.prolong(now_s, for_s)

    def set_clock(
        self,
        now_s: float,
        *,
        unix_s: float | None = None,
        advance_s: float = 0.0,
        going: bool | None = None,
        key: str = EVERYBODY,
    ) -> None:
        """Set the vendor's clock, then move it on (or back), then let it stand or go. Raises ``BadClock``."""
        origin_s, meant = self.vendor.unix_s, self._meant("clock", key, now_s)
        shows_s = [(each.clock.at(now_s) if unix_s is None else unix_s - origin_s) + advance_s for each in meant]
        if not all(UNIX_MIN_S <= origin_s + each <= UNIX_MAX_S for each in shows_s):
            raise BadClock("the clock would show a time before 1970 or after 2099", remedy="set it in between")
        for sandbox, at_s in zip(meant, shows_s, strict=True):
            sandbox.settle(now_s)
            clock = sandbox.clock.showing(at_s, now_s)
            sandbox.clock = clock if going is None else clock.going(now_s) if going else clock.stopped(now_s)
        self._claim("clock", key)

    def reset(self, now_s: float, *, key: str | None = None) -> None:
        """Everything as at the beginning, under the weather and the limits that are set; of one key, if one is given.

        Without a key the states of all keys are forgotten, and the journal is; snapshots stay.
        """
        if key is None:
            self.everybody.reset(now_s)
            self.states.clear()
            self._remembered = 0
            self.journal.clear()
            self.reel.clear()
            if self.webhooks is not None:
                self.webhooks.clear()
        else:
            sandbox = self.sandbox(key, now_s)
            self._remembered -= sandbox.requests if key in self.states else 0
            sandbox.reset(now_s)
            self.journal.forget(key)
        self.feed.tell(Kind.RESET, {"state": key} if key else {})

    def snapshot(self, name: str, now_s: float, *, key: str | None = None) -> Snapshot:
        """Keep every state, or that of one key, under a name; raises ``BadSnapshot``."""
        if key is not None:
            self._check(key)
            kept = self._opened(key, now_s) if key else self.everybody
            self._settle(kept, key, now_s)
            return self.snapshots.take(name, {key: kept}, now_s, whole=False)
        for sandbox in self._all():
            sandbox.settle(now_s)
        return self.snapshots.take(name, {EVERYBODY: self.everybody, **self.states}, now_s, whole=True)

    def restore(self, name: str, now_s: float, *, key: str | None = None) -> Snapshot:
        """Go on as it was then: with every state, or with one. The snapshot of one state can be given to another key."""
        snapshot = self.snapshots.named(name)
        if key is None and snapshot.whole:
            self.everybody = snapshot.resumed(EVERYBODY, now_s)
            self.states = {each: snapshot.resumed(each, now_s) for each in snapshot.sandboxes if each}
            self._tell(self.everybody, EVERYBODY)
            for each, sandbox in self.states.items():
                if sandbox.own:
                    self._tell(sandbox, each)
        else:
            source = key if snapshot.whole and key is not None else next(iter(snapshot.sandboxes))
            self._put(source if key is None else key, snapshot.resumed(source, now_s), now_s)
        self._remembered = sum(sandbox.requests for sandbox in self.states.values())
        return snapshot

    def _put(self, key: str, sandbox: Sandbox, now_s: float) -> None:
        self._check(key)
        if key:
            self._opened(key, now_s)
            sandbox = self.states[key] = replace(sandbox, own=frozenset({"weather", "limits", "clock"}))
        else:
            self.everybody = sandbox
        self._tell(sandbox, key)

    # ---- what was done

    def effects(self, key: str = EVERYBODY) -> tuple[Effect, ...]:
        """What was done, by operation."""
        self._check(key)
        sandbox = self.states.get(key) if key else self.everybody
        return () if sandbox is None else sandbox.state.ledger.effects()

    def select(self, selection: Selection) -> tuple[Entry, ...]:
        """The entries of the journal that are meant, the oldest first."""
        return tuple(selection.pick(self.journal.entries, self.reel.get))

    def verify(self, selection: Selection, wanted: Expectation) -> Verdict:
        """Whether the requests that are meant came as expected."""
        journal = self.journal
        entries = tuple(journal.entries)
        before = bool(entries) and selection.since < entries[0].number
        forgotten = journal.forgotten(selection.key) if before else 0
        total = journal.count(selection.on) if forgotten and selection == Selection(selection.on) else None
        return judged(selection, wanted, Evidence(entries, forgotten, self.reel.get, self.vendor.unix_s, total))

    def exchanges(self, selection: Selection) -> tuple[Exchange, ...]:
        """Those of the exchanges that are meant which were kept."""
        found = (self.reel.get(entry.number) for entry in self.select(selection))
        return tuple(exchange for exchange in found if exchange is not None)


def dated(vendor: Vendor, unix_s: float) -> Vendor:
    """The vendor in a world whose clock begins now, unless it was told when."""
    return vendor if vendor.unix_s else replace(vendor, unix_s=unix_s)
