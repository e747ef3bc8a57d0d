"""Limits over the control plane."""

from __future__ import annotations

import pytest
from shop import SHOP
from steering import Control

ORDER = SHOP[0].request


@pytest.fixture
def control():
    return Control()


def test_limits_are_kept_read_and_lifted(control):
    """By name and plan; with where they come from. What does not ship is not read from a disk."""
    told = control("PUT", "/limits", json={"profile": "klaviyo:XS"}).json()
    assert (told["profile"], told["plan"], told["limits"]) == ("klaviyo", "XS", ["burst", "steady"])
    assert "github" in told["available"]
    control.live.answer(ORDER, 10.0)
    assert control.live.answer(ORDER, 10.0)[0].limit == "burst"
    assert control("GET", "/totals").json()["limited"] == {"burst": 1}
    assert control("GET", "/journal").json()[-1]["limit"] == "burst"
    assert control("PUT", "/limits", json={"profile": None}).json()["limits"] == []
    assert control.live.answer(ORDER, 10.0)[0].limit == ""
    assert control("PUT", "/limits", json={"profile": "/etc/passwd.yaml"}).status_code == 404


def test_limits_can_end_by_themselves(control):
    """As schedules do."""
    assert control("PUT", "/limits", json={"profile": "klaviyo:XS", "for_s": 5}).json()["ends_in_s"] == 5.0
    control.now_s = 15.0
    assert control("GET", "/limits").json()["profile"] is None
