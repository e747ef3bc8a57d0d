"""Deliveries as vendors send them, and receivers to send them to."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from tapehiss.contracts.webhook_events import headers_of
from tapehiss.contracts.webhook_signatures import keyring, sign
from tapehiss.mocks.server import listening

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The application on a real socket, in a thread."""
    listener = listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
