"""What a storm brought to light."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from tapehiss.cli.scorecard import Scorecard, exit_code, styled
from tapehiss.mocks.arena import Arena
from tapehiss.mocks.contestant import Contestant
from tapehiss.mocks.faults import Lose
from tapehiss.mocks.judge import Case, Terms, Verdict
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.storm import Counterexample, Findings
from tapehiss.mocks.trace import Attempt, End, Fate, Trace
from tapehiss.mocks.vendor import Vendor

LOST = Attempt("POST /a", 1, 0.0, 0.5, Fate.AMBIGUOUS, writes=True, carried_out=True)
AGAIN = Attempt("POST /a", 1, 1.0, 1.0, Fate.DONE, writes=True, status=200, carried_out=True)
CASE = Case(Trace((AGAIN,), End(0.1, ok=True)), Trace((LOST, AGAIN), End(1.2, ok=True)))
TWICE = Verdict("effects-once", False, (0, 1), (("operation", "POST /a"), ("times", "twice"), ("wanted", "once")))
FOUND = Counterexample((Rule(Lose(), first=1),), TWICE, CASE)


def card(findings: Findings) -> Scorecard:
    arena = Arena(Vendor(), Contestant(("app",)), Terms(), 3)
    arena.planned, arena.reached, arena.most = 10, 7, 2.5
    arena.missed = {"GET /b is on no tape": None}
    again = ("tapehiss", "storm", "a tape.yaml", "--replay", "{file}", "--", "app", "{url}")
    return Scorecard(findings, arena, 4.2, {"effects-once": Path("into", "e.storm.json")}, again)


def test_a_broken_promise_is_told_with_all_that_is_needed_to_see_it():
    """What was promised, the story, the attempts, the weather, and the command that plays it again."""
    findings = Findings((FOUND,), (), frozenset({"recovers", "waits-as-told"}), frozenset({"same-key"}), 62)
    told = list(card(findings).lines())
    assert told[0] == ("storm", "62 runs in 4 s; 7 of 10 faults struck; at most 2.5 times the requests of fair weather")
    assert told[2] == ("broken", "effects-once: what the client asked for is done once")
    assert ("", "POST /a was carried out twice where once was meant.") in told
    assert ("weather", "lose first=1") in told
    assert ("replay", "tapehiss storm 'a tape.yaml' --replay into/e.storm.json -- app '{url}'") in told
    assert told[-3:] == [
        ("kept", "waits-as-told, recovers"),
        ("not seen", "same-key"),
        ("missed", "GET /b is on no tape"),
    ]


def test_the_same_for_a_program():
    """Nothing less."""
    data = card(Findings((FOUND,), (), frozenset({"recovers"}), frozenset({"same-key"}), 62)).as_data()
    [broken] = data["broken"]
    assert (broken["promise"], broken["schedule"]) == ("effects-once", [{"lose": True, "first": 1}])
    assert broken["file"] == "into/e.storm.json"
    assert (data["kept"], data["not_seen"], data["runs"], data["amplification"]) == (
        ["recovers"],
        ["same-key"],
        62,
        2.5,
    )


def test_what_is_not_sure_is_said():
    """A promise that was broken once; a search that had no time."""
    told = dict(card(Findings((), (FOUND,), hurried=True)).lines())
    assert told["unsure"] == "effects-once: once under lose first=1, and not each time again"
    assert "no time to look" in told[""]


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        (Findings((FOUND,), (FOUND,)), 1),
        (Findings((), (FOUND,), frozenset({"recovers"})), 3),
        (Findings((), (), frozenset(), frozenset({"recovers"})), 3),
        (Findings((), (), frozenset({"recovers"})), 0),
    ],
)
def test_the_exit_code_says_what_became_of_the_promises(findings, code):
    """Broken, unsure, nothing seen, kept."""
    assert exit_code(findings) == code


def test_a_line_has_its_word_in_colour_and_no_orders_for_the_terminal():
    """What the line quotes is shown, not obeyed."""
    line = styled("broken", "\x1b[2J")
    assert click.unstyle(line) == "broken     \\x1b[2J"
    assert line != click.unstyle(line)
    assert styled("", "") == ""
