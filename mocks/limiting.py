"""What a vendor's limits make of an outcome: the vendor's refusal, or the answer with the live counters in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tapehiss.mocks.limits import admitted_headers, asked_of, json_of, refusal_of, weigh, with_fields
from tapehiss.mocks.outcome import Outcome

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Request
    from tapehiss.mocks.limits import Limits
    from tapehiss.mocks.memory import Memory


def limited(
    limits: Limits, counters: Memory[Any], request: Request, outcome: Outcome, now_s: float, *, busy_s: float = 0.0
) -> tuple[Memory[Any], Outcome]:
    """The counters after a request at this Unix time, and what the client gets.

    Limits stand before everything else that a vendor does: a request that they refuse plays no recording.
    """
    response = outcome.response
    answer = json_of(response.body) if response is not None and limits.by_answer else None
    counters, weighed = weigh(limits, counters, asked_of(limits, request), now_s, busy_s=busy_s, answer=answer)
    if weighed.refused is not None:
        return counters, Outcome(refusal_of(limits, weighed, now_s), rung=outcome.rung, limit=weighed.refused.name)
    if response is None:
        return counters, outcome
    outcome = outcome.telling(admitted_headers(weighed))
    changed = with_fields(limits, weighed, response, now_s) if limits.fields else response
    return counters, outcome if changed is response else replace(outcome, response=changed, personal=True)
