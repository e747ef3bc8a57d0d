"""What was asked, over the control plane."""

from __future__ import annotations

import pytest
from shop import SHOP
from steering import Control

from tapehiss.cassettes.exchange import Request

ORDER = SHOP[0].request


@pytest.fixture
def control():
    return Control()


def test_the_journal_can_be_read_and_filtered(control):
    """By operation and by rung, the last ones, the oldest first."""
    for url in (ORDER.url, ORDER.url, "http://m/none"):
        control.live.answer(Request("GET", url), 11.0)
    assert [entry["path"] for entry in control("GET", "/journal").json()] == ["/v1/orders/1", "/v1/orders/1", "/none"]
    assert [entry["number"] for entry in control("GET", "/journal?limit=1&match=exact").json()] == [1]
    assert control("GET", "/journal?on=POST *").json() == []
    assert control("GET", "/journal?limit=0").status_code == 422
    assert control("GET", "/totals").json()["matches"] == {"exact": 2, "miss": 1}


@pytest.mark.parametrize(
    ("bounds", "right"),
    [
        ({"exactly": 2}, True),
        ({"exactly": 1}, False),
        ({"at_least": 2, "at_most": 2}, True),
        ({"at_least": 3}, False),
        ({"at_most": 1}, False),
        ({"exactly": 0}, False),
        ({}, True),
    ],
)
def test_calls_can_be_verified(control, bounds, right):
    """Exactly, at least, at most so many calls of an operation."""
    for _ in range(2):
        control.live.answer(ORDER, 11.0)
    assert control("POST", "/verify", json={"on": "GET /v1/*", **bounds}).json() == {"ok": right, "count": 2}
