"""Rate limits as facts."""

from __future__ import annotations

from habits import HOST, NOW_S, conduct, origin, told
from tapehiss.contracts import limit_facts
from tapehiss.contracts.behaviour import facts as all_facts
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn


def facts(exchanges):
    return [(fact.id, fact.operation, fact) for fact in limit_facts.facts(origin(exchanges))]


def quota(limit, remaining="1", **more):
    return {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": remaining, **more}


def test_one_quota_of_a_vendor_is_told_once():
    """A limit that all operations share is a fact of the origin, with its headers and its support."""
    [(name, line, fact)] = facts([told(headers=quota(60)), told("/v1/others", headers=quota(60)), told("/v1/health")])
    assert (name, line, fact["origin"], fact["limit"], fact.seen, fact.of) == ("limits-quota", "", HOST, 60, 2, 3)
    assert fact["limit_header"] == "x-ratelimit-limit"
    assert fact["window_s"] is None


def test_quotas_by_operation_are_told_apart():
    """Where each operation has a number of its own, each is told with it."""
    known = facts([told("/v1/others", headers=quota(900)), told(headers=quota(15))])
    assert [(line, fact["limit"], fact["by_operation"]) for _, line, fact in known] == [
        ("", None, True),
        (f"GET {HOST}/v1/others", 900, None),
        (f"GET {HOST}/v1/things", 15, None),
    ]


def test_several_plans_are_a_list():
    """The same operation under several limits: accounts differ, and all numbers are told."""
    [(_, _, fact)] = facts([told(headers=quota(10)), told(headers=quota(30))])
    assert fact["limits"] == ("10", "30")


def test_an_observed_window_is_not_a_stated_one():
    """A window that a header states is stated; one that only the waits show is observed."""
    stated = facts([told(headers=quota(60, **{"X-RateLimit-Period": "10"}))])[0][2]
    several = [
        told(headers=quota(60, **{"X-RateLimit-Reset": f"{NOW_S + 900 * each + 880:.0f}"}), at_s=NOW_S + 900 * each)
        for each in range(5)
    ]
    observed = facts(several)[0][2]
    assert (stated["window_s"], stated["window_basis"]) == (10, "stated")
    assert (observed["window_s"], observed["window_basis"], observed["reset_form"]) == (
        900,
        "observed",
        "epoch-seconds",
    )


def test_what_a_429_looks_like():
    """Its Retry-After, whether the quota's headers are there, and what its body says every time."""
    refusal = {"errors": [{"code": "throttled", "detail": "wait", "hint": "x"}], "retry_after_ms": 900}
    exchanges = [
        told(headers=quota(60)),
        told(status=429, headers={"Retry-After": "7"}, body=refusal),
        told(status=429, headers={"Retry-After": "60"}, body=refusal),
    ]
    [fact] = [fact for fact in all_facts(catalogue(learn(exchanges))) if fact.id == "limits-turned-away"]
    assert (fact["status"], fact["retry_after_form"], fact["retry_after_always"]) == (429, ("seconds",), True)
    assert (fact["wait_min_s"], fact["wait_max_s"], fact["quota_headers"]) == (7, 60, "absent")
    assert fact["body"] == ("/errors/~*/code=throttled", "/errors/~*/detail=wait")
    assert fact["wait_field"] == "/retry_after_ms"
    assert (fact.seen, fact.of) == (2, 3)


def test_a_wait_that_turns_nobody_away_is_told_apart():
    """``Retry-After`` on a redirect, or on a 202, is no limit."""
    [(name, _, fact)] = facts([told(status=202, headers={"Retry-After": "5"})])
    assert (name, fact["status"], fact["retry_after_form"]) == ("limits-retry-after", 202, ("seconds",))


def test_limits_in_bodies():
    """A cost that the body tells of, and a refusal that comes as a success, are found by what they say."""
    body = {
        "errors": [{"message": "Throttled"}],
        "extensions": {"cost": {"throttleStatus": {"restoreRate": 50, "currentlyAvailable": 9}}},
    }
    found = {
        (fact.id, fact["field"]) for fact in all_facts(catalogue(learn([told(body=body)]))) if fact.topic == "limits"
    }
    assert found == {
        ("limits-in-success", "/errors/~*/message"),
        ("limits-in-body", "/extensions/cost/throttleStatus/restoreRate"),
        ("limits-in-body", "/extensions/cost/throttleStatus/currentlyAvailable"),
    }


def test_an_origin_knows_as_much_as_its_operations():
    """The sum of the operations' conduct is the conduct of all exchanges."""
    exchanges = [told(headers=quota(60)), told("/v1/others", headers=quota(60))]
    [whole] = origin(exchanges)
    assert {name: sign.count for name, sign in whole.conduct.signs.items()} == {
        name: sign.count for name, sign in conduct(exchanges).signs.items()
    }
