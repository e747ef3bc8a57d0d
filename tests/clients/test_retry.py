"""The retry flow, step by step; its promises in any weather are in ``tests/promises``."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Ending, Request, Response
from tapehiss.clients import errors
from tapehiss.clients.budget import Budget, RetryBudget
from tapehiss.clients.classify import Verdict
from tapehiss.clients.effects import Failure, Reply, Send, Sleep
from tapehiss.clients.retry import ATTEMPTS_MAX, RetryPolicy, backoff_s, retrying

GET = Request("GET", "https://api.vendor.example/v1/things")
POLICY = RetryPolicy()


def flow_of(request=GET, policy=POLICY, now=100.0):
    return retrying(request, policy, now=now, dice=Random(7))


def ends(flow, reply):
    """The error with which the flow ends."""
    with pytest.raises(errors.ApiError) as caught:
        flow.send(reply)
    return caught.value


def test_an_answer_ends_it():
    """Send; a complete answer; done."""
    flow = flow_of()
    assert next(flow) == Send(GET, 30.0)
    with pytest.raises(StopIteration) as done:
        flow.send(Reply(Response(404), 101.5))
    answer = done.value.value
    assert (answer.request, answer.status) == (GET, 404)
    assert [(each.sent_at, each.ended_at, each.verdict) for each in answer.attempts] == [(0.0, 1.5, Verdict.DONE)]


def test_a_conversation():
    """Send, a reset; sleep a little, send; a limit; sleep as long as asked, send with the time that is left; a success."""
    flow = flow_of()
    next(flow)
    pause = flow.send(Reply(Failure(Ending.RESET), 101.0))
    assert isinstance(pause, Sleep)
    assert 0 <= pause.wait_s <= 0.5
    assert flow.send(Reply(None, 102.0)) == Send(GET, 30.0)
    pause = flow.send(Reply(Response(429, "", (("Retry-After", "40"),)), 103.0))
    assert isinstance(pause, Sleep)
    assert 40 <= pause.wait_s <= 40.5
    assert flow.send(Reply(None, 144.0)) == Send(GET, 16.0)
    with pytest.raises(StopIteration):
        flow.send(Reply(Response(200), 145.0))


def test_a_sleep_that_took_too_long_is_noticed():
    """When the machine slept past the deadline, nothing more is sent (D2)."""
    flow = flow_of()
    next(flow)
    flow.send(Reply(Failure(Ending.REFUSED, sent=False), 101.0))
    assert isinstance(ends(flow, Reply(None, 160.0)), errors.DeadlineExceeded)


def test_a_wait_without_an_attempt_after_it_is_not_begun():
    """When the backoff would reach the deadline the call ends now (D2)."""
    flow = flow_of(policy=RetryPolicy(deadline_s=2.0))
    next(flow)
    assert isinstance(ends(flow, Reply(Failure(Ending.RESET), 101.9999)), errors.DeadlineExceeded)


def test_the_error_says_what_was_last():
    """Attempts that are used up end in the error of the last outcome, with the whole log."""
    flow = flow_of(policy=RetryPolicy(attempts_max=2))
    next(flow)
    flow.send(Reply(Failure(Ending.TIMED_OUT, detail="ReadTimeout"), 101.0))
    flow.send(Reply(None, 102.0))
    error = ends(flow, Reply(Response(503, "", (("X-Request-Id", "req_1"),)), 103.0))
    assert isinstance(error, errors.VendorFailed)
    assert (error.status, error.request_id) == (503, "req_1")
    assert [(each.status, each.ending, each.detail) for each in error.attempts] == [
        (None, Ending.TIMED_OUT, "ReadTimeout"),
        (503, Ending.COMPLETE, ""),
    ]
    assert "2 of 2 attempts" in str(error)


@pytest.mark.parametrize("name", ["X-Should-Retry", "stripe-should-retry"])
@pytest.mark.parametrize(("value", "again"), [("false", False), (" FALSE ", False), ("true", True), ("", True)])
def test_a_vendor_can_say_that_it_is_useless(name, value, again):
    """``false`` ends the call at once; anything else changes nothing (R9)."""
    flow = flow_of()
    next(flow)
    reply = Reply(Response(503, "", ((name, value),)), 101.0)
    assert isinstance(flow.send(reply), Sleep) if again else isinstance(ends(flow, reply), errors.VendorFailed)


def test_true_makes_no_resend_safe():
    """A vendor that says "retry" does not make a second copy of a bare write harmless."""
    flow = flow_of(Request("POST", GET.url))
    next(flow)
    error = ends(flow, Reply(Response(500, "", (("X-Should-Retry", "true"),)), 101.0))
    assert isinstance(error, errors.OutcomeUnknown)


def test_what_came_of_a_cut_answer_is_kept():
    """A failure inside the response leaves its status and headers in the error."""
    flow = flow_of(policy=RetryPolicy(attempts_max=1))
    next(flow)
    error = ends(flow, Reply(Failure(Ending.TRUNCATED, response=Response(200, "", (("X-Request-Id", "r"),))), 101.0))
    assert (type(error), error.status, error.request_id) == (errors.NoAnswer, 200, "r")


def test_a_budget_that_is_used_up():
    """Without a retry in the budget the original error comes at once (G3); with one it is spent before the wait (G2)."""
    budget = RetryBudget(Budget(0.0, 0.1, 10.0))
    for spent in (False, True):
        flow = retrying(GET, POLICY, now=100.0, dice=Random(7), budget=budget)
        next(flow)
        reply = Reply(Response(503), 101.0)
        if spent:
            assert isinstance(ends(flow, reply), errors.VendorFailed)
        else:
            assert isinstance(flow.send(reply), Sleep)


@given(st.integers(1, 10**6), st.integers(0, 2**32))
def test_backoff_is_finite_and_bounded(failed, seed):
    """From 0 to the maximum, however often it doubled (R7)."""
    assert 0 <= backoff_s(POLICY, failed, Random(seed)) <= POLICY.backoff_max_s


def test_backoff_is_full_jitter():
    """Clients that fail together do not come back together: the waits are spread evenly over the whole interval (R8)."""
    waits = [backoff_s(POLICY, 5, Random(seed)) for seed in range(2000)]
    mean = sum(waits) / len(waits)
    variance = sum((wait - mean) ** 2 for wait in waits) / len(waits)
    assert abs(mean - 4.0) < 0.2
    assert abs(variance - 64 / 12) < 0.5


@pytest.mark.parametrize(
    "given_",
    [{"attempts_max": 0}, {"attempts_max": ATTEMPTS_MAX + 1}, {"deadline_s": 0}, {"deadline_s": float("inf")},
     {"attempt_timeout_s": 0.0}, {"attempt_timeout_s": float("nan")}, {"backoff_base_s": -1}, {"retry_after_max_s": -0.1}],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(given_):
    """No attempts, no time, negative or endless waits: an error that names the setting."""
    with pytest.raises(Misuse) as caught:
        RetryPolicy(**given_)
    assert caught.value.remedy
