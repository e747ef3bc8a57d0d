"""Deliveries as vendors send them, and receivers to send them to."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.webhook_events import headers_of
from tapehiss.contracts.webhook_signatures import keyring, sign

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Headers
    from tapehiss.contracts.webhook_signatures import Keyring

NOW = 1_700_000_000.0
SECRETS = tuple("whsec_" + base64.b64encode(bytes([number]) * 24).decode() for number in range(4))
RING = keyring("standard", SECRETS[:1])


def delivery(event_id: str, kind: str = "invoice.paid", ring: Keyring = RING, at: float = NOW) -> tuple[Headers, bytes]:
    """Headers and body of one event, signed in the style of the ring."""
    style = ring.style
    event: dict[str, Any] = {"data": {"amount": 5}}
    if style.name == "slack":
        event |= {"event_id": event_id, "event": {"type": kind}}
    elif style.name == "klaviyo":
        event = {"data": [{"external_id": event_id, "topic": kind}], "meta": {"version": "2024-06-28"}}
    else:
        event |= {"id": event_id, "type": kind}
    body = json.dumps(event).encode()
    return (*headers_of(style, event_id, kind), *sign(ring, event_id, at, body)), body
