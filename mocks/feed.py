"""What happens at a mock, told to whoever listens, as it happens.

Without listeners nothing is made. Each listener has a queue of its own with a bound: one that reads too slowly loses the oldest events and is told how
many, and nobody else notices. Owned by one thread.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tapehiss.mocks.journal import Entry

WAITING_MAX = 1000
"""Events that wait for one listener."""
LISTENERS_MAX = 64


class Kind(StrEnum):
    """What can happen."""

    REQUEST = "request"
    """A request, with what became of it: as in the journal."""
    FAULT = "fault"
    """A rule struck the request of this number."""
    LIMIT = "limit"
    """A limit refused the request of this number."""
    SCHEDULE = "schedule"
    """Another schedule begins."""
    LIMITS = "limits"
    """Other limits are kept."""
    RESET = "reset"
    """Everything begins anew."""
    WEBHOOK = "webhook"
    """An attempt to deliver a webhook has ended."""
    TAPES = "tapes"
    """The tapes were read again."""
    LOST = "lost"
    """So many events were not told, because their listener was too slow."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: an entry of the journal, or data for JSON."""

    kind: Kind
    data: Any


class Listener:
    """One who listens; ``wake`` is called when there is something to take."""

    def __init__(self, kinds: frozenset[Kind], wake: Callable[[], None]) -> None:
        self._kinds, self._wake = kinds, wake
        self._waiting: deque[Event] = deque(maxlen=WAITING_MAX)
        self._lost = 0
        self.ended = False
        """Whether nothing more will come."""

    def tell(self, event: Event) -> bool:
        """One more event, if it is wanted; whether an older one was lost for it."""
        if event.kind not in self._kinds:
            return False
        losing = len(self._waiting) == WAITING_MAX
        self._lost += losing
        self._waiting.append(event)
        self._wake()
        return losing

    def take(self) -> tuple[Event, ...]:
        """Everything that waits, and before it how much was lost."""
        lost = (Event(Kind.LOST, {"count": self._lost}),) if self._lost else ()
        taken = (*lost, *self._waiting)
        self._waiting.clear()
        self._lost = 0
        return taken

    def end(self) -> None:
        """Nothing more will come."""
        self.ended = True
        self._wake()


class Feed:
    """All who listen."""

    def __init__(self) -> None:
        self.listeners: list[Listener] = []
        self.lost = 0
        """Events that somebody was too slow for, over all listeners."""

    @property
    def full(self) -> bool:
        """Whether nobody more may listen."""
        return len(self.listeners) >= LISTENERS_MAX

    @contextmanager
    def listening(self, kinds: frozenset[Kind], wake: Callable[[], None]) -> Iterator[Listener]:
        """One more listener for these kinds, as long as the block lasts."""
        listener = Listener(kinds, wake)
        self.listeners.append(listener)
        try:
            yield listener
        finally:
            self.listeners.remove(listener)

    def close(self) -> None:
        """Nothing more will happen."""
        for listener in self.listeners:
            listener.end()

    def tell(self, kind: Kind, data: Any) -> None:
        """Something happened."""
        event = Event(kind, data)
        for listener in self.listeners:
            self.lost += listener.tell(event)

    def requested(self, entry: Entry) -> None:
        """A request was answered."""
        if not self.listeners:
            return
        self.tell(Kind.REQUEST, entry)
        about = {"number": entry.number, "method": entry.method, "path": entry.path}
        for rule in entry.struck:
            self.tell(Kind.FAULT, {**about, "rule": rule})
        if entry.limit:
            self.tell(Kind.LIMIT, {**about, "limit": entry.limit})
