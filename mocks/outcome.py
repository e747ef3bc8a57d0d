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

ERROR = 400
"""Answers from this status on say that nothing was done."""
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
    HELD = "held"
    """A resource that a client created, changed or deleted here, or a list with such resources in it."""
    SIBLING = "sibling"
    """Another request of the same operation; ids from the path and fields of the body are the client's."""
    SYNTHESISED = "synthesised"
    """No recording: made of what the contract knows of this operation."""
    SPIED = "spied"
    """No recording: the real vendor was asked."""
    MISS = "miss"
    """No recording."""


MADE = frozenset({Rung.HELD, Rung.SIBLING, Rung.SYNTHESISED})
"""Rungs on which an answer is made that no tape has."""


class Repeat(StrEnum):
    """What an idempotency key made of a request that came before."""

    REPLAYED = "replayed"
    """The first answer again."""
    CONFLICT = "conflict"
    """Refused: the key belongs to another request."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How an answer is sent, where it is not sent plainly."""

    stall_at_bytes: int = 0
    """After so many bytes of the body (or before its last byte) nothing comes ..."""
    stall_s: float = 0.0
    """... for so long."""
    head_stall_s: float = 0.0
    """After the status line nothing comes for so long."""
    bytes_per_s: float = 0.0
    """The body comes no faster; 0 is at once."""
    lying: bool = False
    """``Content-Length`` is that of the part which arrives: a client takes it for the whole."""
    unterminated: bool = False
    """Chunked, without the chunk that ends the body."""
    abrupt: bool = False
    """After a part of an answer the connection ends with RST in place of FIN."""
    garbage: str = ""
    """What comes in place of an answer cannot be read: ``all`` or one of ``faults.GARBLED``."""
    silent: bool = False
    """The connection is closed without a byte, in place of being reset."""


PLAIN = Manner()


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
    manner: Manner = PLAIN
    repeat: Repeat | None = None
    """Set when the vendor knew the idempotency key."""
    twice: bool = False
    """The vendor carried it out twice."""
    meant: Response | None = None
    """What the vendor answered, where a rule that struck changed it, lost it or came in its place, or the client did not wait for it."""
    early: bool = False
    """Decided when only the head of the request was read: the answer comes before the body, and the connection ends."""

    def telling(self, told: Headers) -> Outcome:
        """The same with these headers of the vendor's limits. Written out: it is made for every request, and ``replace`` takes twice as long."""
        return Outcome(
            self.response,
            self.ending,
            self.body_bytes,
            self.rung,
            self.recording,
            self.struck,
            self.personal,
            told,
            self.limit,
            self.manner,
            self.repeat,
            self.twice,
            self.meant,
            self.early,
        )

    @property
    def preparable(self) -> bool:
        """Whether the answer is sent as it was recorded, the same every time."""
        return self.advances and not self.personal and self.response is not None and self.manner is PLAIN

    @property
    def known(self) -> bool:
        """Whether the tapes, or what is known beyond them, have an answer."""
        return self.recording is not None or (self.rung in MADE and not self.limit)

    @property
    def advances(self) -> bool:
        """Whether the answer was given as it is: a request that a fault kept from its answer may ask again."""
        return self.known and self.repeat is None and not self.spoiled

    @property
    def done(self) -> Response | None:
        """What the vendor answered to what it carried out, whether or not that arrives; ``None`` if it did nothing, or nothing anew."""
        answer = self.response if self.meant is None else self.meant
        carried_out = self.advances and not self.limit
        return answer if carried_out and answer is not None and answer.status < ERROR else None

    @property
    def spoiled(self) -> bool:
        """Whether a fault kept the vendor from doing what was asked."""
        return bool(self.struck) and any(rule.fault.spoils for rule in self.struck)
