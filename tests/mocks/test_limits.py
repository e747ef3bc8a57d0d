"""A vendor's limits: several counters at once."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Request, Response, header
from tapehiss.mocks.limits import (
    Asked,
    Cost,
    Limit,
    Limits,
    Refusal,
    admitted_headers,
    asked_of,
    json_of,
    number_at,
    refusal_of,
    weigh,
    with_fields,
)
from tapehiss.mocks.memory import Memory
from tapehiss.mocks.windows import Bucket, Concurrent, Fixed, Rolling

NOW_S = 1_790_000_000.25
ASKED = Asked("GET", "/v1/things", "a", "GET /v1/things")
LIMITS = st.lists(
    st.builds(
        Limit,
        st.sampled_from(["one", "two", "three"]),
        st.builds(Fixed, st.sampled_from([1.0, 3.0]), st.sampled_from([1.0, 60.0]))
        | st.builds(Bucket, st.sampled_from([2.0, 5.0]), st.sampled_from([0.5, 2.0]))
        | st.builds(Rolling, st.just(4.0), st.just(10.0))
        | st.builds(Concurrent, st.just(2.0)),
        st.sampled_from([(), ("account",), ("account", "endpoint"), ("path",)]),
        cost=st.builds(Cost, st.sampled_from([1.0, 2.0])),
    ),
    max_size=3,
    unique_by=lambda each: each.name,
).map(lambda found: Limits(tuple(found)))


@given(LIMITS, st.lists(st.tuples(st.floats(0, 20), st.floats(0, 3), st.sampled_from("ab")), max_size=30))
def test_who_waits_as_told_is_admitted_by_all(limits, calls):
    """The longest wait of all counters is asked for; after it none of them refuses."""
    counters, now_s = Memory(), NOW_S
    for pause_s, busy_s, account in calls:
        now_s += pause_s
        asked = ASKED._replace(account=account)
        after, weighed = weigh(limits, counters, asked, now_s, busy_s=busy_s)
        if weighed.refused is None:
            counters = after
            continue
        assert after == counters
        again, second = weigh(limits, counters, asked, now_s + weighed.wait_s, busy_s=busy_s)
        assert second.refused is None
        now_s, counters = now_s + weighed.wait_s, again


def test_counters_are_apart_for_accounts_endpoints_and_objects():
    """One account's calls never count for another's, nor one endpoint's for another's where the vendor counts so."""
    limits = Limits((Limit("each", Fixed(1.0, 60.0), ("account", "endpoint")),))
    counters, first = weigh(limits, Memory(), ASKED, NOW_S)
    assert first.refused is None
    assert weigh(limits, counters, ASKED, NOW_S)[1].refused == limits.limits[0]
    assert weigh(limits, counters, ASKED._replace(account="b"), NOW_S)[1].refused is None
    assert weigh(limits, counters, ASKED._replace(endpoint="GET /v1/others"), NOW_S)[1].refused is None


def test_an_operation_that_is_free_is_not_counted():
    """GET /rate_limit on GitHub; and what is not meant by ``on``."""
    limits = Limits((Limit("one", Fixed(1.0, 60.0), on=("GET /v1/*",), free=("GET /v1/free",)),))
    for path in ("/v1/free", "/v2/x"):
        counters, weighed = weigh(limits, Memory(), ASKED._replace(path=path), NOW_S)
        assert (counters, weighed.plan.counted) == (Memory(), ())


def test_who_is_asking_is_a_digest_of_the_credential():
    """The first header that is there counts; nobody's credential is kept; ids fold into their endpoint."""
    limits = Limits(account=("x-api-key", "authorization"))
    request = Request("GET", "https://x/v1/customers/cus_9s6XKzkNRiz8i3?a=1", (("Authorization", "Bearer hush"),))
    asked = asked_of(limits, request)
    assert "hush" not in repr(asked)
    other = Request("GET", "https://x/v1/customers/cus_8s6XKzkNRiz8i4")
    assert asked_of(limits, other).endpoint == asked.endpoint
    assert asked.path == "/v1/customers/cus_9s6XKzkNRiz8i3"
    assert asked_of(limits, Request("GET", "https://x/")).account == ""


def test_a_cost_is_by_method_or_as_the_answer_says():
    """GitHub's writes cost five points; what a query cost stands in Shopify's answer, and in OpenAI's."""
    by_method = Cost(1.0, (("POST", 5.0),))
    assert (by_method.of("POST", None), by_method.of("GET", None)) == ((5.0, 5.0), (1.0, 1.0))
    answer = {"usage": {"asked": 40, "real": 12}}
    assert Cost(1.0, (), "/usage/asked", "/usage/real").of("POST", answer) == (40.0, 12.0)
    assert Cost(7.0, (), "/nowhere", "/nowhere").of("POST", answer) == (7.0, 7.0)


def test_a_request_that_costs_more_than_there_ever_is_costs_all_of_it():
    """Otherwise it could never be admitted, however long somebody waits."""
    limits = Limits((Limit("points", Bucket(10.0, 1.0), cost=Cost(1000.0)),))
    counters, first = weigh(limits, Memory(), ASKED, NOW_S)
    assert (first.refused, first.reading("points").remaining) == (None, 0)
    assert weigh(limits, counters, ASKED, NOW_S)[1].wait_s == pytest.approx(10, abs=1e-3)


def test_a_refusal_tells_the_wait_and_the_time():
    """Its Date is the vendor's clock, so that a date in Retry-After can be measured against it."""
    refusal = Refusal(
        429, (("Retry-After", "{retry_after:http_date}"), ("X", "{other.limit}")), '{"of":"{limit_name}"}'
    )
    limits = Limits((Limit("one", Fixed(1.0, 60.0), refusal=refusal),))
    counters, _ = weigh(limits, Memory(), ASKED, NOW_S)
    response = refusal_of(limits, weigh(limits, counters, ASKED, NOW_S)[1], NOW_S)
    assert (response.status, response.reason, response.body) == (429, "Too Many Requests", b'{"of":"one"}')
    assert [name for name, _ in response.headers] == ["Date", "Retry-After"]
    assert header(response.headers, "date") == "Mon, 21 Sep 2026 14:13:20 GMT"
    assert header(response.headers, "retry-after") == "Mon, 21 Sep 2026 14:14:00 GMT"


def test_a_refusal_that_speaks_of_a_counter_that_was_not_touched_has_no_body():
    """Rather nothing than a number that is not true."""
    limits = Limits(
        (
            Limit("one", Fixed(1.0, 60.0), refusal=Refusal(body="{two.limit}")),
            Limit("two", Fixed(1.0, 1.0), on=("PUT *",)),
        )
    )
    counters, _ = weigh(limits, Memory(), ASKED, NOW_S)
    assert refusal_of(limits, weigh(limits, counters, ASKED, NOW_S)[1], NOW_S).body == b""


def test_an_admitted_answer_tells_the_counters():
    """In headers, and in the body where the vendor does so; of counters that were not touched nothing is said."""
    limits = Limits(
        (Limit("one", Fixed(10.0, 60.0)), Limit("two", Fixed(1.0, 1.0), on=("PUT *",))),
        headers=(("X-Left", "{one.remaining}"), ("X-Two", "{two.limit}")),
        fields=(("/cost/left", "{one.remaining}"), ("/cost/none", "{one.limit}"), ("/list/0", "{one.used}")),
    )
    _, weighed = weigh(limits, Memory(), ASKED, NOW_S)
    assert admitted_headers(weighed) == (("X-Left", "9"),)
    body = b'{"cost":{"left":5,"name":"x"},"list":[0]}'
    told = with_fields(limits, weighed, Response(200, "OK", (), body), NOW_S)
    assert json.loads(told.body) == {"cost": {"left": 9, "name": "x"}, "list": [1]}
    plain = Response(200, "OK", (), b"no JSON")
    assert with_fields(limits, weighed, plain, NOW_S) is plain


@pytest.mark.parametrize(
    ("pointer", "found"), [("/a/1", 2.0), ("/a/9", None), ("/b", None), ("/c", None), ("/a/x", None), ("/d", None)]
)
def test_a_number_is_looked_up_by_pointer(pointer, found):
    """What is not there, no number, true, or below zero is no cost."""
    assert number_at({"a": [1, 2], "b": "text", "c": True, "d": -1}, pointer) == found


@pytest.mark.parametrize("body", [b"", b"text", b"{broken", b"[" * 100_000])
def test_what_is_no_json_tells_nothing(body):
    """Nor fails."""
    assert json_of(body) is None
