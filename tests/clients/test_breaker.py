"""The circuit breaker: its table, its permits, and that it always comes back."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from crowds import Crowd
from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Ending, Request, Response
from tapehiss.clients import errors
from tapehiss.clients.breaker import (
    GRACE_S,
    SCOPES_MAX,
    Breaker,
    BreakerPolicy,
    Circuit,
    Sign,
    State,
    asked,
    opens_in_s,
    scope_of,
    settled,
    sign_of,
)
from tapehiss.clients.effects import Failure, Try
from tapehiss.clients.layers import once

POLICY = BreakerPolicy(share=0.5, attempts_min=4, attempts_max=8, window_s=20.0, reset_s=30.0, probes_max=2)
TIMEOUT_S = 5.0
GET = Request("GET", "https://h/things/7?q=1")


class Breaking(RuleBasedStateMachine):
    """Any sequence of attempts that end well, badly, otherwise, or are never heard of again."""

    def __init__(self):
        super().__init__()
        self.now, self.circuit = 1_000.0, Circuit()
        self.flying = []
        self.opened_at = None

    def step(self, circuit):
        """Note when it opens."""
        if circuit.state is State.OPEN and self.circuit.state is not State.OPEN:
            self.opened_at = self.now
        self.circuit = circuit

    @rule(seconds=st.sampled_from([0.0, 0.1, 1.0, 5.0, 19.0, 29.9, 31.0, 500.0]))
    def time_passes(self, seconds):
        """It is later."""
        self.now += seconds

    @rule()
    def ask(self):
        """Somebody wants to make an attempt."""
        before = self.circuit
        circuit, permit = asked(self.circuit, POLICY, self.now, TIMEOUT_S)
        self.step(circuit)
        if before.state is State.OPEN and self.now < self.opened_at + POLICY.reset_s:
            assert permit is None, "B1, B2: nothing is sent while it is open"
        if before.state is State.OPEN and self.now >= self.opened_at + POLICY.reset_s:
            assert permit is not None, "B2: once it has rested, an attempt is made"
        if permit is not None:
            self.flying.append((permit, self.now))
        else:
            assert opens_in_s(circuit, POLICY, self.now) >= 0

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), sign=st.sampled_from([Sign.SUCCEEDED, Sign.FAILED, Sign.NOTHING]))
    def end(self, data, sign):
        """An attempt ends."""
        permit, _ = self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))
        before = self.circuit
        self.step(settled(self.circuit, POLICY, permit, sign, self.now))
        if sign is Sign.NOTHING or permit.era != before.era:
            assert self.circuit.state is before.state, "B5: what says nothing changes nothing"
            assert self.circuit.recent == before.recent

    @precondition(lambda self: self.circuit.state is not State.OPEN)
    @rule()
    def outage(self):
        """Attempts fail one after the other until it is open."""
        for _ in range(POLICY.attempts_max):
            circuit, permit = asked(self.circuit, POLICY, self.now, TIMEOUT_S)
            self.step(circuit)
            if permit is not None:
                self.step(settled(circuit, POLICY, permit, Sign.FAILED, self.now))

    @precondition(lambda self: self.flying)
    @rule()
    def lose(self):
        """An attempt of which nothing is ever heard."""
        self.flying.pop()

    @invariant()
    def few_probes(self):
        """B3: no more probes than permitted, of those that can still be running."""
        running = [permit for permit, at in self.flying if permit.era == self.circuit.era and at + TIMEOUT_S > self.now]
        if self.circuit.state is State.HALF_OPEN:
            assert len(running) <= POLICY.probes_max

    @invariant()
    def it_comes_back(self):
        """B4: from any state, when all later attempts succeed, it is closed within the rest and the timeout of a probe."""
        circuit, now, until = self.circuit, self.now, self.now + POLICY.reset_s + TIMEOUT_S + GRACE_S
        while circuit.state is not State.CLOSED:
            assert now <= until
            circuit, permit = asked(circuit, POLICY, now, TIMEOUT_S)
            if permit is not None:
                circuit = settled(circuit, POLICY, permit, Sign.SUCCEEDED, now)
            now += 0.5


Breaking.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestBreaking = Breaking.TestCase
TestBreaking.__doc__ = "Whatever happens, the breaker keeps its law (B1 to B5)."


def flown(circuit, signs, now=0.0, policy=POLICY):
    """A circuit after attempts that ended so, one after the other."""
    for sign in signs:
        circuit, permit = asked(circuit, policy, now, TIMEOUT_S)
        assert permit is not None
        circuit = settled(circuit, policy, permit, sign, now)
    return circuit


def test_it_opens_when_a_share_fails():
    """Half of four attempts failed: it opens; three failures alone are too few to say anything."""
    bad, good = Sign.FAILED, Sign.SUCCEEDED
    assert flown(Circuit(), [bad] * 3).state is State.CLOSED
    assert flown(Circuit(), [good, good, bad, bad]).state is State.OPEN
    assert flown(Circuit(), [good, good, good, bad]).state is State.CLOSED


def test_rare_failures_do_not_open_it():
    """Five failures in a thousand attempts are a vendor that is well."""
    signs = ([Sign.SUCCEEDED] * 199 + [Sign.FAILED]) * 5
    assert flown(Circuit(), signs, policy=BreakerPolicy()).state is State.CLOSED


def test_old_failures_are_forgotten():
    """Failures of more than a window ago do not add up with new ones."""
    circuit = flown(Circuit(), [Sign.FAILED] * 3, now=0.0)
    assert flown(circuit, [Sign.FAILED] * 3, now=20.0).state is State.CLOSED


def test_late_news_changes_nothing():
    """An attempt that began before the outage and ends in it counts neither way."""
    circuit, early = asked(Circuit(), POLICY, 0.0, TIMEOUT_S)
    circuit = flown(circuit, [Sign.FAILED] * 4)
    assert settled(circuit, POLICY, early, Sign.SUCCEEDED, 1.0) == circuit
    circuit, probe = asked(circuit, POLICY, 31.0, TIMEOUT_S)
    assert settled(circuit, POLICY, early, Sign.FAILED, 32.0).state is State.HALF_OPEN
    assert settled(circuit, POLICY, probe, Sign.FAILED, 32.0).state is State.OPEN


@pytest.mark.parametrize(
    ("outcome", "sign"),
    [
        (Response(200), Sign.SUCCEEDED),
        (Response(304), Sign.SUCCEEDED),
        (Response(404), Sign.NOTHING),
        (Response(429), Sign.NOTHING),
        (Response(501), Sign.NOTHING),
        (Response(500), Sign.FAILED),
        (Response(503), Sign.FAILED),
        (Failure(Ending.REFUSED, sent=False), Sign.FAILED),
        (Failure(Ending.TIMED_OUT), Sign.FAILED),
    ],
)
def test_what_says_what(outcome, sign):
    """Errors of the server and silence are failures; what is our own fault says nothing about the vendor's health."""
    assert sign_of(outcome) is sign


def attempt(now, timeout_s=TIMEOUT_S):
    return Try(GET, now, now + 60.0, timeout_s)


def test_a_hundred_callers_at_half_open():
    """Of a hundred that come when it has rested, as many as there are probes get through; the others are told when to come again."""
    breaker = Breaker(POLICY)
    crowd = Crowd(lambda _, now: (Response(503 if now < 10 else 200), 1.0))
    for _ in range(4):
        crowd.start(0.0, breaker.over(once)(attempt(0.0)))
    herd = [crowd.start(40.0, breaker.over(once)(attempt(40.0))) for _ in range(100)]
    crowd.run()
    turned_away = [each.error for each in herd if each.error]
    assert len([at for at, _ in crowd.sent if at >= 40.0]) == POLICY.probes_max
    assert {type(error) for error in turned_away} == {errors.CircuitOpen}
    assert all(0 < error.retry_after_s <= TIMEOUT_S + GRACE_S for error in turned_away)
    assert breaker.circuit(GET).state is State.CLOSED


def test_a_cancelled_probe_gives_its_permit_back():
    """A probe that is cancelled is no failure and no success, and the next one goes (B4, D3)."""
    breaker = Breaker(BreakerPolicy(attempts_min=1))
    crowd = Crowd(lambda _, now: (Response(503 if now < 10 else 200), 3.0))
    crowd.start(0.0, breaker.over(once)(attempt(0.0)))
    probe = crowd.start(40.0, breaker.over(once)(attempt(40.0)))
    crowd.cancel(41.0, probe)
    after = crowd.start(41.5, breaker.over(once)(attempt(41.5)))
    crowd.run()
    assert (probe.cancelled, after.error, breaker.circuit(GET).state) == (True, None, State.CLOSED)


def test_scopes_break_apart():
    """Reads and writes of a host, and hosts, have breakers of their own (B7); how many there are is bounded."""
    breaker = Breaker(BreakerPolicy(attempts_min=1))
    crowd = Crowd(lambda _, __: (Response(503), 0.0))
    crowd.start(0.0, breaker.over(once)(attempt(0.0)))
    crowd.run()
    assert breaker.circuit(GET).state is State.OPEN
    assert breaker.circuit(Request("POST", GET.url)).state is State.CLOSED
    assert breaker.circuit(Request("GET", "https://other/")).state is State.CLOSED
    assert scope_of(Request("HEAD", GET.url)) == scope_of(GET)
    for number in range(SCOPES_MAX + 5):
        crowd.start(1.0, breaker.over(once)(Try(Request("GET", f"https://h{number}/"), 1.0, 9.0, 1.0)))
    crowd.run()
    assert len(breaker._circuits) <= SCOPES_MAX


@pytest.mark.parametrize(
    "given_",
    [{"share": 0}, {"share": 1.5}, {"attempts_min": 0}, {"attempts_min": 60}, {"window_s": 0}, {"reset_s": float("inf")},
     {"probes_max": 0}],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(given_):
    """A share of nothing, bounds that contradict each other, no probes."""
    with pytest.raises(Misuse):
        BreakerPolicy(**given_)
