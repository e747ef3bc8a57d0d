"""Faults made definite when they strike."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from shop import HOST, get

from tapehiss.cassettes.exchange import Request, Response, Timings, header
from tapehiss.contracts.evidence import learn
from tapehiss.mocks.faults import (
    Answer,
    Bandwidth,
    ClockStep,
    Damage,
    Drip,
    Expired,
    Latency,
    Lose,
    Recorded,
    Revoked,
    Rising,
    Status,
    Uniform,
)
from tapehiss.mocks.index import index_of
from tapehiss.mocks.limits import Limits
from tapehiss.mocks.lore import Lore
from tapehiss.mocks.outcome import Outcome
from tapehiss.mocks.profile import shipped_profile
from tapehiss.mocks.settling import Scene, redated, settled, shift_s

ASKED = Request("GET", HOST + "/v1/items/1", (), b"0123456789")
BUSY = get("/v1/items/2", 503, b'{"error":"busy"}', ("Retry-After", "7"), ("Date", "then"), ("Content-Length", "99"))
KNOWN = Lore(
    index_of([BUSY, get("/v1/items/1", 200, b'{"id":1,"of":[1]}', timings=Timings(first_byte_s=0.25))]),
    learn([get("/v1/items/3", 422, b'{"error":"wrong"}')]),
)
SCENE = Scene(ASKED, KNOWN, Limits(), 1_800_000_000.0, recording=1, draw=0.5, risen=0.25)


def answer(fault, scene=SCENE) -> Response:
    (made,) = settled(fault, scene)
    assert isinstance(made, Answer)
    return made.response


@pytest.mark.parametrize(
    ("fault", "made"),
    [
        (Latency(1.0), (Latency(1.0),)),
        (Uniform(1.0, 3.0), (Latency(2.0),)),
        (Rising(1.0, 3.0), (Latency(1.5),)),
        (Recorded(2.0), (Latency(0.5),)),
        (Bandwidth(5.0), (Latency(2.0), Drip(5.0))),
        (ClockStep(9.0), ()),
        (Lose(), (Lose(),)),
        (Damage("nan"), (Damage("nan"),)),
        (Damage("missing", "/id"), (Damage("missing", "/id"),)),
        (Damage("short-page"), (Damage("short-page", "/of"),)),
        (Damage("repeated-cursor"), (Damage("repeated-cursor"),)),
    ],
)
def test_what_faults_become(fault, made):
    """Times are drawn from the scene, both bodies take their time, damage finds its place; what is definite stays."""
    assert settled(fault, SCENE) == made


def test_damage_without_a_recording_stays():
    """An answer that is on no tape is damaged without guidance."""
    assert settled(Damage("missing"), replace(SCENE, recording=None)) == (Damage("missing"),)


def test_a_status_speaks_as_the_vendor_did():
    """The recorded body and headers, without what is about the recorded message; what the rule says takes their place."""
    assert answer(Status(503)).body == b'{"error":"busy"}'
    assert answer(Status(503)).headers == (("Content-Type", "application/json"), ("Retry-After", "7"))
    own = answer(Status(503, (("retry-after", "1"),)))
    assert own.headers == (("Content-Type", "application/json"), ("retry-after", "1"))
    assert header(answer(Status(503, wait_s=1.5, form="decimal_s")).headers, "retry-after") == "1.5"
    assert header(answer(Status(503, wait_s=1.5, form="none")).headers, "retry-after") is None


def test_a_status_that_was_never_recorded():
    """The vendor's limits know their refusal, the contract what it saw; else it is a problem document that says whose doing it is."""
    klaviyo = replace(SCENE, limits=shipped_profile("klaviyo:XS").limits)
    assert header(answer(Status(429), klaviyo).headers, "content-type") == "application/vnd.api+json"
    assert json.loads(answer(Status(429), klaviyo).body)["errors"][0]["code"] == "throttled"
    assert json.loads(answer(Status(422)).body) == {"error": "wrong"}
    plain = answer(Status(500))
    assert header(plain.headers, "content-type") == "application/problem+json"
    assert json.loads(plain.body) == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "a fault of the schedule",
    }
    assert json.loads(answer(Status(529)).body)["title"] == "Fault"


def test_a_status_with_a_body_of_its_own_is_that():
    """Nothing of the vendor's is put to it."""
    assert answer(Status(503, (("X-Why", "weather"),), "sorry")) == Response(
        503, "Service Unavailable", (("X-Why", "weather"),), b"sorry"
    )


def test_a_success_with_the_body_of_an_error():
    """The status says one thing and the body the other."""
    lie = answer(Status(200, body_of=503))
    assert (lie.status, lie.body) == (200, b'{"error":"busy"}')


def test_a_wait_until_the_window_closes():
    """What is left of it, in any form."""
    late = replace(SCENE, left_s=41.2)
    assert header(answer(Status(503, until_end=True), late).headers, "retry-after") == "42"
    told = answer(Status(503, until_end=True, form="go_duration"), late).headers
    assert header(told, "retry-after") == "41.2s"


def test_waits_go_by_the_vendors_clock():
    """A date in ``Retry-After`` is counted from what the vendor takes for now."""
    late = replace(SCENE, unix_s=SCENE.unix_s + 3600)
    fault = Status(429, wait_s=2.0, form="http_date")
    assert header(answer(fault).headers, "retry-after") == "Fri, 15 Jan 2027 08:00:02 GMT"
    assert header(answer(fault, late).headers, "retry-after") == "Fri, 15 Jan 2027 09:00:02 GMT"


def test_a_token_that_expired_and_one_that_was_revoked():
    """401 in the vendor's words with the reason of RFC 6750; a revoked one cannot be renewed, which RFC 6749 says in its own."""
    asks = replace(SCENE, request=Request("POST", HOST + "/token", (), b"grant_type=refresh_token"))
    for fault, reason in ((Expired(), "expired"), (Revoked(), "was revoked")):
        told = answer(fault)
        assert told.status == 401
        assert header(told.headers, "www-authenticate") == (
            f'Bearer error="invalid_token", error_description="The access token {reason}"'
        )
    assert (answer(Revoked(), asks).status, json.loads(answer(Revoked(), asks).body)["error"]) == (400, "invalid_grant")
    recorded = Lore(index_of([get("/v1/x", 401, b'{"code":"no"}', ("WWW-Authenticate", "Basic"))]))
    own = answer(Expired(), replace(SCENE, lore=recorded))
    assert (own.body, header(own.headers, "www-authenticate")) == (b'{"code":"no"}', "Basic")


def test_a_clock_that_is_wrong():
    """Steps add up; the date of an answer is put in the place of any other, and where there is no answer there is none."""
    assert shift_s([ClockStep(3600.0), Latency(1.0), ClockStep(-60.0)]) == 3540.0
    dated = redated(Outcome(Response(200), told=(("date", "then"), ("X-Left", "3"))), SCENE.unix_s)
    assert dated.told == (("X-Left", "3"), ("Date", "Fri, 15 Jan 2027 08:00:00 GMT"))
    assert redated(Outcome(None), SCENE.unix_s) == Outcome(None)
