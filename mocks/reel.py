"""Whole exchanges of a mock, kept to be exported as a tape and to be searched; off unless somebody asks for it.

What is kept has secrets in it, so nothing of it is shown: it leaves only through the one door, redaction. Bounded in bytes: the oldest make
way. Owned by one thread; what it gives away are values.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Ending, Exchange, Request, Timings
from tapehiss.cassettes.line import FORMAT_LINE, HEADER, encode_line
from tapehiss.cassettes.redaction import Quarantined, Redactor, Rules
from tapehiss.mocks.keys import split_url
from tapehiss.mocks.links import origin_in
from tapehiss.mocks.wire import without

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.mocks.index import Index
    from tapehiss.mocks.outcome import Outcome

KEPT_MAX_BYTES = 1024 * 1024 * 1024
KEY_BYTES = 32
OVERHEAD_BYTES = 2_000
"""What an exchange takes beside its texts."""


class Reel:
    """The exchanges of one mock, by the number of their entry in the journal."""

    def __init__(self, max_bytes: int = 0) -> None:
        self.max_bytes = max_bytes
        """0 for none."""
        self.bytes = 0
        self._kept: dict[int, tuple[int, Exchange]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def bound(self, max_bytes: int) -> None:
        """Keep so much from now on."""
        self.max_bytes = max_bytes
        self._make_way()

    def keep(self, number: int, exchange: Exchange) -> None:
        """One more; the oldest make way."""
        size = size_of(exchange)
        self._kept[number] = (size, exchange)
        self.bytes += size
        self._make_way()

    def get(self, number: int) -> Exchange | None:
        """The exchange of this number, if it is kept."""
        found = self._kept.get(number)
        return None if found is None else found[1]

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self.bytes = 0

    def _make_way(self) -> None:
        while self.bytes > self.max_bytes:
            self.bytes -= self._kept.pop(next(iter(self._kept)))[0]


def size_of(exchange: Exchange) -> int:
    """About how many bytes of memory an exchange takes; recorded bodies are shared, and are counted all the same."""
    request, response = exchange.request, exchange.response
    headers = (*request.headers, *(response.headers if response else ()))
    texts = sum(len(name) + len(value) for name, value in headers) + len(request.url)
    return OVERHEAD_BYTES + texts + len(request.body) + (len(response.body) if response else 0)


def exchange_of(request: Request, outcome: Outcome, index: Index, began_unix_s: float, delay_s: float) -> Exchange:
    """What passed between client and mock, as if it had been recorded at the vendor."""
    response, ending = outcome.response, outcome.ending
    if response is not None:
        body = response.body if outcome.body_bytes is None else response.body[: outcome.body_bytes]
        response = replace(response, headers=without(response.headers, outcome.told) + outcome.told, body=body)
    elif ending is Ending.COMPLETE:
        ending = Ending.RESET
    return Exchange(
        _at_vendor(request, outcome, index),
        response,
        ending,
        started_at=began_unix_s,
        timings=Timings(first_byte_s=delay_s if response else None, end_s=delay_s),
    )


def _at_vendor(request: Request, outcome: Outcome, index: Index) -> Request:
    """The request with the vendor's URL, and without the mock's name."""
    target = split_url(request.url)
    played = None if outcome.recording is None else origin_in(index.recordings[outcome.recording].request.url)
    named = next((origin for origin in index.origins if origin.authority == target.authority), None)
    origin = played or named or next(iter(index.origins), None)
    headers = tuple(pair for pair in request.headers if pair[0].lower() != "host")
    return replace(request, url=f"{origin}{target.target}" if origin else request.url, headers=headers)


def fresh_redactor() -> Redactor:
    """What takes secrets out, with a key of its own, so that nobody can compute what stood there."""
    return Redactor(Rules(), key=secrets.token_bytes(KEY_BYTES))


@dataclass(frozen=True, slots=True)
class Exported:
    """A tape, and what could not be on it."""

    tape: bytes
    exchanges: int
    quarantined: int
    """How many had something in them that could not be made clean."""


def exported(exchanges: Iterable[Exchange], redactor: Redactor) -> Exported:
    """The exchanges as a tape. Everything is read twice, so that a secret is known before it is met the first time."""
    exchanges = tuple(exchanges)
    for exchange in exchanges:
        redactor.clean(exchange)
    lines, headed, kept = [FORMAT_LINE], False, 0
    for exchange in exchanges:
        clean = redactor.clean(exchange)
        if isinstance(clean, Quarantined):
            continue
        if exchange.replayable and not headed:
            lines.append(HEADER)
            headed = True
        lines.append(encode_line(clean))
        kept += 1
    return Exported(b"".join(lines), kept, len(exchanges) - kept)
