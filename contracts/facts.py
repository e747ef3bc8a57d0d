"""A fact about a vendor's behaviour: what it is, where it holds, on how many exchanges it rests, and where one can look it up.

A fact is data; ``words`` says it in one sentence. Ids are stable, so that two contracts can be compared fact by fact: the same id at
the same operation with the same ``key`` arguments is the same fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapehiss.contracts.sums import Seen

Argument = str | float | bool | tuple[str, ...] | None
"""Numbers are counts or have their unit in the argument's name."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement about how a vendor behaves."""

    topic: str
    """``auth``, ``pagination``, ``limits``, ``idempotency``, ``caching`` or ``latency``."""
    id: str
    """Stable, with the topic in front: ``auth-bearer``, ``pagination-cursor``, ``limits-quota``."""
    operation: str = ""
    """``str(Operation)``; empty for what holds for the vendor as a whole, or an origin alone."""
    arguments: tuple[tuple[str, Argument], ...] = ()
    seen: int = 0
    """How many exchanges show it ..."""
    of: int = 0
    """... of how many that could have."""
    first: Seen | None = None
    """The first exchange that shows it: when, and line of a tape."""
    last: Seen | None = None
    words: str = ""
    """The fact as an English sentence, without a full stop."""

    def __getitem__(self, name: str) -> Any:
        """An argument by its name; ``None`` when the fact has none of that name."""
        return next((value for key, value in self.arguments if key == name), None)
