"""What a client did in an outage, read from the tape that was recorded between it and the mock.

The law of this file: exchanges in, an account out. A payment is the same payment as long as its Idempotency-Key is the same
(docs.stripe.com/api/idempotent_requests); an attempt that ended without an answer may have been carried out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import header

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.cassettes.exchange import Exchange

PAYMENT = "/v1/payment_intents"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that moves money."""

    at_s: float
    """Seconds after the first one."""
    key: str
    outcome: str
    """A status, or how it ended without one."""
    retry_after: str | None
    may_be_done: bool
    """Whether the vendor may have carried it out."""


def attempts(exchanges: Iterable[Exchange]) -> tuple[Attempt, ...]:
    """The requests that move money, in order."""
    paying = [each for each in exchanges if each.request.method == "POST" and each.request.url.endswith(PAYMENT)]
    return tuple(_attempt(each, paying[0].started_at) for each in paying)


def _attempt(exchange: Exchange, began_at: float) -> Attempt:
    response = exchange.response
    return Attempt(
        exchange.started_at - began_at,
        header(exchange.request.headers, "idempotency-key") or "none",
        str(response.status) if response else exchange.ending.value,
        header(response.headers, "retry-after") if response else None,
        may_be_done=response is None or response.status < 400,
    )


def charges(tried: Iterable[Attempt]) -> int:
    """How many times the customer may have been charged: payments, by their key, that may have been carried out."""
    return len({each.key for each in tried if each.may_be_done})


def story(tried: tuple[Attempt, ...]) -> str:
    """The attempts in one line, with the waits between them."""
    parts, names = [], {}
    for each, last in zip(tried, (None, *tried), strict=False):
        name = names.setdefault(each.key, f"key {'ABCDEFGH'[len(names) % 8]}")
        wait = f"waits {each.at_s - last.at_s:.1f} s, " if last else ""
        asked = f" (Retry-After {each.retry_after} s)" if each.retry_after else ""
        parts.append(f"{wait}{name}: {each.outcome}{asked}")
    return " -> ".join(parts)
