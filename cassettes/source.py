"""What every reader of foreign recordings takes and gives: a Source in, exchanges and Refusals out.

The law of the readers: one bad interaction never loses the others of its file, and what is not understood is refused by
name, never guessed at in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tapehiss.cassettes.errors import TapeError
from tapehiss.cassettes.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One interaction of a recording that could not be read."""

    where: str
    """``file#index``, the index counted from 0."""
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        """The refusal on one line."""
        return f"{self.where}: {self.what}" + (f" -> {self.remedy}" if self.remedy else "")


Recorded = Exchange | Refusal
"""What a recording yields."""


class Unreadable(TapeError):
    """An interaction that no rule can read; never leaves a reader (see ``each``)."""


def _alone(_: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a recording."""

    name: str
    """What messages call it."""
    data: bytes
    sibling: Callable[[str], bytes | None] = _alone
    """Another file of the recording by its path relative to this one's folder, or ``None``."""
    base_url: str | None = None
    """Stands before URLs that were recorded without a host."""


def each(source: Source, items: Iterable[T], read: Callable[[T], Exchange]) -> Iterator[Recorded]:
    """Every item read, or refused by its place in the file."""
    for index, item in enumerate(items):
        try:
            yield read(item)
        except Unreadable as error:
            yield Refusal(f"{source.name}#{index}", error.what, error.remedy)
