"""What was asked, over the control plane."""

from __future__ import annotations

from dataclasses import replace

import pytest
import vcr
from shop import SHOP
from steering import Control

from tapehiss.cassettes.exchange import Request
from tapehiss.mocks.faults import Status
from tapehiss.mocks.loading import load_vendor
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import State

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


def test_the_journal_can_be_filtered_by_everything_it_shows(control):
    """Answer, rule, limit, state and number; all that is given must hold."""
    control.live.play((Rule(Status(503, (("Retry-After", "7"),)), first=1),), 10.0)
    for _ in range(2):
        control.live.answer(ORDER, 10.0)
    assert [each["retry_after"] for each in control("GET", "/journal?status=503").json()] == ["7"]
    for query, numbers in (
        ("struck=true", [0]),
        ("struck=false", [1]),
        ("since=1", [1]),
        ("limited=true", []),
        ("key=", [0, 1]),
    ):
        assert [each["number"] for each in control("GET", f"/journal?{query}").json()] == numbers
    assert control("GET", "/journal?struck=true&since=1").json() == []


def test_what_is_kept_can_be_exported_as_a_tape(control, tmp_path):
    """Only from when it is asked for; a tape that a mock can be made of and vcrpy can read, with no secret in it."""
    assert control("GET", "/journal/tape").status_code == 409
    control.live.answer(ORDER, 10.0)
    assert control("PUT", "/journal/kept", json={"keep_max_bytes": 100_000}).json()["kept_exchanges"] == 0
    secret = "Bearer sk_live_" + "q7" * 12
    for exchange in (SHOP[0], SHOP[3], SHOP[6]):
        control.live.answer(replace(exchange.request, headers=(("Authorization", secret),)), 11.0)
    answer = control("GET", "/journal/tape")
    assert (answer.headers["x-tapehiss-exchanges"], answer.headers["x-tapehiss-quarantined"]) == ("3", "0")
    assert b"q7q7" not in answer.content
    path = tmp_path / "made.yaml"
    path.write_bytes(answer.content)
    assert load_vendor([path]).answer(State(), SHOP[3].request, 0.0)[1].response.body == b'{"id": 1}'
    with vcr.use_cassette(str(path), record_mode="none") as cassette:
        assert len(cassette) == 2
    assert control("GET", "/journal/tape?on=POST *").headers["x-tapehiss-exchanges"] == "1"
    assert control("GET", "/journal/kept").json()["kept_exchanges"] == 3
    assert control("PUT", "/journal/kept", json={"keep_max_bytes": 0}).json()["kept_bytes"] == 0
