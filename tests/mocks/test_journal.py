"""What the journal remembers, and what it does not."""

from __future__ import annotations

from tapehiss.cassettes.exchange import Ending, Request, Response
from tapehiss.mocks.faults import Latency, Status
from tapehiss.mocks.journal import (
    ENTRIES_MAX,
    PATH_MAX,
    TOTALS_MAX,
    Entry,
    Journal,
    Marks,
    coverage,
    digest_of,
    marks_of,
)
from tapehiss.mocks.outcome import Outcome, Rung
from tapehiss.mocks.schedule import Rule

FINE = Outcome(Response(200), rung=Rung.EXACT, recording=4)


def test_an_entry_says_what_happened():
    """Time, operation, rung, answer, delay, recording and the rules that struck."""
    outcome = Outcome(
        Response(503), rung=Rung.EXACT, recording=4, struck=(Rule(Status(503), first=1), Rule(Latency(2.0)))
    )
    entry = Journal().note(1.5, "GET", "/a", outcome, 2.0)
    assert entry == Entry(0, 1.5, "GET", "/a", Rung.EXACT, 503, "complete", 2.0, 4, ("503 first=1", "latency=2"))


def test_totals_add_up():
    """Every request is in one rung and one answer; calls are counted by operation."""
    journal = Journal()
    journal.note(0.0, "GET", "/a", FINE, 0.0)
    journal.note(0.0, "GET", "/b", Outcome(Response(404)), 0.0)
    journal.note(0.0, "POST", "/a", Outcome(None, Ending.RESET, rung=Rung.EXACT, struck=(Rule(Latency(1.0)),)), 0.0)
    totals = journal.totals()
    assert (totals.requests, totals.rungs, totals.statuses) == (
        3,
        {"exact": 2, "miss": 1},
        {"200": 1, "404": 1, "reset": 1},
    )
    assert (totals.struck, totals.missed) == ({"latency=1": 1}, {("GET", "/b"): 1})
    assert (journal.count("*"), journal.count("GET *"), journal.count("/a"), journal.count("PUT *")) == (3, 2, 2, 0)


def test_what_was_planned_and_never_reached_is_counted():
    """Every rule of a schedule has its count, and a rule that struck before and is no more planned has none."""
    journal, rule = Journal(), Rule(Status(503), first=1)
    for struck in ((rule,), (rule, Rule(Latency(1.0))), ()):
        journal.note(0.0, "GET", "/a", Outcome(Response(503), rung=Rung.EXACT, struck=struck), 0.0)
    planned = (rule, Rule(Status(500), "PUT *"))
    assert coverage(planned, journal.totals().struck) == {"503 first=1": 2, "500 on=PUT *": 0}
    assert coverage((), journal.totals().struck) == {}


def test_a_journal_is_bounded():
    """Entries, paths and the paths that are counted apart have limits; the counts stay right."""
    journal = Journal()
    for number in range(TOTALS_MAX + 5):
        journal.note(0.0, "GET", f"/{number}", FINE, 0.0)
    assert len(journal.entries) == ENTRIES_MAX
    assert journal.totals().calls[("GET", "*")] == 5
    assert journal.totals().requests == TOTALS_MAX + 5
    assert len(journal.note(0.0, "GET", "/" + "x" * 9999, FINE, 0.0).path) == PATH_MAX


def test_a_cleared_journal_is_a_new_one():
    """After clearing nothing is left, and numbers begin at 0."""
    journal = Journal()
    journal.note(0.0, "GET", "/a", FINE, 0.0)
    journal.clear()
    assert journal.totals() == Journal().totals()
    assert journal.note(0.0, "GET", "/a", FINE, 0.0).number == 0


def test_what_is_forgotten_is_counted_by_state():
    """So that nobody takes it for what did not happen; a state that is reset has nothing behind it."""
    journal = Journal()
    for number in range(ENTRIES_MAX + 5):
        journal.note(0.0, "GET", "/a", FINE, 0.0, Marks("x" if number < 2 else "y"))
    assert (journal.forgotten(), journal.forgotten("x"), journal.forgotten("y"), journal.forgotten("z")) == (5, 2, 3, 0)
    journal.forget("y")
    assert (len(journal.entries), journal.forgotten("y"), journal.forgotten()) == (0, 0, 2)


def test_how_long_a_client_was_told_to_wait_is_kept():
    """Of refusals and redirections, as the header said it; digests of a key and of a body are the same for the same."""
    busy = Outcome(Response(503, "", (("retry-after", "7" * 200),)), rung=Rung.EXACT)
    entry = Journal().note(0.0, "GET", "/a", busy, 0.0)
    assert entry.retry_after == "7" * 100
    keyed = Request("POST", "http://m/", (("Idempotency-Key", "k"),), b"{}")
    marks = marks_of(keyed, "t")
    assert (marks.key, marks.idempotency, len(marks.body)) == ("t", digest_of("k"), 64)
    assert marks_of(Request("POST", "http://m/"), "") == Marks()
