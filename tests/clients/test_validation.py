"""Answers against a contract."""

from __future__ import annotations

import pytest

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.clients.answer import Answer
from tapehiss.clients.errors import ContractViolation
from tapehiss.clients.validation import validated
from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.evidence import learn

JSON = (("Content-Type", "application/json"),)
SECRET = "s3cr3t-" + "value"


def asked(number):
    return Request("GET", f"https://h/things/{number}", JSON)


KNOWN = Conformance(
    learn(
        [
            Exchange(asked(number), Response(200, "", JSON, b'{"id": %d, "name": "n%d"}' % (number, number)))
            for number in range(10, 60)
        ]
    )
)


def test_what_fits_is_given_back():
    """An answer of the kind that was recorded passes, and so does one of an operation that no tape has."""
    answer = Answer(asked(7), Response(200, "", JSON, b'{"id": 7, "name": "x"}'))
    assert validated(answer, KNOWN) is answer
    other = Answer(Request("GET", "https://h/others"), Response(200, "", JSON, b'{"other": 7}'))
    assert validated(other, KNOWN) is other


@pytest.mark.parametrize(
    "body", [b'{"id": 7}', b'{"id": "seven", "name": "x"}', b"[]", b'{"error": "%s"}' % SECRET.encode()]
)
def test_what_does_not_fit_is_an_error(body):
    """A missing member, another type, another shape, an error in a success (V2, V3): with findings and the raw response, which is not said aloud."""
    answer = Answer(asked(7), Response(200, "", JSON, body))
    with pytest.raises(ContractViolation) as caught:
        validated(answer, KNOWN)
    assert caught.value.findings
    assert caught.value.response is answer.response
    assert SECRET not in f"{caught.value!s}{caught.value!r}"
