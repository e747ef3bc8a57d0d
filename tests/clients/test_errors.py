"""Errors carry everything but secrets."""

from __future__ import annotations

import copy
import pickle

import pytest

from tapehiss.cassettes.errors import Fault, TapehissError
from tapehiss.cassettes.exchange import Request, Response
from tapehiss.clients import errors
from tapehiss.clients.classify import Attempt, Verdict

CANARY = "s3cr" + "et-canary"
KINDS = [
    errors.InvalidRequest,
    errors.RequestRejected,
    errors.RateLimited,
    errors.VendorFailed,
    errors.RetryAfterTooLong,
    errors.NoAnswer,
    errors.DeadlineExceeded,
    errors.OutcomeUnknown,
    errors.BodyInvalid,
    errors.BodyTooLong,
]


def error_of(kind):
    response = Response(503, "", (("Set-Cookie", CANARY), ("X-Request-Id", "req_7")), CANARY.encode())
    request = Request("GET", f"https://me:{CANARY}@h:8443/v1/things?token={CANARY}#{CANARY}")
    log = (Attempt(0.0, 1.0, Verdict.AMBIGUOUS, 503),)
    return kind("it did not work", errors.place(request), kind.advice, response, log, 2.0)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_is_a_value(kind):
    """It carries status, headers, request id and log, compares equal, and survives pickling and copying (E2, E3)."""
    error = error_of(kind)
    assert (error.status, error.request_id, len(error.attempts), error.retry_after_s) == (503, "req_7", 1, 2.0)
    assert error.headers[0][0] == "Set-Cookie"
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert (type(error), error) == (type(again), again)
    assert isinstance(error, errors.ApiError)
    assert isinstance(error, TapehissError)
    assert isinstance(error.fault, Fault)
    assert error.remedy


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_is_said_aloud(kind):
    """Neither text nor ``repr`` holds a header, a query, userinfo or a body (L1)."""
    error = error_of(kind)
    assert CANARY not in str(error) + repr(error)
    assert "GET https://h:8443/v1/things" in str(error)


def test_an_error_without_a_response():
    """Nothing came: no status, no headers, no id."""
    error = errors.NoAnswer("nothing came")
    assert (error.status, error.headers, error.request_id, error.attempts) == (None, (), None, ())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, errors.Redirected),
        (400, errors.RequestRejected),
        (404, errors.RequestRejected),
        (429, errors.RateLimited),
        (500, errors.VendorFailed),
    ],
)
def test_statuses_have_their_errors(status, kind):
    """4xx is ours, 429 a limit, 5xx the vendor's."""
    assert kind is errors.for_status(status)


def test_a_broken_url_has_no_place():
    """A URL that cannot be read is not said aloud at all."""
    assert errors.place(Request("GET", "https://[half?token=x")) == "GET"


def test_headers_are_fit_to_be_logged():
    """What stands in headers that hold secrets by their names is left out; the rest is as sent."""
    headers = (("Set-Cookie", "sid=" + "s3cr3t"), ("Retry-After", "7"), ("X-Api-Key", "s3cr3t"))
    error = errors.VendorFailed("the vendor answered 500", response=Response(500, "", headers))
    assert "s3cr3t" not in str(error.headers)
    assert dict(error.headers)["Retry-After"] == "7"
    assert (error.cause, errors.ApiError("x").headers) == (None, ())
