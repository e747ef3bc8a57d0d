"""What one recording says, as an outcome: in fair weather, to whoever asks, under the client's own names.

The law of this file: pure. What cannot be played (a WebSocket conversation, a body of which only the beginning was kept) says so with 501.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Ending, Response
from tapehiss.mocks.faults import PROBLEM
from tapehiss.mocks.outcome import Outcome

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.mocks.bindings import Bindings
    from tapehiss.mocks.index import Index
    from tapehiss.mocks.outcome import Rung

FINAL = range(200, 1000)
"""Statuses below are interim (RFC 9110 section 15.2)."""


def played(index: Index, number: int, rung: Rung, method: str) -> Outcome:
    """What a recording says to a request with this method that led to it on this rung: made once, and remembered by the index."""
    bare = method == "HEAD"
    outcome = index.outcomes.get((number, rung, bare))
    if outcome is None:
        outcome = index.outcomes[number, rung, bare] = _fair(index.recordings[number], number, rung, bare=bare)
    return outcome


def _fair(exchange: Exchange, number: int, rung: Rung, *, bare: bool) -> Outcome:
    response = exchange.response
    if response is None:
        return Outcome(None, exchange.ending, rung=rung, recording=number)
    if response.cut is not None or response.status not in FINAL or exchange.messages:
        return Outcome(_unplayable(exchange), rung=rung, recording=number)
    if bare and exchange.request.method != "HEAD":
        return Outcome(without_body(response), rung=rung, recording=number)
    if exchange.ending is Ending.COMPLETE:
        return Outcome(response, rung=rung, recording=number)
    return Outcome(response, Ending.TRUNCATED, len(response.body), rung=rung, recording=number)


def personal(outcome: Outcome, bindings: Bindings) -> Outcome:
    """The outcome with the client's own identifiers in the answer."""
    if outcome.response is None or outcome.recording is None:
        return outcome
    response = bindings.to_client(outcome.response)
    return outcome if response is outcome.response else answering(outcome, response)


def answering(outcome: Outcome, response: Response) -> Outcome:
    """The outcome with this answer in place of the recorded one; one that is cut is cut at its own end."""
    whole = outcome.ending is Ending.COMPLETE
    size = outcome.body_bytes if whole else len(response.body)
    return replace(outcome, response=response, personal=True, body_bytes=size)


def without_body(response: Response) -> Response:
    """The answer to HEAD that goes with an answer to GET."""
    length = (("Content-Length", str(len(response.body))),)
    kept = tuple(pair for pair in response.headers if pair[0].lower() not in {"content-length", "content-encoding"})
    return replace(response, headers=kept + length, body=b"")


def _unplayable(exchange: Exchange) -> Response:
    """The answer in place of a recording that cannot be played: 501 as a problem document, with the reason."""
    if exchange.messages:
        reason = "this is a WebSocket conversation, which is recorded but not replayed"
    elif exchange.response is not None and exchange.response.cut is not None:
        reason = "the recording kept only the beginning of this body: record it again with a larger --max-body"
    else:
        reason = "the recording has an interim answer only: no final one came"
    body = f'{{"type":"urn:tapehiss:unplayable","title":"Not playable","status":501,"detail":"{reason}"}}'
    return Response(501, "Not Implemented", (("Content-Type", PROBLEM),), body.encode())
