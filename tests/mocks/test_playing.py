"""What one recording says."""

from __future__ import annotations

import json

import pytest
from shop import HOST, SHOP, get

from tapehiss.cassettes.exchange import Cut, Ending, Exchange, Message, Request, Response
from tapehiss.mocks.index import index_of
from tapehiss.mocks.outcome import Outcome, Rung
from tapehiss.mocks.playing import answering, played

INDEX = index_of(SHOP)


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        (Exchange(Request("GET", HOST + "/big"), Response(200, body=b"b", cut=Cut(10_000, "ab" * 32))), "--max-body"),
        (
            Exchange(Request("GET", HOST + "/ws"), Response(101), messages=(Message(True, True, b"hi", 0.1),)),
            "WebSocket",
        ),
        (Exchange(Request("GET", HOST + "/early"), Response(103)), "interim"),
    ],
)
def test_what_cannot_be_played_says_so(exchange, reason):
    """A body that was cut when recorded, a WebSocket conversation, and what never came to an end are answered with 501 and the reason."""
    outcome = played(index_of([exchange]), 0, Rung.EXACT, "GET")
    document = json.loads(outcome.response.body)
    assert (outcome.response.status, document["type"], outcome.rung) == (501, "urn:tapehiss:unplayable", Rung.EXACT)
    assert reason in document["detail"]


def test_head_is_answered_from_get():
    """HEAD that was not recorded gets GET's headers with the length of its body, and no body; one that was, its own."""
    outcome = played(INDEX, 0, Rung.NORMALISED, "HEAD")
    assert outcome.response.body == b""
    assert ("Content-Length", "17") in outcome.response.headers
    own = Exchange(Request("HEAD", HOST + "/x"), Response(200, "", (("Content-Length", "9"),)))
    assert played(index_of([own]), 0, Rung.EXACT, "HEAD").response is own.response


def test_what_was_made_once_is_remembered():
    """For each recording, rung, and with or without a body: the same value again, which is looked up for every request."""
    assert played(INDEX, 0, Rung.EXACT, "GET") is played(INDEX, 0, Rung.EXACT, "POST")
    assert played(INDEX, 0, Rung.EXACT, "GET") is not played(INDEX, 0, Rung.EXACT, "HEAD")
    assert played(INDEX, 0, Rung.EXACT, "GET").rung is not played(INDEX, 0, Rung.RENAMED, "GET").rung


def test_endings_are_played():
    """A reset is one again, and half an answer is half of it, also when it is another one."""
    assert played(INDEX, 6, Rung.EXACT, "GET") == Outcome(None, Ending.RESET, rung=Rung.EXACT, recording=6)
    half = played(INDEX, 7, Rung.EXACT, "GET")
    assert (half.ending, half.body_bytes) == (Ending.TRUNCATED, len(b"half of"))
    assert answering(half, Response(200, body=b"less")).body_bytes == 4
    whole = answering(played(INDEX, 0, Rung.EXACT, "GET"), get("/x").response)
    assert (whole.body_bytes, whole.personal) == (None, True)
