"""The lowest layer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Request, Response
from tapehiss.clients import errors
from tapehiss.clients.effects import Reply, Send, Tried, Try
from tapehiss.clients.layers import once

GET = Request("GET", "https://h/a?secret=1")


@given(st.floats(0.001, 100), st.floats(0.001, 100))
def test_an_attempt_gets_what_is_left(timeout_s, left_s):
    """It may take its own time or the rest of the call's, whichever is less."""
    flow = once(Try(GET, 5.0, 5.0 + left_s, timeout_s))
    effect = next(flow)
    assert effect == Send(GET, pytest.approx(min(timeout_s, left_s)))
    with pytest.raises(StopIteration) as done:
        flow.send(Reply(Response(200), 6.0, 7.0))
    assert done.value.value == Tried(Response(200), 5.0, 6.0, 7.0)


@pytest.mark.parametrize("late_s", [0.0, 1.0])
def test_nothing_is_sent_after_the_deadline(late_s):
    """Whoever used the time up, at the deadline nothing is sent any more (D2)."""
    with pytest.raises(errors.DeadlineExceeded) as caught:
        next(once(Try(GET, 5.0 + late_s, 5.0, 1.0)))
    assert "secret" not in str(caught.value)
