"""What is known of a vendor beside its answers: how it says that something went wrong, how long it takes, what its bodies are like.

The law of this file: the same question gets the same answer; what was worked out is kept. Nothing is worked out before it is asked for, so
that a vendor in fair weather pays nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Ending, Response
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.reading import media_of, status_of
from tapehiss.mocks.faults import reason_of
from tapehiss.mocks.index import Index
from tapehiss.mocks.keys import split_url
from tapehiss.mocks.ledger import operation_in
from tapehiss.mocks.mutations import Guide
from tapehiss.mocks.synthesis import document_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.cassettes.exchange import Exchange, Request
    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.evidence import Contract

ERROR = 400
ANSWERS_MAX = 10_000
"""So many answers are kept, by status and operation."""


@dataclass(frozen=True)
class Lore:
    """What the recordings, and a contract if there is one, tell of a vendor."""

    index: Index = field(default_factory=Index)
    contract: Contract | None = None
    guide: Guide = field(init=False, repr=False, compare=False)
    _answers: dict[tuple[int, str, str], Response | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "guide", Guide(self.index, self.contract))

    def recorded(self, status: int, request: Request) -> Response | None:
        """What the vendor was recorded to say with this status: to this operation, else to any other."""
        operation, host = operation_in(self.index.wild, request), split_url(request.url)[0]
        asked = (status, operation, self.index.host_of(host))
        if asked not in self._answers:
            if len(self._answers) >= ANSWERS_MAX:
                self._answers.clear()
            self._answers[asked] = self._recorded(status, operation, host)
        return self._answers[asked]

    def _recorded(self, status: int, operation: str, host: str) -> Response | None:
        numbers = self._errors.get(status, ())
        alike = [number for number in numbers if self._operation(number) == operation]
        near = alike or [number for number in numbers if self._is_at(number, host)]
        return self.index.recordings[near[0]].response if near else None

    def latency_s(self, request: Request, draw: float) -> float:
        """One of the times that were recorded for this operation, or for any if it has none; 0 if no time was."""
        times = self._times.get(operation_in(self.index.wild, request)) or self._times.get("") or (0.0,)
        return times[int(draw * len(times))]

    def expected(self, status: int) -> Response | None:
        """A document as the contract has it for this status, of the operation in which it was seen most often."""
        parts = [
            (-part.exchanges, name, part)
            for _, evidence in (self._catalogue.entries if self._catalogue else ())
            for name, part in evidence.parts.items()
            if status_of(name) == status and "json" in media_of(name)
        ]
        if not parts:
            return None
        _, name, part = min(parts, key=lambda each: each[:2])
        body = json.dumps(document_of(part, Random(status)), ensure_ascii=False, separators=(",", ":"))  # noqa: S311
        return Response(status, reason_of(status), (("Content-Type", media_of(name)),), body.encode())

    @cached_property
    def _errors(self) -> Mapping[int, tuple[int, ...]]:
        """The recordings of each status from 400 on that can be shown."""
        found: dict[int, tuple[int, ...]] = defaultdict(tuple)
        for number, exchange in enumerate(self.index.recordings):
            response = exchange.response
            if response and response.status >= ERROR and exchange.ending is Ending.COMPLETE and response.cut is None:
                found[response.status] += (number,)
        return dict(found)

    @cached_property
    def _times(self) -> Mapping[str, tuple[float, ...]]:
        """The recorded times by operation, in order; all of them under the empty name."""
        found = defaultdict(list)
        for exchange in self.index.recordings:
            time_s = recorded_s(exchange)
            if time_s is not None:
                found[operation_in(self.index.wild, exchange.request)].append(time_s)
                found[""].append(time_s)
        return {name: tuple(sorted(times)) for name, times in found.items()}

    @cached_property
    def _catalogue(self) -> Catalogue | None:
        return None if self.contract is None else catalogue(self.contract)

    def _operation(self, number: int) -> str:
        return operation_in(self.index.wild, self.index.recordings[number].request)

    def _is_at(self, number: int, host: str) -> bool:
        """Whether a recording is of the vendor at this host: any is, where the tapes know one vendor or not this one."""
        recorded = split_url(self.index.recordings[number].request.url)[0]
        return recorded == host or not self.index.host_of(host)


def recorded_s(exchange: Exchange) -> float | None:
    """How long the vendor took to begin its answer; to end it, where only that is known."""
    timings = exchange.timings
    return timings.first_byte_s if timings.first_byte_s is not None else timings.end_s
