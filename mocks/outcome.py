"""What becomes of one request at the mock: the value that every interpreter (pure world, ASGI, socket) plays.

The response's body is content (decoded); the interpreter that has a wire encodes it. ``body_bytes`` counts bytes of the body
as the interpreter sends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Ending, Headers, Response

if TYPE_CHECKING:
    from tapehiss.mocks.schedule import Rule

MATCH_HEADER = "x-tapehiss-match"
"""The response header that names the rung of the ladder on which the request was matched."""


class Rung(StrEnum):
    """How well a recording matched, best first."""

    EXACT = "exact"
    """Method, path, query and body are the recorded ones, byte for byte."""
    NORMALISED = "normalised"
    """Equal after putting the query in order, reading JSON and forms as values, and leaving out volatile and secret fields."""
    IGNORING_BODY = "ignoring-body"
    """The same operation and query; the body differs."""
    RENAMED = "renamed"
    """The same but for identifiers that clients make up, or the time of day, in the URL."""
    MISS = "miss"
    """No recording."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the client gets: a response that arrives whole, a part of one, or none."""

    response: Response | None
    ending: Ending = Ending.COMPLETE
    body_bytes: int | None = None
    """How many bytes of the body arrive, for a truncated response."""
    rung: Rung = Rung.MISS
    recording: int | None = None
    """Number of the recording that was played, counted over all tapes from 0."""
    struck: tuple[Rule, ...] = ()
    """The rules of the schedule that struck."""
    personal: bool = False
    """The recorded response was changed for this client: it has the client's identifiers in it."""
    told: Headers = ()
    """What the vendor's limits tell with this answer, in the place of recorded headers of the same names."""
    limit: str = ""
    """The limit that refused the request."""

    @property
    def advances(self) -> bool:
        """Whether the recording was played as it is: a request that a fault kept from its answer may ask again."""
        return self.recording is not None and not any(rule.fault.spoils for rule in self.struck)
