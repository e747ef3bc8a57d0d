"""What a client is told whose request is not served."""

from __future__ import annotations

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.refusing import defect, refusal


@given(st.integers(400, 599), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20), st.text())
def test_a_refusal_is_a_whole_answer(status, reason, detail):
    """Another implementation of HTTP reads it to its end, and knows that the connection ends with it."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("Host", "mock")]))
    client.send(h11.EndOfMessage())
    client.receive_data(refusal(status, reason, detail))
    head, body = client.next_event(), b""
    while isinstance(event := client.next_event(), h11.Data):
        body += event.data
    assert (head.status_code, body, type(event)) == (status, detail.encode(), h11.EndOfMessage)
    assert client.their_state is h11.MUST_CLOSE


def test_a_defect_says_where_and_not_what():
    """The kind and the place of an error, and nothing of its text."""
    with pytest.raises(ValueError, match="a secret") as caught:
        int("a secret")
    told = defect(caught.value)
    assert "ValueError in test_refusing.py:" in told
    assert "secret" not in told
