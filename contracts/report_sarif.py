"""A report as SARIF 2.1.0 (OASIS, errata 01), as code scanning reads it.

Every finding is a result (section 3.27) with its rule, the tape as physical location, operation, part and path as logical location
and the fingerprint by which it is the same in the next run (3.27.17); accepted findings are results that are suppressed (3.35).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tapehiss.contracts.findings import Severity
from tapehiss.contracts.wording import RULES, message_of

if TYPE_CHECKING:
    from tapehiss.contracts.acceptance import Entry
    from tapehiss.contracts.findings import Finding
    from tapehiss.contracts.report import Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARN: "warning", Severity.INFO: "note"}


def as_sarif(report: Report) -> str:
    """The report as one SARIF log with one run."""
    told = [(finding, None) for finding in report.findings]
    every: list[tuple[Finding, Entry | None]] = [*told, *report.decided.accepted]
    ids = sorted({finding.id for finding, _ in every})
    run = {
        "tool": {"driver": {"name": "tapehiss", "version": report.version, "rules": [_rule(each) for each in ids]}},
        "automationDetails": {"id": f"tapehiss/{report.verb}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, entry, ids.index(finding.id)) for finding, entry in every],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(name: str) -> dict[str, Any]:
    rule = RULES[name]
    return {
        "id": name,
        "shortDescription": {"text": rule.title},
        **({"help": {"text": rule.remedy}} if rule.remedy else {}),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, entry: Entry | None, rule: int) -> dict[str, Any]:
    suppressed = [] if entry is None else [{"kind": "external", "justification": entry.reason}]
    return {
        "ruleId": finding.id,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.place}: {message_of(finding)}"},
        "locations": [_location(finding)],
        "partialFingerprints": {"tapehiss/v1": finding.fingerprint},
        "occurrenceCount": finding.count,
        "properties": {"arguments": dict(finding.arguments), "subject": finding.subject},
        **({"suppressions": suppressed} if suppressed else {}),
    }


def _location(finding: Finding) -> dict[str, Any]:
    tape, line, pointer = finding.witness
    physical = {"artifactLocation": {"uri": _uri(tape)}, **({"region": {"startLine": line}} if line else {})}
    logical = {"fullyQualifiedName": finding.place, "kind": "member"}
    return {
        **({"physicalLocation": physical} if tape else {}),
        "logicalLocations": [logical],
        **({"message": {"text": f"at {pointer}"}} if pointer else {}),
    }


def _uri(tape: str) -> str:
    """A path as a URI reference (RFC 3986 section 4.1), a URL as it is."""
    return quote(tape.encode("utf-8", "surrogatepass"), safe="/:?#[]@!$&'()*+,;=%" if "://" in tape else "/")
