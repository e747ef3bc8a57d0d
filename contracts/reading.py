"""What one exchange says: which operation it called, and the documents of its parts.

Names of parts::

    path <place>                    the path parameter at this place (1 is the first segment)
    query                           the query parameters, as one object
    request-headers                 the request's headers that matter (``headers``), as one object
    request <media type>            the request body
    response-headers <status>       the answer's headers that matter, as one object
    response <status> <media type>  the response body

A body that is empty has the media type ``-``. Learning and checking read an exchange by this one function, so that what was
learnt from is also what is accepted. What a vendor turned down (400 and above) says nothing about how it wants to be asked, so
such an exchange has response parts only; one without a response has none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from tapehiss.cassettes.exchange import Ending
from tapehiss.contracts import documents
from tapehiss.contracts.headers import answered, asked, declared_media
from tapehiss.contracts.operations import Operation, operation_of, split
from tapehiss.contracts.selector import selector_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.cassettes.exchange import Exchange, Headers, Request, Response

NO_BODY = "-"
"""The media type of an empty body."""
UNLABELLED = "unlabelled"
"""The media type of a body that came without one and is not JSON."""


class Call(NamedTuple):
    """What the line of a request says: all that must be known of an exchange before it is counted."""

    operation: Operation
    values: Mapping[str, str]
    """Place of each path parameter -> its value."""


class Reading(NamedTuple):
    """One part of an exchange and what it holds."""

    part: str
    documents: tuple[Any, ...] = ()
    unread: str = ""
    """Why the body could not be read; empty when it could, and for media types that hold no documents."""


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that one exchange says about its operation."""

    operation: Operation
    ending: Ending
    readings: tuple[Reading, ...]


def call_of(request: Request) -> Call:
    """The operation that a request calls, with the selector that it may have."""
    operation, values = operation_of(request.method, request.url)
    selector = selector_of(request)
    return Call(replace(operation, path=f"{operation.path}#{selector}") if selector else operation, values)


def read(exchange: Exchange, call: Call | None = None) -> Account:
    """The account of an exchange; never fails, whatever the vendor or the client sent.

    ``call`` is what is known of its request already, for instance the operation under which it is kept.
    """
    operation, values = call or call_of(exchange.request)
    return Account(operation, exchange.ending, tuple(_readings(exchange, values)))


def status_of(part: str) -> int | None:
    """The status of a response part, ``None`` for other parts."""
    words = part.split(" ")
    return int(words[1]) if words[0] == "response" else None


def media_of(part: str) -> str:
    """The media type of a request or response part, empty for parameters and headers."""
    return part.rsplit(" ", maxsplit=1)[-1] if part.startswith(("request ", "response ")) else ""


def _readings(exchange: Exchange, values: Mapping[str, str]) -> list[Reading]:
    """The parts of an exchange whose path has these values, by place."""
    response = exchange.response
    if response is None:
        return []
    told = _asked(exchange.request, values) if response.status < 400 else []
    if exchange.ending is Ending.COMPLETE:
        told.append(Reading(f"response-headers {response.status}", (answered(response.headers),)))
        told.append(_body(f"response {response.status}", response))
    return told


def _asked(request: Request, values: Mapping[str, str]) -> list[Reading]:
    """How the operation was called."""
    told = [Reading(f"path {place}", (documents.scalar(value),)) for place, value in values.items()]
    query = documents.of_parameters(split(request.url)[2])
    told.append(Reading("query", query.values, query.unread))
    told.append(Reading("request-headers", (asked(request.headers),)))
    told.append(_body("request", request))
    return told


def _body(name: str, message: Request | Response) -> Reading:
    """A body, as documents where its media type has any."""
    if not message.body and message.cut is None:
        return Reading(f"{name} {NO_BODY}")
    media = _media(message.headers, message.body)
    if message.cut is not None or message.undecoded:
        return Reading(f"{name} {media}", unread="cut" if message.cut else "coding not undone")
    found = documents.of_body(media, message.body)
    return Reading(f"{name} {media}", found.values, found.unread)


def _media(headers: Headers, body: bytes) -> str:
    """The media type; a body without one that looks and reads like JSON is taken for JSON."""
    declared = declared_media(headers)
    if declared:
        return declared
    is_json = body.lstrip()[:1] in {b"{", b"["} and not documents.of_body("application/json", body).unread
    return "application/json" if is_json else UNLABELLED
