"""A report as lines of text: in a pipe one line a finding, as compilers write them; for a person a few lines each.

Colour is the terminal's business: what is to stand out is marked by the caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.contracts.findings import visible
from tapehiss.contracts.report import counted
from tapehiss.contracts.wording import message_of, remedy_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.contracts.findings import Finding
    from tapehiss.contracts.report import Report


def as_text(report: Report) -> str:
    """One line for each finding, ``file:line: severity: id: place: words``, then the summary."""
    lines = (*map(line_of, report.findings), *notes_of(report), report.summary)
    return "".join(f"{visible(line)}\n" for line in lines)


def line_of(finding: Finding) -> str:
    """A finding on one line that editors and grep understand."""
    where = f"{finding.witness}: " if finding.witness.tape else ""
    times = f" ×{finding.count}" if finding.count > 1 else ""
    words = f"{finding.severity.word}: {finding.id}: {finding.place}: {message_of(finding)}"
    return f"{where}{words} [{finding.fingerprint}]{times}"


def lines_of(finding: Finding) -> list[str]:
    """A finding for a person: what and where, in words, who shows it, what to do."""
    remedy = remedy_of(finding)
    lines = [
        f"{finding.severity.word} {finding.id} {finding.place}",
        f"  {message_of(finding)}",
        f"  {', '.join(_shown_by(finding))}",
        *([f"  -> {remedy}"] if remedy else []),
    ]
    return [visible(line) for line in lines]


def notes_of(report: Report) -> Iterator[str]:
    """What a reader should know beside the findings."""
    yield from report.notes
    for finding, entry in report.decided.expired:
        yield f"accepted until {entry.until}, now counts again: {finding.fingerprint} {finding.id} ({entry.reason})"
    for entry in report.decided.unused:
        yield f"an accepted finding did not occur, the entry can go: {entry}"


def _shown_by(finding: Finding) -> Iterator[str]:
    if finding.witness.tape:
        at = f" at {finding.witness.pointer}" if finding.witness.pointer else ""
        yield f"{counted(finding.count, 'exchange')}, such as {finding.witness}{at}"
    yield f"fingerprint {finding.fingerprint}"
