"""How much a mock takes from its clients: connections, bytes and seconds. Whoever asks for more is refused; others do not notice.

The law of this file: pure. A connection says in which stage it is and since when, and is told whether that is too long.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Stage(Enum):
    """What a connection waits for."""

    IDLE = "idle"
    """The next request."""
    HEAD = "head"
    """The rest of a head; or the first one, on a new connection."""
    BODY = "body"
    """The rest of a body."""
    ANSWERING = "answering"
    """Us: there is no bound on how slow an answer may be told to be."""
    UNREAD = "unread"
    """A client that does not read what was written."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one server takes at most."""

    connections: int = 4096
    """Further ones are answered with 503 and closed."""
    head_bytes: int = 256 * 1024
    """A longer head is refused with 431."""
    body_bytes: int = 256 * 1024 * 1024
    """A longer body is refused with 413."""
    control_body_bytes: int = 16 * 1024 * 1024
    """The same below ``/_tapehiss/``."""
    held_bytes: int = 1024 * 1024 * 1024
    """Bodies of all connections that wait for their end or their turn; what goes beyond is refused with 503."""
    head_s: float = 30.0
    """From the first byte of a request to the end of its head; a slower one is refused with 408."""
    request_s: float = 300.0
    """The same to the end of its body."""
    unread_s: float = 300.0
    """How long an answer may lie unread before the connection is cut."""
    idle_s: float = 600.0
    """How long a connection may be kept without a request before it is closed."""

    @property
    def sweep_s(self) -> float:
        """How often to look at the connections."""
        return min(1.0, min(self.head_s, self.request_s, self.unread_s, self.idle_s) / 4)

    def overdue(self, stage: Stage, waited_s: float) -> bool:
        """Whether a connection has been too long in a stage; for HEAD and BODY since the request began."""
        longest = {
            Stage.IDLE: self.idle_s,
            Stage.HEAD: self.head_s,
            Stage.BODY: self.request_s,
            Stage.UNREAD: self.unread_s,
        }
        return waited_s > longest.get(stage, waited_s)
