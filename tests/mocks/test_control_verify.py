"""Verification over the control plane."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from shop import SHOP
from steering import Control

ORDER, CHARGE = SHOP[0].request, SHOP[3].request


@pytest.fixture
def control():
    return Control()


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
    told = control("POST", "/verify", json={"on": "GET /v1/*", **bounds}).json()
    assert (told["ok"], told["count"], told["numbers"], told["by_status"]) == (right, 2, [0, 1], {"200": 2})
    assert bool(told["violations"]) is not right


def test_exactly_two_charges_with_this_key_two_seconds_apart(control):
    """And if not: what was seen, and which requests nearly were it, without a value of theirs."""
    keyed = replace(CHARGE, headers=(*CHARGE.headers, ("Idempotency-Key", "order-7")))
    for at_s in (10.0, 12.0):
        control.live.answer(keyed, at_s)
    check = {"on": "POST /v1/orders", "idempotency_key": "order-7", "exactly": 2, "min_gap_s": 2}
    assert control("POST", "/verify", json=check).json()["ok"]
    control.live.answer(CHARGE, 12.5)
    told = control("POST", "/verify", json=check | {"exactly": 3, "min_gap_s": 3}).json()
    assert [(each["what"], each["wanted"], each["seen"], each["numbers"]) for each in told["violations"]] == [
        ("count", "at least 3", "2", []),
        ("gap", "at least 3 s", "2.000 s", [0, 1]),
    ]
    assert [(each["entry"]["number"], each["differs"]) for each in told["near_misses"]] == [(2, ["idempotency_key"])]


def test_bodies_can_be_verified(control):
    """By digest always, by what is in them if they were kept."""
    digest = hashlib.sha256(CHARGE.body).hexdigest()
    control.live.answer(CHARGE, 10.0)
    assert control("POST", "/verify", json={"on": "*", "body_sha256": digest.upper(), "exactly": 1}).json()["ok"]
    check = {"on": "*", "body_json": {"item": "tape"}, "exactly": 1}
    told = control("POST", "/verify", json=check).json()
    assert told["near_misses"][0]["differs"] == ["json (the body was not kept)"]
    control("PUT", "/journal/kept", json={"keep_max_bytes": 10_000})
    control.live.answer(CHARGE, 10.0)
    assert control("POST", "/verify", json=check).json()["ok"]
    told = control("POST", "/verify", json=check | {"body_json": {"item": "reel"}, "since": 1}).json()
    assert told["near_misses"][0]["differs"] == ["json /item"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": "*", "exactly": -1},
        {"on": "*", "min_gap_s": -1},
        {"on": "*", "body_sha256": "abc"},
        {"on": "*", "order": "GET *"},
        {"on": "*", "exactly": 1, "precisely": 1},
        {"on": "*", "status": 42},
        {"exactly": 1},
    ],
)
def test_wrong_checks_are_refused(control, wrong):
    """422: a check that is misspelt must not be one that holds."""
    assert control("POST", "/verify", json=wrong).status_code == 422


def test_a_body_that_is_too_deep_is_refused(control):
    """Not compared down to some depth and then taken for equal."""
    deep: object = 1
    for _ in range(60):
        deep = [deep]
    answer = control("POST", "/verify", json={"on": "*", "body_json": deep})
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", "body_json"])
