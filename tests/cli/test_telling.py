"""How verbs that find something tell it."""

from __future__ import annotations

from pathlib import Path

import pytest
from reporting import REPORT

from tapehiss.cassettes.errors import Weather
from tapehiss.cli import console, telling
from tapehiss.cli.telling import NAMES, WORDS, Telling
from tapehiss.contracts.findings import Severity
from tapehiss.contracts.reports import FORMATS


def test_the_names_are_those_of_the_room():
    """The command line knows every format and every severity, without importing them for its help."""
    assert set(NAMES) == set(FORMATS)
    assert list(WORDS) == [severity.word for severity in Severity]


def test_a_person_gets_colour_and_lines(capsys, monkeypatch):
    """On a terminal a finding is a few lines, and the summary stands last."""
    monkeypatch.setattr(console, "interactive", lambda: True)
    assert Telling(show="info").tell(REPORT) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("error member-missing GET https://h/v1/a")
    assert lines[-1] == REPORT.summary


def test_a_summary_that_cannot_be_written_is_said(monkeypatch, tmp_path):
    """A file that GitHub names and that is not there is nobody's secret."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "no" / "where"))
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    with pytest.raises(Weather):
        Telling("github", Path("/dev/null")).tell(REPORT)


def test_without_decisions_all_findings_count():
    """No file, no decision."""
    assert telling.Telling().decided(REPORT.findings).findings == REPORT.findings
