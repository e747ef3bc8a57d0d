"""What can be wrong with a contract.

::

    TapehissError
    ├── Misuse
    │   ├── DamagedAcceptance a file that is no list of decisions about findings
    │   ├── DamagedContract   a file that is no saved contract
    │   ├── DamagedOverrides  a file that is no list of templates
    │   ├── NoEvidence        the contract has not seen what was asked about
    │   └── UnknownDescription a file that is no published description
    └── WebhookError      a webhook that is not believed, or not understood; only these come of its bytes
        ├── Unsigned          the sender's: what signs it is missing, stands twice or cannot be read
        ├── BadSignature      the sender's, or yours: no signature was made with a secret that we know
        ├── OutOfTime         weather: it is theirs, and it was signed too long ago, or in the future
        └── NoEvent           the vendor's: it is theirs, and it tells of no event

What is said of a webhook holds nothing of its body, its signatures or our secrets.
"""

from __future__ import annotations

from tapehiss.cassettes.errors import Fault, Misuse, TapehissError


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


class WebhookError(TapehissError):
    """A webhook that is not believed, or not understood."""

    fault = Fault.VENDOR
    advice = ""
    """What to do next, whatever the webhook was."""


class Unsigned(WebhookError):
    """What signs it is missing, stands twice or cannot be read."""

    advice = "take it for somebody else's; if the vendor sent it, look at what stands between you"


class BadSignature(WebhookError):
    """No signature was made with a secret that we know, or something was changed after signing."""

    advice = "compare the secrets with the vendor's, and see that nothing between you changes the body"


class OutOfTime(WebhookError):
    """It was signed too long ago, or in the future."""

    fault = Fault.WEATHER
    advice = "set the clock; if it is right, this is a copy of an old delivery"


class NoEvent(WebhookError):
    """The vendor signed it, and it tells of no event."""

    advice = "look at the body; have the vendor send JSON"
