"""A report as Markdown."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from reporting import MISSING, REPORT, reports

from tapehiss.contracts.acceptance import Decided, Entry
from tapehiss.contracts.report_markdown import ROWS_MAX, as_markdown


def test_the_verdict_stands_first():
    """A heading, the summary, a table."""
    lines = as_markdown(REPORT).splitlines()
    assert lines[0] == "## tapehiss check: failed"
    assert lines[2] == "1 error, 1 remark in 300 exchanges of 2 operations, against `vendor.json`"
    assert lines[6].startswith('| **error** `member-missing` | "b" is missing')
    assert "<br>`/data/~*/b`" in lines[6]
    assert as_markdown(replace(REPORT, decided=Decided(()))).startswith("## tapehiss check: passed")


@given(reports())
def test_every_row_has_five_cells(report):
    """Whatever is quoted, no cell and no row is torn, and no markup is made."""
    rows = [line for line in as_markdown(report).split("\n") if line.startswith("|")]
    assert len(rows) == (len(report.findings) + 2 if report.findings else 0)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {6}


def test_a_long_report_is_cut():
    """The table ends after two hundred rows and says how many more there are."""
    many = tuple(replace(MISSING, subject=str(number)) for number in range(ROWS_MAX + 5))
    assert "\nand 5 more\n" in as_markdown(replace(REPORT, decided=Decided(many)))


def test_accepted_findings_are_told_with_their_reason():
    """Nobody forgets what was accepted."""
    report = replace(REPORT, decided=Decided((), ((MISSING, Entry("announced *loudly*")),)))
    assert as_markdown(report).splitlines()[-1].endswith("announced \\*loudly\\*")
