"""The promise: the client waits at least as long as the vendor asked, or gives up and says how long that was."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from journeys import EPOCH_S, READ, WRITE, in_turn, journey, policies, requests, seen, thoroughly, weather
from tapehiss.cassettes.exchange import Ending, header_values
from tapehiss.clients.errors import RetryAfterTooLong
from tapehiss.clients.retry import RetryPolicy
from tapehiss.contracts.retry_after import retry_after
from tapehiss.mocks.faults import Status


def asked_s(step):
    """The wait that a step's answer asks for, if any."""
    response = step.outcome.response
    return None if response is None else retry_after(response.headers, EPOCH_S + step.known_at_s)


@thoroughly
@given(requests(), policies(), weather())
def test_never_early(request_, policy, schedule):
    """Between an answer that asks for a wait and the next attempt lies at least that wait (R4)."""
    for before, after in pairwise(journey(request_, policy, schedule).steps):
        assert after.sent_at_s - before.known_at_s >= (asked_s(before) or 0.0) - 1e-6


@thoroughly
@given(requests(), policies(), weather())
def test_whoever_gives_up_says_how_long(request_, policy, schedule):
    """An error after an answer that asked for a wait carries the wait, to the second (R4)."""
    end = journey(request_, policy, schedule)
    if end.error is not None:
        assert end.error.retry_after_s == asked_s(end.steps[-1])


@given(st.integers(61, 10**12), st.sampled_from([READ, WRITE]))
def test_a_wait_beyond_the_cap_ends_the_call(seconds, request_):
    """A wait longer than the policy allows is never shortened: the call ends at once, with the wait in the error."""
    end = journey(request_, RetryPolicy(deadline_s=1e9), in_turn([Status(429, (("Retry-After", str(seconds)),))]))
    assert isinstance(end.error, RetryAfterTooLong)
    assert (end.error.retry_after_s, len(end.steps), end.slept_s) == (min(seconds, 1e10), 1, ())


@given(st.integers(0, 60))
def test_a_wait_within_the_cap_is_kept(seconds):
    """A wait that the policy and the deadline allow is kept, with a little jitter on top so that clients do not return together."""
    end = journey(WRITE, RetryPolicy(deadline_s=100), in_turn([Status(429, (("Retry-After", str(seconds)),))]))
    assert end.error is None
    assert seconds <= end.slept_s[0] <= seconds + 0.5


@given(st.text(max_size=20) | st.integers().map(str))
def test_no_header_breaks_the_call(value):
    """Whatever the vendor writes into the header, the call ends in an answer or in an error of ours."""
    headers = (("Retry-After", value),)
    end = journey(READ, RetryPolicy(), in_turn([Status(429, headers)]))
    assert end.result is not None or isinstance(end.error, RetryAfterTooLong)
    assert header_values(headers, "retry-after") == (value,)


def test_a_wait_that_was_not_asked_for_is_short():
    """Without the header the client waits a random time up to the doubled base."""
    slept = [journey(READ, RetryPolicy(), in_turn([Status(503)] * 2), seed).slept_s for seed in range(50)]
    assert all(first <= 0.5 and second <= 1.0 for first, second in slept)
    assert len({round(first, 3) for first, _ in slept}) > 40
    assert seen(journey(READ, RetryPolicy(), ()).steps[0].outcome).status == 200
    assert journey(READ, RetryPolicy(), ()).steps[0].outcome.ending is Ending.COMPLETE
