"""What changed in how a vendor behaves: each change is found, with the severity that its direction gives it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.conduct import Conduct
from tapehiss.contracts.conduct_changes import origin_changes, paging_changes
from tapehiss.contracts.drift import drift
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.grouping import origins
from traffic import lists

MANY = 60
URL = "https://api.vendor.example/v1/things?limit=2"


def told(*headers, body=(), status=200, method="GET", sent=(), n=0):
    """One exchange with these headers."""
    content = json.dumps({"data": [{"a": 1}, {"a": 2}], **dict(body)}).encode()
    request = Request(method, URL, tuple(sent))
    return Clean(
        Exchange(request, Response(status, "", (("Content-Type", "application/json"), *headers), content), started_at=n)
    )


BEARER = ("Authorization", "Bearer " + "x" * 20)
KEY = ("X-Api-Key", "y" * 20)
LINK = ("Link", '<https://api.vendor.example/v1/things?limit=2&page=2>; rel="next"')


def quota(limit, reset="30"):
    """Rate-limit headers."""
    return ("X-RateLimit-Limit", str(limit)), ("X-RateLimit-Remaining", "5"), ("X-RateLimit-Reset", reset)


def key(write):
    """A request that is sent with an idempotency key, and is told to be a replay or not."""
    marker = (("Idempotent-Replayed", "true"),) if write else ()
    return told(*marker, method="POST", sent=(("Idempotency-Key", "k" * 20),))


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (told(LINK), told(), ("response-pagination-removed", "error", "header:link")),
        (told(body={"next_page_token": "aaaabbbbcc"}.items()), told(), ("response-pagination-removed", "error", "/next_page_token")),
        (told(), told(LINK), ("response-pagination-added", "info", "header:link")),
        (told(sent=[BEARER]), told(sent=[KEY]), ("api-security-changed", "warn", "header:x-api-key:key")),
        (told(*quota(100)), told(), ("response-quota-headers-removed", "warn", "x-ratelimit")),
        (told(*quota(100)), told(*quota(50)), ("api-limit-changed", "warn", "x-ratelimit")),
        (told(*quota(100)), told(*quota(200)), ("api-limit-changed", "info", "x-ratelimit")),
        (told(("ETag", '"a"')), told(), ("response-validator-removed", "info", "etag strong")),
        (key(write=True), key(write=False), ("response-replay-marker-removed", "warn", "idempotent-replayed true")),
        (told(("Retry-After", "3"), status=429), told(status=429), ("api-refusal-changed", "warn", "429")),
    ],
)  # fmt: skip
def test_each_change(old, new, change):
    """One change of behaviour, sixty times: its id, severity and subject are among the findings."""
    found = drift(learn([old] * MANY), learn([new] * MANY)).findings
    ids = {"response-pagination", "api-", "response-quota", "response-validator", "response-replay"}
    assert {(each.id, each.severity.word, each.subject) for each in found if each.id.startswith(tuple(ids))} == {change}


def test_the_end_of_a_quota_told_otherwise():
    """Seconds to wait that become the time of day are an error: clients would wait for years."""
    at = 1_800_000_000
    old = learn([told(*quota(100, "30"), n=at)] * MANY)
    new = learn([told(*quota(100, str(at + 30)), n=at)] * MANY)
    found = drift(old, new).findings
    assert [each.severity.word for each in found if each.id == "api-quota-reset-changed"] == ["error"]


def test_what_both_sides_show_is_no_change():
    """The same behaviour, with or without another refusal beside it, has not changed."""
    shown = [
        told(LINK, *quota(100), ("ETag", '"a"'), sent=[BEARER]),
        key(write=True),
        told(("Retry-After", "3"), status=429),
    ]
    for origin in origins(catalogue(learn(shown)).entries):
        assert not any(question.change for question in origin_changes(origin.conduct, origin.conduct))
        assert not any(question.change for question in paging_changes(origin.conduct, origin.conduct, (2, 2)))


@given(lists())
def test_what_one_side_did_not_show_is_no_change(several):
    """A vendor of which nothing was seen before, or nothing since, has not changed its behaviour."""
    for origin in origins(catalogue(learn(several)).entries):
        assert not any(question.change for question in origin_changes(Conduct(), origin.conduct))
        assert not any(question.change for question in origin_changes(origin.conduct, Conduct()))
        assert not any(question.change for question in paging_changes(origin.conduct, Conduct(), (9, 0)))
