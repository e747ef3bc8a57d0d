"""A report as GitHub annotations: workflow commands, one for each finding.

Source: docs.github.com, "Workflow commands for GitHub Actions": ``::error file=...,line=...,title=...::message``, with ``%`` escaped,
and ``:`` and ``,`` in properties, too; line breaks never come so far. GitHub shows ten of each level for a step; the worst come first here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.contracts.findings import Severity, visible
from tapehiss.contracts.wording import message_of

if TYPE_CHECKING:
    from tapehiss.contracts.findings import Finding
    from tapehiss.contracts.report import Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARN: "warning", Severity.INFO: "notice"}


def as_github(report: Report) -> str:
    """One workflow command on each line, then the summary as plain text."""
    return "".join(f"{line}\n" for line in (*map(_command, report.findings), _data(report.summary)))


def outputs_of(report: Report) -> str:
    """The counts as outputs of a step, for the file that ``GITHUB_OUTPUT`` names."""
    return "".join(f"{severity.word}_count={report.count(severity)}\n" for severity in reversed(Severity))


def _command(finding: Finding) -> str:
    tape, line, _ = finding.witness
    properties = {"file": tape if line else "", "line": str(line or ""), "title": finding.id}
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{_COMMANDS[finding.severity]} {said}::{_data(f'{finding.place}: {message_of(finding)}')}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
