"""The webhooks of a mock vendor, as data: which are sent, to which endpoint, and through which storm.

The law of this file: pure, and a function of the seed. What befalls an attempt depends on the seed, the event, the copy and the attempt, never on
the order in which anything happens; so the same seed makes the same deliveries.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.origins import Address, target
from tapehiss.contracts.webhook_retries import RETRIES
from tapehiss.contracts.webhook_signatures import Keyring, sign

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.cassettes.exchange import Headers
    from tapehiss.contracts.webhook_retries import Retries
    from tapehiss.mocks.webhook_templates import Message, Template


class Forgery(StrEnum):
    """How a webhook is forged: none of them may be believed."""

    SECRET = "secret"  # noqa: S105 (a kind of forgery)
    """Signed with another secret."""
    BODY = "body"
    """The body was changed after it was signed."""
    UNSIGNED = "unsigned"
    STALE = "stale"
    """Signed rightly, and long ago; in styles that sign a time."""


@dataclass(frozen=True, slots=True)
class Storm:
    """What befalls webhooks on their way; shares are of 0 to 1, and ``Storm()`` is fair weather."""

    delay_s: float = 0.0
    """Every event is sent so much later ..."""
    reorder_s: float = 0.0
    """... and by up to so much more, each by its own, so that they overtake each other."""
    duplicates: float = 0.0
    """The share of events that are sent as if they had happened twice: same id, same body."""
    unheard: float = 0.0
    """The share of attempts whose answer does not reach the vendor, who sends them again."""
    lost: float = 0.0
    """The share of attempts that do not reach the endpoint; the vendor sends them again."""
    dropped: float = 0.0
    """The share of events that are never sent at all: who only listens never learns of them."""
    forged: float = 0.0
    """The share of events that are followed by a forged one, of an id of its own."""


CALM = Storm()


@dataclass(frozen=True, slots=True)
class Plan:
    """A vendor's webhooks."""

    ring: Keyring
    templates: tuple[Template, ...] = ()
    storm: Storm = CALM
    pace: float = 1.0
    """Scale of the waits before repeats: 0.001 makes an hour 3.6 s."""
    retries: Retries = field(default_factory=lambda: RETRIES["standard"])

    @property
    def paced(self) -> Retries:
        """How the vendor insists, at this pace."""
        return replace(self.retries, waits_s=tuple(wait_s * self.pace for wait_s in self.retries.waits_s))

    def template(self, name: str) -> Template | None:
        """The template of this name."""
        return next((each for each in self.templates if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt to send one copy of an event."""

    message: Message
    copy: int = 0
    attempt: int = 0
    forged: Forgery | None = None
    lost: bool = False
    unheard: bool = False


def share(seed: int, *of: object) -> float:
    """A number in [0, 1), uniform over everything that it depends on."""
    return (int.from_bytes(_digest(seed, *of)[:8]) >> 11) / 2**53


def dice(seed: int, *of: object) -> Random:
    """Dice of its own for everything that it depends on."""
    return Random(int.from_bytes(_digest(seed, *of)[:8]))  # noqa: S311 (nothing here is a secret)


def id_of(seed: int, *of: object) -> str:
    """An id for an event, the same for the same seed."""
    return f"evt_{_digest(seed, *of).hex()[:24]}"


def _digest(seed: int, *of: object) -> bytes:
    return hashlib.blake2b(repr((seed, *of)).encode("utf-8", "backslashreplace"), digest_size=16).digest()


def attempted(plan: Plan, seed: int, sending: Sending) -> Sending:
    """A genuine attempt, and what befalls it."""
    of = (sending.message.id, sending.copy, sending.attempt)
    lost = share(seed, "lost", *of) < plan.storm.lost
    unheard = share(seed, "unheard", *of) < plan.storm.unheard
    return replace(sending, lost=lost, unheard=unheard)


def sendings(plan: Plan, seed: int, message: Message, forge: Message) -> Iterable[tuple[float, Sending]]:
    """Everything that is sent because of one event, and after how many seconds; ``forge`` is what a forger would send."""
    storm, name = plan.storm, message.id
    if share(seed, "dropped", name) < storm.dropped:
        return
    copies = 2 if share(seed, "duplicates", name) < storm.duplicates else 1
    for copy in range(copies):
        spread_s = share(seed, "reorder", name, copy) * storm.reorder_s
        yield storm.delay_s + spread_s, attempted(plan, seed, Sending(message, copy))
    if share(seed, "forged", name) < storm.forged:
        kinds = [kind for kind in Forgery if plan.ring.style.timed or kind is not Forgery.STALE]
        kind = kinds[int(share(seed, "forgery", name) * len(kinds))]
        yield storm.delay_s + share(seed, "forged at", name) * storm.reorder_s, Sending(forge, forged=kind)


def signed(plan: Plan, sending: Sending, unix_s: float) -> tuple[Headers, bytes]:
    """Headers and body of an attempt that is sent now."""
    message, ring, body = sending.message, plan.ring, sending.message.body
    if sending.forged is Forgery.UNSIGNED:
        return message.headers, body
    if sending.forged is Forgery.SECRET:
        ring = replace(ring, keys=(b"somebody else's secret",))
    if sending.forged is Forgery.BODY:
        body += b" "
    if sending.forged is Forgery.STALE:
        unix_s -= 4 * ring.style.tolerance_s
    number, reason = plan.retries.again
    again = ((number, str(sending.attempt)), (reason, "http_error")) if number and sending.attempt else ()
    return (*message.headers, *again, *sign(ring, message.id, unix_s, message.body)), body


def endpoint(url: str, *, anywhere: bool = False, where: str = "--webhook-to") -> str:
    """The URL to send webhooks to, if it may be meant: on this machine, unless ``anywhere``; ``Misuse`` otherwise."""
    bare = url.partition("?")[0]
    origin = target(bare, where).origin
    if not anywhere and not Address(origin.host.strip("[]"), origin.port).loopback:
        remedy = "give an endpoint at 127.0.0.1, or say --webhook-anywhere"
        raise Misuse(f"{origin.authority} is not this machine, and a mock's webhooks are for tests", where, remedy)
    if not (url.isascii() and url.isprintable() and " " not in url):
        raise Misuse("the URL has characters that it cannot have", where, "write them percent-encoded")
    return url


def path_of(url: str) -> str:
    """What may be said aloud of an endpoint: no query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
