"""What is drawn shrinks towards fair weather."""

from __future__ import annotations

from hypothesis import find, given
from hypothesis import strategies as st

from tapehiss.contracts.retry_after import retry_after
from tapehiss.mocks import strategies
from tapehiss.mocks.fault_forms import FORMS as FAULT_FORMS
from tapehiss.mocks.faults import Hang, Latency, Lose, Reset, Stall, Status, Truncate, is_early
from tapehiss.mocks.retry_after import FORMS
from tapehiss.mocks.schedule import Rule, schedule_from_json, schedule_to_json


@given(strategies.schedules(rules_max=3, on=st.just("GET /a"), latency_max_s=2.0))
def test_what_is_drawn_is_valid(schedule):
    """Every schedule can be written down and read back, within the bounds that were asked for."""
    assert schedule_from_json(schedule_to_json(schedule)) == schedule
    assert len(schedule) <= 3
    assert all(rule.on == "GET /a" for rule in schedule)
    assert all(rule.fault.delay_s <= 2.0 for rule in schedule if isinstance(rule.fault, Latency))


def test_the_simplest_schedule_is_fair_weather():
    """Shrinking ends at ``()``."""
    assert find(strategies.schedules(), lambda _: True) == ()


def test_faults_shrink_towards_the_mildest_that_will_do():
    """A fault that loses an answer shrinks to a status before a reset; each kind to its smallest."""
    assert find(strategies.faults(), lambda _: True) == Latency(0.0)
    assert find(strategies.faults(), lambda fault: fault.spoils) == Status(429)
    assert find(strategies.faults(), lambda fault: fault.severity > 11) == Truncate(0, lying=True)
    assert find(strategies.faults(), lambda fault: fault.severity > 12) == Lose()
    assert find(strategies.faults(), lambda fault: fault.severity > 15) == Reset()
    assert find(strategies.schedules(), bool) == (Rule(Latency(0.0), first=1),)


def test_every_fault_that_ends_is_drawn():
    """Of all that can be written down only silence is not: it lasts until the client gives up."""
    drawn = {type(fault) for fault in strategies._faults(1.0, 2.0, 429, 3, 4)}
    assert {form.make for form in FAULT_FORMS} - drawn == {Hang}


@given(strategies.storms(("GET /a", "POST /b"), latency_max_s=2.0, wait_max_s=1.0))
def test_a_storm_fits_real_time(schedule):
    """It can be written down; nobody waits longer than was said, and no rule strikes before the vendor knows what is asked."""
    assert schedule_from_json(schedule_to_json(schedule)) == schedule
    assert 1 <= len(schedule) <= 2
    for rule in schedule:
        assert rule.on in {"GET /a", "POST /b"}
        assert not is_early(rule.fault)
        assert rule.fault.severity > 1 or rule.fault == Latency(min(rule.fault.delay_s, 2.0))
        assert not isinstance(rule.fault, Stall) or rule.fault.stall_s <= 2.0
        if isinstance(rule.fault, Status) and rule.fault.wait_s is not None:
            asked_s = retry_after(FORMS[rule.fault.form](rule.fault.wait_s, 2e9), 2e9 - rule.fault.wait_s)
            assert asked_s is None or asked_s <= 3.0


def test_storms_shrink_to_one_mild_fault_at_one_attempt():
    """A classic one before an unusual one, at the operation that is called first."""
    weather = strategies.storms(("GET /a", "POST /b"))
    assert find(weather, lambda _: True) == (Rule(Status(429), "GET /a", first=1),)
    assert find(weather, lambda each: any(rule.fault == Reset() for rule in each)) == (
        Rule(Reset(), "GET /a", first=1),
    )
