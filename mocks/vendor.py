"""The Vendor: tapes, a schedule and a seed that answer requests.

The law of this file: ``answer`` is pure. It is told the time in seconds and given a state, and returns the next state, what the
client gets, and after how many seconds. It neither waits nor throws dice, so every interpreter plays the same vendor.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from tapehiss.mocks.bindings import Bindings
from tapehiss.mocks.conditions import selected
from tapehiss.mocks.holdings import NOTHING as NOTHING_HELD
from tapehiss.mocks.holdings import Holdings
from tapehiss.mocks.idempotency import (
    CUSTOMS,
    Custom,
    First,
    Key,
    conflicting,
    custom_at,
    first_of,
    key_of,
    replayed,
)
from tapehiss.mocks.index import Index, Match, index_of
from tapehiss.mocks.instants import Shift, recorded_at, renewed, sent_at
from tapehiss.mocks.keys import normal_path, split_url
from tapehiss.mocks.ledger import Ledger, writes
from tapehiss.mocks.limiting import limited
from tapehiss.mocks.limits import Limits
from tapehiss.mocks.lore import Lore, recorded_s
from tapehiss.mocks.memory import Memory
from tapehiss.mocks.nearest import miss
from tapehiss.mocks.outcome import ERROR, MADE, Outcome, Repeat, Rung
from tapehiss.mocks.past import NOTHING, Past
from tapehiss.mocks.playing import answering, personal, played, without_body
from tapehiss.mocks.settling import shift_s
from tapehiss.mocks.striking import HEAD_ONLY, Striking, call_of, head_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.cassettes.exchange import Exchange, Request, Response
    from tapehiss.contracts.evidence import Contract
    from tapehiss.mocks.beyond import Beyond
    from tapehiss.mocks.schedule import Call, Schedule

LAST = 999
"""What stands for a status where no answer came: beyond all of them."""


class State(NamedTuple):
    """What a vendor remembers between requests. A tuple, because it is made anew for every request."""

    began_s: float = 0.0
    """When the schedule began."""
    attempts: Memory[int] = Memory()
    """Fingerprint to how many requests with it came."""
    played: Memory[int] = Memory()
    """Number of a recording to 1 once it was played."""
    cursors: Memory[int] = Memory()
    """Group to how many of its recordings were played from its beginning on."""
    bindings: Bindings = Bindings()
    """Which identifiers of the client stand for which ones of the tapes."""
    counters: Memory[Any] = Memory()
    """What the vendor's limits have counted (``limits.weigh``)."""
    keys: Memory[First | None] = Memory()
    """Idempotency keys and the requests that were carried out with them."""
    ledger: Ledger = Ledger()
    """What was done."""
    past: Past = NOTHING
    """What rules that speak of order ask for."""
    holdings: Holdings = NOTHING_HELD
    """What clients created, changed and deleted, where the vendor goes beyond the tapes."""


class Arrival(NamedTuple):
    """A request that has come to the vendor, and what is known of it at once."""

    request: Request
    path: str
    at_s: float
    match: Match
    attempt: int | None
    """How many equal requests came before; ``None`` where nobody asks: that is neither schedule nor dice."""
    key: Key | None
    """Its idempotency key, if it is one of those that have a meaning there."""
    changing: bool
    """Whether it could change something."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """Recordings that answer requests, under a schedule of faults."""

    index: Index = field(default_factory=Index)
    schedule: Schedule = ()
    seed: int = 0
    latency: float = 0.0
    """Scale of the recorded latency: 0 for none, 1 for as recorded."""
    limits: Limits = field(default_factory=Limits)
    unix_s: float = 0.0
    """Unix time at second 0 of the clock that ``answer`` is told: limits follow the calendar."""
    customs: tuple[Custom, ...] = CUSTOMS
    """What vendors do about idempotency keys, the first that covers the host; ``()`` if they are to be ignored."""

    contract: Contract | None = None
    """What is known of the vendor beside the recordings."""
    beyond: Beyond | None = None
    """What answers requests that are on no tape; ``None`` where only what was recorded is played."""
    tape_began_s: float = 0.0
    """Unix time at which the tapes begin, if instants in answers are told as though that were second 0 of the clock; 0: as recorded."""
    lore: Lore = field(default_factory=Lore, repr=False, compare=False)
    striking: Striking = field(init=False, repr=False, compare=False)
    """The schedule over this vendor."""

    def __post_init__(self) -> None:
        if self.lore.index is not self.index or self.lore.contract is not self.contract:
            object.__setattr__(self, "lore", Lore(self.index, self.contract))
        object.__setattr__(self, "striking", Striking(self.schedule, self.seed, self.lore, self.limits))

    @staticmethod
    def of(exchanges: Iterable[Exchange], schedule: Schedule = (), *, seed: int = 0, latency: float = 0.0) -> Vendor:
        """The vendor that these exchanges were recorded from."""
        return Vendor(index_of(exchanges), schedule, seed, latency)

    def refuse(self, state: State, request: Request, now_s: float) -> tuple[State, Outcome, float] | None:
        """What becomes of a request of which only the head was read, if that is decided already; its body plays no part."""
        striking, elapsed_s = self.striking, now_s - state.began_s
        if not (striking.refusing or self.limits.early):
            return None
        head = head_of(request)
        call = call_of(head, self.index.fingerprint(head) ^ HEAD_ONLY, state.attempts)
        rules = striking.met_early(call, elapsed_s, state.past)
        rung = self.index.find(head).rung
        if not rules:
            return self._turned_away(state, head, rung, now_s) if self.limits.early else None
        outcome, delay_s = striking.refusal(rules, call, head, rung, elapsed_s, self.unix_s + now_s)
        attempts = state.attempts.put(call.fingerprint, call.attempt + 1)
        past = striking.noted(state.past, call, elapsed_s, done=False)
        return state._replace(attempts=attempts, past=past), outcome, delay_s

    def _turned_away(
        self, state: State, head: Request, rung: Rung, now_s: float
    ) -> tuple[State, Outcome, float] | None:
        """What the limits say to a request of which only the head was read, if they do not admit it."""
        counters, outcome = limited(self.limits, state.counters, head, Outcome(None, rung=rung), self.unix_s + now_s)
        return (state._replace(counters=counters), replace(outcome, early=True), 0.0) if outcome.limit else None

    def answer(self, state: State, request: Request, now_s: float) -> tuple[State, Outcome, float]:
        """The next state, what the client gets, and after how many seconds."""
        if (self.striking.refusing or self.limits.early) and (refused := self.refuse(state, request, now_s)):
            return refused
        bindings, holdings = state.bindings, state.holdings
        asked = request if bindings.empty else bindings.to_tape(request)
        came = self._arrived(state, request, asked, now_s)
        first = None if came.key is None else first_of(state.keys, came.key, request.method, now_s)
        if first is None:
            made = None if self.beyond is None else self._made(self.beyond, state, came, asked)
            if made is None:
                bindings, outcome = self._played(state, came, asked)
            else:
                came, holdings, outcome = made
            outcome = self._renewed(came, outcome, now_s) if self.tape_began_s else outcome
        else:
            outcome = self._repeated(first, came)
        fair = outcome.response
        call = call_of(request, came.match.fingerprint, state.attempts) if self.schedule else None
        rules = self.striking.met(call, now_s - state.began_s, state.past) if call else ()
        counters, outcome = self._limited(state, came, outcome, shift_s(rule.fault for rule in rules) if rules else 0.0)
        status, delay_s = outcome.response.status if outcome.response else LAST, 0.0
        if rules and call:
            unix_s = self.unix_s + now_s
            outcome, delay_s = self.striking.strike(rules, call, request, outcome, now_s - state.began_s, unix_s)
        # Only what was carried out leaves a trace, but for the attempt and what the limits counted.
        if not outcome.advances:
            bindings, holdings = state.bindings, state.holdings
        state = _advanced(state, came, outcome, bindings, counters, holdings)
        state = self._entered(state, came, outcome, status, fair) if came.changing else state
        state = self._noted(state, call, came, outcome) if call else state
        return state, outcome, delay_s + self._latency_s(outcome)

    def _noted(self, state: State, call: Call, came: Arrival, outcome: Outcome) -> State:
        """The state with what rules may ask of this request later."""
        attempts, striking = state.attempts, self.striking
        done = outcome.known and not outcome.spoiled and outcome.repeat is not Repeat.CONFLICT
        if not (striking.refusing or striking.remembers):
            return state
        if striking.refusing:
            head = self.index.fingerprint(head_of(came.request)) ^ HEAD_ONLY
            attempts = attempts.put(head, attempts.get(head, 0) + 1)
        past = striking.noted(state.past, call, came.at_s - state.began_s, done=done)
        return state._replace(attempts=attempts, past=past)

    def _arrived(self, state: State, request: Request, asked: Request, now_s: float) -> Arrival:
        """What is known of a request before it is answered; ``asked`` is the request as the tapes may have it."""
        authority, _, path = split_url(request.url)
        match = self.index.find(asked)
        if asked is not request:
            match = replace(match, fingerprint=self.index.fingerprint(request))
        changing = writes(request)
        key = key_of(request, self.index.host_of(authority)) if changing else None
        counting = bool(self.schedule) or self.tape_began_s > 0
        attempt = state.attempts.get(match.fingerprint, 0) if counting else None
        return Arrival(request, path, now_s, match, attempt, key, changing)

    def _played(self, state: State, came: Arrival, asked: Request) -> tuple[Bindings, Outcome]:
        """What the tapes say, with the client's own identifiers, and what is known of those by now."""
        number = _choose(state, self._unbound(state.bindings, came.match))
        if number is None:
            return state.bindings, Outcome(miss(came.request, self.index))
        bindings = self._bound(state.bindings, asked, came.match, number)
        outcome = played(self.index, number, came.match.rung, came.request.method)
        if came.match.rung is not Rung.EXACT:
            outcome = selected(outcome, came.request, self.index.recordings[number].request)
        return bindings, outcome if bindings.empty else personal(outcome, bindings)

    def _made(
        self, known: Beyond, state: State, came: Arrival, asked: Request
    ) -> tuple[Arrival, Holdings, Outcome] | None:
        """What goes beyond the tapes, if that is meant; a recording is played by it only where the tapes would have played it, too."""
        number = _choose(state, self._unbound(state.bindings, came.match))
        found = known.answer(state.holdings, asked, came.match, number, self.seed)
        if found is None:
            return None
        holdings, outcome = found
        outcome = selected(outcome, asked, None)
        if asked.method == "HEAD" and outcome.response is not None and outcome.response.body:
            outcome = replace(outcome, response=without_body(outcome.response))
        if outcome.recording != number:
            came = came._replace(match=replace(came.match, group=None))
        return came, holdings, outcome if state.bindings.empty else personal(outcome, state.bindings)

    def _renewed(self, came: Arrival, outcome: Outcome, first_s: float) -> Outcome:
        """The outcome with its instants told as of when it was given first; its ``Date`` as of now."""
        if not outcome.known or outcome.response is None or not self.index.recordings:
            return outcome
        taped_s = recorded_at(self.index.recordings[outcome.recording or 0]) or self.tape_began_s
        shift = Shift(taped_s, self.unix_s + first_s, self.unix_s - self.tape_began_s)
        dice = Random(f"{self.seed} {came.match.fingerprint} {came.attempt}")  # noqa: S311 (dice, told their seed)
        response = renewed(outcome.response, shift, dice)
        return answering(outcome, response if first_s == came.at_s else sent_at(response, self.unix_s + came.at_s))

    def _repeated(self, first: First, came: Arrival) -> Outcome:
        """What the vendor says to a key that it knows."""
        if came.key is not None and first.fingerprint != came.match.fingerprint:
            return conflicting(first, came.key)
        if first.made is not None:
            response = sent_at(first.made, self.unix_s + came.at_s) if self.tape_began_s else first.made
            return replayed(first, Outcome(response, rung=first.rung, recording=first.recording, personal=True))
        assert first.recording is not None, "what no tape has is kept"
        outcome = played(self.index, first.recording, first.rung, came.request.method)
        outcome = outcome if first.bindings.empty else personal(outcome, first.bindings)
        return replayed(first, self._renewed(came, outcome, first.at_s) if self.tape_began_s else outcome)

    def _entered(self, state: State, came: Arrival, outcome: Outcome, status: int, fair: Response | None) -> State:
        """The state with a write in its books; ``status`` and ``fair`` are what the vendor answered, if it ever arrived."""
        if outcome.spoiled or not (outcome.known or outcome.repeat):
            return state
        method, fingerprint = came.request.method, came.match.fingerprint
        number = None if came.key is None else came.key.number
        path = self.index.wild.shown(normal_path(came.path))
        done = outcome.advances and status < ERROR
        ledger = state.ledger.noted(method, path, fingerprint, number, outcome, done=done)
        keys = state.keys
        if came.key is not None and outcome.advances:
            custom = custom_at(self.customs, self._vendor_of(came, outcome), method)
            if custom is not None and custom.saves(status):
                made = fair if outcome.rung in MADE else None
                first = First(custom, came.at_s, fingerprint, outcome.recording, outcome.rung, state.bindings, made)
                keys = keys.put(came.key.number, first)
        if outcome.twice and done:
            kept = keys is not state.keys
            again = replace(outcome, repeat=Repeat.REPLAYED) if kept else outcome
            ledger = ledger.noted(method, path, fingerprint, number, again, done=not kept)
        return state._replace(keys=keys, ledger=ledger)

    def _vendor_of(self, came: Arrival, outcome: Outcome) -> str:
        """The authority of the vendor that answered: the one that was asked, or under the mock's own name the recorded one."""
        authority, recordings = split_url(came.request.url).authority, self.index.recordings
        if authority in self.index.hosts or not recordings:
            return authority
        return split_url(recordings[outcome.recording or 0].request.url).authority

    def _limited(self, state: State, came: Arrival, outcome: Outcome, ahead_s: float) -> tuple[Memory[Any], Outcome]:
        """What the vendor's limits have counted then, and what they leave of an outcome; its clock may be ahead."""
        if not self.limits.limits:
            return state.counters, outcome
        busy_s = self._latency_s(outcome)
        unix_s = self.unix_s + came.at_s + ahead_s
        return limited(self.limits, state.counters, came.request, outcome, unix_s, busy_s=busy_s)

    def _unbound(self, bindings: Bindings, match: Match) -> Match:
        """The match without recordings whose identifiers stand for others of the client's, unless there is nothing else."""
        if match.rung is not Rung.RENAMED or bindings.empty:
            return match
        free = tuple(number for number in match.closest if not bindings.knows(self.index.names_of(number)))
        return replace(match, closest=free or match.closest)

    def _bound(self, bindings: Bindings, asked: Request, match: Match, number: int) -> Bindings:
        """What the request tells of the client's own identifiers."""
        if match.rung in (Rung.EXACT, Rung.NORMALISED) or not self.index.inventions.own:
            return bindings
        return bindings.bound(self.index.named_anew(asked, match, number))

    def _latency_s(self, outcome: Outcome) -> float:
        """The recorded latency of what was played, scaled."""
        if not self.latency or outcome.recording is None:
            return 0.0
        return self.latency * max(recorded_s(self.index.recordings[outcome.recording]) or 0.0, 0.0)


def _choose(state: State, match: Match) -> int | None:
    """Repeats play in recorded order, then the last one again."""
    if match.group is None:
        return None
    if match.closest:
        return next((number for number in match.closest if not state.played.get(number, 0)), match.closest[-1])
    numbers = match.group.numbers
    if len(numbers) == 1:
        return numbers[0]
    start = state.cursors.get(match.group.id, 0)
    rest = (numbers[place] for place in range(start, len(numbers)))
    return next((number for number in rest if not state.played.get(number, 0)), numbers[-1])


def _advanced(
    state: State, came: Arrival, outcome: Outcome, bindings: Bindings, counters: Memory[Any], holdings: Holdings
) -> State:
    """The state after one request."""
    attempts = state.attempts
    if came.attempt is not None:
        attempts = attempts.put(came.match.fingerprint, came.attempt + 1)
    played, cursors = state.played, state.cursors
    number, group = outcome.recording, came.match.group
    if number is not None and group is not None and outcome.advances and not played.get(number, 0):
        played = played.put(number, 1)
        numbers = group.numbers
        cursor = start = cursors.get(group.id, 0)
        while cursor < len(numbers) and played.get(numbers[cursor], 0):
            cursor += 1
        cursors = cursors if cursor == start else cursors.put(group.id, cursor)
    books = (state.keys, state.ledger, state.past, holdings)
    return State(state.began_s, attempts, played, cursors, bindings, counters, *books)
