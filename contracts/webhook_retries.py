"""When vendors send a webhook again: one record for each, with the page that says so; and what a receiver's answer means for it.

The law of this file: pure. A wait is never shorter than the schedule says, nor than the receiver asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import header

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from tapehiss.cassettes.exchange import Headers

WAIT_MAX_S = 7 * 86_400.0
"""A receiver that asks for more has said that it does not want it."""
JITTER = 0.1
"""Waits are longer by up to this share, so that what failed together does not come back together."""
_H = 3_600.0


class Answer(StrEnum):
    """What an answer means to the sender."""

    TAKEN = "taken"
    AGAIN = "again"
    GONE = "gone"
    """The endpoint wants nothing any more."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How one vendor insists."""

    name: str
    source: str
    waits_s: tuple[float, ...]
    """Before each attempt, counted from the end of the one before."""
    timeout_s: float
    """For one attempt."""
    published: bool = True
    """Whether the vendor publishes the waits; if not, they are ours, and fit into the span that it publishes."""
    gone: frozenset[int] = frozenset()
    """Statuses by which an endpoint says that it wants nothing any more."""
    no_retry: str = ""
    """A header by which a receiver says so of one event."""
    again: tuple[str, str] = ("", "")
    """Headers that a repeat has: its number, and why it is one."""


_ALL = (
    Retries(
        "standard",
        "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
        (0, 5, 300, 1800, 2 * _H, 5 * _H, 10 * _H, 14 * _H, 20 * _H, 24 * _H),
        20.0,
        gone=frozenset({410}),
    ),
    Retries("svix", "https://docs.svix.com/retries", (0, 5, 300, 1800, 2 * _H, 5 * _H, 10 * _H, 10 * _H), 15.0),
    # "Up to three days with an exponential back off".
    Retries(
        "stripe",
        "https://docs.stripe.com/webhooks#automatic-retries",
        (0, 300, 1800, 2 * _H, 5 * _H, 10 * _H, 12 * _H, 12 * _H, 12 * _H, 12 * _H),
        20.0,
        published=False,
    ),
    # "GitHub does not automatically redeliver failed webhook deliveries".
    Retries(
        "github",
        "https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries",
        (0,),
        10.0,
    ),
    Retries(
        "slack",
        "https://docs.slack.dev/apis/events-api/#retries",
        (0, 0, 60, 300),
        3.0,
        no_retry="X-Slack-No-Retry",
        again=("X-Slack-Retry-Num", "X-Slack-Retry-Reason"),
    ),
    # Nothing is published about waits.
    Retries(
        "klaviyo",
        "https://developers.klaviyo.com/en/docs/working_with_system_webhooks",
        (0, 60, 300, 1800, 2 * _H, 5 * _H, 10 * _H),
        20.0,
        published=False,
    ),
    # "8 times over the next 4 hours", exponential.
    Retries(
        "shopify",
        "https://shopify.dev/docs/apps/build/webhooks/troubleshooting-webhooks",
        (0, 56, 112, 224, 448, 896, 1792, 3584, 7168),
        5.0,
        published=False,
    ),
)
RETRIES: Mapping[str, Retries] = {each.name: each for each in _ALL}
"""By the name of the style of signing that the vendor uses."""


def meaning(retries: Retries, status: int | None, headers: Headers = ()) -> Answer:
    """What an answer means; ``None`` is that none came in time. Redirects are not followed, and are no success."""
    if status is None:
        return Answer.AGAIN
    if 200 <= status < 300 or (retries.no_retry and header(headers, retries.no_retry) == "1"):
        return Answer.TAKEN
    return Answer.GONE if status in retries.gone else Answer.AGAIN


def wait_s(retries: Retries, failed: int, asked_s: float | None, dice: Random) -> float | None:
    """Seconds from the end of the last of so many failed attempts to the next one; ``None`` if there is none.

    ``asked_s`` is what the receiver's ``Retry-After`` asks for.
    """
    if failed >= len(retries.waits_s) or (asked_s or 0.0) > WAIT_MAX_S:
        return None
    return max(retries.waits_s[failed] * dice.uniform(1.0, 1.0 + JITTER), asked_s or 0.0)
