"""A miss says what comes nearest and what differs."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlencode

from hypothesis import given, settings
from hypothesis import strategies as st
from shop import HOST, SHOP, get, post

from strategies import exchanges, requests
from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.mocks.index import index_of
from tapehiss.mocks.matcher_file import parse_matchers
from tapehiss.mocks.matchers import Matcher, Matchers
from tapehiss.mocks.nearest import NEAREST_MAX, SHOWN_MAX, Difference, miss, nearest
from tapehiss.mocks.outcome import Rung

INDEX = index_of(SHOP)


@given(requests(), st.lists(exchanges(), max_size=4))
@settings(max_examples=60)
def test_any_miss_is_a_problem_document(request, recorded):
    """Whatever was asked of whatever tapes, the answer is RFC 9457 with at most three recordings."""
    response = miss(request, index_of(recorded))
    document = json.loads(response.body)
    assert (response.status, document["status"]) == (404, 404)
    assert len(document["nearest"]) <= NEAREST_MAX


def test_the_nearest_recording_comes_first():
    """One segment, the method, one parameter: each is named as what differs."""
    near = nearest(Request("GET", HOST + "/v1/orders?limit=2&page=2"), INDEX)
    assert near[0].recording == 2
    assert near[0].differs == (Difference("query.page", "2", "1"),)
    near = nearest(Request("PUT", HOST + "/v1/orders/1"), INDEX)
    assert near[0].differs == (Difference("method", "PUT", "GET"),)
    near = nearest(Request("GET", HOST + "/v1/orders/2"), INDEX)
    assert near[0].differs == (Difference("path", "/v1/orders/2", "/v1/orders/1"),)


def test_each_method_and_url_is_told_once():
    """A thousand recordings of one request are one neighbour."""
    near = nearest(Request("GET", HOST + "/v1/ordres"), index_of([*SHOP, *SHOP]))
    assert len({(each.method, each.url) for each in near}) == NEAREST_MAX


def test_bodies_are_compared_field_by_field():
    """Where the place is the same the body's fields are named; a long value is shortened."""
    long = "x" * 500
    near = nearest(
        Request("PUT", HOST + "/a", (), json.dumps({"n": [2], "long": long}).encode()),
        index_of([post("/a", b'{"n": 1}')]),
    )
    assert near[0].differs[1:] == (
        Difference("body.long", long[: SHOWN_MAX - 1] + "…", None),
        Difference("body.n", "[2]", "1"),
    )


def test_credentials_are_not_shown():
    """A secret in the query is neither compared nor repeated, and no recorded query is shown."""
    body = miss(Request("GET", HOST + "/v1/a?api_key=hush"), index_of([get("/v1/b?api_key=lull")])).body
    assert b"hush" not in body
    assert b"lull" not in body


def test_the_advice_names_the_place():
    """The detail is one sentence a person can act on, with or without neighbours."""
    detail = json.loads(miss(Request("GET", HOST + "/v1/x"), index_of([])).body)["detail"]
    assert detail == "GET /v1/x: the tapes are empty"
    detail = json.loads(miss(Request("GET", HOST + "/v1/orders/1"), index_of(SHOP[:1])).body)["detail"]
    assert (
        detail
        == f"GET /v1/orders/1: the nearest recording is GET {HOST}/v1/orders/1; what differs: nothing but headers"
        "; in a file for --matchers this would match it: - {on: GET /v1/orders/1}"
    )


PLACES = st.sampled_from(["/v1/a", "/v1/a/1", "/v1/b/2", "/v1/*", "/v1/a%20b"])
HOSTS = st.sampled_from(["https://a.example", "https://b.example", "http://127.0.0.1:8000"])
NAMES = st.sampled_from(["page", "q", "filter[a]", "api_key", "ts"])
TOLD = st.dictionaries(NAMES, st.sampled_from(["1", "2", "x y"]), max_size=2)
HEADERS = st.lists(
    st.tuples(st.sampled_from(["X-Amz-Target", "SOAPAction", "Range", "X-Api-Version"]), st.sampled_from(["1", "2"])),
    max_size=2,
)
BODIES = st.sampled_from(
    [b"", b'{"query": "{a}", "operationName": "A"}', b'{"query": "{b}", "operationName": "B"}', b'{"n": 1}']
)


def asked() -> st.SearchStrategy[Request]:
    """Requests of few places, which hardly differ from each other."""
    return st.builds(
        lambda method, host, path, query, headers, body: Request(
            method, f"{host}{path}{'?' if query else ''}{urlencode(query)}", (("Content-Type", "application/json"), *headers), body
        ),
        st.sampled_from(["GET", "POST", "DELETE"]),
        HOSTS, PLACES, TOLD, HEADERS, BODIES,
    )  # fmt: skip


def rules() -> st.SearchStrategy[Matchers]:
    """What somebody may have in the file already."""
    names = st.frozensets(NAMES, max_size=1)
    headers = st.frozensets(st.sampled_from(["x-api-version", "range"]), max_size=1)
    on = st.sampled_from(["GET /v1/*", "* /v1/a", "*", "/v1/b/*"])
    like = st.sampled_from(["", "", "GET /v1/a", "POST https://b.example/v1/b/2"])
    matcher = st.builds(Matcher, on, like, names, names, headers, headers)
    return st.lists(matcher, max_size=3).map(lambda each: Matchers(tuple(each)))


@given(asked(), st.lists(asked(), min_size=1, max_size=4), st.sampled_from([200, 304]), rules())
@settings(max_examples=200, deadline=None)
def test_the_suggested_rule_matches(request, recorded, status, known):
    """Whatever differs, and whatever rules there are: each suggested line, put at the end of the file, makes the request match."""
    session = [Exchange(each, Response(status)) for each in recorded]
    index = index_of(session, known)
    if index.find(request).rung is not Rung.MISS:
        return
    for near in nearest(request, index):
        assert near.rule
        line = parse_matchers(near.rule.encode(), "m.yaml").rules
        found = index_of(session, Matchers((*known.rules, *line))).find(request)
        assert found.rung is not Rung.MISS
        assert len(recorded) > 1 or found.group.numbers == [0]


@given(requests(), st.lists(exchanges(), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_rule_that_cannot_be_written_is_not_suggested(request, recorded):
    """Requests that no file can name get none; any line that is suggested can be read."""
    for near in nearest(request, index_of(recorded)):
        assert not near.rule or parse_matchers(near.rule.encode(), "m.yaml").rules


def test_a_host_and_a_required_header_are_criteria():
    """With several vendors on the tapes the host is one; a required header is named without a credential's value."""
    one, other = get("/v1/a"), get("/v1/b")
    other = replace(other, request=replace(other.request, url="https://b.example/v1/b"))
    near = nearest(Request("GET", "https://b.example/v1/a"), index_of([one, other]))
    assert Difference("host", "b.example", HOST.rpartition("/")[2]) in [each for way in near for each in way.differs]
    required = Matchers((Matcher("*", required=frozenset({"authorization", "x-v"})),))
    ours = Request("GET", HOST + "/v1/a", (("Authorization", "Bearer hush"), ("X-V", "2")))
    near = nearest(ours, index_of([one], required))
    assert set(near[0].differs) == {
        Difference("header.authorization", "(given)", None),
        Difference("header.x-v", "2", None),
    }
