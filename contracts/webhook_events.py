"""What a webhook says: the events in one delivery, and the headers that tell of one where its style has them.

The law of this file: pure and total, like ``webhook_signatures``; whoever calls it has verified the signature before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.exchange import header
from tapehiss.contracts.documents import of_body
from tapehiss.contracts.errors import NoEvent
from tapehiss.contracts.pointers import below, steps_of

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Headers
    from tapehiss.contracts.webhook_styles import Style

NAME_MAX = 256
"""Ids, types and versions are not longer."""
EVENTS_MAX = 10_000
"""In one delivery."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened at the vendor."""

    style: str
    id: str
    type: str
    version: str
    """Of the form in which it is told; empty where the style has none."""
    payload: Any
    """What the vendor says of it: the body, or the item of the body that is about it."""

    @property
    def key(self) -> str:
        """What is the same in every delivery of this event, and in no other event's; some vendors give one id to events of several types."""
        return f"{self.style} {self.type} {self.id}"


def events_of(style: Style, headers: Headers, body: bytes) -> tuple[Event, ...]:
    """The events of one delivery, in order; ``NoEvent`` if the body is not JSON, or something has no id or no type."""
    document = document_of(body)
    here, there = style.agree
    if header(headers, here) is not None and told(here, headers, document) != told(there, headers, document):
        raise NoEvent("the header and the body name different webhooks", f"{here}, {there}", NoEvent.advice)
    version = told(style.version, headers, document)
    items = at(document, style.each) if style.each else [document]
    if not isinstance(items, list) or len(items) > EVENTS_MAX:
        raise NoEvent("there is no list of events", style.each, NoEvent.advice)
    return tuple(_event(style, headers, item, version) for item in items)


def challenge_of(style: Style, body: bytes) -> str:
    """The text that is to be sent back, when a vendor asks whether this endpoint wants webhooks; else empty."""
    if not style.challenge or f'"{style.challenge[1:]}"'.encode() not in body:
        return ""
    document = document_of(body)
    return "" if at(document, style.id) is not None else told(style.challenge, (), document)


def headers_of(style: Style, event_id: str, kind: str, version: str = "") -> Headers:
    """The headers in which this style tells of an event, but for those that are signed."""
    places = ((style.id, event_id), (style.type, kind), (style.version, version))
    return tuple(
        (place, text) for place, text in places if text and place[:1] not in {"", "/"} and place != style.signed_id
    )


def document_of(body: bytes) -> Any:
    """The body as JSON; ``NoEvent`` otherwise."""
    found = of_body("application/json", body)
    if found.unread:
        raise NoEvent(f"the body is no JSON document: {found.unread}", "body", NoEvent.advice)
    return found.values[0]


def at(document: Any, pointer: str) -> Any:
    """What a JSON Pointer leads to; ``None`` where there is nothing."""
    for step in steps_of(pointer):
        document = below(document, step)
    return document


def told(place: str, headers: Headers, document: Any) -> str:
    """The text at a place, or empty; numbers are their text."""
    if not place:
        return ""
    value = at(document, place) if place.startswith("/") else header(headers, place)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)
    return text if len(text) <= NAME_MAX else ""


def _event(style: Style, headers: Headers, item: Any, version: str) -> Event:
    event = Event(style.name, told(style.id, headers, item), told(style.type, headers, item), version, item)
    if not event.id or not event.type:
        raise NoEvent("no id" if not event.id else "no type", style.type if event.id else style.id, NoEvent.advice)
    return event
