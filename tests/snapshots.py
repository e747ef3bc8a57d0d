"""Snapshots and orders for tests of the writing side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.cassettes.rules import Rules
from tapehiss.proxy.scribe import Orders
from tapehiss.proxy.selection import Selection
from tapehiss.proxy.snapshot import Reply, Snapshot

if TYPE_CHECKING:
    from pathlib import Path

KEY = b"a key for tests, thirty-two long"


def orders(into: Path, **changes: object) -> Orders:
    """Write everything into this folder."""
    plain = Orders(
        into=into,
        rules=Rules(),
        key=KEY,
        known=(),
        sync="group",
        selection=Selection(),
        host="api.vendor.example",
        started_at=1_700_000_000.0,
        pid=4711,
    )
    return plain._replace(**changes)


def snapshot(path: str = "/", *, host: str = "api.vendor.example", body: bytes = b"{}", **changes: object) -> Snapshot:
    """A GET that was answered with JSON."""
    return Snapshot(
        method=b"GET",
        scheme=b"https",
        host=host,
        port=443,
        path=path.encode(),
        version=b"HTTP/1.1",
        fields=((b"Accept", b"*/*"),),
        body=b"",
        trailers=(),
        ending="complete",
        detail="",
        started_at=1_700_000_000.0,
        began=1.0,
        first_byte=1.5,
        ended=2.0,
        connect_s=None,
        tls_s=None,
        label="",
        reply=Reply(200, b"OK", b"HTTP/1.1", ((b"Content-Type", b"application/json"),), body),
    )._replace(**changes)
