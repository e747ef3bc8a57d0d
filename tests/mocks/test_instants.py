"""Recorded instants told as of now."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import exchanges
from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.mocks.instants import Shift, began_at, recorded_at, renewed
from tapehiss.mocks.vendor import State, Vendor

TAPED = datetime(2026, 1, 10, 12, tzinfo=UTC).timestamp()
DAY = 86_400.0
NOW = TAPED + 100 * DAY
SHIFT = Shift(TAPED, NOW, 100 * DAY)
JSON = ("Content-Type", "application/json")


def told(body: str, shift: Shift = SHIFT) -> str:
    """The body of an answer, renewed."""
    return renewed(Response(200, "OK", (JSON,), body.encode()), shift, Random(0)).body.decode()


@pytest.mark.parametrize(
    ("recorded", "renewed_as"),
    [
        ('{"created": 1768046400}', '{"created": 1776686400}'),
        ('{"created_at":"2026-01-10T12:00:00Z"}', '{"created_at":"2026-04-20T12:00:00Z"}'),
        ('{"updatedAt": "2026-01-10 13:00:00.123456+01:00"}', '{"updatedAt": "2026-04-20 13:00:00.123456+01:00"}'),
        ('{"at": "2026-01-10T12:00:00"}', '{"at": "2026-04-20T12:00:00"}'),
        ('{"expiresAt": 1768046400123}', '{"expiresAt": 1776686400123}'),
        ('{"exp": "1768046400"}', '{"exp": "1776686400"}'),
        ('{"ts": "Sat, 10 Jan 2026 12:00:00 GMT"}', '{"ts": "Mon, 20 Apr 2026 12:00:00 GMT"}'),
        ('{"iat": 1768046400.5 }', '{"iat": 1776686400.5 }'),
    ],
)
def test_an_instant_moves_in_its_own_form(recorded, renewed_as):
    """Seconds, milliseconds, RFC 3339 in any zone, HTTP dates: by the time from the tape's beginning to the mock's."""
    assert told(recorded) == renewed_as


@pytest.mark.parametrize(
    "body",
    [
        '{"amount": 1768046400}',
        '{"birthday": "1990-01-01T00:00:00Z"}',
        '{"day": "2026-01-10"}',
        '{"api_version": "2026-01-10"}',
        '{"created": 17}',
        '{"created": 99}',
        '{"at": "2026-13-40T12:00:00Z"}',
        '{"founded_at": 1000000000}',
        '{"text": "no instant",  "n": 1e5, "\\u00e9": "é"}',
    ],
)
def test_what_is_no_instant_stays(body):
    """Amounts, birthdays, days without a time, versions, and the spelling of everything."""
    assert told(body) == body


@given(st.integers(-300, 300), st.integers(0, 10 * 86_400))
def test_what_lay_ahead_still_does(ahead_days, later_s):
    """However late it is asked for, what was to come then is to come now; the past keeps its distances."""
    shift = Shift(TAPED, NOW + later_s, 100 * DAY)
    moved = shift.of(TAPED + ahead_days * DAY)
    assert (moved > NOW + later_s) is (ahead_days > 0) or later_s == 0
    if ahead_days <= 0:
        assert moved == TAPED + ahead_days * DAY + 100 * DAY


def test_headers():
    """Date is now; ids are new; resets and cookies move; other headers stay."""
    headers = (
        ("Date", "Sat, 10 Jan 2026 12:00:00 GMT"),
        ("X-Request-Id", "req_8f7a6b5c"),
        ("X-RateLimit-Reset", "1768046460"),
        ("X-RateLimit-Limit", "1768046400"),
        ("Set-Cookie", "a=b; expires=Sun, 11 Jan 2026 12:00:00 GMT"),
        ("Last-Modified", "Fri, 09 Jan 2026 12:00:00 GMT"),
        ("Anthropic-Reset", "2026-01-10T12:01:00Z"),
    )
    found = dict(renewed(Response(200, "OK", headers, b"\x00"), SHIFT, Random(0)).headers)
    assert found["Date"] == "Mon, 20 Apr 2026 12:00:00 GMT"
    assert (found["X-Request-Id"] != "req_8f7a6b5c", len(found["X-Request-Id"])) == (True, 12)
    assert (found["X-RateLimit-Reset"], found["X-RateLimit-Limit"]) == ("1776686460", "1768046400")
    assert found["Set-Cookie"] == "a=b; expires=Tue, 21 Apr 2026 12:00:00 GMT"
    assert found["Last-Modified"] == "Sun, 19 Apr 2026 12:00:00 GMT"
    assert found["Anthropic-Reset"] == "2026-04-20T12:01:00Z"


@given(exchanges(replayable=True))
def test_any_answer_can_be_renewed(recorded):
    """Nothing breaks; the same dice renew it alike; without any time between, no instant of a body moves."""
    still = Shift(TAPED, TAPED, 0.0)
    one, other = (renewed(recorded.response, still, Random(1)) for _ in range(2))
    assert one == other
    assert one.body == recorded.response.body


def test_when_a_tape_began():
    """By the recorder's clock, else by the answers' own; 0 if nobody says."""
    dated = Exchange(Request("GET", "/"), Response(200, "", (("Date", "Sat, 10 Jan 2026 12:00:00 GMT"),)))
    assert [recorded_at(dated), recorded_at(Exchange(Request("GET", "/"), started_at=5.0))] == [TAPED, 5.0]
    assert began_at([dated, Exchange(Request("GET", "/"), started_at=TAPED - 5)]) == TAPED - 5
    bad = Exchange(Request("GET", "/"), Response(200, "", (("Date", "yesterday"),)))
    assert began_at([bad, Exchange(Request("GET", "/"))]) == 0.0


def test_a_vendor_tells_instants_as_of_now():
    """Only where it is told so; a later answer has a later Date, and the body's past stays where it was put."""
    body = json.dumps({"created": int(TAPED), "expires": int(TAPED + 60)}).encode()
    headers = (JSON, ("Date", "Sat, 10 Jan 2026 12:00:00 GMT"))
    session = [Exchange(Request("GET", "https://a.example/x"), Response(200, "OK", headers, body), started_at=TAPED)]
    plain = Vendor.of(session)
    assert plain.answer(State(), session[0].request, 9.0)[1].response == session[0].response
    live = replace(plain, unix_s=NOW, tape_began_s=began_at(session))
    for at_s, expires in ((0.0, NOW + 60), (3600.0, NOW + 3660)):
        outcome = live.answer(State(), session[0].request, at_s)[1]
        assert json.loads(outcome.response.body) == {"created": int(NOW), "expires": int(expires)}
        assert not outcome.preparable
