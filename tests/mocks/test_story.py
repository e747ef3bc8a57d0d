"""A counterexample in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from clumsy import run, trying

from journeys import EPOCH_S, KEYED, READ, TAPE, WRITE
from tapehiss.mocks.faults import Damage, Garble, Hang, Latency, Lose, Refuse, Reset, Status, Truncate
from tapehiss.mocks.judge import Case, Verdict, broken, judge, stable
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.story import ATTEMPTS_MAX, happened, story, timeline
from tapehiss.mocks.trace import End, Trace
from tapehiss.mocks.vendor import Vendor

VENDOR = replace(Vendor.of(TAPE), unix_s=EPOCH_S)
STUBBORN = trying(WRITE, again=lambda *_: True)


def told(client, promise, *rules):
    """What is told of the promise that this weather makes a client break."""
    fair = stable(run(VENDOR, client), run(VENDOR, client))
    case = Case(fair, run(replace(VENDOR, schedule=rules), client))
    [verdict] = [each for each in broken(judge(case)) if each.promise == promise]
    return story(case.run, verdict)


@pytest.mark.parametrize(
    ("client", "promise", "fault", "lines"),
    [
        (
            STUBBORN,
            "effects-once",
            Lose(),
            (
                "The connection was reset after the vendor had carried out POST /v1/things, and your client sent it again after 0.5 s without an idempotency key.",
                "POST /v1/things was carried out twice where once was meant.",
            ),
        ),
        (
            STUBBORN,
            "no-unsafe-resend",
            Latency(99.0),
            (
                "No answer to POST /v1/things came within 30 s, though the vendor had carried it out, and your client sent it again after 0.5 s without an idempotency key.",
                "POST /v1/things may have been done, and was sent again once without a key.",
            ),
        ),
        (
            trying(READ, wait=lambda _: 0.25),
            "waits-as-told",
            Status(429, (("Retry-After", "2"),)),
            (
                "GET /v1/things/{id} was answered with 429 and asked to wait 2 s, and your client sent it again after 0.25 s.",
                "GET /v1/things/{id} was to wait 2 s and was sent again after 0.25 s.",
            ),
        ),
        (
            trying(READ, good=lambda _: True),
            "success-is-whole",
            Reset(),
            (
                "The connection was reset after the vendor had read GET /v1/things/{id}, and your client reported success.",
                "Success was reported, and GET /v1/things/{id} got no whole answer once.",
            ),
        ),
        (
            trying(READ, again=lambda *_: False),
            "recovers",
            Status(429),
            (
                "GET /v1/things/{id} was answered with 429, and your client gave up.",
                "GET /v1/things/{id} was turned away once, then the weather was fair, and the client failed.",
            ),
        ),
    ],
)
def test_what_the_weather_did_and_what_the_client_made_of_it(client, promise, fault, lines):
    """Two sentences that somebody understands who has never seen a schedule."""
    assert told(client, promise, Rule(fault, first=1)) == lines


def attempt(request, *faults):
    """The first attempt at a request, under these faults."""
    return run(replace(VENDOR, schedule=tuple(map(Rule, faults))), trying(request, attempts=1)).attempts[0]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Refuse(), "nobody took GET /v1/things/{id}"),
        (Truncate(3), "the answer to GET /v1/things/{id} broke off"),
        (Damage("html"), "the answer to GET /v1/things/{id} was not what it should be"),
        (Hang(), "no answer to GET /v1/things/{id} came within 30 s"),
        (Latency(1.0), "GET /v1/things/{id} was answered with 200"),
        (
            Status(500, (("x-should-retry", "false"),)),
            "GET /v1/things/{id} was answered with 500 and not to come again",
        ),
        (Garble(), "the connection was reset after the vendor had read GET /v1/things/{id}"),
    ],
)
def test_every_ending_has_words(fault, words):
    """As the client sees it."""
    assert happened(attempt(READ, fault)) == words


def test_keys_are_told_where_they_matter():
    """The same one, another one, none."""
    first, again = attempt(KEYED, Reset()), attempt(KEYED)
    end = End(1.0, ok=True)
    for other, words in ((again, "with the same key."), (replace(again, key="x"), "with another key.")):
        run_ = Trace((first, replace(other, at_s=0.5)), end)
        assert story(run_, Verdict("effects-once", kept=False, attempts=(0, 1), arguments=ARGUMENTS))[0].endswith(words)


ARGUMENTS = (("operation", "POST /v1/things"), ("times", "twice"), ("wanted", "once"))


def test_many_attempts_are_told_shortly():
    """The first pauses, and how many there were."""
    lines = told(
        trying(WRITE, attempts=9, again=lambda *_: True, pause_s=lambda _: 1.0),
        "no-unsafe-resend",
        Rule(Reset(), first=8),
    )
    assert "sent it again 8 times, after 1, 1, 1, 1 ... s" in lines[0]


def test_a_promise_that_no_attempt_shows_is_told_all_the_same():
    """A client that crashes before it asks."""
    crashed = Verdict("ends-cleanly", kept=False, arguments=(("crash", "SIGSEGV"),))
    assert story(Trace((), End(0.1, ok=False, crash="SIGSEGV")), crashed) == ("It ended in SIGSEGV.",)
    assert story(Trace((attempt(READ, Reset()),), End(0.1, ok=False, crash="KeyError")), crashed)[0].endswith(
        "ended in KeyError."
    )
    stopped = Trace((attempt(READ, Reset()),), End(9.0, ok=False, stopped=True))
    assert story(stopped, crashed)[0].endswith("and your client did not end.")


def test_the_timeline_has_every_attempt_and_the_end():
    """Numbered from 1, those that are meant with a mark."""
    trace = run(replace(VENDOR, schedule=(Rule(Lose(), first=1), Rule(Damage("html"), after=1, first=1))), STUBBORN)
    assert timeline(trace, (0,)) == (
        ">     0.000 s    1  POST /v1/things  reset, carried out",
        "      0.500 s    2  POST /v1/things  201, not as it should be",
        "      0.500 s  the client reported success",
    )


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (End(1.0, ok=True), "the client reported success"),
        (End(1.0, ok=False), "the client failed"),
        (End(1.0, ok=False, stopped=True), "the client was stopped"),
        (End(1.0, ok=False, crash="SIGSEGV"), "the client ended in SIGSEGV"),
    ],
)
def test_a_long_timeline_leaves_out_its_middle(end, words):
    """And says how much."""
    lines = timeline(Trace((attempt(READ),) * 100, end))
    assert len(lines) == ATTEMPTS_MAX + 2
    assert f"  ... {100 - ATTEMPTS_MAX} more ..." in lines
    assert lines[-1].endswith(words)
