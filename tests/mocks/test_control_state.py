"""What the vendor remembers, over the control plane."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shop import SHOP
from steering import Control

from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.statekeys import state_by
from tapehiss.mocks.vendor import Vendor

ORDER = SHOP[0].request


@pytest.fixture
def control():
    return Control()


def test_a_reset_and_a_look(control):
    """After a reset the tapes begin anew; health says what is served."""
    control.live.answer(ORDER, 11.0)
    control.now_s = 20.0
    assert control("POST", "/reset").json() == {
        "status": "ok",
        "recordings": len(SHOP),
        "hosts": ["api.shop.example"],
        "elapsed_s": 20.0,
    }
    assert control.live.answer(ORDER, 21.0)[0].recording == 0
    assert control("GET", "/health").status_code == 200


def test_states_can_be_listed_and_forgotten():
    """Who names a forgotten one begins anew; one that is not there is no state."""
    control = Control(LiveVendor(Vendor.of(SHOP), by=state_by("header:X-Test-Id")))
    control.live.answer(replace(ORDER, headers=(("X-Test-Id", "a"),)), 10.0)
    control("PUT", "/clock?key=b", json={"advance_s": 1})
    assert control("GET", "/states").json() == {
        "by": "header",
        "states": [{"key": "a", "requests": 1, "own": []}, {"key": "b", "requests": 0, "own": ["clock"]}],
    }
    assert [each["key"] for each in control("DELETE", "/states?key=a").json()["states"]] == ["b"]
    assert control("DELETE", "/states?key=a").status_code == 422
    assert control("POST", "/reset?key=b").json()["status"] == "ok"
    assert control("POST", "/heartbeat?key=b", json={"for_s": 1}).json()["schedule_ends_in_s"] is None


def test_without_keys_a_key_is_refused(control):
    """With the place, and what to do."""
    answer = control("GET", "/schedule?key=a")
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["query", "key"])
    assert "--state-by" in answer.json()["detail"][0]["msg"]


def test_snapshots_can_be_taken_and_gone_back_to(control):
    """By name; what is not there is refused."""
    assert control("PUT", "/snapshots/fresh").json() == {"name": "fresh", "taken_s": 10.0, "whole": True, "keys": [""]}
    control.live.answer(ORDER, 11.0)
    assert control("POST", "/snapshots/fresh/restore").json()["name"] == "fresh"
    assert control.live.answer(ORDER, 11.0)[0].recording == 0
    assert len(control("GET", "/snapshots").json()) == 1
    assert control("DELETE", "/snapshots/fresh").json() == []
    assert [control("POST", f"/snapshots/{name}/restore").status_code for name in ("fresh", "a%20b")] == [409, 422]
