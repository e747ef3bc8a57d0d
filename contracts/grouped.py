"""Findings about the same member of the same documented schema, told once for all operations that use it.

A vendor's description says what an account is in one place, and an account is in the answers of a hundred operations: what is
wrong about it is wrong once. Each group becomes one finding whose place is in that schema, with the sums of its counts and
the number of its operations; what is told of one operation alone stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tapehiss.contracts.findings import Argument, Finding

_SUMS = ("absent", "of", "seen")


def together(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in their order, each group in the place of its first one."""
    groups: dict[tuple[str, int], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.in_schema.fingerprint, finding.severity), []).append(finding)
    several = ([_joined(group)] if len(_operations(group)) > 1 else group for group in groups.values())
    return tuple(finding for group in several for finding in group)


def _operations(group: Sequence[Finding]) -> set[str]:
    return {finding.operation for finding in group}


def _joined(group: Sequence[Finding]) -> Finding:
    """One finding for all of them, at its place in the schema."""
    each = [dict(finding.arguments) for finding in group]
    said: dict[str, Argument] = {**each[0], "operations": len(_operations(group))}
    for name in _SUMS:
        counts = [arguments.get(name) for arguments in each]
        if name in said:
            said[name] = sum(count for count in counts if isinstance(count, int))
    total = sum(finding.count for finding in group)
    return replace(group[0].in_schema, arguments=tuple(sorted(said.items())), count=total)
