"""What answers say about limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys import WAITS
from tapehiss.cassettes.exchange import Response
from tapehiss.clients.hints import HINT_MAX_S, Hint, hints_of, tightened

UNIX_S = 1_792_000_000.0


def told(*headers, status=200, running=0.0):
    """The hints of an answer that came at 100."""
    return hints_of(Response(status, headers=headers), 100.0, UNIX_S, running)


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        ((("X-RateLimit-Remaining", "3"), ("X-RateLimit-Reset", "20"), ("X-RateLimit-Limit", "10")), Hint(3, 120)),
        ((("RateLimit", '"default";r=0;t=7'),), Hint(0, 107)),
        ((("RateLimit-Remaining", "0"), ("RateLimit-Reset", "7"), ("RateLimit-Limit", "5")), Hint(0, 107)),
        ((("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", str(int(UNIX_S) + 9))), Hint(0, 110)),
        ((("x-ratelimit-remaining-requests", "1"), ("x-ratelimit-reset-requests", "6m0s")), Hint(1, 460)),
    ],
)
def test_dialects(headers, hint):
    """Numbers, structured fields, instants in whole seconds (to their end), Go's durations."""
    assert list(told(*headers).values()) == [hint]


def test_calls_that_still_run_are_taken_off():
    """Perhaps the vendor had not counted them when it told what remains."""
    headers = (("X-RateLimit-Remaining", "3"), ("X-RateLimit-Reset", "20"))
    assert list(told(*headers, running=2).values()) == [Hint(1, 120)]
    assert list(told(*headers, running=5).values()) == [Hint(0, 120)]


def test_retry_after_is_a_pause_for_all():
    """An answer that turns away speaks to every call; one that accepts does not."""
    assert told(("Retry-After", "30"), status=429) == {"retry-after": Hint(0, 130)}
    assert told(("Retry-After", "30"), status=503) == {"retry-after": Hint(0, 130)}
    assert told(("Retry-After", "30"), status=202) == {}


def test_tokens_are_not_calls():
    """How many tokens of a language model remain says nothing about calls until none does."""
    reset = ("anthropic-ratelimit-tokens-reset", "30")
    assert told(("anthropic-ratelimit-tokens-remaining", "7"), reset) == {}
    assert list(told(("anthropic-ratelimit-tokens-remaining", "0"), reset).values()) == [Hint(0, 130)]


@given(
    st.sampled_from(WAITS) | st.text(max_size=20),
    st.sampled_from(WAITS) | st.text(max_size=20),
    st.sampled_from([200, 429, 503]),
)
def test_no_header_does_harm(remaining, reset, status):
    """Whatever stands there, hints are about at most a day, and nothing raises (T6)."""
    headers = (("X-RateLimit-Remaining", remaining), ("X-RateLimit-Reset", reset), ("Retry-After", reset))
    for hint in told(*headers, status=status).values():
        assert hint.left >= 0
        assert 100 <= hint.until <= 100 + HINT_MAX_S + 1


@given(*(st.tuples(st.integers(0, 9), st.floats(1, 99)) for _ in range(2)), st.floats(0, 100))
def test_hints_only_tighten(known, news, now):
    """While a hint is in force, the next never allows more in its time; then it is forgotten (T6)."""
    known, news = Hint(*known), Hint(*news)
    after = tightened(known, news, now)
    if known.until > now:
        assert after.left <= known.left
        assert after.until >= known.until
    else:
        assert after == news
    assert tightened(None, news, now) == news


def test_a_longer_pause_is_kept_to():
    """When nothing is left, a later end counts; when something is left, a later end is another window and waits for its turn."""
    assert tightened(Hint(0, 10.0), Hint(0, 20.0), 5.0) == Hint(0, 20.0)
    assert tightened(Hint(3, 10.0), Hint(5, 20.0), 5.0) == Hint(3, 10.0)


def test_two_pools_under_one_name_are_two_hints():
    """Few searches a minute are not few calls an hour, though GitHub tells of both by the same headers."""
    pools = [
        told(("X-RateLimit-Limit", limit), ("X-RateLimit-Remaining", left), ("X-RateLimit-Reset", reset))
        for limit, left, reset in (("5000", "4999", "3600"), ("30", "29", "60"))
    ]
    assert list(pools[0].values()) + list(pools[1].values()) == [Hint(4999, 3700), Hint(29, 160)]
    assert not pools[0].keys() & pools[1].keys()
