"""Rules as a person types them: ``429 retry-after=2 first=2 on=POST /v1/*``.

The fault comes first: a status, ``latency=1.5``, ``drip=200``, ``stall=30``, ``damage=nan``, ``truncate=100`` (``lying``, ``abrupt``), or one
of ``gzip-cut``, ``unterminated``, ``lose``, ``garble``, ``empty``, ``reset``, ``hang``. Words of the form ``key=value`` follow, and a
value reaches to the next such word, so it may hold spaces.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.fault_data import PLAIN
from tapehiss.mocks.faults import Damage, Drip, Latency, Stall, Status, Truncate
from tapehiss.mocks.schedule import RULES_MAX, rule_from_json

if TYPE_CHECKING:
    from tapehiss.mocks.schedule import Rule

KEYS = {
    "retry-after": "headers",
    "header": "headers",
    "body": "body",
    "at": "at",
    "on": "on",
    "after": "after",
    "first": "first",
    "p": "probability",
    "from": "from_s",
    "to": "to_s",
}
"""The words that may follow the fault, and the field of the rule that each one sets."""

EXAMPLE = "write for example '429 retry-after=2 first=2 on=POST /v1/*'"
_WORD = re.compile(rf"\s+(?=(?:{'|'.join(KEYS)})=)")
_HEADS = {
    "latency": "latency_s",
    "drip": "drip_bytes_per_s",
    "stall": "stall_s",
    "damage": "damage",
    "truncate": "truncate_bytes",
}
"""Faults that are written with a value, and the field that it goes to."""
_NAMED = {name.replace("_", "-"): name for name in PLAIN}
_FLAGS = ("lying", "abrupt")


def rule_from_text(text: str) -> Rule | Flaw:
    """The rule that the short form describes, or what is wrong with it."""
    head, *words = _WORD.split(text.strip())
    fault = _fault_data(head)
    if isinstance(fault, Flaw):
        return fault
    data: dict[str, Any] = dict(fault)
    for word in words:
        key, _, value = word.partition("=")
        flaw = _set(data, key, value.strip())
        if flaw:
            return flaw
    return rule_from_json(data)


def _fault_data(head: str) -> dict[str, Any] | Flaw:
    word, *flags = head.split() or [""]
    name, equals, value = word.partition("=")
    if not flags and re.fullmatch(r"\d{3}", word):
        return {"status": int(word)}
    if not flags and word in _NAMED:
        return {_NAMED[word]: True}
    if equals and name in _HEADS and value and all(flag in _FLAGS for flag in flags):
        read = value if name == "damage" else _number(value.removesuffix("s"))
        return {_HEADS[name]: read, **dict.fromkeys(flags, True)}
    named = ", ".join([*(f"{each}=" for each in _HEADS), *_NAMED])
    known = f"a fault is a status, {named}; then {', '.join(f'{key}=' for key in KEYS)}"
    return Flaw("", f"{head!r} is no fault that we know", f"{known}; {EXAMPLE}")


def _set(data: dict[str, Any], key: str, value: str) -> Flaw | None:
    """Put one word's value into the rule's data."""
    field = KEYS[key]
    if field == "headers":
        name, colon, content = ("Retry-After", ":", value) if key == "retry-after" else value.partition(":")
        if not colon:
            return Flaw("header", f"{value!r} is not a header", "write header=Name: value")
        data.setdefault("headers", []).append([name.strip(), content.strip()])
    elif key == "at":
        data.update({"at": value} if "damage" in data else {"at_bytes": _number(value)})
    elif field in data:
        return Flaw(key, "is given twice", "give it once")
    else:
        data[field] = value if field in {"on", "body"} else _number(value)
    return None


def _number(text: str) -> int | float | str:
    """The number that the text is, or the text, which the rule's own check then refuses."""
    if re.fullmatch(r"\d{1,18}", text):
        return int(text)
    return float(text) if re.fullmatch(r"\d{0,18}\.?\d{1,18}(e-?\d{1,3})?", text) else text


@lru_cache(maxsize=RULES_MAX)
def rule_to_text(rule: Rule) -> str:
    """The short form of a rule, for a person to read."""
    words = [
        *_fault_words(rule),
        f"after={rule.after}" if rule.after else "",
        f"first={rule.first}" if rule.first is not None else "",
        f"p={rule.probability:g}" if rule.probability < 1 else "",
        f"from={rule.from_s:g}" if rule.from_s else "",
        f"to={rule.to_s:g}" if rule.to_s < math.inf else "",
        f"on={rule.on}" if rule.on != "*" else "",
    ]
    return " ".join(word for word in words if word)


def _fault_words(rule: Rule) -> list[str]:
    words: list[str]
    match rule.fault:
        case Latency(delay_s):
            words = [f"latency={delay_s:g}"]
        case Drip(bytes_per_s):
            words = [f"drip={bytes_per_s:g}"]
        case Stall(stall_s, at_bytes):
            words = [f"stall={stall_s:g}", f"at={at_bytes}" if at_bytes else ""]
        case Status(code, headers, body):
            extra = [f"retry-after={v}" if n.lower() == "retry-after" else f"header={n}: {v}" for n, v in headers]
            words = [str(code), *extra, *([] if body is None else [f"body={body}"])]
        case Damage(kind, at):
            words = [f"damage={kind}", f"at={at}" if at else ""]
        case Truncate(at_bytes, lying, abrupt):
            words = [f"truncate={at_bytes}", "lying" if lying else "", "abrupt" if abrupt else ""]
        case fault:
            words = [next(name for name, field in _NAMED.items() if PLAIN[field] == fault)]
    return words
