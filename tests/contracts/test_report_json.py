"""A report as JSON."""

from __future__ import annotations

import json

from hypothesis import given
from reporting import MISSING, REPORT, reports

from tapehiss.contracts.report_json import as_json


def test_a_program_finds_everything():
    """Verdict, scope, and each finding with its arguments, its witness and its prose."""
    told = json.loads(as_json(REPORT))
    assert (told["tapehiss-report"], told["verb"], told["failed"], told["fail_on"]) == (1, "check", True, "warn")
    assert told["scope"] == {"exchange": 300, "operation": 2}
    assert told["findings"][0].items() >= MISSING.to_json().items()
    assert told["findings"][0]["message"].startswith('"b" is missing')


@given(reports())
def test_it_is_json_with_one_finding_on_each_line(report):
    """Any report is one document; in a diff or with grep a finding is a line."""
    text = as_json(report)
    told = json.loads(text)
    assert [each["fingerprint"] for each in told["findings"]] == [each.fingerprint for each in report.findings]
    assert len(told["accepted"]) == len(report.decided.accepted)
    assert text.count("\n") == (len(report.findings) + 2 if report.findings else 1)
