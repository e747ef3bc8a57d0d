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

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.exchange import Ending
from tapehiss.cassettes.media import media_type
from tapehiss.contracts import documents
from tapehiss.contracts.headers import answered, asked
from tapehiss.contracts.operations import Operation, operation_of, split
from tapehiss.contracts.selector import selector_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Exchange, Headers, Request, Response

NO_BODY = "-"
"""The media type of an empty body."""
UNLABELLED = "unlabelled"
"""The media type of a body that came without one and is not JSON."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One part of an exchange and what it holds."""

    part: str
    documents: tuple[Any, ...] = ()
    unread: str = ""
    """Why the body could not be read; empty when it could, and for media types that hold no documents."""
    size: int = field(default=0, compare=False)
    """Length of the body in bytes."""


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that one exchange says about its operation."""

    operation: Operation
    ending: Ending
    readings: tuple[Reading, ...]


def read(exchange: Exchange) -> Account:
    """The account of an exchange; never fails, whatever the vendor or the client sent."""
    operation, values = operation_of(exchange.request.method, exchange.request.url)
    selector = selector_of(exchange.request)
    if selector:
        operation = replace(operation, path=f"{operation.path}#{selector}")
    return Account(operation, exchange.ending, tuple(_readings(exchange, values)))


def status_of(part: str) -> int | None:
    """The status of a response part, ``None`` for other parts."""
    words = part.split(" ")
    return int(words[1]) if words[0] == "response" else None


def media_of(part: str) -> str:
    """The media type of a request or response part, empty for parameters and headers."""
    return part.rsplit(" ", maxsplit=1)[-1] if part.startswith(("request ", "response ")) else ""


def _readings(exchange: Exchange, values: dict[str, str]) -> Iterator[Reading]:
    response = exchange.response
    if response is None:
        return
    if response.status < 400:
        yield from _asked(exchange.request, values)
    if exchange.ending is Ending.COMPLETE:
        yield Reading(f"response-headers {response.status}", (answered(response.headers),))
        yield _body(f"response {response.status}", response)


def _asked(request: Request, values: dict[str, str]) -> Iterator[Reading]:
    """How the operation was called."""
    yield from (Reading(f"path {place}", (documents.scalar(value),)) for place, value in values.items())
    query = documents.of_parameters(split(request.url)[2])
    yield Reading("query", query.values, query.unread)
    yield Reading("request-headers", (asked(request.headers),))
    yield _body("request", request)


def _body(name: str, message: Request | Response) -> Reading:
    """A body, as documents where its media type has any."""
    if not message.body and message.cut is None:
        return Reading(f"{name} {NO_BODY}")
    media = _media(message.headers, message.body)
    if message.cut is not None or message.undecoded:
        return Reading(f"{name} {media}", unread="cut" if message.cut else "coding not undone")
    found = documents.of_body(media, message.body)
    return Reading(f"{name} {media}", found.values, found.unread, len(message.body))


def _media(headers: Headers, body: bytes) -> str:
    """The media type; a body without one that looks and reads like JSON is taken for JSON."""
    declared = "".join(media_type(headers).split())
    if declared:
        return declared
    is_json = body.lstrip()[:1] in {b"{", b"["} and not documents.of_body("application/json", body).unread
    return "application/json" if is_json else UNLABELLED
