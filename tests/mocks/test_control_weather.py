"""Schedules and scenarios over the control plane."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from shop import SHOP
from steering import Control

from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.schedule import rule_to_json
from tapehiss.mocks.shorthand import rule_from_text, rule_to_text
from tapehiss.mocks.statekeys import state_by
from tapehiss.mocks.vendor import Vendor

DOCUMENT = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")


@pytest.fixture
def control():
    return Control()


def test_a_schedule_is_set_read_and_ended(control):
    """Rules in either form; they begin when they are set, and fair weather is one request away."""
    rules = ["429 retry-after=2 first=1", {"latency_s": 0.5, "on": "GET *"}]
    told = control("PUT", "/schedule", json={"rules": rules, "seed": 7}).json()
    assert told["short"] == ["429 retry-after=2 first=1", "latency=0.5 on=GET *"]
    assert (told["seed"], told["elapsed_s"], len(control.live.vendor.schedule)) == (7, 0.0, 2)
    control.now_s = 12.5
    assert control("GET", "/schedule").json() == told | {"elapsed_s": 2.5}
    assert control("DELETE", "/schedule").json()["rules"] == []
    assert control.live.vendor.schedule == ()


def test_every_fault_is_set_and_read(control):
    """In short form and as data: what is told is what can be set again, and the same schedule."""
    every = [rule_from_text(text) for text in told_in_the_document()]
    for given in ([rule_to_text(rule) for rule in every], [rule_to_json(rule) for rule in every]):
        told = control("PUT", "/schedule", json={"rules": given}).json()
        assert control.live.vendor.schedule == tuple(every)
        assert told["short"] == [rule_to_text(rule) for rule in every]
        assert control("PUT", "/schedule", json={"rules": told["rules"]}).json()["rules"] == told["rules"]


def told_in_the_document() -> list[str]:
    """The short forms in the table of docs/faults.md, of which another test says that they are all."""
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| `") and line.count("|") == 5]
    return [text for row in rows for text in re.findall(r"`([^`]+)`", row.split("|")[1])]


def test_every_flaw_of_a_schedule_is_told(control):
    """422 names rule and field of each, and the schedule stays as it was."""
    answer = control("PUT", "/schedule", json={"rules": ["503", "teapot", {"status": 503, "first": 0}]})
    assert answer.status_code == 422
    assert [each["loc"] for each in answer.json()["detail"]] == [["body", "rules[1]"], ["body", "rules[2].first"]]
    assert control.live.vendor.schedule == ()


def test_ready_scenarios_can_be_listed_and_played(control):
    """By name, with a seed; an unknown name is answered with the known ones."""
    listed = control("GET", "/scenarios").json()
    assert all(each["about"] and each["short"] for each in listed)
    played = control("POST", "/scenarios/outage", params={"seed": 3}).json()
    assert (played["seed"], played["short"]) == (3, next(e["short"] for e in listed if e["name"] == "outage"))
    assert control("POST", "/scenarios/sunshine").status_code == 404


def test_a_schedule_can_end_by_itself(control):
    """After ``for_s`` what was before comes back, unless somebody shows that they are still there."""
    told = control("PUT", "/schedule", json={"rules": ["503"], "for_s": 5}).json()
    assert (told["short"], told["ends_in_s"]) == (["503"], 5.0)
    control.now_s = 14.0
    assert control("POST", "/heartbeat", json={"for_s": 5}).json() == {
        "schedule_ends_in_s": 5.0,
        "limits_end_in_s": None,
    }
    control.now_s = 18.5
    assert control("GET", "/schedule").json()["ends_in_s"] == 0.5
    control.now_s = 19.0
    assert control("GET", "/schedule").json()["short"] == []
    played = control("POST", "/scenarios/outage?for_s=1").json()
    assert (bool(played["short"]), played["ends_in_s"]) == (True, 1.0)


def test_a_schedule_can_be_one_tests_own():
    """With the key of its state; the others' stays as it is."""
    control = Control(LiveVendor(Vendor.of(SHOP), by=state_by("header:X-Test-Id")))
    control("PUT", "/schedule?key=a", json={"rules": ["503"]})
    assert [control("GET", f"/schedule?key={key}").json()["short"] for key in ("a", "b", "")] == [["503"], [], []]
    assert control("DELETE", "/schedule?key=a").json()["short"] == []
