"""What is on no tape, asked of the real vendor: the seam. Who asks, and what is written down, is decided by whoever wires it.

The law of this file: only a miss is ever passed on. What a tape, a limit, a fault or the contract answered stays here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tapehiss.mocks.outcome import Outcome, Rung

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange, Request


class Forward(Protocol):
    """Asks the real vendor; ``None`` for what is not to be asked, or not any more."""

    async def __call__(self, request: Request) -> Exchange | None:
        """The exchange, with the vendor's own URL; however it ended."""


def is_missed(outcome: Outcome) -> bool:
    """Whether nothing here had an answer."""
    return outcome.rung is Rung.MISS and not outcome.limit and not outcome.struck and outcome.repeat is None


def spied(exchange: Exchange) -> Outcome:
    """What the client gets of it: what the vendor sent, or the way in which it did not."""
    whole = None if exchange.response is None else exchange.response
    cut = None if whole is None else len(whole.body)
    return Outcome(whole, exchange.ending, cut, rung=Rung.SPIED, personal=True)
