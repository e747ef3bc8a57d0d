"""The result of a check or of a comparison, ready to be told in any format."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tapehiss.contracts.acceptance import Decided
from tapehiss.contracts.findings import Severity

if TYPE_CHECKING:
    from tapehiss.contracts.findings import Finding

NOTHING = Decided(())
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, in what, and what of it fails."""

    verb: str
    """What was done: ``check``, ``drift``."""
    subject: str
    """Against what: the path of a contract."""
    decided: Decided = NOTHING
    fail_on: Severity = Severity.WARN
    scope: tuple[tuple[str, int], ...] = ()
    """What was looked at: a noun in the singular, and how many."""
    operations: tuple[str, ...] = ()
    """The operations that were looked at."""
    notes: tuple[str, ...] = ()
    """What a reader should know beside the findings."""
    at: datetime = EPOCH
    """When it was done."""
    version: str = "0"
    """Version of tapehiss."""
    hidden: int = 0
    """How many findings are left out because they are not severe enough to be told."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that count."""
        return self.decided.findings

    @property
    def failing(self) -> tuple[Finding, ...]:
        """Those that make it fail."""
        return tuple(finding for finding in self.findings if finding.severity >= self.fail_on)

    def count(self, severity: Severity) -> int:
        """How many findings are of this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def at_least(self, severity: Severity) -> Report:
        """The same without findings that are less severe, unless they make it fail."""
        least = min(severity, self.fail_on)
        told = tuple(finding for finding in self.findings if finding.severity >= least)
        hidden = self.hidden + len(self.findings) - len(told)
        return replace(self, decided=replace(self.decided, findings=told), hidden=hidden)

    @property
    def summary(self) -> str:
        """The result on one line."""
        found = [
            counted(self.count(severity), _NOUNS[severity]) for severity in reversed(Severity) if self.count(severity)
        ]
        rest = ((len(self.decided.accepted), "{} accepted"), (self.hidden, "{} not shown"))
        words = [text.format(number) for number, text in rest if number]
        scope = " of ".join(counted(number, noun) for noun, number in self.scope)
        return ", ".join([*found, *words] or ["nothing found"]) + (f" in {scope}" if scope else "")


_NOUNS = {Severity.ERROR: "error", Severity.WARN: "warning", Severity.INFO: "remark"}


def counted(number: int, noun: str) -> str:
    """``1 error``, ``2 errors``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
