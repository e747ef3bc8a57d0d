"""The promise: a write that the vendor may have done is never sent a second time, unless that does no harm."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given

from journeys import (
    KEYED,
    PUT,
    READ,
    WRITE,
    harmless,
    in_turn,
    journey,
    policies,
    requests,
    thoroughly,
    unclear,
    weather,
)
from tapehiss.clients.classify import IDEMPOTENT, Promises, Verdict
from tapehiss.clients.errors import NoAnswer, OutcomeUnknown
from tapehiss.clients.retry import RetryPolicy
from tapehiss.mocks.faults import Reset, Status, Truncate


@thoroughly
@given(requests(), policies(), weather())
def test_an_unclear_write_is_not_sent_again(request_, policy, schedule):
    """After an attempt of which nobody knows whether it was processed, only what does no harm twice is sent again (I1)."""
    steps = journey(request_, policy, schedule).steps
    assert harmless(request_, policy) or not any(unclear(before) for before, _ in pairwise(steps))


@thoroughly
@given(requests(), policies(), weather())
def test_every_attempt_is_the_same(request_, policy, schedule):
    """All attempts of a call carry the same body and the same key: they are the same value (I2, U1)."""
    assert {step.request for step in journey(request_, policy, schedule).steps} <= {request_}


@thoroughly
@given(requests(), policies(), weather())
def test_an_unclear_end_of_a_write_is_told(request_, policy, schedule):
    """A write that was not answered and may have been done raises ``OutcomeUnknown`` and nothing vaguer (I5)."""
    end = journey(request_, policy, schedule)
    if end.error is not None:
        doubtful = request_ is not READ and any(map(unclear, end.steps))
        assert doubtful is isinstance(end.error, OutcomeUnknown)


@pytest.mark.parametrize("fault", [Reset(), Truncate(3), Status(500), Status(502), Status(503), Status(504)])
@pytest.mark.parametrize(
    ("request_", "policy", "sent"),
    [
        (WRITE, RetryPolicy(), 1),
        (PUT, RetryPolicy(), 1),
        (PUT, RetryPolicy(promises=Promises(idempotent=IDEMPOTENT)), 2),
        (KEYED, RetryPolicy(), 2),
        (READ, RetryPolicy(), 2),
    ],
)
def test_one_fault_then_fair_weather(fault, request_, policy, sent):
    """Under each single fault, of which ten of twelve known clients break one: a bare write once, harmless requests again."""
    end = journey(request_, policy, in_turn([fault]))
    assert sent == len(end.steps)
    assert (end.error is None) is (sent == 2)


def test_a_vendor_that_promises_is_believed():
    """Where the vendor promises that its 503 means nothing was done, a write is sent again."""
    policy = RetryPolicy(promises=Promises(by_status={503: Verdict.NOT_PROCESSED}))
    assert [len((end := journey(WRITE, policy, in_turn([Status(503)]))).steps), end.error] == [2, None]


def test_a_question_without_an_answer_is_no_mystery():
    """A read that was never answered is ``NoAnswer``: nothing has to be reconciled."""
    assert isinstance(journey(READ, RetryPolicy(), in_turn([Reset()] * 3)).error, NoAnswer)


def test_what_was_unclear_once_stays_unclear():
    """A keyed write that may have been done and is then turned down until the attempts are used up: still nobody knows."""
    faults = [Reset(), Status(429), Status(429)]
    assert isinstance(journey(KEYED, RetryPolicy(attempts_max=3), in_turn(faults)).error, OutcomeUnknown)
