"""A report as lines of text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from reporting import MISSING, REPORT, UNKNOWN, reports

from tapehiss.contracts.acceptance import Entry
from tapehiss.contracts.report_text import as_text, lines_of, notes_of


def test_a_finding_is_a_line_that_editors_understand():
    """``file:line: severity: id: place: words [fingerprint] ×count``; then the summary."""
    first, second, last = as_text(REPORT).splitlines()
    assert first == (
        "tapes/a.yaml:33: error: member-missing: GET https://h/v1/a response 200 application/json /data/~*/b: "
        '"b" is missing, it was there 412 times of 412 (without a change the chance of that is 0.25 %) '
        f"[{MISSING.fingerprint}] ×12"
    )
    assert (
        second
        == f"info: operation-unknown: GET https://h/v2: this operation is not in the contract [{UNKNOWN.fingerprint}]"
    )
    assert last == REPORT.summary


def test_a_person_gets_more_lines():
    """What and where, in words, who shows it and where exactly, what to do."""
    assert [line.split()[0] for line in lines_of(MISSING)] == ["error", '"b"', "12", "->"]
    assert "such as tapes/a.yaml:33 at /data/3" in lines_of(MISSING)[2]


def test_notes_tell_what_ran_out_and_what_can_go():
    """An acceptance that expired, and one that nothing needs."""
    decided = replace(
        REPORT.decided, expired=((MISSING, Entry("r", until=date(2026, 1, 1))),), unused=(Entry("r", id="value-new"),)
    )
    ran_out, can_go = notes_of(replace(REPORT, decided=decided))
    assert "2026-01-01" in ran_out
    assert "value-new" in can_go


@given(reports())
def test_every_finding_is_one_line(report):
    """Whatever a finding quotes, it breaks no line and steers no terminal."""
    lines = as_text(replace(report, notes=(), decided=replace(report.decided, expired=(), unused=()))).split("\n")
    assert len(lines) == len(report.findings) + 2
    assert all(line.isprintable() for line in lines)
