"""The reference client's retry flow on its way through a mock vendor's weather, in virtual time."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response
from tapehiss.clients.classify import IDEMPOTENT, Promises
from tapehiss.clients.effects import Failure, Reply
from tapehiss.clients.retry import RetryPolicy, retrying
from tapehiss.mocks.faults import Latency, Reset, Status, Truncate
from tapehiss.mocks.schedule import Rule, Schedule
from tapehiss.mocks.strategies import schedules
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.world import Journey, Step, travel

if TYPE_CHECKING:
    from tapehiss.clients.answer import Answer
    from tapehiss.mocks.outcome import Outcome

HOST = "https://api.vendor.example"
JSON = (("Content-Type", "application/json"),)
EPOCH_S = 1_792_000_000.0
"""Unix time at which every journey begins."""

thoroughly = settings(max_examples=500, deadline=None)
"""A journey takes a millisecond, so that many can be made."""

READ = Request("GET", f"{HOST}/v1/things/7")
WRITE = Request("POST", f"{HOST}/v1/things", JSON, b'{"name": "x"}')
KEYED = Request("POST", f"{HOST}/v1/things", (*JSON, ("Idempotency-Key", "3f1c")), b'{"name": "x"}')
PUT = Request("PUT", f"{HOST}/v1/things/7", JSON, b'{"name": "x"}')

TAPE = (
    Exchange(READ, Response(200, "OK", JSON, b'{"id": 7}')),
    Exchange(WRITE, Response(201, "Created", JSON, b'{"id": 8}')),
    Exchange(PUT, Response(200, "OK", JSON, b'{"id": 7}')),
)

WAITS = ("0", "1", "2.5", "30", "120", "3600", "2592000", "99999999999", "9" * 400, "-1", "inf", "nan", "soon", "", "1e3", "٣",
         "Wed, 14 Oct 2026 17:46:50 GMT", "Wed, 14 Oct 2026 17:46:00 GMT", "Wed, 14 Oct 2026 17:46:50", "2026-10-14T17:47:00Z",
         "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 99999 23:59:59 GMT")  # fmt: skip
"""Values of Retry-After over which clients have stumbled."""


def statuses() -> st.SearchStrategy[Status]:
    """Answers that ask the client to wait, in every form."""
    headers = st.sampled_from(WAITS).map(lambda value: (("Retry-After", value),))
    dated = headers.map(lambda given: (*given, ("Date", "Wed, 14 Oct 2026 17:46:40 GMT")))
    useless = st.just((("X-Should-Retry", "false"),))
    return st.builds(Status, st.sampled_from([429, 503, 500, 529, 408, 421, 501]), st.one_of(headers, dated, useless))


SINGLE = st.sampled_from([Latency(20.0), Latency(90.0), Truncate(3), Truncate(0), Reset(), Status(503), Status(429)])


def weather() -> st.SearchStrategy[Schedule]:
    """Schedules of the mock, and such as ask the client to wait in every form."""
    asking = st.lists(st.builds(Rule, statuses(), first=st.integers(1, 4)), min_size=1, max_size=2).map(tuple)
    fault = st.one_of(statuses(), SINGLE)
    one_by_one = st.lists(st.none() | fault, max_size=6).map(in_turn)
    return st.one_of(schedules(), asking, one_by_one)


def in_turn(faults: list[Status | Latency | Truncate | Reset | None]) -> Schedule:
    """The first fault strikes the first attempt, the second the second; ``None`` is fair weather."""
    return tuple(Rule(fault, after=place, first=1) for place, fault in enumerate(faults) if fault is not None)


def requests() -> st.SearchStrategy[Request]:
    """A question, a write, a write with a key, a write that is idempotent if the vendor says so."""
    return st.sampled_from([READ, WRITE, KEYED, PUT])


def policies() -> st.SearchStrategy[RetryPolicy]:
    """Patient and impatient clients."""
    return st.builds(
        RetryPolicy,
        attempts_max=st.integers(1, 6),
        deadline_s=st.sampled_from([60.0, 5.0, 0.5, 400.0, 1e6]),
        attempt_timeout_s=st.sampled_from([30.0, 1.0, 100.0]),
        retry_after_max_s=st.sampled_from([60.0, 1.0, 1e5]),
        promises=st.sampled_from([Promises(), Promises(idempotent=IDEMPOTENT)]),
    )


def reply_of(outcome: Outcome | None, at_s: float) -> Reply:
    """What the mock's outcome is to the client."""
    return Reply(None if outcome is None else seen(outcome), at_s, EPOCH_S + at_s)


def seen(outcome: Outcome) -> Response | Failure:
    """A whole response, or a failure that carries what had come of it."""
    if outcome.ending is Ending.COMPLETE and outcome.response is not None:
        return outcome.response
    sent = outcome.ending not in {Ending.REFUSED, Ending.TLS_FAILURE}
    return Failure(outcome.ending, sent, outcome.response)


def journey(request: Request, policy: RetryPolicy, schedule: Schedule, seed: int = 0) -> Journey[Answer]:
    """One call through this weather."""
    flow = retrying(request, policy, now=0.0, dice=Random(seed))
    return travel(Vendor.of(TAPE, schedule, seed=seed), flow, reply_of)


def unclear(step: Step) -> bool:
    """Whether nobody can know what the vendor did: no complete answer, or one that a gateway may have given in its place.

    Written down here once more, from the table of invariants and not from the client's own, so that the two can disagree.
    """
    response = step.outcome.response
    if step.outcome.ending is not Ending.COMPLETE or response is None:
        return step.outcome.ending not in {Ending.REFUSED, Ending.TLS_FAILURE}
    return response.status == 408 or (response.status >= 500 and response.status not in {501, 505})


def harmless(request: Request, policy: RetryPolicy) -> bool:
    """Whether a second copy of the request does no harm."""
    return request in {READ, KEYED} or request.method in policy.promises.idempotent
