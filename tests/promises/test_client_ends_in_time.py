"""The promise: a call ends by its deadline, after no more attempts than allowed, in an answer or an error of ours."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from journeys import READ, WRITE, in_turn, journey, policies, requests, thoroughly, weather
from tapehiss.cassettes.exchange import Ending
from tapehiss.clients.errors import ApiError
from tapehiss.clients.retry import RetryPolicy
from tapehiss.mocks.faults import Latency, Status


@thoroughly
@given(requests(), policies(), weather())
def test_attempts_are_bounded(request_, policy, schedule):
    """No more than ``attempts_max`` requests pass over the wire (R2)."""
    assert 1 <= len(journey(request_, policy, schedule).steps) <= policy.attempts_max


@thoroughly
@given(requests(), policies(), weather())
def test_the_deadline_holds(request_, policy, schedule):
    """The call has ended by its deadline, waits and slow answers included, and nothing is sent after it (D1, D2, R5)."""
    end = journey(request_, policy, schedule)
    assert end.now_s <= policy.deadline_s + 1e-6
    assert all(step.sent_at_s < policy.deadline_s for step in end.steps)


@thoroughly
@given(requests(), policies(), weather())
def test_only_errors_of_ours_escape(request_, policy, schedule):
    """A call ends in an answer or in an ``ApiError`` that carries the log of its attempts (E1, E2)."""
    end = journey(request_, policy, schedule)
    log = end.result.attempts if end.result is not None else end.error.attempts
    assert end.error is None or isinstance(end.error, ApiError)
    assert len(log) == len(end.steps)
    assert [attempt.sent_at for attempt in log] == [step.sent_at_s for step in end.steps]


@thoroughly
@given(requests(), policies(), weather())
def test_success_is_the_whole_truth(request_, policy, schedule):
    """An answer is the last thing that the vendor sent, and it was sent whole (V1)."""
    end = journey(request_, policy, schedule)
    if end.result is not None:
        assert end.steps[-1].outcome.ending is Ending.COMPLETE
        assert end.result.response == end.steps[-1].outcome.response
        assert end.result.status not in {429, 500, 502, 503, 504}


@given(st.integers(1, 6), st.data(), st.sampled_from([READ, WRITE]))
def test_it_succeeds_when_it_can(attempts_max, data, request_):
    """When fewer attempts than allowed are turned down unprocessed, with short waits, the call succeeds (liveness)."""
    fault = st.sampled_from([Status(429), Status(429, (("Retry-After", "3"),)), Status(421), Latency(2.0)])
    faults = data.draw(st.lists(fault, max_size=attempts_max - 1))
    assert journey(request_, RetryPolicy(attempts_max=attempts_max), in_turn(faults)).error is None


@thoroughly
@given(policies(), weather(), st.integers(0, 2**32))
def test_the_same_dice_tell_the_same_story(policy, schedule, seed):
    """A journey depends on the seed and nothing else (K1)."""
    one, two = (journey(READ, policy, schedule, seed) for _ in range(2))
    assert (one.steps, one.slept_s, one.error) == (two.steps, two.slept_s, two.error)
