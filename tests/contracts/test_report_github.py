"""A report as GitHub annotations."""

from __future__ import annotations

import re

from hypothesis import given
from reporting import REPORT, reports

from tapehiss.contracts.report_github import as_github, outputs_of


def test_a_finding_is_an_annotation():
    """Level by severity, file and line of the witness, the id as title."""
    first, second, last = as_github(REPORT).splitlines()
    assert first.startswith("::error file=tapes/a.yaml,line=33,title=member-missing::GET https://h/v1/a response 200")
    assert "0.25 %25" in first
    assert second == "::notice title=operation-unknown::GET https://h/v2: this operation is not in the contract"
    assert last == REPORT.summary


@given(reports())
def test_nothing_escapes_its_command(report):
    """Line breaks, percent signs, colons and commas in what is quoted make no command of their own."""
    lines = as_github(report).removesuffix("\n").split("\n")
    assert len(lines) == len(report.findings) + 1
    command = re.compile(r"::(?:error|warning|notice) (?:file=[^,:]*,)?(?:line=\d+,)?title=[a-z-]+::.*")
    assert all(command.fullmatch(line) for line in lines[:-1])
    assert not any(re.search(r"\r|%(?!25|0D|0A|3A|2C)", line) for line in lines)


def test_outputs_count():
    """What later steps read."""
    assert outputs_of(REPORT) == "error_count=1\nwarn_count=0\ninfo_count=1\n"
