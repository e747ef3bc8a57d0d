"""What can be wrong with a contract.

::

    TapehissError
    └── Misuse
        ├── DamagedContract   a file that is no saved contract
        └── NoEvidence        the contract has not seen what was asked about
"""

from __future__ import annotations

from tapehiss.cassettes.errors import Misuse


class DamagedContract(Misuse):
    """A file or a text that is no saved contract."""


class NoEvidence(Misuse):
    """The contract has not seen what was asked about."""
