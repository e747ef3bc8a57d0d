"""Which fault strikes which call, or which seconds: a tuple of frozen rules. ``()`` is fair weather and ``+`` composes.

The law of this file: whether a rule strikes is a function of the seed, the rule, the request's fingerprint, its attempt and,
for rules with a window, the second. Nothing else is remembered, so neither concurrency nor order changes it. (Tools that draw
from one stream of dice give another storm with every interleaving, or the same draw for every call.) The exceptions speak of order
themselves, and only they ask the ``Past``: ``from_call``, ``to_call``, ``every``, ``since``, ``until``, and credentials that expire (``Rule.remembers``).
"""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import json
import math
import re
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.fault_data import FAULT_FIELDS, fault_from_json, fault_to_json
from tapehiss.mocks.faults import Expired, Revoked, Rising, Status
from tapehiss.mocks.past import NOTHING, Past, credential_of, where_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tapehiss.cassettes.exchange import Headers
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
    where: str = ""
    """Only requests with such a header or parameter: ``X-Account: 42*``, ``?api_key: a*``, ``*`` for any characters."""
    from_call: int = 1
    """The first call that it strikes, of all that ``on`` and ``where`` mean, counted from 1 ..."""
    to_call: int | None = None
    """... and the last one."""
    every: int = 1
    """Of these it strikes each n-th, the n-th first."""
    probability_from: float | None = None
    """Where the probability begins that rises to ``probability`` over ``over_s`` seconds."""
    over_s: float = 0.0
    """How long what rises takes from the opening of the window on."""
    since: str = ""
    """Only when such an operation has been carried out ..."""
    until: str = ""
    """... and only until such a one has been."""
    remembers: bool = field(init=False, repr=False, compare=False)
    """Whether it depends on what came before, beside attempts of the same request."""
    identity: str = field(init=False, repr=False, compare=False)
    """What tells the draws of one rule from those of another: its fault and whom it is about."""

    def __post_init__(self) -> None:
        counts = self.from_call > 1 or self.to_call is not None or self.every > 1
        told = counts or self.since or self.until or isinstance(self.fault, Expired | Revoked)
        object.__setattr__(self, "remembers", bool(told))
        about = [fault_to_json(self.fault), self.on, *([self.where] if self.where else [])]
        object.__setattr__(self, "identity", json.dumps(about, sort_keys=True))

    def covers(self, method: str, path: str, elapsed_s: float) -> bool:
        """Whether the rule is about this operation and this second."""
        return self.from_s <= elapsed_s < self.to_s and (self.on == "*" or operation_pattern(self.on)(method, path))

    def means(self, call: Call) -> bool:
        """Whether the rule is about this operation of this client."""
        if not operation_pattern(self.on)(call.method, call.path):
            return False
        return not self.where or where_pattern(self.where)(call.headers, call.query)

    def risen(self, elapsed_s: float) -> float:
        """How much of the rise is over: from 0 to 1."""
        return 1.0 if not self.over_s else min(max((elapsed_s - self.from_s) / self.over_s, 0.0), 1.0)


Schedule: TypeAlias = tuple[Rule, ...]
"""``()`` is fair weather; ``a + b`` is both."""


class Call(NamedTuple):
    """What a schedule may know of a request."""

    method: str
    path: str
    fingerprint: int
    """Equal for equal requests, and hardly ever for others; 64 bits."""
    attempt: int = 0
    """How many equal requests came before."""
    headers: Headers = ()
    query: str = ""
    renews: bool = False
    """Whether it asks for a new token."""


def strikes(seed: int, rule: Rule, fingerprint: int, attempt: int, risen: float = 1.0) -> bool:
    """Whether the rule strikes this attempt (counted from 0) of the request with this fingerprint.

    The draw does not depend on the probability, so that a rule with a higher one strikes everything that it struck before.
    """
    if attempt < rule.after or (rule.first is not None and attempt >= rule.after + rule.first):
        return False
    low = rule.probability_from
    probability = rule.probability if low is None else low + (rule.probability - low) * risen
    return probability >= 1 or draw_of(seed, rule, fingerprint, attempt) < probability


def struck(schedule: Schedule, seed: int, call: Call, elapsed_s: float, past: Past = NOTHING) -> Schedule:
    """The rules that strike one call."""
    return tuple(
        [
            rule
            for rule in schedule
            if rule.covers(call.method, call.path, elapsed_s)
            and (not rule.where or where_pattern(rule.where)(call.headers, call.query))
            and (not rule.remembers or _remembered(rule, call, past))
            and strikes(seed, rule, call.fingerprint, call.attempt, rule.risen(elapsed_s))
        ]
    )


def _remembered(rule: Rule, call: Call, past: Past) -> bool:
    """Whether what came before lets the rule strike."""
    number = past.came(rule.on, rule.where) + 1
    if number < rule.from_call or (rule.to_call is not None and number > rule.to_call):
        return False
    if (number - rule.from_call + 1) % rule.every:
        return False
    if (rule.since and not past.happened(rule.since)) or (rule.until and past.happened(rule.until)):
        return False
    if not isinstance(rule.fault, Expired | Revoked):
        return True
    if call.renews:
        return isinstance(rule.fault, Revoked) and past.begun(rule)
    return past.stale(rule, credential_of(call.headers, call.query), renewable=isinstance(rule.fault, Expired))


def noted(schedule: Schedule, past: Past, call: Call, elapsed_s: float, *, done: bool) -> Past:
    """The past after one more call, which was carried out or not; as it was if no rule asks for it."""
    rules = [rule for rule in schedule if rule.remembers]
    if not rules:
        return past
    meant = {(rule.on, rule.where) for rule in rules if rule.means(call)}
    named = {
        on for rule in rules for on in (rule.since, rule.until) if on and operation_pattern(on)(call.method, call.path)
    }
    expiring = [
        rule
        for rule in rules
        if isinstance(rule.fault, Expired | Revoked)
        and rule.covers(call.method, call.path, elapsed_s)
        and rule.means(call)
        and past.came(rule.on, rule.where) + 1 >= rule.from_call
        and (not rule.since or past.happened(rule.since))
    ]
    credential = None if call.renews else credential_of(call.headers, call.query)
    return past.after(meant, named if done else set(), expiring, credential, renewed=call.renews and done)


def draw_of(seed: int, rule: Rule, fingerprint: int, attempt: int, purpose: str = "") -> float:
    """A number in [0, 1), uniform over everything that it depends on; another one for each purpose."""
    text = f"{seed} {rule.identity} {fingerprint} {attempt}{purpose}"
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / 2**53


@functools.lru_cache(maxsize=RULES_MAX)
def operation_pattern(on: str) -> Callable[[str, str], bool]:
    """Whether a method and a path are meant by ``POST /v1/*`` and the like; brackets are ordinary characters, as in paths."""
    method, _, path = on.rpartition(" ")
    whole = "*" if on == "*" else f"{method.strip() or '*'} {path}"
    pattern = re.compile(fnmatch.translate(whole.replace("[", "[[]")))
    return lambda method, path: pattern.match(f"{method} {path}") is not None


def operation_flaw(on: Any) -> Flaw | None:
    """Why no request can be meant by it: methods are in capitals, and a path begins with a slash (or anything)."""
    if isinstance(on, str) and _OPERATION.fullmatch(on):
        return None
    return Flaw(
        "", f"{on!r} is not an operation", "write METHOD /path or /path, with * for anything: POST *, GET /v1/*"
    )


def checked_operation(on: str) -> str:
    """The same for pydantic: what can mean a request, or ``ValueError``."""
    if flaw := operation_flaw(on):
        raise ValueError(f"{flaw.what} -> {flaw.remedy}")
    return on


_OPERATION = re.compile(r"\s*(?:[^\sa-z]+\s+)?[/*?]\S*\s*")


# ---- JSON

CONDITIONS = {each.name: each.default for each in fields(Rule) if each.init and each.name != "fault"}
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
    return (
        flaw
        or _contradiction(fault, given)
        or Rule(fault, **{name: _typed(name, value) for name, value in given.items()})
    )


def _contradiction(fault: Fault, given: Mapping[str, Any]) -> Flaw | None:
    """What is wrong between the conditions of a rule."""
    rises = isinstance(fault, Rising) or "probability_from" in given
    if given.get("to_s", math.inf) <= given.get("from_s", 0.0):
        return Flaw("to_s", "the window closes before it opens", "make to_s greater than from_s")
    if given.get("to_call", math.inf) < given.get("from_call", 1):
        return Flaw("to_call", "is before from_call", "give the smaller one first")
    if rises and not given.get("over_s"):
        return Flaw("over_s", "is missing", "say in how many seconds it rises")
    if not rises and given.get("over_s"):
        return Flaw("over_s", "goes with what rises", "give probability_from, or latency: rising")
    if isinstance(fault, Status) and fault.until_end and "to_s" not in given:
        return Flaw("to_s", "is missing", "say when the window closes that clients are told to wait for")
    return None


_FRACTIONS = frozenset({"probability", "probability_from", "from_s", "to_s", "over_s"})
_NAMING = frozenset({"on", "since", "until"})
_SECONDS = frozenset({"from_s", "to_s", "over_s"})


def _typed(name: str, value: Any) -> Any:
    return float(value) if name in _FRACTIONS else value


def _condition_flaw(name: str, value: Any) -> Flaw | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    count = number and isinstance(value, int) and 0 <= value <= 2**53
    if name in _NAMING:
        flaw = operation_flaw(value)
        return flaw and replace(flaw, field=name)
    if name == "where":
        found = re.fullmatch(r"\??[^\s:]+:\s*\S.*", value) if isinstance(value, str) else None
        return None if found else Flaw(name, f"{value!r} names no header", "write Name: value, or ?parameter: value")
    if name == "after":
        return None if count else Flaw(name, f"{value!r} is not a count", "give a whole number, 0 or more")
    if name in {"probability", "probability_from"}:
        right = number and 0 <= value <= 1
        return None if right else Flaw(name, f"{value!r} is not a probability", "give a number from 0 to 1")
    if name in _SECONDS:
        right = number and 0 <= value < math.inf
        return (
            None
            if right
            else Flaw(name, f"{value!r} is not a time", "give seconds since the schedule began, 0 or more")
        )
    return None if count and value > 0 else Flaw(name, f"{value!r} is not a count", "give a whole number, 1 or more")


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
