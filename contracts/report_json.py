"""A report as JSON, for programs: findings with their arguments, and the prose beside them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.wording import message_of, remedy_of

if TYPE_CHECKING:
    from tapehiss.contracts.acceptance import Entry
    from tapehiss.contracts.findings import Finding
    from tapehiss.contracts.report import Report

VERSION = 1
"""Version of the form."""


def as_json(report: Report) -> str:
    """The report as one JSON document, one finding on each line."""
    head = {
        "tapehiss-report": VERSION,
        "verb": report.verb,
        "subject": report.subject,
        "failed": bool(report.failing),
        "fail_on": report.fail_on.word,
        "scope": dict(report.scope),
        "summary": report.summary,
        "notes": list(report.notes),
        "accepted": [{**_told(finding), **_decision(entry)} for finding, entry in report.decided.accepted],
        "expired": [
            {"fingerprint": finding.fingerprint, **_decision(entry)} for finding, entry in report.decided.expired
        ],
        "unused": [str(entry) for entry in report.decided.unused],
    }
    lines = [json.dumps(head)[:-1]]
    found = ",\n".join(json.dumps(_told(finding)) for finding in report.findings)
    return f'{lines[0]}, "findings": [\n{found}\n]}}\n' if found else f'{lines[0]}, "findings": []}}\n'


def _told(finding: Finding) -> dict[str, Any]:
    return {**finding.to_json(), "message": message_of(finding), "remedy": remedy_of(finding)}


def _decision(entry: Entry) -> dict[str, Any]:
    return {"reason": entry.reason, "until": entry.until.isoformat() if entry.until else None}
