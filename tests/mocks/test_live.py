"""A vendor that is being asked, by tests that share nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import HOST, SHOP

from tapehiss.cassettes.exchange import Request
from tapehiss.mocks import live as module
from tapehiss.mocks.errors import BadClock, BadStateKey
from tapehiss.mocks.faults import Lose, Status
from tapehiss.mocks.feed import Kind
from tapehiss.mocks.journal import ENTRIES_MAX
from tapehiss.mocks.live import STATES_MAX, LiveVendor, dated
from tapehiss.mocks.profile import profile_names, shipped_profile
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.selection import Selection
from tapehiss.mocks.statekeys import state_by
from tapehiss.mocks.vendor import State, Vendor
from tapehiss.mocks.vendorclock import UNIX_MAX_S, UNIX_MIN_S
from tapehiss.mocks.verification import Expectation

ORDER = SHOP[0].request
BUSY = (Rule(Status(503)),)
BY_HEADER = state_by("header:X-Test-Id")


def live(*schedule: Rule) -> LiveVendor:
    return LiveVendor(Vendor.of(SHOP, schedule))


def keyed(schedule=()) -> LiveVendor:
    return LiveVendor(Vendor.of(SHOP, schedule), by=BY_HEADER)


def of(key: str, request: Request = ORDER) -> Request:
    return replace(request, headers=(*request.headers, ("X-Test-Id", key))) if key else request


def status(mock: LiveVendor, key: str, now_s: float = 0.0) -> int:
    return mock.answer(of(key), now_s)[0].response.status


CALLS = st.lists(st.tuples(st.sampled_from(["a", "b", ""]), st.integers(0, len(SHOP) - 1)), max_size=25)


@given(CALLS, st.integers(0, 99))
@settings(max_examples=80)
def test_who_names_a_state_gets_what_it_would_get_alone(calls, seed):
    """However the calls of several clients are interleaved: sequences, attempts, faults, limits, keys and effects."""
    weather = (Rule(Status(503), first=1, probability=0.5), Rule(Lose(), on="POST *", first=1))
    vendor = Vendor.of(SHOP, weather, seed=seed)

    def mock() -> LiveVendor:
        made = LiveVendor(vendor, by=BY_HEADER)
        made.limit(shipped_profile("klaviyo:XS"), 0.0)
        return made

    shared, alone = mock(), {key: mock() for key in ("a", "b", "")}
    for at_s, (key, number) in enumerate(calls):
        request = of(key, SHOP[number].request)
        assert shared.answer(request, at_s / 4) == alone[key].answer(request, at_s / 4)
    assert {key: shared.effects(key) for key in alone} == {key: alone[key].effects(key) for key in alone}


def test_the_state_moves_on_and_the_journal_knows():
    """Each answer is the next one; the journal has the path and no query."""
    mock = live()
    assert [mock.answer(ORDER, 1.0)[0].recording for _ in range(2)] == [0, 1]
    mock.answer(Request("GET", HOST + "/v1/x?secret=hush"), 2.0)
    assert [(entry.at_s, entry.path) for entry in mock.journal.entries][-1] == (2.0, "/v1/x")


def test_a_new_schedule_begins_now():
    """Windows and attempts are counted from the moment when the schedule was set; the seed stays unless given."""
    mock = live(Rule(Status(503), first=1))
    assert [mock.answer(ORDER, 0.0)[0].response.status for _ in range(2)] == [503, 200]
    mock.play((Rule(Status(500), first=1, to_s=5.0),), 100.0)
    assert [mock.answer(ORDER, 104.0)[0].response.status for _ in range(2)] == [500, 200]
    mock.play((), 200.0, seed=7)
    assert (mock.vendor.schedule, mock.vendor.seed) == ((), 7)


def test_a_reset_begins_the_tapes_anew():
    """After a reset the first recording plays again and the journal is empty."""
    mock = live()
    mock.answer(ORDER, 0.0)
    mock.reset(9.0)
    assert (mock.state, mock.journal.totals().requests) == (State(began_s=9.0), 0)
    assert mock.answer(ORDER, 9.0)[0].recording == 0


def test_one_state_can_be_reset():
    """It begins anew, its entries are gone; the others' are not."""
    mock = keyed()
    for key in ("a", "b"):
        mock.answer(of(key), 0.0)
    mock.reset(1.0, key="a")
    assert [entry.marks.key for entry in mock.journal.entries] == ["b"]
    assert [mock.answer(of(key), 1.0)[0].recording for key in ("a", "b")] == [0, 1]
    mock.reset(2.0, key="never seen")
    mock.reset(3.0)
    assert (mock.states, list(mock.journal.entries)) == ({}, [])


def test_what_is_set_for_one_is_set_for_nobody_else():
    """And what is set for everybody leaves alone who set it for itself."""
    mock = keyed()
    mock.play(BUSY, 0.0, key="a")
    assert [status(mock, key) for key in ("a", "b", "")] == [503, 200, 200]
    mock.play((Rule(Status(500)),), 1.0)
    assert [status(mock, key, 1.0) for key in ("a", "b", "", "new")] == [503, 500, 500, 500]
    mock.limit(shipped_profile("klaviyo:XS"), 2.0, key="b")
    assert [bool(mock.sandbox(key, 2.0).profile) for key in ("a", "b", "")] == [False, True, False]


def test_a_new_state_begins_when_it_is_first_named():
    """The windows of the schedule count from there: a test gets its outage whenever it begins."""
    mock = keyed((Rule(Status(503), to_s=10.0),))
    assert [status(mock, "", 50.0), status(mock, "a", 50.0), status(mock, "a", 61.0)] == [200, 503, 200]


def test_a_dead_mans_switch_clears_the_weather_for_all():
    """Also for states that were made meanwhile; who renews in time keeps it."""
    mock = keyed()
    mock.play(BUSY, 0.0, for_s=10.0)
    assert status(mock, "a", 5.0) == 503
    mock.prolong(9.0, 10.0)
    assert [status(mock, key, 18.0) for key in ("", "a", "b")] == [503] * 3
    assert [status(mock, key, 19.0) for key in ("", "a", "b", "c")] == [200] * 4
    mock.play(BUSY, 20.0, for_s=10.0, key="a")
    mock.prolong(25.0, 10.0, key="a")
    assert status(mock, "a", 34.0) == 503
    assert mock.sandbox("a", 35.0).vendor.schedule == ()


def test_states_are_bounded():
    """The one that was used longest ago is forgotten, and begins anew; so is the one that somebody forgets."""
    mock = keyed()
    for number in range(STATES_MAX):
        mock.answer(of(str(number)), 0.0)
    mock.answer(of("0"), 0.0)
    mock.answer(of("one more"), 0.0)
    assert len(mock.states) == STATES_MAX
    assert [key in mock.states for key in ("0", "1", "2")] == [True, False, True]
    mock.evict("2")
    assert mock.answer(of("2"), 0.0)[0].recording == 0
    with pytest.raises(BadStateKey):
        mock.evict("2 2")


def test_what_all_states_remember_is_bounded(monkeypatch):
    """Whoever asks very much makes others forgotten, not the memory grow."""
    monkeypatch.setattr(module, "REMEMBERED_MAX", 5)
    mock = keyed()
    for key in "aabbbb":
        mock.answer(of(key), 0.0)
    assert list(mock.states) == ["b"]
    for _ in range(20):
        mock.answer(of("b"), 0.0)
    assert list(mock.states) == ["b"]


def test_without_keys_nobody_names_a_state():
    """A key is refused where nothing tells states apart, and so is one that is too long."""
    for key, mock in (("a", live()), ("a" * 101, keyed())):
        with pytest.raises(BadStateKey):
            mock.play((), 0.0, key=key)
        with pytest.raises(BadStateKey):
            mock.effects(key)


def test_the_vendors_clock_can_be_set_moved_and_stopped():
    """Windows of the schedule and the journal go by it; a time that no vendor shows is refused, and nothing changes."""
    mock = LiveVendor(dated(Vendor.of(SHOP, (Rule(Status(503), from_s=100.0, to_s=200.0),)), 1_000_000.0), by=BY_HEADER)
    assert status(mock, "", 0.0) == 200
    mock.set_clock(1.0, advance_s=100.0)
    assert (status(mock, "", 2.0), mock.journal.entries[-1].at_s) == (503, 102.0)
    mock.set_clock(3.0, unix_s=1_000_150.0, going=False, key="a")
    assert [mock.sandbox(key, 9.0).clock.at(9.0) for key in ("", "a")] == [109.0, 150.0]
    mock.set_clock(10.0, advance_s=1.0)
    assert [mock.sandbox(key, 10.0).clock.at(10.0) for key in ("", "a")] == [111.0, 150.0]
    mock.set_clock(10.0, going=True, key="a")
    assert mock.sandbox("a", 12.0).clock.at(12.0) == 152.0
    for wrong in ({"unix_s": -1.0}, {"advance_s": 1e300}, {"advance_s": float("nan")}):
        with pytest.raises(BadClock):
            mock.set_clock(12.0, **wrong)
    assert mock.sandbox("", 12.0).clock.at(12.0) == 113.0
    with pytest.raises(BadClock):
        mock.set_clock(12.0, unix_s=-1.0, key="b")
    mock.set_clock(12.0, advance_s=1.0)
    assert mock.sandbox("b", 12.0).clock.at(12.0) == 114.0


def test_a_path_names_state_and_host():
    """Where states are told apart by path; elsewhere such a path is on no tape."""
    request = Request("GET", "http://m/_state/a/v1/orders/1")
    mock = LiveVendor(Vendor.of(SHOP), by=state_by("path"))
    assert [mock.answer(request, 0.0)[0].recording for _ in range(2)] == [0, 1]
    assert list(mock.states) == ["a"]
    assert live().answer(request, 0.0)[0].recording is None


@given(
    st.sampled_from(profile_names()),
    st.lists(
        st.tuples(st.floats(UNIX_MIN_S, UNIX_MAX_S), st.integers(0, 3), st.integers(0, len(SHOP) - 1)), max_size=8
    ),
)
@settings(max_examples=80)
def test_whatever_the_clock_is_set_to_the_vendor_answers(name, steps):
    """Under every vendor's limits, forth and back over a hundred and thirty years; and the wait it asks for is one."""
    mock = LiveVendor(dated(Vendor.of(SHOP), 1.7e9))
    mock.limit(shipped_profile(name), 0.0)
    for unix_s, times, number in steps:
        mock.set_clock(0.0, unix_s=unix_s)
        for _ in range(times):
            outcome, delay_s = mock.answer(SHOP[number].request, 0.0)
            assert delay_s >= 0
            assert not outcome.limit or outcome.response is not None


def test_a_check_knows_what_the_journal_has_forgotten():
    """Not what lies before the first number that counts, nor where the totals know the count."""
    mock = live()
    for number in range(ENTRIES_MAX + 5):
        mock.answer(ORDER if number else SHOP[3].request, 1.0)
    once = Expectation(exactly=1)
    assert mock.verify(Selection("POST *"), once).ok
    assert [each.what for each in mock.verify(Selection("POST *", status=201), once).violations] == ["forgotten"]
    assert [each.what for each in mock.verify(Selection("POST *", since=5), once).violations] == ["count"]
    assert len(mock.select(Selection("GET *"))) == ENTRIES_MAX


def test_who_listens_learns_what_is_set_by_a_restore():
    """Everybody's weather and limits, and those of states that have their own."""
    mock, fair, storm = keyed(), {"rules": [], "seed": 0}, (Rule(Status(503)),)
    mock.play(storm, 0.0, key="a")
    mock.snapshot("then", 0.0)
    mock.play(storm, 1.0)
    mock.play((), 1.0, key="a")
    with mock.feed.listening(frozenset({Kind.SCHEDULE}), lambda: None) as listener:
        mock.restore("then", 2.0)
        assert [event.data for event in listener.take()] == [fair, {"rules": ["503"], "seed": 0, "state": "a"}]
        mock.restore("then", 3.0, key="a")
        assert [event.data for event in listener.take()] == [{"rules": ["503"], "seed": 0, "state": "a"}]
