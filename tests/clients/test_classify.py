"""What one attempt means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Ending, Request, Response
from tapehiss.clients.classify import IDEMPOTENT, Promises, Verdict, verdict_on
from tapehiss.clients.effects import Failure

GET = Request("GET", "https://h/")
KEYED = Request("POST", "https://h/", (("Idempotency-Key", "k"),))
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
    assert {verdict} == {verdict_on(GET, Response(status), Promises()) for status in statuses}


@given(st.sampled_from(list(Ending)), st.booleans(), st.none() | st.builds(Response, st.integers(200, 599)))
def test_failures(ending, sent, response):
    """A failure is clear only if no byte of the request can have arrived; once an answer began, one did."""
    nothing_sent = (not sent and response is None) or ending in {Ending.REFUSED, Ending.TLS_FAILURE}
    assert (NOT_PROCESSED if nothing_sent else AMBIGUOUS) is verdict_on(
        GET, Failure(ending, sent, response), Promises()
    )


def test_a_vendor_can_promise():
    """A status means what the vendor promises, and a vendor may have its own way to turn away."""
    assert NOT_PROCESSED is verdict_on(GET, Response(503), Promises(by_status={503: NOT_PROCESSED}))
    limited = Promises(turned_away=lambda response: b"ratelimited" in response.body)
    assert NOT_PROCESSED is verdict_on(GET, Response(200, body=b'{"error": "ratelimited"}'), limited)
    assert DONE is verdict_on(GET, Response(200, body=b"{}"), limited)


def test_a_key_in_use_is_no_answer_yet():
    """409 to a request with a key says that another copy is at work: wait and ask again with the same key (I4)."""
    assert NOT_PROCESSED is verdict_on(KEYED, Response(409), Promises())
    assert DONE is verdict_on(KEYED, Response(422), Promises())
    assert DONE is verdict_on(KEYED, Response(409), Promises(by_status={409: DONE}))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE", "QUERY"])
def test_questions_may_be_repeated(method):
    """Methods that change nothing are harmless."""
    assert Promises().may_get_twice(Request(method, "https://h/"))


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE", "get", "PURGE"])
def test_writes_may_not(method):
    """A write is repeated only with a key or on the vendor's word; methods are case-sensitive (RFC 9110 section 9.1)."""
    assert not Promises().may_get_twice(Request(method, "https://h/"))
    assert (method in IDEMPOTENT) is Promises(idempotent=IDEMPOTENT).may_get_twice(Request(method, "https://h/"))
    assert Promises().may_get_twice(Request(method, "https://h/", (("IDEMPOTENCY-KEY", "k"),)))
    assert not Promises().may_get_twice(Request(method, "https://h/", (("Idempotency-Key", ""),)))
    assert Promises(key_headers=("x-once",)).may_get_twice(Request(method, "https://h/", (("X-Once", "k"),)))
