"""Which promises a client kept, from what passed over the wire."""

from __future__ import annotations

from dataclasses import replace

import pytest
from clumsy import judged, trying
from hypothesis import given
from hypothesis import strategies as st

from journeys import EPOCH_S, KEYED, PUT, READ, TAPE, WRITE, journey, policies, requests, thoroughly, weather
from tapehiss.cassettes.exchange import Exchange, Response
from tapehiss.clients.errors import ApiError
from tapehiss.mocks.faults import Answer, Damage, GzipCut, Lose, Reset, Status, Truncate
from tapehiss.mocks.judge import JUDGES, Case, Terms, broken, judge, stable
from tapehiss.mocks.promises import PROMISES
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.trace import Attempt, End, Fate, Trace, trace_of
from tapehiss.mocks.vendor import Vendor

VENDOR = replace(Vendor.of(TAPE), unix_s=EPOCH_S)
STUBBORN = {"again": lambda *_: True}
THREE_LOST = (Rule(Reset(), first=3),)


def told(verdicts):
    """The promises that were broken."""
    return {verdict.promise for verdict in broken(verdicts)}


def called(request, policy, schedule):
    """The trace of one call of the reference client."""
    end = journey(request, policy, schedule)
    crash = "" if end.error is None or isinstance(end.error, ApiError) else repr(end.error)
    ok = end.result is not None and end.result.response.status < 400
    return trace_of(VENDOR, end.steps, End(end.now_s, ok, crash))


@thoroughly
@given(requests(), policies(), weather())
def test_the_reference_client_keeps_every_promise(request_, policy, schedule):
    """Whatever the weather, whatever is asked, whatever the policy: the judge finds nothing.

    The retry flow alone does not look into bodies, and a policy without patience does not survive a single refusal.
    """
    terms = Terms(idempotent=policy.promises.idempotent, deadline_s=policy.deadline_s)
    case = Case(called(request_, policy, ()), called(request_, policy, schedule), terms)
    patient = policy.attempts_max > 1 and policy.retry_after_max_s >= terms.patience_s and policy.deadline_s > 5
    unread = any(in_the_body(rule.fault) for rule in schedule)
    beyond = ({"success-is-whole"} if unread else set()) | (set() if patient else {"recovers"})
    assert told(judge(case)) <= beyond


def in_the_body(fault):
    """Whether only who reads the body can know that it is not what was recorded."""
    if isinstance(fault, Status):
        return fault.code < 400
    return isinstance(fault, Damage | GzipCut | Answer) or getattr(fault, "lying", False)


@pytest.mark.parametrize(
    ("promise", "client", "schedule", "terms"),
    [
        ("no-unsafe-resend", trying(WRITE, **STUBBORN), (Rule(Reset(), first=1),), Terms()),
        ("effects-once", trying(WRITE, **STUBBORN), (Rule(Lose(), first=1),), Terms()),
        (
            "same-key",
            trying(KEYED, again=lambda *_: True, anew=lambda _, attempt: keyed(f"key {attempt}")),
            (Rule(Reset(), first=1),),
            Terms(),
        ),
        (
            "same-body",
            trying(KEYED, again=lambda *_: True, anew=lambda _, attempt: keyed("key", b"%d" % attempt)),
            (Rule(Reset(), first=1),),
            Terms(),
        ),
        ("refusals-accepted", trying(READ, **STUBBORN), (Rule(Status(400), first=1),), Terms()),
        ("stays-away", trying(READ), (Rule(Status(429, (("X-Should-Retry", "false"),)), first=1),), Terms()),
        ("attempts-bounded", trying(READ, attempts=20), (Rule(Reset()),), Terms(amplification_max=50)),
        ("waits-as-told", trying(READ, wait=lambda _: 0.5), (Rule(Status(429, (("Retry-After", "2"),)), first=1),), Terms()),
        ("pauses-between", trying(READ, attempts=4, pause_s=lambda _: 0.0), THREE_LOST, Terms()),
        ("amplification-bounded", trying(READ, attempts=9), (Rule(Reset()),), Terms(amplification_max=4)),
        ("success-is-whole", trying(READ, good=lambda _: True), (Rule(Truncate(3), first=1),), Terms()),
        ("success-is-whole", trying(READ), (Rule(Damage("html")),), Terms()),
        ("ends-in-time", trying(READ), (Rule(Status(429, (("Retry-After", "9000"),)), first=1),), Terms(deadline_s=60)),
        ("ends-cleanly", trying(READ), (Rule(Status(429, (("Retry-After", "soon"),)), first=1),), Terms()),
        ("recovers", trying(READ, again=lambda *_: False), (Rule(Status(429), first=1),), Terms()),
    ],
)  # fmt: skip
def test_each_promise_has_a_client_that_breaks_it(promise, client, schedule, terms):
    """And in fair weather nobody breaks any."""
    assert promise in told(judged(VENDOR, client, schedule, terms))
    assert told(judged(VENDOR, client, (), terms)) == set()


def keyed(key, body=KEYED.body):
    """The write with this key."""
    headers = (*KEYED.headers[:-1], ("Idempotency-Key", key))
    return type(KEYED)(KEYED.method, KEYED.url, headers, body)


ATTEMPTS = st.builds(
    Attempt,
    st.sampled_from(["GET /a", "POST /a", "PUT /a"]),
    st.integers(0, 3),
    st.floats(0, 100),
    st.floats(0, 100),
    st.sampled_from(Fate),
    st.booleans(),
    st.sampled_from(["", "k", "l"]),
    st.sampled_from(["", "b"]),
    st.sampled_from([None, 200, 201, 400, 404, 429, 500, 503]),
    st.none() | st.floats(0, 1e10),
    st.booleans(),
    st.booleans(),
)
TRACES = st.builds(
    Trace,
    st.lists(ATTEMPTS, max_size=8).map(tuple),
    st.builds(End, st.floats(0, 1e4), st.booleans(), st.sampled_from(["", "KeyError"])),
)


@thoroughly
@given(TRACES, TRACES, st.builds(Terms, deadline_s=st.floats(0, 1e4), amplification_max=st.floats(1, 5)))
def test_whatever_passed_is_judged_and_can_be_told(fair, run, terms):
    """Total: a verdict on every promise, in words, with attempts that there are; what is not broken says what is promised."""
    verdicts = judge(Case(fair, run, terms))
    assert [verdict.promise for verdict in verdicts] == list(PROMISES)
    assert all(0 <= number < len(run.attempts) for verdict in verdicts for number in verdict.attempts)
    assert all(str(verdict) for verdict in verdicts)


@given(TRACES)
def test_a_run_like_the_fair_one_breaks_nothing_on_the_wire(run):
    """What the client does in fair weather is what it means to do."""
    resends = {"no-unsafe-resend", "effects-once", "refusals-accepted", "attempts-bounded", "amplification-bounded"}
    assert resends.isdisjoint(told(judge(Case(run, run))))


@given(TRACES, TRACES)
def test_what_is_stable_is_in_both(one, other):
    """In the order of the first, and never more often than in either."""
    common = stable(one, other).attempts
    for call in range(4):
        counts = [sum(each.call == call for each in trace.attempts) for trace in (one, other)]
        assert sum(each.call == call for each in common) == min(counts)
    rest = iter(one.attempts)
    assert all(attempt in rest for attempt in common)


def test_nothing_seen_is_not_kept():
    """Of a client that met no weather hardly anything can be said."""
    verdicts = judged(VENDOR, trying(READ), ())
    assert {verdict.promise for verdict in verdicts if verdict.kept} == set()
    assert str(verdicts[0]) == PROMISES["no-unsafe-resend"].says


def test_a_call_that_is_meant_twice_may_be_made_twice():
    """Two equal writes are two in fair weather, too; a third is one too many."""
    tape = (Exchange(WRITE, Response(201)), Exchange(WRITE, Response(201)))
    vendor = Vendor.of(tape)
    assert told(judged(vendor, trying(WRITE, WRITE), ())) == set()
    verdicts = judged(vendor, trying(WRITE, WRITE, again=lambda *_: True), (Rule(Lose(), first=1),))
    assert [str(each) for each in broken(verdicts)] == [
        "POST /v1/things may have been done, and was sent again once without a key",
        "POST /v1/things was carried out 3 times where twice was meant",
    ]


def test_a_vendor_that_promises_is_believed():
    """Where twice is once, an idempotent write may be sent again."""
    client = trying(PUT, **STUBBORN)
    assert told(judged(VENDOR, client, (Rule(Lose(), first=1),))) == {"no-unsafe-resend", "effects-once"}
    assert told(judged(VENDOR, client, (Rule(Lose(), first=1),), Terms(idempotent=frozenset({"PUT"})))) == set()


def test_every_promise_has_its_judge():
    """One table, one judge for each row."""
    assert list(JUDGES) == list(PROMISES)
