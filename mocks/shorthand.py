"""Rules as a person types them: ``429 retry-after=2 first=2 on=POST /v1/*``.

The fault comes first: a status, ``latency=1.5``, ``truncate=100`` or ``reset``. Words of the form ``key=value`` follow, and a
value reaches to the next such word, so it may hold spaces.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.faults import Latency, Status, Truncate
from tapehiss.mocks.schedule import RULES_MAX, rule_from_json

if TYPE_CHECKING:
    from tapehiss.mocks.schedule import Rule

KEYS = {
    "retry-after": "headers",
    "header": "headers",
    "body": "body",
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
_HEAD = re.compile(r"(?P<status>\d{3})|latency=(?P<latency>\S+)|truncate=(?P<truncate>\d+)|(?P<reset>reset)")


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
    found = _HEAD.fullmatch(head)
    if not found:
        known = f"a fault is a status, latency=S, truncate=N or reset; then {', '.join(f'{key}=' for key in KEYS)}"
        return Flaw("", f"{head!r} is no fault that we know", f"{known}; {EXAMPLE}")
    match found.lastgroup:
        case "status":
            return {"status": int(head)}
        case "latency":
            return {"latency_s": _number(found["latency"].removesuffix("s"))}
        case "truncate":
            return {"truncate_bytes": int(found["truncate"])}
        case _:
            return {"reset": True}


def _set(data: dict[str, Any], key: str, value: str) -> Flaw | None:
    """Put one word's value into the rule's data."""
    field = KEYS[key]
    if field == "headers":
        name, colon, content = ("Retry-After", ":", value) if key == "retry-after" else value.partition(":")
        if not colon:
            return Flaw("header", f"{value!r} is not a header", "write header=Name: value")
        data.setdefault("headers", []).append([name.strip(), content.strip()])
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
    match rule.fault:
        case Latency(delay_s):
            return [f"latency={delay_s:g}"]
        case Status(code, headers, body):
            extra = [f"retry-after={v}" if n.lower() == "retry-after" else f"header={n}: {v}" for n, v in headers]
            return [str(code), *extra, *([] if body is None else [f"body={body}"])]
        case Truncate(at_bytes):
            return [f"truncate={at_bytes}"]
        case _:
            return ["reset"]
