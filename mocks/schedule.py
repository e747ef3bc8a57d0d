"""Which fault strikes which call, or which seconds: a tuple of frozen rules. ``()`` is fair weather and ``+`` composes.

The law of this file: whether a rule strikes is a function of the seed, the rule, the request's fingerprint, its attempt and,
for rules with a window, the second. Nothing else is remembered, so neither concurrency nor order changes it. (Tools that draw
from one stream of dice give another storm with every interleaving, or the same draw for every call.)
"""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import json
import math
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias

from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.fault_data import FAULT_FIELDS, fault_from_json, fault_to_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.mocks.faults import Fault

RULES_MAX = 1000
SEED_MAX = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault and when it strikes; every condition must hold."""

    fault: Fault
    on: str = "*"
    """The operation: ``POST /v1/*``, ``/v1/*`` for any method, ``*`` for everything. ``*`` stands for any characters,
    slashes too; the query is not looked at."""
    after: int = 0
    """How many attempts of the same request pass before the rule begins to strike."""
    first: int | None = None
    """How many attempts of the same request it strikes then; ``None`` for all."""
    probability: float = 1.0
    """The share of the attempts that it strikes, drawn from the seed."""
    from_s: float = 0.0
    """Seconds since the schedule began at which its window opens ..."""
    to_s: float = math.inf
    """... and closes (the end does not belong to it)."""

    def covers(self, method: str, path: str, elapsed_s: float) -> bool:
        """Whether the rule is about this operation and this second."""
        return self.from_s <= elapsed_s < self.to_s and operation_pattern(self.on)(method, path)


Schedule: TypeAlias = tuple[Rule, ...]
"""``()`` is fair weather; ``a + b`` is both."""


def strikes(seed: int, rule: Rule, fingerprint: int, attempt: int) -> bool:
    """Whether the rule strikes this attempt (counted from 0) of the request with this fingerprint.

    The draw does not depend on the probability, so that a rule with a higher one strikes everything that it struck before.
    """
    if attempt < rule.after or (rule.first is not None and attempt >= rule.after + rule.first):
        return False
    return rule.probability >= 1 or _draw(seed, rule, fingerprint, attempt) < rule.probability


def struck(schedule: Schedule, seed: int, call: Call, elapsed_s: float) -> Schedule:
    """The rules that strike one call."""
    return tuple(
        rule
        for rule in schedule
        if rule.covers(call.method, call.path, elapsed_s) and strikes(seed, rule, call.fingerprint, call.attempt)
    )


@dataclass(frozen=True, slots=True)
class Call:
    """What a schedule may know of a request."""

    method: str
    path: str
    fingerprint: int
    """Equal for equal requests, and hardly ever for others; 64 bits."""
    attempt: int = 0
    """How many equal requests came before."""


def _draw(seed: int, rule: Rule, fingerprint: int, attempt: int) -> float:
    """A number in [0, 1), uniform over everything that it depends on."""
    text = f"{seed} {_identity(rule.fault, rule.on)} {fingerprint} {attempt}"
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / 2**53


@functools.lru_cache(maxsize=RULES_MAX)
def _identity(fault: Fault, on: str) -> str:
    return json.dumps([fault_to_json(fault), on], sort_keys=True)


@functools.lru_cache(maxsize=RULES_MAX)
def operation_pattern(on: str) -> Callable[[str, str], bool]:
    """Whether a method and a path are meant by ``POST /v1/*`` and the like; brackets are ordinary characters, as in paths."""
    method, _, path = on.rpartition(" ")
    whole = "*" if on == "*" else f"{method.strip() or '*'} {path}"
    pattern = re.compile(fnmatch.translate(whole.replace("[", "[[]")))
    return lambda method, path: pattern.match(f"{method} {path}") is not None


# ---- JSON

CONDITIONS = {each.name: each.default for each in fields(Rule) if each.name != "fault"}
"""The fields beside the fault, with their defaults."""


def rule_to_json(rule: Rule) -> dict[str, Any]:
    """A rule as JSON data: the fault's keys and the conditions that are not the defaults."""
    conditions = {name: getattr(rule, name) for name in CONDITIONS}
    return fault_to_json(rule.fault) | {name: value for name, value in conditions.items() if value != CONDITIONS[name]}


def rule_from_json(data: Any) -> Rule | Flaw:
    """The rule that JSON data describes, or the first thing that is wrong with the data."""
    if not isinstance(data, dict):
        return Flaw("", f"{data!r} is not a rule", "give a mapping such as {status: 503, first: 2}")
    unknown = next((str(key) for key in data if key not in CONDITIONS and key not in FAULT_FIELDS), None)
    if unknown is not None:
        return Flaw(unknown, "is not a field of a rule", f"allowed: {', '.join((*FAULT_FIELDS, *CONDITIONS))}")
    fault = fault_from_json(data)
    if isinstance(fault, Flaw):
        return fault
    given = {name: data[name] for name in CONDITIONS if data.get(name) is not None}
    flaw = next((flaw for name, value in given.items() if (flaw := _condition_flaw(name, value))), None)
    if flaw is None and given.get("to_s", math.inf) <= given.get("from_s", 0.0):
        flaw = Flaw("to_s", "the window closes before it opens", "make to_s greater than from_s")
    return flaw or Rule(fault, **{name: _typed(name, value) for name, value in given.items()})


def _typed(name: str, value: Any) -> Any:
    return float(value) if name in {"probability", "from_s", "to_s"} else value


def _condition_flaw(name: str, value: Any) -> Flaw | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    count = number and isinstance(value, int) and 0 <= value <= 2**53
    match name:
        case "on" if not (isinstance(value, str) and value and len(value.split()) <= 2):
            return Flaw(name, f"{value!r} is not an operation", "write METHOD /path, with * for anything")
        case "after" if not count:
            return Flaw(name, f"{value!r} is not a count", "give a whole number, 0 or more")
        case "first" if not (count and value > 0):
            return Flaw(name, f"{value!r} is not a count", "give a whole number, 1 or more")
        case "probability" if not (number and 0 <= value <= 1):
            return Flaw(name, f"{value!r} is not a probability", "give a number from 0 to 1")
        case "from_s" | "to_s" if not (number and value >= 0):
            return Flaw(name, f"{value!r} is not a time", "give seconds since the schedule began, 0 or more")
    return None


def schedule_to_json(schedule: Schedule) -> list[dict[str, Any]]:
    """A schedule as JSON data."""
    return [rule_to_json(rule) for rule in schedule]


def schedule_from_json(data: Any) -> Schedule | tuple[Flaw, ...]:
    """The schedule that JSON data describes, or everything that is wrong with the data.

    Tell them apart by what is inside: see ``flaws_in``.
    """
    if not isinstance(data, list):
        return (Flaw("rules", "is not a list of rules", "give a list; [] is fair weather"),)
    if len(data) > RULES_MAX:
        return (Flaw("rules", f"has {len(data)} rules", f"give at most {RULES_MAX}"),)
    read = [rule_from_json(item) for item in data]
    flaws = tuple(each.under(f"rules[{place}]") for place, each in enumerate(read) if isinstance(each, Flaw))
    return flaws or tuple(each for each in read if isinstance(each, Rule))


def flaws_in(read: Schedule | tuple[Flaw, ...]) -> tuple[Flaw, ...]:
    """The flaws, if reading a schedule brought any."""
    return tuple(each for each in read if isinstance(each, Flaw))
