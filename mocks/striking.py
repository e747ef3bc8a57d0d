"""A schedule over a vendor: which of its rules strike a request, and what they make of the answer.

The law of this file: pure. What is decided when only the head of a request was read (``early``) knows nothing of the body: it counts attempts of
heads, and only early rules have a say in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tapehiss.mocks.faults import is_early, strike
from tapehiss.mocks.keys import split_url
from tapehiss.mocks.limits import Limits
from tapehiss.mocks.lore import Lore
from tapehiss.mocks.outcome import Outcome
from tapehiss.mocks.past import NOTHING, Past
from tapehiss.mocks.schedule import Call, Schedule, draw_of, noted, struck
from tapehiss.mocks.settling import INDEFINITE, Scene, redated, renews, settled, shift_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Request
    from tapehiss.mocks.faults import Definite
    from tapehiss.mocks.memory import Memory
    from tapehiss.mocks.outcome import Rung

HEAD_ONLY = 0x9E3779B97F4A7C15
"""Tells attempts of a request's head from those of the whole request."""


@dataclass(frozen=True, slots=True)
class Striking:
    """A schedule and its seed, and what a fault may know of the vendor."""

    schedule: Schedule = ()
    seed: int = 0
    lore: Lore = field(default_factory=Lore)
    limits: Limits = field(default_factory=Limits)
    refusing: Schedule = field(init=False, repr=False, compare=False)
    """The rules that strike when only the head of a request was read."""
    late: Schedule = field(init=False, repr=False, compare=False)
    """All others."""
    remembers: bool = field(init=False, repr=False, compare=False)
    """Whether any rule speaks of order."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "refusing", tuple(rule for rule in self.schedule if is_early(rule.fault)))
        object.__setattr__(self, "late", tuple(rule for rule in self.schedule if not is_early(rule.fault)))
        object.__setattr__(self, "remembers", any(rule.remembers for rule in self.schedule))

    def met(self, call: Call, elapsed_s: float, past: Past = NOTHING) -> Schedule:
        """The rules that strike a call of which all was read."""
        return struck(self.late, self.seed, call, elapsed_s, past) if self.late else ()

    def met_early(self, call: Call, elapsed_s: float, past: Past = NOTHING) -> Schedule:
        """The rules that strike a call of which the head was read."""
        return struck(self.refusing, self.seed, call, elapsed_s, past)

    def strike(
        self, rules: Schedule, call: Call, request: Request, outcome: Outcome, elapsed_s: float, unix_s: float
    ) -> tuple[Outcome, float]:
        """What the rules that struck make of an outcome, and by how many seconds they delay it; by the right clock it is ``unix_s``."""
        ahead_s = shift_s(rule.fault for rule in rules)
        made, delay_s = strike(self._settled(rules, call, request, outcome, elapsed_s, unix_s + ahead_s), outcome)
        return replace(
            redated(made, unix_s + ahead_s) if ahead_s else made, struck=rules, meant=outcome.response
        ), delay_s

    def refusal(
        self, rules: Schedule, call: Call, head: Request, rung: Rung, elapsed_s: float, unix_s: float
    ) -> tuple[Outcome, float]:
        """What becomes of a request of which only the head was read."""
        return self.strike(rules, call, head, Outcome(None, rung=rung), elapsed_s, unix_s)

    def noted(self, past: Past, call: Call, elapsed_s: float, *, done: bool) -> Past:
        """What came before, with one more call."""
        return noted(self.schedule, past, call, elapsed_s, done=done) if self.remembers else past

    def _settled(
        self, rules: Schedule, call: Call, request: Request, outcome: Outcome, elapsed_s: float, unix_s: float
    ) -> Iterator[Definite]:
        """The faults of the rules that struck, made definite."""
        for rule in rules:
            if type(rule.fault) not in INDEFINITE:
                yield rule.fault  # type: ignore[misc]
                continue
            draw = draw_of(self.seed, rule, call.fingerprint, call.attempt, " value")
            risen, left_s = rule.risen(elapsed_s), rule.to_s - elapsed_s
            scene = Scene(request, self.lore, self.limits, unix_s, outcome.recording, draw, risen, left_s)
            yield from settled(rule.fault, scene)


def call_of(request: Request, fingerprint: int, attempts: Memory[int]) -> Call:
    """What a schedule may know of a request."""
    _, target, path = split_url(request.url)
    attempt = attempts.get(fingerprint, 0)
    return Call(request.method, path, fingerprint, attempt, request.headers, target[len(path) + 1 :], renews(request))


def head_of(request: Request) -> Request:
    """A request as far as it is known before its body."""
    return replace(request, body=b"", undecoded=False) if request.body else request
