"""The result of a check."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from reporting import MISSING, REPORT, UNKNOWN, reports

from tapehiss.contracts.acceptance import Decided, Entry
from tapehiss.contracts.findings import Severity
from tapehiss.contracts.report import Report


def test_what_fails_is_what_is_severe_enough():
    """Findings at or above the bound fail, others do not."""
    assert REPORT.failing == (MISSING,)
    assert replace(REPORT, fail_on=Severity.INFO).failing == (MISSING, UNKNOWN)
    assert replace(REPORT, decided=Decided((UNKNOWN,))).failing == ()


@given(reports())
def test_nothing_that_fails_is_ever_hidden(report):
    """However little is to be told, what fails is told, and what is left out is counted."""
    for severity in Severity:
        told = report.at_least(severity)
        assert told.failing == report.failing
        assert len(told.findings) + told.hidden == len(report.findings)


def test_the_summary_counts():
    """Severities, accepted findings, those that are not shown, and in what."""
    accepted = replace(REPORT, decided=replace(REPORT.decided, accepted=((MISSING, Entry("r")),)))
    assert REPORT.summary == "1 error, 1 remark in 300 exchanges of 2 operations"
    assert (
        accepted.at_least(Severity.WARN).summary == "1 error, 1 accepted, 1 not shown in 300 exchanges of 2 operations"
    )
    assert Report("check", "c").summary == "nothing found"
