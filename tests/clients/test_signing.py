"""Credentials that are known beforehand."""

from __future__ import annotations

import base64
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowds import Crowd
from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Request, Response, header
from tapehiss.clients import errors
from tapehiss.clients.calling import Settings, calling
from tapehiss.clients.effects import Try
from tapehiss.clients.errors import LoginNeeded
from tapehiss.clients.layers import once
from tapehiss.clients.retry import RetryPolicy
from tapehiss.clients.signing import Keys, api_key, basic, bearer

SECRET = "s3cr3t-" + "value"


def sent(auth, accepted=lambda _: True, request=None, calls=1):
    """The requests that arrive, and the callers, when a vendor accepts some of them."""
    crowd = Crowd(lambda request, _: (Response(200 if accepted(request) else 401), 0.0))
    for number in range(calls):
        crowd.start(
            float(number),
            lambda now: calling(
                request or Request("GET", "https://h/x"), Settings(auth=auth), {}, now=now, dice=Random(1)
            ),
        )
    crowd.run()
    return [request for _, request in crowd.sent], crowd.callers


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        (bearer(SECRET), "authorization", f"Bearer {SECRET}"),
        (api_key(SECRET), "x-api-key", SECRET),
        (
            api_key(SECRET, name="Authorization", prefix="Klaviyo-API-Key "),
            "authorization",
            f"Klaviyo-API-Key {SECRET}",
        ),
        (basic("ada", SECRET), "authorization", "Basic " + base64.b64encode(f"ada:{SECRET}".encode()).decode()),
    ],
)
def test_each_scheme(auth, name, value):
    """The credential is on the wire, and not in the answer."""
    (request,), (caller,) = sent(auth)
    assert header(request.headers, name) == value
    assert SECRET not in f"{caller.result!r}{caller.result.request}{auth!r}"


def test_a_key_in_the_query():
    """A key as a query parameter, escaped, beside those that are there."""
    (request,), _ = sent(api_key("a b&c", name="key", query=True), request=Request("GET", "https://h/x?y=1"))
    assert request.url == "https://h/x?y=1&key=a%20b%26c"


def test_what_the_caller_says_goes_first():
    """A credential that a caller puts on a request is left alone."""
    mine = Request("GET", "https://h/x", (("authorization", "mine"),))
    (request,), _ = sent(bearer(SECRET), request=mine)
    assert [value for name, value in request.headers if name.lower() == "authorization"] == ["mine"]


def test_a_secret_can_change_while_calls_run():
    """A secret that is got anew is asked for at every attempt."""
    names = iter("ab")
    requests, _ = sent(bearer(lambda: next(names)), calls=2)
    assert [header(each.headers, "authorization") for each in requests] == ["Bearer a", "Bearer b"]


@given(st.integers(1, 4), st.data())
def test_rotation_without_downtime(count, data):
    """Whichever of the keys the vendor accepts, every call is answered; after the first, without a detour."""
    good = data.draw(st.integers(0, count - 1))
    ring = api_key(*(f"k{number}" for number in range(count)))
    policy = RetryPolicy(attempts_max=count)
    crowd = Crowd(
        lambda request, _: (Response(200 if header(request.headers, "x-api-key") == f"k{good}" else 401), 0.0)
    )
    for number in range(3):
        crowd.start(
            float(number),
            lambda now: calling(
                Request("POST", "https://h/x"), Settings(auth=ring, policy=policy), {}, now=now, dice=Random(1)
            ),
        )
    crowd.run()
    assert [caller.error for caller in crowd.callers] == [None] * 3
    assert len(crowd.sent) == good + 3


def test_no_key_is_tried_twice():
    """When none is accepted, each was tried once, and the error is typed (A6)."""
    requests, (caller,) = sent(api_key("a", "b"), accepted=lambda _: False)
    assert [header(each.headers, "x-api-key") for each in requests] == ["a", "b"]
    assert isinstance(caller.error, errors.Unauthorized)


def test_what_cannot_be_meant_is_refused():
    """No secret, an empty one, a user name that Basic cannot carry."""
    for make in (lambda: Keys(()), lambda: bearer(""), lambda: basic("a:b", "c")):
        with pytest.raises(Misuse):
            make()


def gone():
    """A vault that is down."""
    raise OSError("open-" + "sesame")


@pytest.mark.parametrize("read", [gone, lambda: None, lambda: ""])
def test_a_secret_that_cannot_be_read_is_an_error_of_the_call(read):
    """Whatever goes wrong where secrets are kept, an error of ours leaves, without its words; nothing is sent (E1, L1)."""
    layer = bearer(read).over(once)
    with pytest.raises(LoginNeeded) as caught:
        next(layer(Try(Request("GET", "https://h/"), 0.0, 9.0, 9.0)))
    assert "sesame" not in f"{caught.value}{caught.value!r}"
    assert caught.value.__cause__ is None


def test_a_list_of_secrets_is_no_secret():
    """``api_key(["new", "old"])`` would send the list as text."""
    with pytest.raises(Misuse):
        api_key(["new", "old"])
