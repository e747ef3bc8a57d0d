"""What one attempt means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Ending, Request, Response
from tapehiss.clients.classify import IDEMPOTENT, Verdict, may_be_sent_twice, verdict_on
from tapehiss.clients.effects import Failure

NOT_PROCESSED, DONE, AMBIGUOUS = Verdict.NOT_PROCESSED, Verdict.DONE, Verdict.AMBIGUOUS


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ((200, 201, 204, 301, 304, 400, 401, 403, 404, 409, 410, 422, 501, 505), DONE),
        ((421, 425, 429), NOT_PROCESSED),
        ((408, 500, 502, 503, 504, 507, 520, 529, 599), AMBIGUOUS),
    ],
)
def test_statuses(statuses, verdict):
    """Limits are before the work, errors of servers and gateways may come after it, everything else is an answer."""
    assert {verdict} == {verdict_on(Response(status)) for status in statuses}


@given(st.sampled_from(list(Ending)), st.booleans(), st.none() | st.builds(Response, st.integers(200, 599)))
def test_failures(ending, sent, response):
    """A failure is clear only if no byte of the request can have arrived; once an answer began, one did."""
    nothing_sent = (not sent and response is None) or ending in {Ending.REFUSED, Ending.TLS_FAILURE}
    assert (NOT_PROCESSED if nothing_sent else AMBIGUOUS) is verdict_on(Failure(ending, sent, response))


def test_a_vendor_can_promise():
    """A status of which the vendor promises that nothing was done counts so."""
    assert NOT_PROCESSED is verdict_on(Response(503), frozenset({503}))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE", "QUERY"])
def test_questions_may_be_repeated(method):
    """Methods that change nothing are harmless."""
    assert may_be_sent_twice(Request(method, "https://h/"))


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE", "get", "PURGE"])
def test_writes_may_not(method):
    """A write is repeated only with a key or on the vendor's word; methods are case-sensitive (RFC 9110 section 9.1)."""
    assert not may_be_sent_twice(Request(method, "https://h/"))
    assert (method in IDEMPOTENT) is may_be_sent_twice(Request(method, "https://h/"), idempotent=IDEMPOTENT)
    assert may_be_sent_twice(Request(method, "https://h/", (("IDEMPOTENCY-KEY", "k"),)))
    assert not may_be_sent_twice(Request(method, "https://h/", (("Idempotency-Key", ""),)))
    assert may_be_sent_twice(Request(method, "https://h/", (("X-Once", "k"),)), key_headers=("x-once",))
