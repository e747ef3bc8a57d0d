"""Effects and replies are values."""

from __future__ import annotations

import pickle
from dataclasses import fields

import pytest

from tapehiss.cassettes.exchange import Ending, Request, Response
from tapehiss.clients.effects import Failure, Reply, Send, Sleep

VALUES = (
    Send(Request("GET", "https://h/"), 1.0),
    Sleep(2.0),
    Failure(Ending.RESET),
    Reply(Response(200), 3.0),
    Reply(None, 3.0, 4.0),
)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_compares_and_travels(value):
    """They compare equal, can be hashed, cannot be changed, and survive pickling."""
    assert pickle.loads(pickle.dumps(value)) == value
    assert hash(value) == hash(pickle.loads(pickle.dumps(value)))
    with pytest.raises(AttributeError):
        setattr(value, fields(value)[0].name, 1)


def test_a_failure_is_pessimistic():
    """Who does not say that nothing was sent says that something may have been."""
    assert Failure(Ending.RESET).sent
