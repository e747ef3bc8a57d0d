"""What can go wrong before or while a mock vendor runs.

::

    TapehissError
    └── Misuse
        ├── BadSchedule     a rule that cannot be read: the file, the line, the field
        ├── BadProfile      limits that cannot be read, likewise
        ├── BadWebhooks     a plan of webhooks that cannot be read, likewise
        ├── BadMatchers     rules about what is compared that cannot be read, likewise
        ├── NothingToServe  no recording on the tapes could be played
        ├── PortTaken       somebody else listens there
        ├── BadStateKey     states cannot be told apart in this way, or this one is not there
        ├── BadSnapshot     it is not there, or there are too many
        ├── BadClock        a time that no vendor's clock can show
        ├── BadCommand      a command that cannot be put into a storm: it does not start, or does nothing there
        ├── BadStormFile    a counterexample that cannot be read, or is not about these tapes
        └── EndlessFlow     a client that never stops asking
"""

from __future__ import annotations

from dataclasses import dataclass

from tapehiss.cassettes.errors import Misuse


class BadSchedule(Misuse):
    """A rule, a schedule or a scenario that cannot be read."""


class BadProfile(Misuse):
    """A profile of limits that cannot be read."""


class BadWebhooks(Misuse):
    """A plan of webhooks that cannot be read."""


class BadMatchers(Misuse):
    """Rules about what is compared that cannot be read."""


class NothingToServe(Misuse):
    """The tapes hold nothing that could be played."""


class PortTaken(Misuse):
    """The address to listen on is in use or not ours."""


class BadStateKey(Misuse):
    """States cannot be told apart in this way, or the state that is meant is not there."""


class BadSnapshot(Misuse):
    """A snapshot that is not there, or one too many."""


class BadClock(Misuse):
    """A time that no vendor's clock can show."""


class BadCommand(Misuse):
    """A command that cannot be put into a storm: it does not start, or does nothing there."""


class BadStormFile(Misuse):
    """A counterexample in a file that cannot be read, or is not about these tapes."""


class EndlessFlow(Misuse):
    """A client that never stops asking."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with given data, as a value: the field (a path such as ``rules[2].first``), and what to do."""

    field: str
    what: str
    remedy: str = ""

    def under(self, parent: str) -> Flaw:
        """The same flaw seen from one level up."""
        separator = "" if self.field.startswith("[") or not self.field else "."
        return Flaw(f"{parent}{separator}{self.field}", self.what, self.remedy)

    def __str__(self) -> str:
        """The flaw on one line."""
        cure = f" -> {self.remedy}" if self.remedy else ""
        return f"{self.field}: {self.what}{cure}" if self.field else f"{self.what}{cure}"
