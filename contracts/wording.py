"""The one table of prose: what each finding is called, how bad it is unless evidence says otherwise, and its words.

A row's ``message`` is a template over the arguments of the finding (and ``subject``); ``remedy`` is the next thing to do. Ids are
stable: they stand in people's acceptance files and in code scanning. Check and drift share this table.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehiss.contracts.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.contracts.findings import Finding

INFO, WARN, ERROR = Severity.INFO, Severity.WARN, Severity.ERROR


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of finding is told."""

    severity: Severity
    """The worst that it can be; less when the evidence is thin."""
    title: str
    """The rule in a few words, without anything of the case."""
    message: str
    """A template (``str.format``): what was expected, on what evidence, and what came."""
    remedy: str = ""

    @property
    def arguments(self) -> frozenset[str]:
        """The names that the message needs, ``subject`` aside."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.message) if name) - {"subject"}


CHECK: Mapping[str, Rule] = {
    "operation-unknown": Rule(
        INFO, "An operation that was never recorded", "this operation is not in the contract",
        "record it, then learn from it: tapehiss infer --from",
    ),
    "status-unknown": Rule(
        ERROR, "A status that was never seen", "status {subject} was never seen in {of} exchanges: {known}",
        "see whether clients handle this status; learn from the tape if the vendor means it",
    ),
    "media-unknown": Rule(
        ERROR, "A media type that was never seen", "the body is {subject}, in {of} exchanges it was {known}",
        "see whether clients can read it",
    ),
    "body-unread": Rule(
        ERROR, "A body that is not what its media type says", "the body cannot be read ({subject}), in {of} exchanges it could",
        "ask the vendor: clients cannot read it either",
    ),
    "member-missing": Rule(
        ERROR, "A member is missing", "{subject} is missing, it was there {seen} times of {of}",
        "treat it as optional, or ask the vendor whether it is gone",
    ),
    "member-unknown": Rule(
        INFO, "A member that was never seen", "{subject} was never seen in {of} objects, it is {came}",
        "nothing breaks: learn from the tape when it is to be known",
    ),
    "kind-unexpected": Rule(
        ERROR, "A value of another kind", "{subject} came ({came}), in {of} values it was {known}",
        "see whether clients can read it",
    ),
    "null-unexpected": Rule(
        ERROR, "A null where there never was one", "null came, in {of} values it was {known}",
        "treat it as nullable, or ask the vendor",
    ),
    "value-new": Rule(
        WARN, "A value that was never seen", "{subject} is a new value, in {of} exchanges it was one of {known}",
        "see whether clients have a default for it",
    ),
    "value-out-of-range": Rule(
        INFO, "A number far outside of what was seen", "{came} came, {of} values lay between {least} and {most}",
    ),
    "length-unexpected": Rule(
        INFO, "A text of another length", "{came} characters came, {of} values had {known}",
    ),
    "format-broken": Rule(
        ERROR, "A value of another format", "{came} is no {subject}, all of {of} values were",
        "see whether clients parse it",
    ),
    "ending-unknown": Rule(
        WARN, "An exchange that ended as none did before", "the exchange ended as {subject}, {of} were complete",
        "see whether the vendor was ill while it was recorded",
    ),
}  # fmt: skip
"""What ``tapehiss check`` finds."""

DRIFT: Mapping[str, Rule] = {}
"""What ``tapehiss drift`` finds."""

RULES: Mapping[str, Rule] = {**CHECK, **DRIFT}


def message_of(finding: Finding) -> str:
    """The finding in words, on one line, without its place."""
    return RULES[finding.id].message.format(subject=finding.subject, **dict(finding.arguments))


def remedy_of(finding: Finding) -> str:
    """What to do next; empty where there is nothing to do."""
    return RULES[finding.id].remedy
