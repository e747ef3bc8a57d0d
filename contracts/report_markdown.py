"""A report as Markdown: the summary of a CI job, or a comment on a change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tapehiss.contracts.findings import visible
from tapehiss.contracts.report_text import notes_of
from tapehiss.contracts.wording import message_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.contracts.findings import Finding
    from tapehiss.contracts.report import Report

ROWS_MAX = 200
"""How many findings the table has; GitHub cuts a summary at 1 MiB, and nobody reads more."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~$@])")


def as_markdown(report: Report) -> str:
    """A heading, the verdict, a table of findings with the worst first, and what was accepted."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"## tapehiss {report.verb}: {'failed' if report.failing else 'passed'}"
    yield ""
    yield f"{_escaped(report.summary)}, against {_code(report.subject)}"
    if report.findings:
        yield from ("", "| | what | where | exchanges | witness |", "| --- | --- | --- | ---: | --- |")
        yield from map(_row, report.findings[:ROWS_MAX])
    if len(report.findings) > ROWS_MAX:
        yield from ("", f"and {len(report.findings) - ROWS_MAX} more")
    if report.decided.accepted:
        yield from ("", "Accepted:", "")
        for finding, entry in report.decided.accepted[:ROWS_MAX]:
            yield f"- {_code(finding.id)} {_code(finding.place)}: {_escaped(entry.reason)}"
    for note in notes_of(report):
        yield from ("", _escaped(note))


def _row(finding: Finding) -> str:
    words = f"{_escaped(message_of(finding))} {_code(finding.fingerprint)}"
    where = "<br>".join(_code(each) for each in (finding.operation, finding.part, finding.pointer) if each)
    witness = _code(str(finding.witness)) if finding.witness.tape else ""
    return f"| **{finding.severity.word}** {_code(finding.id)} | {words} | {where} | {finding.count} | {witness} |"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", _on_one_line(text))


def _code(text: str) -> str:
    """Text as code, whatever back-ticks it has (CommonMark 6.1); a pipe would end the cell even there (GFM 4.10)."""
    line = _on_one_line(text).replace("|", "\\|")
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    return f"{fence} {line} {fence}" if fence != "`" else f"`{line}`"


def _on_one_line(text: str) -> str:
    return visible(" ".join(text.split()))
