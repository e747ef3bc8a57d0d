"""Tapes for other people's tools: block YAML that vcrpy plays, and HAR 1.2.

The law of this file: a body that is replayed from the export has the bytes of the tape, and what a target cannot hold is left
out whole, never bent until it fits (``in_vcrpy`` says which exchanges those are).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.block import block
from tapehiss.cassettes.har_writing import entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.cassettes.exchange import Exchange

VCRPY_INTERACTIONS_MAX = 500
VCRPY_BYTES_MAX = 1_000_000
"""vcrpy searches a cassette from its start for every request: beyond either number replay is felt to be slow."""


def in_vcrpy(exchange: Exchange) -> bool:
    """Whether vcrpy can hold an exchange: it has no failures, no cut bodies and no WebSocket."""
    return exchange.replayable


def to_vcrpy(exchanges: Iterable[Exchange], *, remarks: bool = False) -> Iterator[str]:
    """Block YAML that vcrpy >= 6.0 loads, piece by piece, in the order in which the requests began.

    The text is ASCII. What vcrpy cannot hold is left out; with ``remarks`` a comment says so where it was.
    """
    begun = False
    for exchange in sorted(exchanges, key=lambda one: one.started_at):
        if not in_vcrpy(exchange):
            if remarks:
                yield remark(exchange)
            continue
        yield block(exchange) if begun else f"version: 1\ninteractions:\n{block(exchange)}"
        begun = True
    if not begun:
        yield "version: 1\ninteractions: []\n"


def remark(exchange: Exchange) -> str:
    """A comment line about an exchange that a player cannot replay."""
    words = f"{exchange.request.method} {exchange.request.url}: {exchange.ending.value.replace('_', ' ')}"
    words += f" ({exchange.detail})" if exchange.detail else ""
    return f"# not replayable: {ascii(words)[1:-1]}\n"


def to_har(exchanges: Iterable[Exchange], version: str = "") -> dict[str, Any]:
    """A HAR 1.2 log of every exchange, failures and WebSocket messages included, in the order in which the requests began.

    ``version`` is that of the program, which HAR wants to know.
    """
    ordered = sorted(exchanges, key=lambda one: one.started_at)
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "tapehiss", "version": version},
            "entries": [entry(exchange) for exchange in ordered],
        }
    }
