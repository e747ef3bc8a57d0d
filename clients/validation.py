"""An answer against the contract: what is not as it was recorded is an error that carries the findings and the raw response.

Findings below ``ERROR`` (seldom seen before, but to be expected of a vendor that did not change) are no reason to fail a call, and neither
is an operation that no tape has: nothing is known of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Exchange
from tapehiss.clients.errors import ContractViolation, place
from tapehiss.contracts.findings import Severity

if TYPE_CHECKING:
    from tapehiss.clients.answer import Answer
    from tapehiss.contracts.conformance import Conformance


def validated(answer: Answer, contract: Conformance) -> Answer:
    """The answer, if it fits; ``ContractViolation`` if a client that relied on the contract would break."""
    findings = contract.findings(Exchange(answer.request, answer.response))
    wrong = tuple(each for each in findings if each.severity is Severity.ERROR and each.part.startswith("response"))
    if not wrong:
        return answer
    what = f"the answer is not as the contract has it: {wrong[0].id} at {wrong[0].pointer or 'the whole body'}"
    if len(wrong) > 1:
        what = f"{what}, and {len(wrong) - 1} more"
    advice, where = ContractViolation.advice, place(answer.request)
    raise ContractViolation(what, where, advice, answer.response, answer.attempts, None, wrong)
