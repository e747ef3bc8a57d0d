"""What a call brings when all goes well."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Request, Response
from tapehiss.clients.answer import Answer
from tapehiss.clients.errors import BodyInvalid

REQUEST = Request("GET", "https://h/v1")


def test_an_answer_is_the_whole_response():
    """Status, headers by name and body, and the body as JSON."""
    answer = Answer(REQUEST, Response(200, "OK", (("ETag", '"7"'),), b'{"id": 7}'))
    assert (answer.status, answer.header("etag"), answer.header("x"), answer.body) == (200, '"7"', None, b'{"id": 7}')
    assert answer.headers == (("ETag", '"7"'),)
    assert answer.json() == {"id": 7}


def test_depth_is_the_interpreters_affair():
    """A document that is nested deeper than this Python reads is an error of the client's own; a later Python may read it."""
    with suppress(BodyInvalid):
        assert Answer(REQUEST, Response(200, body=b"[" * 1020 + b"]" * 1020)).json() != []


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{", b'{"id": NaN}', b'"\\ud800"', b"[1e999]", b"\xff", b"[" * 9000 + b"]" * 9000]
)
def test_what_is_no_json_is_an_error(body):
    """HTML, a cut document, NaN and the like never pass for an answer (V5); the error carries the response."""
    answer = Answer(REQUEST, Response(200, "", (), body))
    with pytest.raises(BodyInvalid) as caught:
        answer.json()
    assert caught.value.response == answer.response


@pytest.mark.parametrize(
    ("body", "twins"),
    [
        (b'{"a": 1, "a": 2}', True),
        (b'{"a": 1, "\\u0061": 2}', True),
        (b'[{"x": {"b": [], "b": []}}]', True),
        (b'{"a": {"a": 1}, "b": {"a": 1}}', False),
        (b'[{"a": 1}, {"a": 1}]', False),
    ],
)
def test_members_of_one_name(body, twins):
    """An object that says two things under one name says nothing (V5); objects beside or in each other may."""
    answer = Answer(Request("GET", "https://h/"), Response(200, body=body))
    if twins:
        with pytest.raises(BodyInvalid):
            answer.json()
    else:
        assert answer.json() == json.loads(body)


def test_it_says_no_secret():
    """Its ``repr`` is status and place: no header, no query, no body."""
    secret = "s3cr3t-" + "value"
    request = Request("GET", f"https://h/x?key={secret}", (("Authorization", secret),))
    assert repr(Answer(request, Response(200, body=secret.encode()))) == "<Answer 200 GET https://h/x>"


@given(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_exact(whole, real):
    """Integers of any length come to the last digit; one of thousands of digits is an error of ours."""
    assert Answer(REQUEST, Response(200, body=json.dumps([whole, real]).encode())).json() == [whole, real]
    with pytest.raises(BodyInvalid):
        Answer(REQUEST, Response(200, body=b"9" * 5_000)).json()
