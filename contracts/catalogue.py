"""The operations of a vendor as a contract proves them: the one place from which every view takes them.

A contract counts by what it saw in each URL; the catalogue says which of it is one operation. It is a view: a pure function of the
contract and of what its user overrides. ``read`` tells of an exchange which of these operations it called, so that learning and
judging agree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapehiss.contracts.counts import Evidence
from tapehiss.contracts.reading import Account, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.contracts.evidence import Contract
    from tapehiss.contracts.operations import Operation


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Operations with their evidence; make one with ``catalogue``."""

    contract: Contract
    entries: tuple[tuple[Operation, Evidence], ...] = ()
    """Every operation with its evidence, in order of origin, path and method."""
    _evidence: dict[str, Evidence] = field(default_factory=dict, repr=False, compare=False)

    def evidence(self, operation: Operation | str) -> Evidence:
        """The evidence of an operation; ``Evidence()`` for one that was never seen."""
        return self._evidence.get(str(operation), Evidence())

    def __contains__(self, operation: object) -> bool:
        """Whether an operation (or its line) was ever seen."""
        return str(operation) in self._evidence

    def read(self, exchange: Exchange) -> Account:
        """The account of an exchange, with the operation of this catalogue that it called."""
        return read(exchange)

    def of(self, contract: Contract) -> Catalogue:
        """Another contract seen by the operations of this one: drift compares OLD and NEW by those of both together."""
        return catalogue(contract)


def catalogue(contract: Contract, overrides: Iterable[object] = ()) -> Catalogue:
    """The operations that a contract proves, as its user overrides them."""
    del overrides
    entries = tuple(contract)
    return Catalogue(contract, entries, {str(operation): evidence for operation, evidence in entries})
