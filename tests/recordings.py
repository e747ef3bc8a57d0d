"""A small recording that every verb is tried on: ``from recordings import ORDER, write_tape``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Clean, Ending, Exchange, Request, Response, Timings
from tapehiss.cassettes.writer import TapeWriter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HOST = "https://api.vendor.example"
JSON = ("Content-Type", "application/json")

CREATED = Exchange(
    request=Request("POST", f"{HOST}/v1/orders", (JSON,), b'{"item": "tape", "count": 2}'),
    response=Response(201, "Created", (JSON,), b'{"id": "ord_1", "count": 2, "note": null}'),
    started_at=1_700_000_000.25,
    timings=Timings(first_byte_s=0.012, end_s=0.014),
    label="create",
)
"""A write that went well."""

READ = Exchange(
    request=Request("GET", f"{HOST}/v1/orders/ord_1"),
    response=Response(200, "OK", (JSON,), b'{"id": "ord_1", "count": 2, "note": "caf\xc3\xa9"}'),
    started_at=1_700_000_001.5,
    timings=Timings(first_byte_s=0.002, end_s=1.25),
)
"""A read that went well."""

LOGO = Exchange(
    request=Request("GET", "https://cdn.vendor.example/logo.png"),
    response=Response(200, "OK", (("Content-Type", "image/png"),), b"\x89PNG\r\n\x1a\n\x00\xff"),
    started_at=1_700_000_002.0,
)
"""Bytes that are no text, from another host."""

LOST = Exchange(
    request=Request("POST", f"{HOST}/v1/orders", (JSON,), b'{"item": "reel"}'),
    ending=Ending.RESET,
    detail="connection reset by peer",
    started_at=1_700_000_003.0,
)
"""A write of which nobody knows whether it was done."""

ORDER = (CREATED, READ, LOGO, LOST)
"""The recording in the order of its requests."""


def write_tape(path: Path, exchanges: Iterable[Exchange] = ORDER) -> Path:
    """A tape of exchanges that hold no secret to begin with."""
    with TapeWriter(path) as writer:
        for exchange in exchanges:
            writer.append(Clean(exchange))
    return path
