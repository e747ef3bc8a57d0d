"""The limiter: turns, priorities, places that come back, hints, and the concurrency that a vendor bears."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowds import Crowd, well
from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Ending, Request, Response
from tapehiss.clients import errors
from tapehiss.clients.breaker import Breaker, BreakerPolicy
from tapehiss.clients.effects import Failure, Try
from tapehiss.clients.layers import once
from tapehiss.clients.limiter import Adaptive, Limiter, LimitPolicy, Priority
from tapehiss.clients.meters import AtOnce, Bucket, Window

GET = Request("GET", "https://h/things")


def asking(limiter, *, deadline_s=1e6, priority=Priority.NORMAL, cost=1.0, request=GET, inner=once):
    """A flow that makes one attempt, made when it begins."""
    return lambda now: limiter.over(inner, priority, cost)(Try(request, now, now + deadline_s, deadline_s))


def named(name):
    return Request("GET", f"https://h/{name}")


LIMITS = st.lists(
    st.sampled_from([Window(3, 10.0), Window(10, 60.0), Window(1, 0.5), Bucket(3, 0.5), AtOnce(2), AtOnce(5)]),
    min_size=1,
    max_size=3,
).map(tuple)


@settings(deadline=None)
@given(LIMITS, st.lists(st.tuples(st.floats(0, 5), st.floats(0, 3), st.none() | st.floats(0, 20)), max_size=30))
def test_all_limits_hold_together_and_everything_comes_back(limits, calls):
    """Per window, per bucket and at the same time, cancelled calls among them (T1, T7, T8); afterwards nothing is kept (D4)."""
    limiter, at = Limiter(LimitPolicy(limits)), 0.0
    crowd = Crowd(lambda request, _: (Response(200), float(request.body or 0)))
    for number, (pause_s, took_s, cancel_s) in enumerate(calls):
        at += pause_s
        flow = asking(limiter, request=Request("GET", f"https://h/{number}", body=str(took_s).encode()))
        caller = crowd.start(at, flow)
        if cancel_s is not None:
            crowd.cancel(at + cancel_s, caller)
    crowd.run()
    sent = [when for when, _ in crowd.sent]
    for limit in limits:
        if isinstance(limit, Window):
            for start in sent:
                assert len([when for when in sent if start <= when < start + limit.window_s]) <= limit.quota
    last = crowd.start(crowd.now, asking(limiter))
    crowd.run()
    assert (limiter.waiting, limiter.running, last.error) == (0, 0, None)
    assert all(each.error is None for each in crowd.callers)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(list(Priority)), min_size=1, max_size=40),
    st.sampled_from([Window(3, 10.0), Bucket(2, 1.0), AtOnce(2)]),
)
def test_the_most_important_first_then_the_first(priorities, limit):
    """Calls that come together go by priority, and among equals in the order in which they came (T2)."""
    limiter = Limiter(LimitPolicy((limit,)))
    crowd = Crowd(lambda _, __: (Response(200), 0.1))
    for _ in range(int(limit.calls if isinstance(limit, AtOnce) else limit.quota if isinstance(limit, Window) else 2)):
        crowd.start(0.0, asking(limiter, request=named("first")))
    for number, priority in enumerate(priorities):
        crowd.start(0.01, asking(limiter, priority=priority, request=named(f"{priority:d}/{number:03d}")))
    crowd.run()
    order = [request.url for _, request in crowd.sent if "first" not in request.url]
    assert order == sorted(order)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 0.5, 0.5, 1.0]), max_size=30),
    st.sampled_from([Window(2, 2.0), Bucket(1, 1.0), AtOnce(1), AtOnce(2)]),
)
def test_nobody_is_overtaken(pauses, limit):
    """Whenever calls come, also at the very moment at which there is room again: they go in the order in which they came (T2)."""
    limiter, at = Limiter(LimitPolicy((limit,))), 0.0
    crowd = Crowd(lambda _, __: (Response(200), 0.5))
    for number, pause_s in enumerate(pauses):
        at += pause_s
        crowd.start(at, asking(limiter, request=named(f"{number:03d}")))
    order = [request.url for _, request in crowd.run().sent]
    assert order == sorted(order)


def test_a_large_call_is_not_starved():
    """A call that needs all the room gets it, however many small ones come after it (T2)."""
    limiter = Limiter(LimitPolicy((Window(3, 10.0),)))
    crowd = Crowd(well)
    for number in range(100):
        crowd.start(float(number), asking(limiter))
    large = crowd.start(5.5, asking(limiter, cost=3))
    crowd.run()
    assert large.ended_at <= 30.0


@settings(deadline=None)
@given(st.integers(2, 40), st.sampled_from([Window(5, 10.0), Bucket(5, 0.5), AtOnce(1)]), st.floats(0.0, 0.2))
def test_no_under_use(calls, limit, took_s):
    """A queue is worked off as fast as the limit allows, but for the time that answers take (T4)."""
    limiter = Limiter(LimitPolicy((limit,)))
    crowd = Crowd(lambda _, __: (Response(200), took_s))
    for _ in range(calls):
        crowd.start(0.0, asking(limiter))
    crowd.run()
    if isinstance(limit, Window):
        ideal_s = limit.window_s * (math.ceil(calls / limit.quota) - 1)
        rounds = calls / limit.quota + 1
    elif isinstance(limit, Bucket):
        ideal_s, rounds = max(calls - limit.capacity, 0) / limit.rate_per_s, calls
    else:
        ideal_s, rounds = calls * took_s, 1
    assert crowd.now <= ideal_s + rounds * (took_s + 1e-3) * 2 + 1e-2
    assert len(crowd.sent) == calls


def test_a_call_that_never_fits_is_told_at_once():
    """A cost above the limit is an error and no endless wait (T3)."""
    crowd = Crowd(well)
    caller = crowd.start(0.0, asking(Limiter(LimitPolicy((Window(3, 60.0),))), cost=4))
    crowd.run()
    assert isinstance(caller.error, errors.LimitReached)
    assert (crowd.now, crowd.sent) == (0.0, [])


def test_a_wait_beyond_the_deadline_is_not_begun():
    """When there is no room in time the call ends now, and says when there will be."""
    limiter = Limiter(LimitPolicy((Window(1, 60.0),)))
    crowd = Crowd(well)
    crowd.start(0.0, asking(limiter))
    late = crowd.start(1.0, asking(limiter, deadline_s=30.0))
    crowd.run()
    assert isinstance(late.error, errors.LimitReached)
    assert (late.ended_at, late.error.retry_after_s) == (1.0, pytest.approx(59.0))


def test_a_wait_for_a_running_call_ends_at_the_deadline():
    """When nobody knows how long a running call takes, a waiter gives up at its deadline, not later."""
    limiter = Limiter(LimitPolicy((AtOnce(1),)))
    crowd = Crowd(lambda _, __: (Response(200), 100.0))
    crowd.start(0.0, asking(limiter))
    late = crowd.start(1.0, asking(limiter, deadline_s=30.0))
    crowd.run()
    assert (type(late.error), late.ended_at, late.error.retry_after_s) == (errors.LimitReached, 31.0, None)


def test_the_queue_is_bounded():
    """One more than may wait is told at once; when nobody has to wait, there is no queue to be full."""
    limiter = Limiter(LimitPolicy((Window(1, 60.0),), queue_max=2))
    crowd = Crowd(well)
    callers = [crowd.start(0.0, asking(limiter)) for _ in range(4)]
    crowd.run()
    assert [type(each.error) for each in callers] == [type(None)] * 3 + [errors.LimitReached]
    crowd.start(1e6, asking(Limiter(LimitPolicy((Window(1, 60.0),), queue_max=0))))
    assert crowd.run().callers[-1].error is None


def test_what_was_not_sent_was_not_used():
    """A call that an open breaker holds back gives its place back at once."""
    limiter, breaker = Limiter(LimitPolicy((Window(3, 60.0),))), Breaker(BreakerPolicy(attempts_min=1))
    crowd = Crowd(lambda _, __: (Response(503), 0.0))
    for at in (0.0, 1.0, 2.0, 3.0, 4.0):
        crowd.start(at, asking(limiter, inner=breaker.over(once)))
    crowd.run()
    assert [type(each.error) for each in crowd.callers] == [type(None)] + [errors.CircuitOpen] * 4
    assert (limiter.running, limiter.waiting) == (0, 0)


def hinting(*headers, status=200):
    """A vendor whose first answer says something; the others are well."""
    answers = [Response(status, headers=headers)]
    return Crowd(lambda _, __: (answers.pop() if answers else Response(200), 0.0))


def test_what_the_vendor_says_is_kept_to():
    """Nothing is left until the reset: nothing is sent until then, and after it everything is (T6)."""
    limiter = Limiter(LimitPolicy())
    crowd = hinting(("X-RateLimit-Remaining", "1"), ("X-RateLimit-Reset", "20"))
    for at in (0.0, 1.0, 2.0, 3.0):
        crowd.start(at, asking(limiter))
    crowd.run()
    assert [at for at, _ in crowd.sent] == [0.0, 1.0, 20.0, 20.0]


def test_a_refusal_is_a_pause_for_all():
    """After a 429 with ``Retry-After`` no other call of the client is sent before, either."""
    limiter = Limiter(LimitPolicy())
    crowd = hinting(("Retry-After", "30"), status=429)
    for at in (0.0, 1.0):
        crowd.start(at, asking(limiter))
    crowd.run()
    assert [at for at, _ in crowd.sent] == [0.0, 30.0]


def test_hints_can_be_switched_off():
    """``hints=False`` sends whatever the vendor says."""
    limiter = Limiter(LimitPolicy(hints=False))
    crowd = hinting(("Retry-After", "30"), status=429)
    for at in (0.0, 1.0):
        crowd.start(at, asking(limiter))
    assert [at for at, _ in crowd.run().sent] == [0.0, 1.0]


def test_concurrency_is_found():
    """A vendor that bears six calls at once is called with about six, and never with more than the maximum."""
    limiter = Limiter(LimitPolicy(adaptive=Adaptive(calls_max=32), queue_max=10_000))
    flying, most = [], []

    def answer(_, now):
        flying[:] = [until for until in flying if until > now]
        flying.append(now + 1.0)
        most.append((now, len(flying)))
        return (Response(503) if len(flying) > 6 else Response(200)), 1.0

    crowd = Crowd(answer)
    for number in range(1_200):
        crowd.start(number * 0.01, asking(limiter))
    crowd.run()
    assert max(running for _, running in most) <= 32
    late = [running for at, running in most if at > 50]
    assert 4 <= sum(late) / len(late) <= 9
    assert len([running for running in late if running > 6]) < len(late) / 3


def test_one_storm_is_one_decrease():
    """Many calls that fail together make the concurrency smaller once, not to nothing."""
    limiter = Limiter(LimitPolicy(adaptive=Adaptive(begin=10)))
    crowd = Crowd(lambda _, __: (Failure(Ending.RESET), 1.0))
    for _ in range(10):
        crowd.start(0.0, asking(limiter))
    crowd.run()
    assert limiter.concurrency == pytest.approx(7.0)


@pytest.mark.parametrize("given_", [{"calls_min": 0}, {"begin": 100}, {"decrease": 1.0}, {"calls_min": 9, "begin": 8}])
def test_what_cannot_be_meant_is_refused(given_):
    """Bounds that contradict each other."""
    with pytest.raises(Misuse):
        Adaptive(**given_)
    with pytest.raises(Misuse):
        LimitPolicy(queue_max=-1)


@pytest.mark.parametrize("cost", [math.nan, math.inf, -1.0])
def test_a_cost_that_is_none_harms_nobody(cost):
    """A cost below nothing would make room that the vendor does not have, and one that is no number would hold everybody up for ever."""
    limiter = Limiter(LimitPolicy((Window(2, 10.0), AtOnce(2), Bucket(2, 1.0))))
    crowd = Crowd(well)
    strange = crowd.start(0.0, asking(limiter, cost=cost))
    others = [crowd.start(0.1, asking(limiter)) for _ in range(2)]
    crowd.run()
    assert isinstance(strange.error, errors.InvalidRequest)
    assert [each.error for each in others] == [None, None]
    assert (limiter.waiting, limiter.running) == (0, 0)


@pytest.mark.parametrize("limits", [Window(10, 1.0), (10, 1.0), [(10, 1.0)], None])
def test_limits_that_are_none(limits):
    """A limit that stands alone, and numbers without a word for what they count, are refused when they are given."""
    with pytest.raises(Misuse) as caught:
        LimitPolicy(limits)
    assert "Window(" in caught.value.remedy


def test_a_vendor_that_makes_up_limits_fills_no_memory():
    """Each answer may tell of another limit: a few hints are kept."""
    limiter, told = Limiter(LimitPolicy()), iter(range(1, 1_000))

    def answer(_request, _now):
        limit = (("X-RateLimit-Limit", str(next(told))), ("X-RateLimit-Remaining", "9999"), ("X-RateLimit-Reset", "60"))
        return Response(200, headers=limit), 0.0

    crowd = Crowd(answer)
    for _ in range(100):
        crowd.start(0.0, asking(limiter))
    crowd.run()
    assert 1 < len(limiter._hints) <= 32
