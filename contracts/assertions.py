"""``assert_conforms``: in anybody's tests, that a response is as the tapes prove it.

::

    from tapehiss.contracts.assertions import assert_conforms

    def test_customers(client):
        assert_conforms(client.get("/v1/customers"), "contracts/vendor.json")

The failure says where, what was expected on what evidence, and what came. What came went through redaction before.
"""

from __future__ import annotations

import os
from functools import lru_cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.errors import Misuse
from tapehiss.contracts.catalogue import Catalogue
from tapehiss.contracts.clientresponses import exchange_of
from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.evidence import Contract, from_json
from tapehiss.contracts.findings import Severity, shown
from tapehiss.contracts.judging import listed
from tapehiss.contracts.pointers import below, steps_of
from tapehiss.contracts.reading import read
from tapehiss.contracts.report_text import lines_of
from tapehiss.contracts.values import witnessed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.contracts.findings import Finding

__all__ = ["Judged", "assert_conforms", "conformance"]

FINDINGS_SHOWN_MAX = 10
"""How many findings a failure tells."""
CONTRACTS_MAX = 16
"""How many contracts are kept ready for the next assertion."""

Judged = str | Path | Contract | Catalogue | Conformance
"""What can be asserted against: the path of a saved contract, or one in memory."""


def assert_conforms(
    response: Any,
    contract: Judged,
    *,
    fail_on: str = "warn",
    body: bytes | str | None = None,
    accept: Iterable[str] = (),
) -> None:
    """Fail with ``AssertionError`` unless a response of httpx, requests, aiohttp or the like conforms to a contract.

    ``fail_on`` is the least severity that fails (``info``, ``warn``, ``error``); ``accept`` holds ids and fingerprints of findings
    that do not. aiohttp hands out a body only to who awaits it: ``body=await response.read()``. ``Misuse`` when there is nothing to
    judge: no such file, no contract, a response without a request.
    """
    __tracebackhide__ = True
    exchange = exchange_of(response, body)
    ready, least, accepted = conformance(contract), Severity.of(fail_on), set(accept)

    found = [each for each in ready.findings(exchange) if _counts(each, least, accepted)]
    if found:
        raise AssertionError("\n".join(_failure(exchange, contract, ready, found)))


def _counts(finding: Finding, least: Severity, accepted: set[str]) -> bool:
    return finding.severity >= least and accepted.isdisjoint({finding.id, finding.fingerprint})


def conformance(contract: Judged) -> Conformance:
    """The contract, ready to judge; a file is read again when it has changed."""
    if isinstance(contract, Conformance):
        return contract
    if isinstance(contract, Contract | Catalogue):
        return _in_memory(_ById(contract))
    path = Path(contract)
    try:
        status = path.stat()
    except OSError as error:
        raise Misuse(f"cannot be read: {error.strerror}", str(path), "infer it first: tapehiss infer --help") from error
    return _read(path, status.st_mtime_ns, status.st_size)


class _ById:
    """A contract that is found again by identity: comparing two whole ones would cost more than judging."""

    def __init__(self, contract: Contract | Catalogue) -> None:
        self.contract = contract

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.contract is self.contract

    def __hash__(self) -> int:
        return id(self.contract)


@lru_cache(maxsize=CONTRACTS_MAX)
def _in_memory(known: _ById) -> Conformance:
    return Conformance(known.contract)


@lru_cache(maxsize=CONTRACTS_MAX)
def _read(path: Path, changed_ns: int, size: int) -> Conformance:  # noqa: ARG001 (they make a changed file another one)
    return Conformance(from_json(path.read_bytes(), where=str(path)))


def _failure(exchange: Exchange, contract: Judged, ready: Conformance, found: list[Finding]) -> Iterator[str]:
    """The failure, line by line: nothing of the response is quoted that did not go through redaction."""
    response = exchange.response
    status = response.status if response else "no answer"
    name = contract if isinstance(contract, str | Path) else "the contract"
    yield f"{exchange.request.method} {exchange.request.url.partition('?')[0]} ({status}) does not conform to {name}"
    clean = _redacted(exchange)
    told = {_spot(each): each for each in ready.findings(clean)} if clean else {}
    for finding in found[:FINDINGS_SHOWN_MAX]:
        known = told.get(_spot(finding))
        yield ""
        yield from lines_of(known)[:2] if known else [finding.place, f"  {finding.id} (what came may be secret)"]
        yield from (f"  {line}" for line in (_evidence(ready, finding), _came(clean, known)) if line)
        yield f"  fingerprint {finding.fingerprint}"
    if len(found) > FINDINGS_SHOWN_MAX:
        yield f"\nand {len(found) - FINDINGS_SHOWN_MAX} more"


def _spot(finding: Finding) -> tuple[str, str, str]:
    return finding.id, finding.part, finding.pointer


def _evidence(ready: Conformance, finding: Finding) -> str:
    """When and where what was expected was seen last."""
    told = witnessed(*ready.witnesses(finding))
    words = [f"last at {told['last']}" if "last" in told else "", f"in {told['witness']}" if "witness" in told else ""]
    return "expected as it was seen " + " ".join(filter(None, words)) if any(words) else ""


def _came(exchange: Exchange | None, finding: Finding | None) -> str:
    """What stands where the difference is."""
    if exchange is None or finding is None or not finding.part.startswith("response "):
        return ""
    documents = [each for found in read(exchange).readings if found.part == finding.part for each in found.documents]
    if len(documents) != 1:  # none could be read, or it is a stream: the difference may be in any of them
        return ""
    pointer = finding.witness.pointer
    return f"came at {pointer or 'the top'}: {_said(reduce(below, steps_of(pointer), documents[0]))}"


def _said(value: Any) -> str:
    if not isinstance(value, dict):
        return shown(value)
    return f"an object with {listed(sorted(map(shown, value)))}" if value else "an empty object"


def _redacted(exchange: Exchange) -> Exchange | None:
    """The exchange without secrets; ``None`` when nothing of it may be shown."""
    from tapehiss.cassettes.redaction import Quarantined, Redactor, load_rules

    clean = Redactor(load_rules(None, {}), key=os.urandom(32)).clean(exchange)
    return None if isinstance(clean, Quarantined) else clean
