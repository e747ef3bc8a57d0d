"""The demo's account of an outage: it must never say once where it may have been twice."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response

ACCOUNT = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "demo" / "account.py"))
attempts, charges, story = ACCOUNT["attempts"], ACCOUNT["charges"], ACCOUNT["story"]


def payment(key: str, status: int | None, at_s: float = 0.0, **headers: str) -> Exchange:
    """One attempt to pay."""
    request = Request("POST", "https://api.vendor.example/v1/payment_intents", (("Idempotency-Key", key),))
    response = None if status is None else Response(status, "", tuple(headers.items()))
    return Exchange(request, response, Ending.RESET if status is None else Ending.COMPLETE, started_at=1000.0 + at_s)


@pytest.mark.parametrize(
    ("exchanges", "count"),
    [
        ([], 0),
        ([payment("a", 503), payment("a", 200)], 1),
        ([payment("a", None), payment("a", 200)], 1),
        ([payment("a", None), payment("b", 200)], 2),
        ([payment("a", 429)], 0),
        ([payment("a", None), payment("b", None)], 2),
    ],
)
def test_a_customer_may_have_been_charged_once_for_each_key_that_may_have_been_carried_out(
    exchanges: list[Exchange], count: int
) -> None:
    """An attempt without an answer counts; a repetition with the same key does not; a refusal neither."""
    assert count == charges(attempts(exchanges))


def test_only_what_moves_money_is_told() -> None:
    """Other requests are no attempts."""
    assert attempts([Exchange(Request("GET", "https://api.vendor.example/v1/payment_intents"))]) == ()


def test_the_story_names_keys_waits_and_what_was_asked() -> None:
    """In one line: which key, how it ended, how long the client waited."""
    told = story(attempts([payment("x", 429, **{"Retry-After": "2"}), payment("y", None, 1.5)]))
    assert told == "key A: 429 (Retry-After 2 s) -> waits 1.5 s, key B: reset"
