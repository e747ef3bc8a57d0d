"""Rate-limit headers in every dialect that is known."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tapehiss.contracts.quotas import FAMILIES_MAX, quotas_of, role_of

DIALECTS = [
    # limit, remaining, reset, window, by vendor
    ({"RateLimit-Limit": "150, 10;w=1, 150;w=60", "RateLimit-Remaining": "149", "RateLimit-Reset": "37"}, "ratelimit:60", 150, 149, "37", 60),
    ({"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "14", "X-RateLimit-Reset": "1790000600", "X-RateLimit-Resource": "core"}, "x-ratelimit", 5000, 14, "1790000600", None),
    ({"anthropic-ratelimit-tokens-limit": "80000", "anthropic-ratelimit-tokens-remaining": "79000", "anthropic-ratelimit-tokens-reset": "2026-11-21T00:00:00Z"}, "anthropic-ratelimit-tokens", 80000, 79000, "2026-11-21T00:00:00Z", None),
    ({"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59", "x-ratelimit-reset-requests": "1s"}, "x-ratelimit-request", 60, 59, "1s", None),
    ({"X-Shopify-Shop-Api-Call-Limit": "32/40"}, "x-shopify-shop-api-call-limit", 40, 8, "", None),
    ({"Sforce-Limit-Info": "api-usage=18/5000"}, "sforce-limit-info", 5000, 4982, "", None),
    ({"X-HubSpot-RateLimit-Max": "100", "X-HubSpot-RateLimit-Remaining": "98", "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"}, "x-hubspot-ratelimit", 100, 98, "", 10),
    ({"X-HubSpot-RateLimit-Daily": "250000", "X-HubSpot-RateLimit-Daily-Remaining": "249000"}, "x-hubspot-ratelimit-daily", 250000, 249000, "", 86400),
    ({"x-amzn-RateLimit-Limit": "0.5"}, "x-amzn-ratelimit", 0.5, None, "", None),
    ({"X-Rate-Limit-Limit": "50", "X-Rate-Limit-Interval": "1s"}, "x-rate-limit", 50, None, "", 1),
    ({"X-RateLimit-Limit-Minute": "20", "X-RateLimit-Remaining-Minute": "19"}, "x-ratelimit-minute", 20, 19, "", 60),
    ({"RateLimit": '"default";r=50;t=30', "RateLimit-Policy": '"default";q=100;w=60'}, "ratelimit", 100, 50, "30", 60),
    ({"RateLimit": "limit=100, remaining=50, reset=5"}, "ratelimit", 100, 50, "5", None),
    ({"X-Request-Limit": "2500", "X-Request-Remaining": "2498", "X-Request-Reset": "1790000000123"}, "x-request", 2500, 2498, "1790000000123", None),
    ({"requestLimitHeader": "300", "requestsRemainingHeader": "299"}, "requestheader", 300, 299, "", None),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "family", "limit", "remaining", "reset", "window_s"), DIALECTS)
def test_a_dialect_is_understood(headers, family, limit, remaining, reset, window_s):
    """Family, limit, remaining, reset and window are read from the headers that vendors really send."""
    [quota] = [each for each in quotas_of(tuple(headers.items())) if each.family == family]
    assert (quota.limit, quota.remaining, quota.reset, quota.window_s) == (limit, remaining, reset, window_s)


@pytest.mark.parametrize(
    "headers",
    [
        {"Access-Control-Max-Age": "600", "X-Total-Count": "3", "Content-Length": "7", "Retry-After": "5"},
        {"X-Request-Limit": "2500"},
        {"Keep-Alive": "timeout=5, max=100"},
    ],
)
def test_others_are_no_quotas(headers):
    """Headers that only sound like it are left alone, and one without the word ``rate`` is believed only with what remains."""
    assert quotas_of(tuple(headers.items())) == ()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            {"RateLimit-Limit": "150, 10;w=1, 150;w=60", "RateLimit-Remaining": "149"},
            {("ratelimit:60", 150, 149, 60), ("ratelimit:1", 10, None, 1)},
        ),
        (
            {"RateLimit-Limit": "75, 75;w=1, 700;w=60", "RateLimit-Remaining": "74"},
            {("ratelimit:1", 75, 74, 1), ("ratelimit:60", 700, None, 60)},
        ),
        (
            {"RateLimit-Policy": '"burst";q=100;w=60,"daily";q=1000;w=86400', "RateLimit": '"burst";r=50;t=30, "daily";r=7;t=9'},
            {("ratelimit:burst", 100, 50, 60), ("ratelimit:daily", 1000, 7, 86400)},
        ),
    ],
)  # fmt: skip
def test_several_windows_of_one_header_are_all_told(headers, expected):
    """Each window of a policy is a quota of its own, and what remains belongs to the one that it is told of."""
    quotas = quotas_of(tuple(headers.items()))
    assert {(quota.family, quota.limit, quota.remaining, quota.window_s) for quota in quotas} == expected


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["x-ratelimit-limit", "ratelimit", "ratelimit-reset", "x-quota-used", "sforce-limit-info"])
            | st.text(max_size=30),
            st.text(max_size=40),
        ),
        max_size=20,
    )
)
@example([("ratelimit-limit", "9" * 400), ("ratelimit-remaining", "-"), ("ratelimit-reset", "9" * 17)])
def test_nothing_that_is_sent_is_too_odd(headers):
    """Any names and values give quotas or none, never an error, and never more than the bound."""
    quotas = quotas_of(tuple(headers))
    assert len(quotas) <= FAMILIES_MAX


def test_a_name_that_speaks_of_rates_is_sure():
    """Only such a name is taken at its word."""
    sure, unsure = role_of("X-RateLimit-Used"), role_of("X-Request-Remaining")
    assert sure is not None
    assert unsure is not None
    assert (sure.role, sure.sure, unsure.role, unsure.sure) == ("used", True, "remaining", False)
    assert role_of("Content-Type") is None
