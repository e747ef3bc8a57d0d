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


_ODDS = " (without a change the chance of that is {chance})"

CHECK: Mapping[str, Rule] = {
    "operation-unknown": Rule(
        INFO, "An operation that was never recorded", "this operation is not in the contract",
        "record it, then learn from it: tapehiss infer --from",
    ),
    "status-unknown": Rule(
        ERROR, "A status that was never seen", "{subject} was never seen: {of} answers were {known}" + _ODDS,
        "see whether clients handle this status; learn from the tape if the vendor means it",
    ),
    "media-unknown": Rule(
        ERROR, "A media type that was never seen", "the body is {subject}, in {of} exchanges it was {known}" + _ODDS,
        "see whether clients can read it",
    ),
    "body-unread": Rule(
        ERROR, "A body that is not what its media type says", "the body cannot be read ({subject}), {of} others could" + _ODDS,
        "ask the vendor: clients cannot read it either",
    ),
    "member-missing": Rule(
        ERROR, "A member is missing", "{subject} is missing, it was there {seen} times of {of}" + _ODDS,
        "treat it as optional, or ask the vendor whether it is gone",
    ),
    "member-unknown": Rule(
        INFO, "A member that was never seen", "{subject} was never seen in {of} objects; it is {came}",
        "nothing breaks: learn from the tape when it is to be known",
    ),
    "kind-unexpected": Rule(
        ERROR, "A value of another kind", "it is {subject} ({came}), {of} values were {known}" + _ODDS,
        "see whether clients can read it",
    ),
    "fraction-unexpected": Rule(
        WARN, "A fraction where there were whole numbers", "{came} came, {of} values were whole numbers" + _ODDS,
        "see whether clients can read it",
    ),
    "null-unexpected": Rule(
        ERROR, "A null where there never was one", "null came, {of} values were {known}" + _ODDS,
        "treat it as nullable, or ask the vendor",
    ),
    "value-after-null": Rule(
        INFO, "A value where only null was seen", "{came} came, until now it was null {of} times",
        "nothing breaks: learn from the tape when it is to be known",
    ),
    "value-new": Rule(
        WARN, "A word that was never seen", "{subject} is new, in {of} exchanges it was {known}" + _ODDS,
        "see whether clients have a default for it",
    ),
    "value-out-of-range": Rule(
        INFO, "A number far outside of what was seen", "{came} came, {of} values lay between {least} and {most}",
    ),
    "format-broken": Rule(
        ERROR, "A text of another format", "{came} is no {subject}, {of} values were" + _ODDS,
        "see whether clients parse it",
    ),
    "ending-unknown": Rule(
        INFO, "An exchange that ended as none did before", "it ended as {subject}, none of {of} did",
        "see whether the vendor or the network was ill while it was recorded",
    ),
}  # fmt: skip
"""What ``tapehiss check`` finds."""

_PROOF = " ({verdict}: without a change the chance of that is {chance}, decided is what stays below {level})"
_TOLD = "in NEW in {new} exchanges, in OLD in {old}"

DRIFT: Mapping[str, Rule] = {
    "api-operation-added": Rule(
        INFO, "An operation that OLD does not have", "called in {now} exchanges of NEW, never in OLD",
    ),
    "api-operation-uncalled": Rule(
        INFO, "An operation that NEW did not call", "called in {was} exchanges of OLD, never in NEW: nothing is known of it",
        "record it again before you rely on it",
    ),
    "api-operation-removed": Rule(
        ERROR, "An operation is gone", "{subject} in {new} answers, in OLD in {old}; it answered {was}, now {now}" + _PROOF,
        "find what the vendor offers instead",
    ),
    "response-success-status-added": Rule(
        WARN, "Another status of success", "{subject} " + _TOLD + "; OLD: {was}" + _PROOF,
        "see whether clients take this status for a success",
    ),
    "response-success-status-removed": Rule(
        ERROR, "A status of success is gone", "{subject} " + _TOLD + "; NEW: {now}" + _PROOF,
        "see whether clients wait for exactly this status",
    ),
    "response-non-success-status-added": Rule(
        INFO, "A status that turns requests down", "{subject} " + _TOLD + "; OLD: {was}",
    ),
    "response-failures-risen": Rule(
        WARN, "The vendor fails more often", "5xx " + _TOLD + "; NEW: {now}" + _PROOF,
        "see whether the vendor was ill while NEW was recorded",
    ),
    "response-ending-added": Rule(
        WARN, "Exchanges end as none did before", "{subject} " + _TOLD + _PROOF,
        "see whether the vendor or the network was ill while NEW was recorded",
    ),
    "response-latency-risen": Rule(
        WARN, "Answers take longer", "the median was {was}, it is {now}; slower than half of all: " + _TOLD + _PROOF,
        "see whether timeouts still fit",
    ),
    "response-media-type-added": Rule(
        WARN, "Another media type", "{subject} " + _TOLD + "; OLD: {was}" + _PROOF, "see whether clients can read it",
    ),
    "response-media-type-removed": Rule(
        ERROR, "A media type is gone", "{subject} " + _TOLD + "; NEW: {now}" + _PROOF, "see whether clients can read what comes instead",
    ),
    "response-body-unreadable": Rule(
        ERROR, "A body that is not what its media type says", "unreadable ({subject}) " + _TOLD + _PROOF,
        "ask the vendor: clients cannot read it either",
    ),
    "response-required-property-removed": Rule(
        ERROR, "A member that was always there is gone", "{was}, " + _TOLD + _PROOF,
        "stop relying on it, or ask the vendor",
    ),
    "response-optional-property-removed": Rule(
        WARN, "A member that was sometimes there is gone", "{was}, " + _TOLD + _PROOF,
        "see whether clients still need it",
    ),
    "response-property-became-optional": Rule(
        ERROR, "A member that was always there is missing at times", "{was}, complete " + _TOLD + _PROOF,
        "treat it as optional, or ask the vendor",
    ),
    "response-optional-property-added": Rule(
        INFO, "A member that OLD does not have", "{now}, " + _TOLD,
    ),
    "response-property-became-nullable": Rule(
        ERROR, "A null where there never was one", "it was {was}; null " + _TOLD + _PROOF, "treat it as nullable, or ask the vendor",
    ),
    "response-property-type-changed": Rule(
        ERROR, "A value of another kind", "it was {was}; {now} " + _TOLD + _PROOF, "see whether clients can read it",
    ),
    "response-property-type-generalized": Rule(
        WARN, "Fractions where there were whole numbers", "it was {was}; {now} " + _TOLD + _PROOF, "see whether clients can read it",
    ),
    "response-property-enum-value-added": Rule(
        WARN, "A word that OLD does not have", "{now} " + _TOLD + "; OLD: {was}" + _PROOF, "see whether clients have a default for it",
    ),
    "response-property-format-changed": Rule(
        ERROR, "A text of another format", "no {subject} " + _TOLD + _PROOF, "see whether clients parse it",
    ),
    "response-property-scale-changed": Rule(
        WARN, "Numbers of another size", "from {was} to {now}, in all {new} exchanges of NEW" + _PROOF,
        "see whether the unit has changed",
    ),
    "response-pagination-added": Rule(
        INFO, "Another way to the next page", "{subject} ({now}) " + _TOLD,
    ),
    "response-pagination-removed": Rule(
        ERROR, "What led to the next page is gone", "{subject} ({was}) " + _TOLD + _PROOF,
        "see how the next page is asked for now",
    ),
    "api-security-changed": Rule(
        WARN, "Other credentials are accepted", "{now} " + _TOLD + "; OLD: {was}" + _PROOF,
        "see whether the old credentials still do",
    ),
    "response-quota-headers-removed": Rule(
        WARN, "The headers of a quota are gone", "{subject} " + _TOLD + _PROOF, "see how clients learn what remains",
    ),
    "api-limit-changed": Rule(
        WARN, "A quota has another amount", "{subject}: {now} " + _TOLD + "; OLD: {was}" + _PROOF, "see whether clients stay below it",
    ),
    "api-quota-reset-changed": Rule(
        ERROR, "The end of a quota is told otherwise", "{subject}: {now} " + _TOLD + "; OLD: {was}" + _PROOF,
        "see whether clients wait as long as they must",
    ),
    "api-refusal-changed": Rule(
        WARN, "Too many requests are answered otherwise", "{subject}: {now} " + _TOLD + "; OLD: {was}" + _PROOF,
        "see whether clients wait as long as they must",
    ),
    "response-validator-removed": Rule(
        INFO, "A validator for caches is gone", "{was} " + _TOLD + _PROOF, "clients load again what they had",
    ),
    "response-replay-marker-removed": Rule(
        WARN, "The mark of a repeated request is gone", "{was} " + _TOLD + _PROOF, "see how clients tell a replay",
    ),
    "new-optional-request-property": Rule(
        INFO, "The vendor takes another member", "{now}, accepted " + _TOLD,
    ),
    "request-property-became-optional": Rule(
        INFO, "The vendor does without a member", "{was}, accepted without it; with it " + _TOLD,
    ),
    "request-property-type-generalized": Rule(
        INFO, "The vendor takes another kind of value", "{now} accepted, it was {was}; " + _TOLD,
    ),
}  # fmt: skip
"""What ``tapehiss drift`` finds."""

COMPARE: Mapping[str, Rule] = {
    "published-operation-unseen": Rule(INFO, "Documented, never seen: an operation", "documented, on no tape"),
    "published-operation-missing": Rule(
        WARN, "Seen, not documented: an operation", "recorded in {seen} exchanges, not documented{but}",
    ),
    "published-parameter-unseen": Rule(
        INFO, "Documented, never seen: a parameter", "the {place} parameter {subject} is documented, none of {of} accepted calls had it",
    ),
    "published-parameter-missing": Rule(
        WARN, "Seen, not documented: a parameter", "the {place} parameter {subject} is not documented, {seen} accepted calls had it",
    ),
    "published-parameter-required": Rule(
        WARN, "Seen otherwise: a required parameter", "the {place} parameter {subject} is documented as required, {of} calls were accepted without it",
    ),
    "published-status-unseen": Rule(
        INFO, "Documented, never seen: a status", "{subject} is documented, none of {of} exchanges had it",
    ),
    "published-status-missing": Rule(
        WARN, "Seen, not documented: a status", "{subject} came in {seen} exchanges, documented are {known}",
    ),
    "published-media-missing": Rule(
        WARN, "Seen, not documented: a media type", "{subject} came in {seen} exchanges ({what}), documented are {known}",
    ),
    "published-member-unseen": Rule(
        INFO, "Documented, never seen: a member", "{subject} is documented, none of {of} objects had it",
    ),
    "published-member-missing": Rule(
        WARN, "Seen, not documented: a member", "{subject} is not documented, {seen} of {of} objects had it",
    ),
    "published-required-absent": Rule(
        ERROR, "Seen otherwise: a required member", "{subject} is documented as required, {absent} of {of} objects were without it",
    ),
    "published-kind-otherwise": Rule(
        ERROR, "Seen otherwise: a kind of value", "{subject} came {seen} times of {of}, documented is {known}",
    ),
    "published-null-otherwise": Rule(
        ERROR, "Seen otherwise: null", "null came {seen} times of {of}, documented is {known} that is never null",
    ),
    "published-value-otherwise": Rule(
        WARN, "Seen otherwise: a value", "{subject} came in {seen} of {of} exchanges and is not in the documented list",
    ),
    "published-format-otherwise": Rule(
        WARN, "Seen otherwise: a format", "documented as {subject}, not all of {of} values are",
    ),
}  # fmt: skip
"""What ``tapehiss contract compare`` finds. Which of both is wrong, the tapes cannot say."""

RULES: Mapping[str, Rule] = {**CHECK, **DRIFT, **COMPARE}


def message_of(finding: Finding) -> str:
    """The finding in words, on one line, without its place."""
    said = dict(finding.arguments)
    where = f", in {said['operations']} operations" if "operations" in said else ""
    return RULES[finding.id].message.format(subject=finding.subject, **said) + where


def remedy_of(finding: Finding) -> str:
    """What to do next; empty where there is nothing to do."""
    return RULES[finding.id].remedy
