"""What can be wrong with a contract.

::

    TapehissError
    └── Misuse
        ├── DamagedAcceptance a file that is no list of decisions about findings
        ├── DamagedContract   a file that is no saved contract
        ├── DamagedOverrides  a file that is no list of templates
        ├── NoEvidence        the contract has not seen what was asked about
        └── UnknownDescription a file that is no published description
"""

from __future__ import annotations

from tapehiss.cassettes.errors import Misuse


class DamagedAcceptance(Misuse):
    """A file that is no list of decisions about findings."""


class DamagedContract(Misuse):
    """A file or a text that is no saved contract."""


class DamagedOverrides(Misuse):
    """A file that is no list of templates."""


class NoEvidence(Misuse):
    """The contract has not seen what was asked about."""


class UnknownDescription(Misuse):
    """A file that is no description which a vendor publishes, as far as we know the formats."""
