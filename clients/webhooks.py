"""A receiver of webhooks, without its server: from headers and raw bytes to handlers and an answer.

The laws of this file: what is not signed by one of our secrets reaches no handler; nothing is answered with 2xx before it is durable; an
event that was handled is never handled again, however often and in whatever order it comes. Every event is handled on its own: one that
fails makes the vendor send the delivery again, and the others in it are duplicates then.
"""

from __future__ import annotations

import fnmatch
import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Headers, Response
from tapehiss.clients.errors import DeliveryTooLong, InboxUnusable, UnknownEvent
from tapehiss.contracts.errors import BadSignature, OutOfTime, Unsigned, WebhookError
from tapehiss.contracts.webhook_events import Event, challenge_of, events_of
from tapehiss.contracts.webhook_signatures import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.contracts.webhook_signatures import Keyring

LOGGER = logging.getLogger("tapehiss.webhooks")
BODY_MAX_BYTES = 5 * 1024 * 1024
TOLERANCE_MAX_S = 43_200.0
"""Both ways that is a day, and no inbox forgets earlier."""

Handler: TypeAlias = "Callable[[Event, Any], None]"
"""Called with the event, and with the inbox's transaction: what it writes through that is done exactly once, whatever happens."""


class Inbox(Protocol):
    """Remembers, durably, which events were handled."""

    def once(self, key: str, unix_s: float, handle: Callable[[Any], None]) -> bool:
        """Call ``handle`` with a transaction and remember the key, both or neither; ``False`` if the key was known.

        What ``handle`` raises leaves as it is; ``InboxUnusable`` if nothing can be remembered.
        """


class Unknown(StrEnum):
    """What is answered to an event for which there is no route."""

    ACKNOWLEDGE = "acknowledge"
    """Thank you. It is not remembered: sent again by hand, once there is a route, it is handled."""
    REFUSE = "refuse"
    """422: the vendor keeps it, and sends it again as long as it does."""


@dataclass(frozen=True, slots=True)
class Route:
    """Which events a handler is for: ``*`` stands for any characters."""

    handler: Handler
    type: str = "*"
    version: str = "*"

    def covers(self, event: Event) -> bool:
        """Whether this event is meant."""
        return fnmatch.fnmatchcase(event.type, self.type) and fnmatch.fnmatchcase(event.version, self.version)


class Fate(StrEnum):
    """What became of an event, or of a whole delivery."""

    HANDLED = "handled"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    """Not believed, or not understood."""
    FAILED = "failed"
    """The handler raised, or nothing could be remembered; the vendor sends it again."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that a receiver did; the payload is not told."""

    fate: Fate
    event: tuple[str, str] = ("", "")
    """Type and id, where they are known to be the vendor's."""
    error: Exception | None = None


def log(notice: Notice) -> None:
    """Tell the log of what failed and what was refused: an error by its type only, but a handler's with its trace."""
    kind, name = notice.event
    if notice.fate is Fate.FAILED:
        LOGGER.error("webhook %s %s failed", kind, name, exc_info=notice.error)
    elif notice.fate is Fate.REFUSED:
        LOGGER.warning("webhook refused: %s", notice.error)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whose webhooks are believed, and who handles them: the first route that covers an event."""

    ring: Keyring
    routes: tuple[Route, ...]
    unknown: Unknown = Unknown.ACKNOWLEDGE
    tolerance_s: float | None = None
    """How far from now it may have been signed, both ways; the style's if not given."""
    body_max_bytes: int = BODY_MAX_BYTES
    notice: Callable[[Notice], None] = log

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.body_max_bytes < 1:
            raise Misuse(f"body_max_bytes is {self.body_max_bytes}", "Receiver", "give a number above zero")
        if self.tolerance_s is not None and not 0 <= self.tolerance_s <= TOLERANCE_MAX_S:
            remedy = f"give 0 to {TOLERANCE_MAX_S:.0f}: what an inbox forgets must not be believed any more"
            raise Misuse(f"tolerance_s is {self.tolerance_s}", "Receiver", remedy)

    def route(self, event: Event) -> Route | None:
        """Who handles this event."""
        return next((route for route in self.routes if route.covers(event)), None)


STATUSES: dict[type[Exception], int] = {
    Unsigned: 401,
    BadSignature: 401,
    OutOfTime: 401,
    DeliveryTooLong: 413,
    WebhookError: 422,
    InboxUnusable: 503,
    Exception: 500,
}
"""Error -> status, the first that fits. None is a success, so that the vendor sends again what it sends again at all."""


def receive(receiver: Receiver, inbox: Inbox, headers: Headers, body: bytes, unix_s: float) -> Response:
    """Handle one delivery and answer it; ``body`` is exactly what came. Raises nothing but what is no ``Exception``."""
    style = receiver.ring.style
    try:
        if len(body) > receiver.body_max_bytes:
            raise too_long(receiver)
        verify(receiver.ring, headers, body, unix_s, tolerance_s=receiver.tolerance_s)
        challenge = challenge_of(style, body)
        if challenge:
            return _text(200, challenge)
        events = events_of(style, headers, body)
    except WebhookError as error:
        receiver.notice(Notice(Fate.REFUSED, error=error))
        return refusal(error)
    failures = [failed for event in events if (failed := _taken(receiver, inbox, event, unix_s)) is not None]
    return refusal(failures[0]) if failures else Response(204, "No Content")


def refusal(error: Exception) -> Response:
    """The answer to what was not taken; it says of a handler's error that there was one."""
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    return _text(status, str(error) if isinstance(error, WebhookError | InboxUnusable) else "the handler failed")


def too_long(receiver: Receiver) -> DeliveryTooLong:
    """The error for a body that is longer than the receiver wants."""
    what = f"the body is longer than {receiver.body_max_bytes} bytes"
    return DeliveryTooLong(what, "body", DeliveryTooLong.advice)


def _taken(receiver: Receiver, inbox: Inbox, event: Event, unix_s: float) -> Exception | None:
    """What kept one event from being handled, if anything did."""
    named, route = (event.type, event.id), receiver.route(event)
    if route is None:
        receiver.notice(Notice(Fate.UNKNOWN, named))
        if receiver.unknown is Unknown.ACKNOWLEDGE:
            return None
        return UnknownEvent("there is no route for its type and version", event.type, UnknownEvent.advice)
    handler = route.handler
    try:
        fresh = inbox.once(event.key, unix_s, lambda transaction: handler(event, transaction))
    except Exception as error:  # noqa: BLE001 (a handler is anybody's code; the vendor is told that it failed)
        receiver.notice(Notice(Fate.FAILED, named, error))
        return error
    receiver.notice(Notice(Fate.HANDLED if fresh else Fate.DUPLICATE, named))
    return None


def _text(status: int, text: str) -> Response:
    return Response(status, "", (("Content-Type", "text/plain; charset=utf-8"),), text.encode())
