"""The lowest layer of an attempt, and how layers are laid on it: each is a flow that brings one attempt about by way of the next.

A policy that is switched off is no layer; there is no switch inside any of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.clients import errors
from tapehiss.clients.effects import Send, Tried

if TYPE_CHECKING:
    from tapehiss.clients.effects import Flow, Try


def once(attempt: Try) -> Flow[Tried]:
    """Send it within what is left of the call; when nothing is, nothing is sent, whoever used the time up."""
    if attempt.left_s <= 0:
        what = "the time for the whole call was used up"
        raise errors.DeadlineExceeded(what, errors.place(attempt.request), errors.DeadlineExceeded.advice)
    reply = yield Send(attempt.request, min(attempt.timeout_s, attempt.left_s))
    assert reply.outcome is not None, "a Send is answered by an outcome"
    return Tried(reply.outcome, attempt.now, reply.at, reply.unix_s)
