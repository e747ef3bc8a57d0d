"""What a call brings when all goes well."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b'{"id": NaN}', b'"\\ud800"', b"[1e999]", b"\xff"])
def test_what_is_no_json_is_an_error(body):
    """HTML, a cut document, NaN and the like never pass for an answer (V5); the error carries the response."""
    answer = Answer(REQUEST, Response(200, "", (), body))
    with pytest.raises(BodyInvalid) as caught:
        answer.json()
    assert caught.value.response == answer.response
