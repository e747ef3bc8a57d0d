"""Every vendor's limits, as its profile has them: the obedient are served, and each vendor's trap is where it is in the wild."""

from __future__ import annotations

import json
from dataclasses import replace
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Exchange, Request, Response, Timings, header
from tapehiss.mocks.profile import profile, profile_names
from tapehiss.mocks.vendor import State, Vendor

NOW_S = 1_790_000_000.4
PLANS = [
    f"{name}:{plan}" if plan else name
    for name in profile_names()
    for plan in [each for each, _ in profile(name).plans] or [""]
]
PATHS = ("GET /v1/things", "POST /v1/things", "POST /admin/api/2026-10/graphql.json", "GET /rate_limit")


def vendor(
    name: str, *, path: str = "/v1/things", method: str = "GET", body: bytes = b"{}", took_s: float = 0.0, **more
):
    """A vendor of one recording under a profile's limits."""
    request = Request(method, f"https://api.example{path}")
    recorded = Exchange(
        request,
        Response(200, "OK", (("Content-Type", "application/json"),), body),
        timings=Timings(first_byte_s=took_s),
    )
    return replace(Vendor.of([recorded]), limits=profile(name).limits, unix_s=NOW_S, **more), request


def asked(name: str, times: int, *, at_s: float = 0.0, **kind):
    """The outcomes of so many equal requests at one moment, and the state after them."""
    played, request = vendor(name, **kind)
    state, outcomes = State(), []
    for _ in range(times):
        state, outcome, _ = played.answer(state, request, at_s)
        outcomes.append(outcome)
    return outcomes, state, played, request


def told(outcome, name: str) -> str | None:
    """A header of an answer, recorded or of a counter."""
    return header((*outcome.response.headers, *outcome.told), name)


def wait_of(outcome, wait_s: float) -> float:
    """How long an obedient client waits: as Retry-After says in seconds or as a date, else as long as it takes."""
    text = told(outcome, "retry-after")
    if text is None:
        return wait_s
    try:
        return float(text)
    except ValueError:
        date = parsedate_to_datetime(told(outcome, "date"))
        return (parsedate_to_datetime(text) - date).total_seconds()


@pytest.mark.parametrize("name", PLANS)
@settings(max_examples=12)
@given(st.lists(st.tuples(st.floats(0, 3), st.sampled_from(PATHS), st.integers(1, 30)), min_size=1, max_size=6))
def test_an_obedient_client_is_never_turned_away_twice(name, calls):
    """After any burst: whoever waits exactly as Retry-After says is served, in every profile and plan."""
    limits = profile(name).limits
    recorded = [Exchange(Request(*each.split(" ")), Response(200, "OK", (), b"{}")) for each in PATHS]
    played = replace(Vendor.of(recorded), limits=limits, unix_s=NOW_S)
    state, now_s = State(), 0.0
    for pause_s, operation, times in calls:
        now_s += pause_s
        request = Request(*operation.split(" "))
        for _ in range(times):
            state, outcome, _ = played.answer(state, request, now_s)
            if outcome.limit:
                now_s += wait_of(outcome, 90_000.0)
                state, outcome, _ = played.answer(state, request, now_s)
                assert outcome.limit == ""


@pytest.mark.parametrize("http_date", [False, True])
@given(st.floats(0, 0.999), st.integers(1, 40))
@settings(max_examples=30)
def test_both_forms_of_retry_after_are_enough(http_date, at_s, times):
    """Seconds, and a date measured against the answer's own Date, from any moment within a second."""
    limits = profile("klaviyo:XS").limits
    form = "{retry_after:http_date}" if http_date else "{retry_after:delta_s}"
    limits = replace(limits, refusal=replace(limits.refusal, headers=(("Retry-After", form),)))
    played, request = vendor("klaviyo")
    played, state = replace(played, limits=limits), State()
    for _ in range(times):
        state, outcome, _ = played.answer(state, request, at_s)
    if outcome.limit:
        _, after, _ = played.answer(state, request, at_s + wait_of(outcome, 0.0))
        assert after.limit == ""


def test_klaviyos_headers_vanish_on_429_and_the_burst_window_shows_nowhere():
    """A client that reads RateLimit-Remaining on 429 gets nothing; before it, fourteen seem to remain."""
    (first, second), *_ = asked("klaviyo:XS", 2)
    assert (first.limit, told(first, "ratelimit-limit"), told(first, "ratelimit-remaining")) == ("", "15", "14")
    assert (second.response.status, second.limit, told(second, "ratelimit-remaining")) == (429, "burst", None)
    assert told(second, "retry-after") == "1"


def test_stripes_limiter_says_which_one_it_was_and_nothing_about_when():
    """The reason in a header, no Retry-After, and a body that SDKs know."""
    outcomes, *_ = asked("stripe", 26)
    assert (outcomes[24].limit, outcomes[25].limit) == ("", "endpoint")
    assert told(outcomes[25], "stripe-rate-limited-reason") == "endpoint-rate"
    assert told(outcomes[25], "retry-after") is None
    assert json.loads(outcomes[25].response.body)["error"]["code"] == "rate_limit"


def test_stripe_counts_updates_of_one_payment_intent():
    """A thousand an hour for each, spread so that no other limit is met; another one is not touched."""
    played, request = vendor("stripe", method="POST", path="/v1/payment_intents/pi_1")
    state = State()
    for number in range(1001):
        state, outcome, _ = played.answer(state, request, number * 0.1)
    assert (outcome.limit, told(outcome, "stripe-rate-limited-reason")) == (
        "payment-intent-updates",
        "resource-specific",
    )
    _, other, _ = played.answer(state, replace(request, url=request.url[:-1] + "2"), 100.2)
    assert other.limit == ""


def test_githubs_primary_limit_is_a_403_without_retry_after():
    """Remaining 0 and an instant in epoch seconds; the secondary limit fires with plenty remaining, and has Retry-After."""
    outcomes, *_ = asked("github:anonymous", 61)
    assert (outcomes[60].response.status, told(outcomes[60], "x-ratelimit-remaining")) == (403, "0")
    assert told(outcomes[60], "retry-after") is None
    assert int(told(outcomes[60], "x-ratelimit-reset")) - NOW_S == pytest.approx(3600, abs=1)
    writes, *_ = asked("github:user", 90, method="POST")
    assert (writes[-1].limit, told(writes[-1], "x-ratelimit-remaining")) == ("content", "4920")
    assert told(writes[-1], "retry-after") is not None


def test_github_lets_one_look_at_the_limit_for_free():
    """GET /rate_limit does not count against the primary limit."""
    outcomes, *_ = asked("github:anonymous", 61, path="/rate_limit")
    assert outcomes[-1].limit == ""


def test_shopifys_throttled_query_is_a_200():
    """The error stands in the body; a client that looks at statuses never sees it. What was asked for and not used comes back."""
    cost = b'{"data":{},"extensions":{"cost":{"requestedQueryCost":900,"actualQueryCost":400,"throttleStatus":{"maximumAvailable":1,"currentlyAvailable":1,"restoreRate":1}}}}'
    outcomes, *_ = asked("shopify", 6, method="POST", path="/admin/api/2026-10/graphql.json", body=cost)
    available = [
        json.loads(each.response.body)["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"]
        for each in outcomes
    ]
    assert available == [1600, 1200, 800, 800, 800, 800]
    assert [each.limit for each in outcomes] == ["", "", "", "graphql", "graphql", "graphql"]
    assert outcomes[3].response.status == 200
    assert json.loads(outcomes[3].response.body)["errors"][0]["message"] == "Throttled"


def test_shopifys_rest_bucket_shows_itself_as_a_fraction():
    """n/40, and a Retry-After with a decimal."""
    outcomes, *_ = asked("shopify", 41)
    assert told(outcomes[0], "x-shopify-shop-api-call-limit") == "1/40"
    assert (told(outcomes[40], "retry-after"), outcomes[40].response.status) == ("0.5", 429)


def test_hubspots_day_ends_at_midnight_where_the_account_is():
    """And an OAuth app is told nothing about the day."""
    outcomes, *_ = asked("hubspot", 101)
    assert json.loads(outcomes[100].response.body)["policyName"] == "TEN_SECONDLY_ROLLING"
    assert told(outcomes[0], "x-hubspot-ratelimit-daily-remaining") == "249999"
    (oauth,), *_ = asked("hubspot-oauth", 1)
    assert told(oauth, "x-hubspot-ratelimit-daily") is None
    assert told(oauth, "x-hubspot-ratelimit-remaining") == "99"


def test_twilio_limits_what_runs_at_the_same_time():
    """Any number of calls one after the other; the hundred-and-first at the same time is turned away with code 20429."""
    outcomes, *_ = asked("twilio", 300)
    assert outcomes[-1].limit == ""
    outcomes, *_ = asked("twilio", 101, took_s=2.0, latency=1.0)
    assert (outcomes[99].limit, json.loads(outcomes[100].response.body)["code"]) == ("", 20429)


def test_sendgrid_tells_the_same_headers_on_200_and_429():
    """With the instant of the reset, and no Retry-After."""
    outcomes, *_ = asked("sendgrid", 601)
    assert told(outcomes[0], "x-ratelimit-remaining") == "599"
    assert (told(outcomes[600], "x-ratelimit-remaining"), told(outcomes[600], "retry-after")) == ("0", None)
    assert float(told(outcomes[600], "x-ratelimit-reset")) >= NOW_S


def test_salesforce_counts_only_long_calls_as_concurrent():
    """Calls of a second never meet the limit; of thirty seconds five do (a developer's edition), once they have run for twenty."""
    outcomes, *_ = asked("salesforce:developer", 50, took_s=1.0, latency=1.0)
    assert outcomes[-1].limit == ""
    outcomes, state, played, request = asked("salesforce:developer", 8, took_s=30.0, latency=1.0)
    assert outcomes[-1].limit == ""
    _, late, _ = played.answer(state, request, 21.0)
    assert (late.response.status, b"REQUEST_LIMIT_EXCEEDED" in late.response.body) == (403, True)
    assert told(outcomes[0], "sforce-limit-info") == "api-usage=1/15000"


def test_the_selling_partner_api_tells_a_rate_and_not_what_remains():
    """A client that takes the header for a remaining number is wrong."""
    outcomes, *_ = asked("amazon-sp-api", 11)
    assert {told(each, "x-amzn-ratelimit-limit") for each in outcomes[:10]} == {"1"}
    assert json.loads(outcomes[10].response.body)["errors"][0]["code"] == "QuotaExceeded"


def test_google_ads_tells_the_delay_in_the_body():
    """No header says anything."""
    outcomes, *_ = asked("google-ads", 51)
    assert told(outcomes[50], "retry-after") is None
    error = json.loads(outcomes[50].response.body)["error"]
    assert error["status"] == "RESOURCE_EXHAUSTED"
    assert error["details"][0]["errors"][0]["details"]["quotaErrorDetails"]["retryDelay"] == "1s"


def test_openais_resets_are_go_durations():
    """Tokens cost what the recorded answer says."""
    (outcome,), *_ = asked("openai", 1, method="POST", body=b'{"usage":{"prompt_tokens":100,"total_tokens":300}}')
    assert told(outcome, "x-ratelimit-reset-requests") == "120ms"
    assert (told(outcome, "x-ratelimit-remaining-tokens"), told(outcome, "x-ratelimit-reset-tokens")) == (
        "29700",
        "600ms",
    )


def test_anthropics_resets_are_instants():
    """RFC 3339, for each of its buckets."""
    outcomes, *_ = asked("anthropic", 51)
    assert told(outcomes[0], "anthropic-ratelimit-requests-reset") == "2026-09-21T14:13:22Z"
    assert json.loads(outcomes[50].response.body)["error"]["type"] == "rate_limit_error"
    assert told(outcomes[50], "retry-after") == "2"


def test_slack_counts_each_method_apart():
    """And a message a second, with a little burst."""
    outcomes, *_ = asked("slack:other", 2, path="/api/conversations.history")
    assert (outcomes[0].limit, outcomes[1].limit) == ("", "history")
    outcomes, *_ = asked("slack:other", 5, method="POST", path="/api/chat.postMessage")
    assert [each.limit for each in outcomes] == ["", "", "", "", "post"]


def test_the_ietf_fields_name_both_policies_and_retry_after_is_not_earlier():
    """Structured fields with strings; the problem says which policy was violated."""
    outcomes, *_ = asked("ietf", 101)
    assert told(outcomes[0], "ratelimit-policy") == '"burst";q=100;w=60,"daily";q=1000;w=86400'
    assert told(outcomes[0], "ratelimit").startswith('"burst";r=99;t=')
    assert json.loads(outcomes[100].response.body)["violated-policies"] == ["burst"]
