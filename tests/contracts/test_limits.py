"""What one answer shows of limits."""

from __future__ import annotations

import pytest

from habits import NOW_S, told
from tapehiss.contracts.limits import now_of, signs, windows
from tapehiss.contracts.quotas import quotas_of


def shown(exchange):
    response = exchange.response
    quotas = quotas_of(response.headers)
    return list(signs(response, response.headers, NOW_S, quotas)), dict(windows(NOW_S, quotas))


def test_a_quota_is_told_with_its_headers():
    """The headers of a quota, its limit, the form of its reset, and the window that it speaks of."""
    headers = {"RateLimit-Limit": "100", "RateLimit-Remaining": "90", "RateLimit-Reset": "30"}
    found, seen = shown(told(headers=headers))
    assert found == [
        "quota ratelimit limit=ratelimit-limit remaining=ratelimit-remaining reset=ratelimit-reset",
        "limit ratelimit 100 -",
        "reset ratelimit seconds",
        "filling ratelimit 41 3",
    ]
    [(name, window)] = seen.items()
    assert name == f"ratelimit 100 {NOW_S + 30:.0f}"
    assert (window.count, window.first_s, window.least, window.most) == (1, NOW_S, 90, 90)


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        (429, {"Retry-After": "7"}, {}, ["limited 429 seconds no-quota", "wait 429 seconds whole 7"]),
        (429, {"Retry-After": "2.0"}, {}, ["limited 429 seconds no-quota", "wait 429 seconds decimal 2"]),
        (429, {}, {}, ["limited 429 - no-quota"]),
        (403, {}, {"message": "You have exceeded a secondary rate limit."}, ["limited 403 - no-quota"]),
        (403, {}, {"message": "not yours"}, []),
        (503, {"Retry-After": "Mon, 21 Sep 2026 14:14:20 GMT"}, {}, ["limited 503 http-date no-quota", "wait 503 http-date whole 60"]),
        (529, {}, {"type": "overloaded_error"}, ["limited 529 - no-quota"]),
        (500, {}, {"message": "rate limit"}, []),
        (301, {"Retry-After": "5"}, None, ["retry-after 301 seconds"]),
    ],
)  # fmt: skip
def test_being_turned_away_has_many_faces(status, headers, body, expected):
    """429 always; 403, 503 and their like where the answer says how long to wait, or says it in words."""
    assert shown(told(status=status, headers=headers, body=body))[0] == expected


def test_nothing_remains():
    """A 403 whose quota is spent turns away, whatever it says."""
    headers = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0"}
    assert "limited 403 - spent" in shown(told(status=403, headers=headers))[0]
    assert "limited 429 - quota" in shown(told(status=429, headers={**headers, "X-RateLimit-Remaining": "3"}))[0]


def test_the_vendors_clock_goes_before_the_recorders():
    """``Date`` tells when an answer was made; without one the recorder does; without both nobody."""
    assert now_of((("Date", "Mon, 21 Sep 2026 14:14:20 GMT"),), 5.0) == NOW_S + 60
    assert now_of((("Date", "yesterday"),), 5.0) == 5.0
    assert now_of((), 0.0) is None
