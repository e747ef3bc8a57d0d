"""Does an exchange fit a contract? Each thing that does not is a finding with a stable id, a place and what was found.

The first law of contracts is told here: an exchange that a contract was learnt from has no finding. Validation is done by
jsonschema-rs; a test holds it equal to jsonschema, the reference. Beyond a bound that the contract reached nothing is known,
so nothing is judged there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from tapehiss.contracts.reading import media_of, read, status_of
from tapehiss.contracts.schemas import DIALECT, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.contracts.counts import Evidence, Part
    from tapehiss.contracts.evidence import Contract
    from tapehiss.contracts.reading import Reading

FINDINGS_MAX = 100
"""How many findings one exchange can have."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing about an exchange that the contract has not seen so."""

    id: str
    """Stable: ``operation-unknown``, ``status-unknown``, ``media-unknown``, ``body-unread``, ``value-unexpected``."""
    operation: str
    part: str = ""
    pointer: str = ""
    """JSON Pointer into the document of that part."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Conformance:
    """A contract that is ready to judge exchanges; validators are made once for each part."""

    contract: Contract
    _validators: dict[tuple[str, str], jsonschema_rs.Validator] = field(default_factory=dict, repr=False, compare=False)

    def findings(self, exchange: Exchange) -> tuple[Finding, ...]:
        """What does not fit; empty for every exchange that the contract was learnt from."""
        account = read(exchange)
        line = str(account.operation)
        evidence = self.contract.operations.get(line)
        if evidence is None:
            return () if "operations" in self.contract.bounds else (Finding("operation-unknown", line),)
        found = (finding for reading in account.readings for finding in self._judged(line, evidence, reading))
        return tuple(finding for _, finding in zip(range(FINDINGS_MAX), found, strict=False))

    def _judged(self, line: str, evidence: Evidence, reading: Reading) -> Iterator[Finding]:
        part = evidence.parts.get(reading.part)
        if part is None:
            yield from _unknown(line, evidence, reading)
        elif reading.unread and reading.unread not in part.unread and "reasons" not in part.bounds:
            yield Finding("body-unread", line, reading.part, detail=reading.unread)
        elif part.fields:
            validator = self._validator(line, reading.part, part)
            for document in reading.documents:
                for error in validator.iter_errors(document):
                    yield Finding("value-unexpected", line, reading.part, _pointer(error.instance_path), _rule(error))

    def _validator(self, line: str, name: str, part: Part) -> jsonschema_rs.Validator:
        validator = self._validators.get((line, name))
        if validator is None:
            schema = {"$schema": DIALECT, **schema_of(part)}
            validator = self._validators[line, name] = jsonschema_rs.validator_for(schema)
        return validator


def _unknown(line: str, evidence: Evidence, reading: Reading) -> Iterator[Finding]:
    """What it means that a part was never seen: a status, or a media type."""
    status = status_of(reading.part)
    asked_before = any(status_of(name) is None for name in evidence.parts)
    if "parts" in evidence.bounds or (status is None and not asked_before):
        return
    if status is not None and status not in {status_of(name) for name in evidence.parts}:
        yield Finding("status-unknown", line, reading.part, detail=str(status))
    else:
        yield Finding("media-unknown", line, reading.part, detail=media_of(reading.part))


def _pointer(path: list[str | int]) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def _rule(error: Any) -> str:
    """The keyword that was not met: prose would repeat the vendor's data."""
    return _pointer(error.schema_path)[1:]
