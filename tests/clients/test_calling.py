"""From what a caller says to a request, and from a request to a good answer."""

from __future__ import annotations

import io
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.coding import CODINGS
from tapehiss.cassettes.exchange import Ending, Response, header
from tapehiss.clients import errors
from tapehiss.clients.calling import Settings, calling, request_of
from tapehiss.clients.effects import Failure, Reply
from tapehiss.clients.retry import RetryPolicy

BASE = Settings("https://api.vendor.example/v1", (("Authorization", "Bearer t"),))


def asked(method="GET", path="/things", settings=BASE, **more):
    return request_of(settings, method, path, more, lambda: "made")


@pytest.mark.parametrize(
    ("path", "params", "url"),
    [
        ("/things", {}, "https://api.vendor.example/v1/things"),
        ("things", {}, "https://api.vendor.example/v1/things"),
        ("", {}, "https://api.vendor.example/v1"),
        ("https://API.vendor.example/v2", {}, "https://API.vendor.example/v2"),
        ("/things", {"a": [1, "b c"], "x": True, "y": None}, "https://api.vendor.example/v1/things?a=1&a=b+c&x=true"),
        ("/things?a=1", {"b": 2}, "https://api.vendor.example/v1/things?a=1&b=2"),
        ("/go?to=https://elsewhere", {}, "https://api.vendor.example/v1/go?to=https://elsewhere"),
    ],
)
def test_urls(path, params, url):
    """Paths below the base URL, absolute URLs of the same origin, and parameters as vendors write them."""
    assert url == asked(path=path, params=params).url


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "http://api.vendor.example/", "https://[half"])
def test_credentials_stay_at_home(path):
    """What the client sends by default, credentials among it, goes to no other origin (P5)."""
    with pytest.raises(errors.InvalidRequest):
        asked(path=path)


def test_defaults_and_what_replaces_them():
    """Defaults are sent unless the caller says otherwise, and only codings are accepted that we undo."""
    request = asked(headers={"accept": "application/json", "X-A": "1"})
    names = [name for name, _ in request.headers]
    assert names == ["accept", "X-A", "Authorization", "Accept-Encoding", "User-Agent"]
    assert set((header(request.headers, "accept-encoding") or "").split(", ")) < set(CODINGS)


def test_json_and_bytes():
    """JSON gets its media type, bytes are sent as they are."""
    request = asked("POST", json={"a": [1, None]})
    assert (request.body, header(request.headers, "content-type")) == (b'{"a": [1, null]}', "application/json")
    assert asked("POST", content=bytearray(b"x")).body == b"x"
    assert header(asked("POST", json=1, headers={"Content-Type": "a/b"}).headers, "content-type") == "a/b"


@pytest.mark.parametrize(
    "body",
    [{"json": {1, 2}}, {"json": float("nan")}, {"content": io.BytesIO(b"x")}, {"content": "text"}, {"content": iter([b"x"])},
     {"json": 1, "content": b"x"}],
)  # fmt: skip
def test_what_could_be_sent_once_only_is_refused(body):
    """A file or a generator would be empty at the second attempt; NaN and sets are no JSON; one request has one body (U1)."""
    with pytest.raises(errors.InvalidRequest) as caught:
        asked("POST", **body)
    assert caught.value.remedy


def test_a_key_is_made_once_for_each_write():
    """If the vendor has a header for keys, every write gets one, and questions none; the caller's own is kept."""
    keyed = Settings("https://h", key_header="X-Once")
    assert header(asked("POST", settings=keyed).headers, "x-once") == "made"
    assert header(asked("get", settings=keyed).headers, "x-once") is None
    assert header(asked("POST", settings=keyed, headers={"x-once": "mine"}).headers, "x-once") == "mine"
    assert header(asked("POST", settings=keyed, idempotency_key="mine").headers, "x-once") == "mine"
    assert header(asked("POST", idempotency_key="mine").headers, "idempotency-key") == "mine"
    assert header(asked("POST").headers, "idempotency-key") is None


def test_the_vendors_key_header_makes_a_resend_safe():
    """A write with a key under the vendor's own header is sent again after a reset."""
    settings = Settings("https://h", key_header="X-Once")
    request = asked("POST", settings=settings)
    flow = calling(request, settings, {}, now=0.0, dice=Random(1))
    next(flow)
    flow.send(Reply(Failure(Ending.RESET), 1.0))
    assert flow.send(Reply(None, 2.0)).request == request


@given(
    st.integers(100, 599).filter(lambda status: status not in {408, 421, 425, 429} and status not in range(500, 600))
)
def test_a_status_that_is_no_success_is_an_error(status):
    """An answer of 300 or above raises unless the caller wants to see it: a write that was redirected was not done; 304 is an answer."""
    for check in (True, False):
        flow = calling(asked(), BASE, {"check": check}, now=0.0, dice=Random(1))
        next(flow)
        with pytest.raises((StopIteration, errors.StatusError)) as ended:
            flow.send(Reply(Response(status), 1.0))
        wrong = check and status >= 300 and status != 304
        assert wrong is isinstance(ended.value, errors.StatusError)
        assert isinstance(ended.value, errors.Redirected) is (wrong and status < 400)


def test_a_call_has_its_own_policy():
    """``policy`` in a call holds instead of the client's."""
    flow = calling(asked(), BASE, {"policy": RetryPolicy(attempt_timeout_s=2.0)}, now=0.0, dice=Random(1))
    assert next(flow).timeout_s == 2.0


@pytest.mark.parametrize(
    "more",
    [{"timeout": 5}, {"data": {"amount": 1}}, {"idempotency_key": None}, {"idempotency_key": ""}, {"idempotency_key": 7}],
)  # fmt: skip
def test_words_that_mean_nothing_are_refused(more):
    """A word that a call does not know would be lost in silence, a body among them; a key that is none would make nothing safe."""
    with pytest.raises(errors.InvalidRequest) as caught:
        asked("POST", **more)
    assert (caught.value.where, bool(caught.value.remedy)) == (next(iter(more)), True)


@pytest.mark.parametrize(
    ("deadline_s", "error"),
    [(0, "DeadlineExceeded"), (-1.5, "DeadlineExceeded"), (float("inf"), "InvalidRequest"), (float("nan"), "InvalidRequest")],
)  # fmt: skip
def test_a_deadline_that_is_none(deadline_s, error):
    """What a caller has left may be nothing by now: an error of ours, and nothing is sent (D2, E1)."""
    flow = calling(asked(), BASE, {"deadline_s": deadline_s}, now=0.0, dice=Random(1))
    with pytest.raises(errors.ApiError) as caught:
        next(flow)
    assert type(caught.value).__name__ == error


def test_the_header_for_keys_holds_for_a_policy_of_the_call_too():
    """A write with a key is sent again under the call's own policy; what all calls share is settled once."""
    settings = Settings("https://h", key_header="X-Once")
    request = asked("POST", settings=settings)
    flow = calling(request, settings, {"policy": RetryPolicy(5)}, now=0.0, dice=Random(1))
    next(flow)
    flow.send(Reply(Failure(Ending.RESET), 1.0))
    assert flow.send(Reply(None, 2.0)).request == request
    assert replace(settings, base_url="https://i").policy == settings.policy
