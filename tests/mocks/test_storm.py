"""The smallest outage that breaks a client."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from clumsy import run, trying
from hypothesis import strategies as st

from journeys import EPOCH_S, READ, TAPE, WRITE
from tapehiss.mocks.faults import Latency, Lose, Reset, Status
from tapehiss.mocks.judge import Case, Terms, broken, judge, stable
from tapehiss.mocks.promises import PROMISES
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.storm import storm
from tapehiss.mocks.strategies import schedules, storms, tour
from tapehiss.mocks.vendor import Vendor

VENDOR = replace(Vendor.of(TAPE), unix_s=EPOCH_S)
STRICT = Terms()


def playing(client, terms=STRICT):
    """The runs of a client."""
    fair = stable(run(VENDOR, client), run(VENDOR, client))
    return lambda schedule: Case(fair, run(replace(VENDOR, schedule=schedule), client), terms)


def through(client, weather=None, **options):
    """What a storm finds of a client."""
    return storm(playing(client), schedules() if weather is None else weather, tuple(PROMISES), **options)


@pytest.mark.parametrize(
    ("client", "promise"),
    [
        (trying(WRITE, again=lambda *_: True), "no-unsafe-resend"),
        (trying(WRITE, again=lambda *_: True), "effects-once"),
        (trying(READ, good=lambda _: True), "success-is-whole"),
        (trying(READ, again=lambda *_: False), "recovers"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_what_breaks_a_client_is_shrunk_to_one_fault_at_one_attempt(client, promise, seed):
    """Whatever was drawn first: one rule, which strikes the first attempt once."""
    [found] = [each for each in through(client, seed=seed).broken if each.verdict.promise == promise]
    [rule] = found.schedule
    assert (rule.after, rule.first, rule.probability) == (0, 1, 1.0)
    assert rule.from_s <= 0.0


def test_the_known_smallest_is_found():
    """Three attempts in a row without a pause take three faults, and no fewer."""
    client = trying(READ, attempts=4, pause_s=lambda _: 0.0)
    weather = st.lists(st.builds(Rule, st.just(Reset()), first=st.integers(1, 9)), max_size=4).map(tuple)
    [found] = through(client, weather).broken
    assert (found.verdict.promise, found.schedule) == ("pauses-between", (Rule(Reset(), first=3),))


def test_a_client_that_keeps_its_promises():
    """Nothing is broken; what was put to the test is told apart from what never happened."""
    weather = st.builds(Rule, st.sampled_from([Reset(), Status(429), Latency(3.0)]), first=st.integers(1, 2))
    findings = through(trying(READ, WRITE), weather.map(lambda rule: (rule,)), examples=100)
    assert findings.broken == findings.unsure == ()
    assert {"no-unsafe-resend", "effects-once", "recovers"} <= findings.kept
    assert {"same-key", "waits-as-told"} <= findings.unseen
    assert findings.kept | findings.unseen == PROMISES.keys()


def test_the_same_seed_brings_the_same_storm():
    """A run of the storm can be had again."""
    client = trying(WRITE, again=lambda *_: True)
    assert through(client, seed=7, examples=50) == through(client, seed=7, examples=50)


def test_what_does_not_happen_again_is_unsure():
    """A client that stumbles now and then is not called broken."""
    runs = count()

    def moody():
        number = next(runs)
        return trying(WRITE, again=lambda *_: number < LAST)()

    findings = through(moody, st.just((Rule(Lose(), first=1),)), examples=1)
    assert [each.verdict.promise for each in findings.unsure][:1] == ["no-unsafe-resend"]
    assert "no-unsafe-resend" not in {each.verdict.promise for each in findings.broken}


LAST = 3
"""Runs after which the moody client has learnt its lesson: two in fair weather, then the one in which it is found out."""


@pytest.mark.parametrize("promise", ["no-unsafe-resend", "effects-once"])
def test_a_counterexample_shows_what_it_says(promise):
    """The run that is told broke that very promise, under that very schedule."""
    play = playing(trying(WRITE, again=lambda *_: True))
    [found] = storm(play, schedules(), (promise,)).broken
    assert found.case == play(found.schedule)
    assert found.verdict in broken(judge(found.case))
    assert found.verdict.promise == promise


@pytest.mark.parametrize("client", [trying(WRITE, again=lambda *_: True), trying(READ)])
def test_what_is_played_ahead_is_not_played_again(client):
    """The storm finds the same; only what breaks, or shrinks, is played one by one."""
    play, alone, many = playing(client), [], []

    def ahead(schedules):
        many.extend(schedules)
        return [play(schedule) for schedule in schedules]

    def one(schedule):
        alone.append(schedule)
        return play(schedule)

    findings = storm(one, schedules(), tuple(PROMISES), examples=60, ahead=ahead)
    plain = storm(play, schedules(), tuple(PROMISES), examples=60)
    assert len(set(many)) == len(many) > 30
    assert [each.verdict for each in findings.broken] == [each.verdict for each in plain.broken]
    confirmed = {each.schedule for each in findings.broken}
    assert all(schedule in confirmed or schedule not in many for schedule in alone)
    assert bool(alone) == bool(findings.broken)


def test_a_storm_that_is_told_enough_tries_nothing_new():
    """What was found is confirmed, and not made smaller; that is said."""
    play, runs = playing(trying(WRITE, again=lambda *_: True)), []

    def counted(schedule):
        runs.append(schedule)
        return play(schedule)

    findings = storm(counted, schedules(), tuple(PROMISES), enough=lambda: len(runs) >= 30)
    assert findings.hurried
    assert findings.broken
    assert findings.runs == len(runs) <= 30 + 3 * len(findings.broken)


def test_what_breaks_under_a_small_schedule_is_not_searched_for():
    """The first of them that does is told; a rule in it that has no part in it is left out; the rest is searched for."""
    client = trying(WRITE, again=lambda *_: True, pause_s=lambda _: 0.0, attempts=4)
    small = ((), (Rule(Latency(1.0)), Rule(Lose(), first=1)), (Rule(Reset(), first=1),))
    weather = st.builds(Rule, st.just(Reset()), first=st.integers(1, 9)).map(lambda rule: (rule,))
    broken_by = {each.verdict.promise: each.schedule for each in through(client, weather, first=small).broken}
    assert broken_by["effects-once"] == broken_by["no-unsafe-resend"] == (Rule(Lose(), first=1),)
    assert broken_by["pauses-between"] == (Rule(Reset(), first=3),)


def test_fifty_schedules_break_a_naive_client():
    """Everything that it does wrong, by one rule each; a pause that is too short takes as many attempts as are looked at."""
    client = trying(
        WRITE,
        READ,
        attempts=9,
        again=lambda *_: True,
        wait=lambda _: 0.0,
        good=lambda each: each is not None and each.status < 400,
    )
    operations = ("POST /v1/things", "GET /v1/things/*")
    findings = through(client, storms(operations), first=tour(operations), examples=50)
    expected = {"no-unsafe-resend", "effects-once", "refusals-accepted", "waits-as-told", "success-is-whole"}
    assert expected <= {each.verdict.promise for each in findings.broken}
    for each in findings.broken:
        assert each.verdict.promise not in expected or [rule.first for rule in each.schedule] == [1]
