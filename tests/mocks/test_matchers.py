"""What is compared, as a user says."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from shop import HOST, SHOP, get, post

from tapehiss.cassettes.exchange import Request
from tapehiss.mocks.index import index_of
from tapehiss.mocks.matchers import NONE, Matcher, Matchers
from tapehiss.mocks.outcome import Rung


def found(request: Request, *rules: Matcher, session=SHOP) -> tuple[Rung, list[int]]:
    """The rung and the recordings to which a request leads."""
    match = index_of(session, Matchers(rules)).find(request)
    return match.rung, match.group.numbers if match.group else []


def names(*told: str) -> frozenset[str]:
    return frozenset(told)


@given(st.sampled_from([each.request for each in SHOP]))
def test_without_rules_nothing_changes(request):
    """No rule, and rules about other operations, leave a request as it is."""
    assert NONE.canonical(request) == (request, ())
    other = Matchers((Matcher("PURGE /else", query=names("*"), required=names("x")),))
    assert other.canonical(request)[0] is request
    assert found(request, *other.rules) == found(request)


def test_parameters_can_be_ignored():
    """Some or all, on both sides, only where the rule says so."""
    session = [get("/v1/list?page=1&ts=17"), get("/v1/list?page=2&ts=18")]
    ask = Request("GET", HOST + "/v1/list?page=2")
    assert found(ask, session=session)[0] is Rung.MISS
    assert found(ask, Matcher("GET /v1/list", query=names("ts")), session=session) == (Rung.NORMALISED, [1])
    assert found(ask, Matcher("GET /v1/*", query=names("*")), session=session) == (Rung.NORMALISED, [0, 1])
    assert found(ask, Matcher("POST /v1/*", query=names("*")), session=session)[0] is Rung.MISS


def test_fields_can_be_ignored():
    """In JSON at any depth and in forms; then such bodies are equal, and not only ignored."""
    json_session = [post("/v1/a", b'{"n": 1, "deep": [{"at": 5}]}')]
    ask = Request("POST", HOST + "/v1/a", (("Content-Type", "application/json"),), b'{"n": 1, "deep": [{"at": 6}]}')
    assert found(ask, session=json_session)[0] is Rung.IGNORING_BODY
    assert found(ask, Matcher("*", body=names("at")), session=json_session)[0] is Rung.NORMALISED
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    canonical = Matchers((Matcher("*", body=names("at")),)).canonical
    assert canonical(Request("POST", HOST, form, b"n=1&at=5"))[0].body == b"n=1"
    assert canonical(Request("POST", HOST, form, b"n=1"))[0].body == b"n=1"
    assert Matchers((Matcher("*", body=names("*")),)).canonical(ask)[0].body == b""
    assert canonical(Request("POST", HOST, (), b"no fields"))[0].body == b"no fields"
    assert json.loads(canonical(ask)[0].body) == {"n": 1, "deep": [{}]}


def test_headers_can_be_required():
    """A required header has to be as recorded; of a credential only that there is one; what is ignored is not required."""
    session = [get("/v1/a"), get("/v1/a")]
    session[0] = session[0].__class__(
        Request("GET", HOST + "/v1/a", (("X-V", "1"), ("Authorization", "Bearer a"))), session[0].response
    )
    rule = Matcher("*", required=names("x-v", "authorization"))
    ask = Request("GET", HOST + "/v1/a", (("x-v", "1"), ("authorization", "Bearer b")))
    assert found(ask, rule, session=session) == (Rung.EXACT, [0])
    assert found(Request("GET", HOST + "/v1/a"), rule, session=session) == (Rung.EXACT, [1])
    assert found(Request("GET", HOST + "/v1/a", (("X-V", "2"),)), rule, session=session)[0] is Rung.MISS
    lifted = Matcher("GET *", headers=names("x-v", "authorization"))
    ask = Request("GET", HOST + "/v1/a", (("X-V", "2"),))
    assert found(ask, rule, lifted, session=session) == (Rung.NORMALISED, [0, 1])


def test_a_request_can_be_looked_up_as_another():
    """Method, path and vendor of the rule, the query of the request; rules about the other place hold then, but nothing leads further."""
    session = [get("/v1/orders/1?full=1")]
    ask = Request("DELETE", HOST + "/v1/orders/7?full=1")
    rule = Matcher("DELETE /v1/orders/*", like="GET /v1/orders/1")
    assert found(ask, rule, session=session) == (Rung.NORMALISED, [0])
    there = Matcher("GET /v1/orders/1", query=names("full"))
    assert found(Request("DELETE", HOST + "/v1/orders/7"), there, rule, session=session) == (Rung.NORMALISED, [0])
    circle = Matchers((Matcher("GET /a", like="GET /b"), Matcher("GET /b", like="GET /a")))
    assert circle.canonical(Request("GET", HOST + "/a"))[0].url == HOST + "/b"
    absolute = Matchers((Matcher("GET /a", like="GET https://b.example/b"),))
    assert absolute.canonical(Request("GET", HOST + "/a?x=1"))[0].url == "https://b.example/b?x=1"
    assert absolute.canonical(Request("GET", "/a"))[0].url == "https://b.example/b"
    assert circle.canonical(Request("GET", "/a"))[0].url == "/b"
