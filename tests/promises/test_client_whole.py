"""The promises of the whole client: every policy on, several calls through the same weather, in virtual time."""

from __future__ import annotations

import asyncio
import copy
import pickle
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from crowds import Crowd
from journeys import KEYED, PUT, READ, TAPE, WRITE, policies, seen, weather
from tapehiss.cassettes.exchange import Ending, Request, Response
from tapehiss.clients.breaker import Breaker, BreakerPolicy
from tapehiss.clients.budget import Budget, RetryBudget
from tapehiss.clients.calling import Settings, calling
from tapehiss.clients.classify import Verdict
from tapehiss.clients.drivers import adrive, drive
from tapehiss.clients.effects import Failure
from tapehiss.clients.errors import ApiError, CircuitOpen, OutcomeUnknown
from tapehiss.clients.limiter import Limiter, LimitPolicy
from tapehiss.clients.meters import AtOnce, Window
from tapehiss.clients.signing import bearer
from tapehiss.mocks.vendor import State, Vendor
from tapehiss.mocks.world import duration_s

CANARY = "c4n4ry-" + "7f3a"
LIMITS = (Window(3, 10.0), AtOnce(2))
RESET_S = 20.0


class World:
    """A mock vendor as a crowd meets it."""

    def __init__(self, schedule, seed):
        self.vendor, self.state = Vendor.of(TAPE, schedule, seed=seed), State()

    def answer(self, request, now):
        """What the vendor says, and after how long."""
        self.state, outcome, delay_s = self.vendor.answer(self.state, request, now)
        return seen(outcome), delay_s + duration_s(outcome, request, self.vendor.latency)


def settings_of(policy):
    """A client with everything on."""
    return Settings(
        policy=policy,
        auth=bearer(CANARY),
        limiter=Limiter(LimitPolicy(LIMITS)),
        breaker=Breaker(BreakerPolicy(attempts_min=3, reset_s=RESET_S)),
        budget=RetryBudget(Budget(0.5, 0.2)),
    )


def canaried(request):
    """The same request with a secret in a header and in its query."""
    return Request(request.method, f"{request.url}?key={CANARY}", (*request.headers, ("X-Token", CANARY)), request.body)


CALLS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.0, 1.0, 25.0]), st.sampled_from([READ, WRITE, KEYED, PUT]), st.none() | st.floats(0, 5)),
    min_size=1,
    max_size=8,
)  # fmt: skip


def lived(calls, policy, schedule, seed):
    """The crowd after all calls, and the world that it met."""
    world, shared = World(schedule, seed), settings_of(policy)
    crowd, at = Crowd(world.answer), 0.0
    for number, (pause_s, request, cancel_s) in enumerate(calls):
        at += pause_s
        marked = Request(request.method, request.url, (*request.headers, ("X-Call", str(number))), request.body)
        caller = crowd.start(
            at,
            lambda now, marked=marked, number=number: calling(
                marked, shared, {"check": False}, now=now, dice=Random(seed), call=str(number)
            ),
        )
        if cancel_s is not None:
            crowd.cancel(at + cancel_s, caller)
    return crowd.run(), world, shared


def by_call(crowd):
    """The sends of each call."""
    found = {}
    for at, request in crowd.sent:
        found.setdefault(dict(request.headers)["X-Call"], []).append((at, request))
    return found


@settings(max_examples=150, deadline=None)
@given(CALLS, policies(), weather(), st.integers(0, 99))
def test_the_whole_client_keeps_its_promises(calls, policy, schedule, seed):
    """Bounded attempts, no unclear write twice, no wait cut short, deadlines, typed errors, limits kept (R2, I1, I2, D1, D2, E1, E2, T1)."""
    crowd, _, shared = lived(calls, policy, schedule, seed)
    starts, at = [], 0.0
    for pause_s, _, _ in calls:
        at += pause_s
        starts.append(at)
    for number, sends in by_call(crowd).items():
        caller, request = crowd.callers[int(number)], calls[int(number)][1]
        assert len(sends) <= policy.attempts_max
        assert (
            len({(each.method, each.url, each.body, dict(each.headers).get("Idempotency-Key")) for _, each in sends})
            == 1
        )
        assert all(when < starts[int(number)] + policy.deadline_s for when, _ in sends)
        if not caller.cancelled:
            log = (caller.result or caller.error).attempts
            assert len(log) == len(sends)
            harmless = request in {READ, KEYED} or request.method in policy.promises.idempotent
            assert harmless or not any(attempt.verdict is Verdict.AMBIGUOUS for attempt in log[:-1])
    for number, caller in enumerate(crowd.callers):
        assert caller.ended_at <= starts[number] + policy.deadline_s + 1e-6
        assert caller.error is None or isinstance(caller.error, ApiError)
    sent = [when for when, _ in crowd.sent]
    assert all(len([when for when in sent if start <= when < start + 10.0]) <= 3 for start in sent)
    assert (shared.limiter.waiting, shared.limiter.running) == (0, 0) or any(each.cancelled for each in crowd.callers)


@settings(max_examples=150, deadline=None)
@given(CALLS, policies(), weather(), st.integers(0, 99))
def test_events_tell_the_story(calls, policy, schedule, seed):
    """Each call's events have its id, begin and end it, and name each attempt once, in order (L2)."""
    crowd, _, _ = lived(calls, policy, schedule, seed)
    for number, caller in enumerate(crowd.callers):
        events = [event for event in crowd.events if event.call == str(number)]
        names = [event.name for event in events]
        assert names[0] == "call-began"
        attempts = [event.attempt for event in events if event.name == "attempt-ended"]
        assert attempts == list(range(1, len(attempts) + 1))
        assert all(before.at <= after.at + 1e-9 for before, after in pairwise(events))
        if not caller.cancelled:
            assert names[-1] == "call-ended"
            assert (events[-1].said == "") is (caller.error is None)
            assert len(attempts) == len((caller.result or caller.error).attempts)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([READ, WRITE, KEYED]), policies(), weather(), st.integers(0, 99))
def test_no_secret_is_said_aloud(request_, policy, schedule, seed):
    """No credential, header value or query value is in any text of an error, an answer or an event (L1); errors survive copies (E3)."""
    crowd = Crowd(World(schedule, seed).answer)
    for number in range(3):
        crowd.start(
            float(number),
            lambda now: calling(canaried(request_), settings_of(policy), {}, now=now, dice=Random(seed), call="c"),
        )
    crowd.run()
    for caller in crowd.callers:
        end = caller.error or caller.result
        assert CANARY not in f"{end!s}{end!r}{end.attempts!r}"
        if caller.error is not None:
            for twin in (pickle.loads(pickle.dumps(caller.error)), copy.deepcopy(caller.error)):
                assert (type(twin), str(twin), twin.attempts, twin.retry_after_s) == (
                    type(caller.error), str(caller.error), caller.error.attempts, caller.error.retry_after_s)  # fmt: skip
    assert CANARY not in repr(crowd.events)
    assert CANARY not in repr(settings_of(policy))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.5, 3.0, 21.0]), min_size=10, max_size=60), st.floats(0, 60), st.floats(1, 200))
def test_nothing_is_sent_while_the_circuit_is_open(pauses, begin_s, length_s):
    """Through an outage of any length: after it opened nothing is sent for the whole rest, and when the vendor is well it closes (B1, B4)."""
    breaker = Breaker(BreakerPolicy(attempts_min=3, reset_s=RESET_S))
    shared, opened = Settings(breaker=breaker), []

    def answer(_, now):
        return (Failure(Ending.RESET) if begin_s <= now < begin_s + length_s else Response(200)), 0.1

    crowd, at = Crowd(answer), 0.0
    for pause_s in [*pauses, *[5.0] * 60]:
        at += pause_s

        def flow(now):
            result = yield from calling(READ, shared, {}, now=now, dice=Random(1))
            return result

        caller = crowd.start(at, flow)
        crowd.at(at + 0.001, lambda: opened.append((crowd.now, breaker.circuit(READ))))
    crowd.run()
    for _, circuit in opened:
        if circuit.state == "open":
            assert not [when for when, _ in crowd.sent if circuit.since < when < circuit.since + RESET_S - 1e-9]
    for each in crowd.callers:
        if isinstance(each.error, CircuitOpen):
            assert 0 <= each.error.retry_after_s <= RESET_S + 31.0
    if at > begin_s + length_s + RESET_S + 40.0:
        assert (caller.error, breaker.circuit(READ).state) == (None, "closed")


class Clocked:
    """The same world for both drivers, one call after the other."""

    def __init__(self, schedule, seed):
        self.world, self.now, self.trace = World(schedule, seed), 0.0, []

    def clock(self):
        """Virtual seconds."""
        return self.now

    def wall(self):
        """Virtual Unix time."""
        return 1_792_000_000.0 + self.now

    def sleep(self, wait_s):
        """It is later."""
        self.trace.append(("sleep", wait_s))
        self.now += wait_s

    async def asleep(self, wait_s):
        """The same, awaited."""
        self.sleep(wait_s)

    def wait(self, signal, timeout_s):
        """Nobody else is there who could give the signal."""
        self.trace.append(("wait", timeout_s))
        self.now += 0.0 if signal.done() else timeout_s

    async def await_(self, signal, timeout_s):
        """The same, awaited."""
        self.wait(signal, timeout_s)

    def send(self, effect):
        """The vendor's answer."""
        self.trace.append(("send", effect))
        outcome, took_s = self.world.answer(effect.request, self.now)
        self.now += min(took_s, effect.timeout_s)
        return outcome if took_s <= effect.timeout_s else Failure(Ending.TIMED_OUT)

    async def asend(self, effect):
        """The same, awaited."""
        return self.send(effect)

    def listen(self, event):
        """Whoever listens hears the same, too."""
        self.trace.append(event)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([READ, WRITE, KEYED, PUT]), min_size=1, max_size=3),
    policies(),
    weather(),
    st.integers(0, 99),
)
def test_both_clients_do_the_same(requests, policy, schedule, seed):
    """Same weather, same dice: the same sends, waits, events and results, synchronous and asynchronous (S1)."""
    traces = []
    for kind in ("sync", "async"):
        world, shared = Clocked(schedule, seed), Settings(policy=policy, auth=bearer("x"), limiter=Limiter(LimitPolicy()), breaker=Breaker(BreakerPolicy(attempts_min=3)), budget=RetryBudget(Budget(0.5, 0.2)))  # fmt: skip
        for request in requests:
            flow = calling(request, shared, {}, now=world.now, dice=Random(seed), call="c")
            more = {"clock": world.clock, "wall": world.wall, "listen": world.listen}
            try:
                if kind == "sync":
                    ended = drive(flow, world.send, sleep=world.sleep, wait=world.wait, **more)
                else:
                    ended = asyncio.run(adrive(flow, world.asend, sleep=world.asleep, wait=world.await_, **more))
            except ApiError as error:
                ended = error
            world.trace.append(ended)
        traces.append(world.trace)
    assert traces[0] == traces[1]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([WRITE, PUT]), policies(), weather(), st.integers(0, 99))
def test_an_unclear_write_is_unknown_whatever_stopped_it(request_, policy, schedule, seed):
    """A write with an unclear attempt that ends without an answer is ``OutcomeUnknown``, also when our own policies end it (I5)."""
    shared, crowd = settings_of(policy), Crowd(World(schedule, seed).answer)
    caller = crowd.start(0.0, lambda now: calling(request_, shared, {"check": False}, now=now, dice=Random(seed)))
    crowd.run()
    if caller.error is not None and caller.error.attempts:
        assert isinstance(caller.error, OutcomeUnknown) is any(map(doubtful, crowd.told))


def doubtful(outcome):
    """Whether nobody can know what the vendor did; the table of invariants once more, and not the client's own."""
    if isinstance(outcome, Failure):
        return outcome.ending not in {Ending.REFUSED, Ending.TLS_FAILURE}
    return outcome.status == 408 or (outcome.status >= 500 and outcome.status not in {501, 505})
