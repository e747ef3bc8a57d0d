"""What a mock vendor's webhooks say: written from templates, or taken from a tape with a new id.

The law of this file: pure. Texts in a template have places: ``{id}``, ``{type}``, ``{version}``, ``{number}``, ``{now:rfc_3339}`` (any form of
``dialects``), and ``{request/customer}``, ``{response/data/0/id}``, ``{data}`` with a JSON Pointer into the request that brought the event about, its
answer, or what the control plane was given. A text that is one place is the value there; what is not there is null.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.media import media_type
from tapehiss.contracts.documents import of_body
from tapehiss.contracts.webhook_events import at, headers_of
from tapehiss.mocks.dialects import INSTANTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.cassettes.exchange import Headers, Request, Response
    from tapehiss.contracts.webhook_styles import Style

PLACE = re.compile(r"\{(id|type|version|number|now|request|response|data)((?:/[^/{}]*)*)(?::([a-z0-9_]+))?\}")
_NOW_FORM = "epoch_s"

ENVELOPES: Mapping[str, Any] = {
    "standard": {"type": "{type}", "timestamp": "{now:rfc_3339}", "data": "{data}"},
    "svix": {"type": "{type}", "timestamp": "{now:rfc_3339}", "data": "{data}"},
    "stripe": {
        "id": "{id}",
        "object": "event",
        "api_version": "{version}",
        "created": "{now}",
        "type": "{type}",
        "data": {"object": "{data}"},
    },
    "github": "{data}",
    "slack": {"type": "event_callback", "event_id": "{id}", "event_time": "{now}", "event": "{data}"},
    "klaviyo": {
        "data": [{"external_id": "{id}", "topic": "{type}", "payload": "{data}"}],
        "meta": {"timestamp": "{now:rfc_3339}", "version": "{version}"},
    },
    "shopify": "{data}",
}
"""How each style's vendor wraps what happened."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A webhook that was on a tape."""

    body: bytes
    headers: Headers = ()
    """Those of the vendor's that neither sign it nor tell of the event."""


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of webhook, and what brings it about."""

    name: str
    type: str
    on: str = ""
    """The operation after which it is sent: ``POST /v1/charges``, with ``*`` for anything; empty if only the control plane sends it."""
    version: str = ""
    data: Any = "{response}"
    """What happened, for the vendor's envelope."""
    body: Any = None
    """In place of the envelope."""
    after_s: float = 0.0
    recorded: tuple[Recorded, ...] = ()
    """In place of both: they are sent in order, then the last one again."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What brought an event about."""

    request: Any = None
    response: Any = None
    data: Any = None


@dataclass(frozen=True, slots=True)
class Message:
    """One event as it is sent, but for its signature."""

    id: str
    type: str
    template: str
    headers: Headers
    body: bytes = field(repr=False)


def occasion_of(request: Request, response: Response | None) -> Occasion:
    """The documents of a request and its answer."""
    return Occasion(_document(request.headers, request.body), response and _document(response.headers, response.body))


def written(template: Template, style: Style, number: int, event_id: str, occasion: Occasion, unix_s: float) -> Message:
    """The message of an event; ``number`` counts the events of this template from 0."""
    if template.recorded:
        chosen = template.recorded[min(number, len(template.recorded) - 1)]
        body, more = renamed(style, chosen.body, event_id), chosen.headers
    else:
        told = {"id": event_id, "type": template.type, "version": template.version, "number": number}
        given = told | {"request": occasion.request, "response": occasion.response, "now": unix_s}
        data = occasion.data if occasion.data is not None else _filled(template.data, given)
        if style.name == "slack" and isinstance(data, dict):
            data = {"type": template.type, **data}
        whole = ENVELOPES[style.name] if template.body is None else template.body
        body, more = json.dumps(_filled(whole, given | {"data": data})).encode(), ()
    named = headers_of(style, event_id, template.type, template.version)
    headers = (("Content-Type", "application/json"), ("User-Agent", "tapehiss-mock"), *more, *named)
    return Message(event_id, template.type, template.name, headers, body)


def renamed(style: Style, body: bytes, event_id: str) -> bytes:
    """A recorded body with another event's id, where the id is in the body; else the same bytes."""
    if not style.id.startswith("/"):
        return body
    documents = of_body("application/json", body).values
    items = at(documents[0], style.each) if documents else None
    items = items if style.each else [items]
    if not isinstance(items, list):
        return body
    for place, item in enumerate(items):
        if isinstance(item, dict):
            item[style.id[1:]] = event_id if not place else f"{event_id}-{place}"
    return json.dumps(documents[0]).encode()


def forms_in(value: Any) -> set[str]:
    """The forms of instants that a template asks for."""
    texts = [value] if isinstance(value, str) else []
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {form for text in texts for _, _, form in PLACE.findall(text) if form}.union(*map(forms_in, parts))


def _document(headers: Headers, body: bytes) -> Any:
    return next(iter(of_body(media_type(headers), body).values), None)


def _filled(template: Any, given: Mapping[str, Any]) -> Any:
    if isinstance(template, dict):
        return {key: _filled(value, given) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, given) for value in template]
    if not isinstance(template, str):
        return template
    whole = PLACE.fullmatch(template)
    return _value(whole, given) if whole else PLACE.sub(lambda match: _text(_value(match, given)), template)


def _value(match: re.Match[str], given: Mapping[str, Any]) -> Any:
    name, pointer, form = match.groups(default="")
    if name == "now":
        told = INSTANTS[form or _NOW_FORM](0.0, given["now"])
        return told if form else int(told)
    return at(given.get(name), pointer)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
