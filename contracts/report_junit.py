"""A report as JUnit XML, as Apache Ant writes it and every CI reads it.

Every operation that was looked at is a test case that passes, unless something is wrong with it; every finding that fails is a
test case with a failure, every accepted one a skipped one. Milder findings are in ``system-out``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from tapehiss.contracts.report_text import lines_of
from tapehiss.contracts.wording import message_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tapehiss.contracts.findings import Finding
    from tapehiss.contracts.report import Report

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(report: Report) -> str:
    """The report as one XML document with one test suite."""
    cases = list(_cases(report))
    told = [line for finding in report.findings if finding not in report.failing for line in lines_of(finding)]
    name = f"tapehiss.{report.verb}"
    attributes = {
        "name": name,
        "package": name,
        "id": 0,
        "timestamp": f"{report.at:%Y-%m-%dT%H:%M:%S}",
        "hostname": "localhost",
        "tests": len(cases),
        "failures": len(report.failing),
        "errors": 0,
        "skipped": len(report.decided.accepted),
        "time": 0,
    }
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            "<testsuites>",
            f"<testsuite{_attributes(attributes)}>",
            f"<properties><property{_attributes({'name': 'subject', 'value': report.subject})}/></properties>",
            *cases,
            f"<system-out>{_text(chr(10).join([*told, report.summary]))}</system-out>",
            "<system-err></system-err>",
            "</testsuite>",
            "</testsuites>\n",
        ]
    )


def _cases(report: Report) -> Iterator[str]:
    wrong = {finding.operation for finding in report.failing}
    for operation in report.operations:
        if operation not in wrong:
            yield f"<testcase{_named(operation, 'conforms')}/>"
    for finding in report.failing:
        about = {"message": message_of(finding), "type": finding.id}
        words = _text("\n".join(lines_of(finding)))
        yield f"<testcase{_case(finding)}><failure{_attributes(about)}>{words}</failure></testcase>"
    for finding, _ in report.decided.accepted:
        yield f"<testcase{_case(finding)}><skipped/></testcase>"


def _case(finding: Finding) -> str:
    words = (finding.id, finding.part, finding.pointer, finding.subject)
    return _named(finding.operation, " ".join(word for word in words if word))


def _named(operation: str, name: str) -> str:
    return _attributes({"classname": operation or "-", "name": name, "time": 0})


def _attributes(values: Mapping[str, object]) -> str:
    return "".join(f" {name}={quoteattr(_allowed(str(value)))}" for name, value in values.items())


def _text(text: str) -> str:
    return escape(_allowed(text))


def _allowed(text: str) -> str:
    """Text without the characters that XML 1.0 (section 2.2) cannot hold."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
