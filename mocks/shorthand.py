"""Rules as a person types them: ``429 retry-after=2 first=2 on=POST /v1/*``.

The fault comes first (``fault_forms.FORMS``): a status, ``latency=1.5``, ``damage=nan``, ``reset`` ..., with its flags (``truncate=100 lying``). Words of
the form ``key=value`` follow, and a value reaches to the next such word, so it may hold spaces.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.fault_data import said
from tapehiss.mocks.fault_forms import FLAG, FORMS, HEADERS, Form, Part, form_of
from tapehiss.mocks.schedule import RULES_MAX, rule_from_json

if TYPE_CHECKING:
    from tapehiss.mocks.schedule import Rule

RETRY_AFTER = "retry-after"
"""In place of ``header=Retry-After:``."""
CONDITIONS = ("on", "where", "after", "first", "calls", "every", "p", "from", "to", "over", "since", "until")
"""The words that say when a rule strikes."""
WORDS = (
    *CONDITIONS,
    RETRY_AFTER,
    *dict.fromkeys(part.word for form in FORMS for part in form.parts[form.value is None :] if part.kind is not FLAG),
)
"""The words that may follow the fault."""
EXAMPLE = "write for example '429 retry-after=2 first=2 on=POST /v1/*'"
_WORD = re.compile(rf"\s+(?=(?:{'|'.join(map(re.escape, WORDS))})=)")
_RANGE = re.compile(r"(\d{0,18})(\.\.)?(\d{0,18})")


def rule_from_text(text: str) -> Rule | Flaw:
    """The rule that the short form describes, or what is wrong with it."""
    head, *words = _WORD.split(text.strip())
    read = _headed(head)
    if isinstance(read, Flaw):
        return read
    form, data = read
    for word in words:
        key, _, value = word.partition("=")
        flaw = _set(form, data, key, value.strip())
        if flaw:
            return flaw
    return rule_from_json(data)


def _headed(head: str) -> tuple[Form, dict[str, Any]] | Flaw:
    """The form that the first words name, and the data that they bring."""
    word, *flags = head.split() or [""]
    name, equals, value = word.partition("=")
    if re.fullmatch(r"\d{3}", word):
        name, equals, value = "status", "=", word
    forms = [form for form in FORMS if form.word == name]
    exact = [form for form in forms if (form.value == value if equals else form.value is True)]
    form = next(iter(exact or [form for form in forms if form.value is None and equals and value]), None)
    known = {part.name for part in form.parts if part.kind is FLAG} if form else set()
    words = {part.word: part.name for part in form.parts if part.kind is FLAG} if form else {}
    stray = next((flag.partition("=")[0] for flag in flags if "=" in flag), None)
    if form is not None and stray is not None:
        return Flaw(stray, "is no word of a rule", f"allowed: {', '.join(f'{key}=' for key in WORDS)}; {EXAMPLE}")
    if form is None or not words.keys() >= set(flags):
        return Flaw("", f"{head!r} is no fault that we know", f"{_known(form)}; {EXAMPLE}")
    data: dict[str, Any] = {words[flag]: True for flag in flags} if known else {}
    data[form.key] = form.value if form.value is not None else _read(form.parts[0], value)
    return form, data


def _known(form: Form | None) -> str:
    """What could have been written."""
    if form is not None:
        flags = ", ".join(part.word for part in form.parts if part.kind is FLAG)
        return f"after {form.word} may come {flags or 'no flag'}"
    heads = dict.fromkeys(_head(form) for form in FORMS if form.word != "status")
    return f"a fault is a status, {', '.join(heads)}; then {', '.join(f'{key}=' for key in WORDS)}"


def _head(form: Form) -> str:
    return form.word if form.value is True else f"{form.word}="


def _set(form: Form, data: dict[str, Any], key: str, value: str) -> Flaw | None:
    """Put one word's value into the rule's data."""
    if key in {RETRY_AFTER, "header"}:
        name, colon, content = ("Retry-After", ":", value) if key == RETRY_AFTER else value.partition(":")
        if not colon:
            return Flaw("header", f"{value!r} is not a header", "write header=Name: value")
        data.setdefault("headers", []).append([name.strip(), content.strip()])
        return None
    own = next((part for part in form.parts if part.word == key), None)
    other = next((part for each in FORMS for part in each.parts if part.word == key), None)
    part = own or other
    given = {part.name: _read(part, value)} if part else _condition(key, value)
    if given.keys() & data.keys():
        return Flaw(key, "is given twice", "give it once")
    data.update(given)
    return None


def _read(part: Part, text: str) -> Any:
    """What one part is in data."""
    return part.kind.from_text(text) if part.kind.from_text else _number(text)


def _condition(key: str, value: str) -> dict[str, Any]:
    """One condition as data."""
    if key == "p" and ".." in value:
        low, _, high = value.partition("..")
        return {"probability_from": _number(low), "probability": _number(high)}
    if key == "calls":
        match = _RANGE.fullmatch(value)
        if match is None or not (match[1] or match[3]):
            return {"from_call": value}
        last = match[3] if match[2] else match[1]
        return {"from_call": int(match[1] or 1)} | ({"to_call": int(last)} if last else {})
    field = {"p": "probability", "from": "from_s", "to": "to_s", "over": "over_s"}.get(key, key)
    return {field: value if key in {"on", "where", "since", "until"} else _number(value)}


def _number(text: str) -> int | float | str:
    """The number that the text is, with or without its unit, or the text, which the rule's own check then refuses."""
    text = text.removesuffix("s")
    if re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    return float(text) if re.fullmatch(r"[+-]?\d{0,18}\.?\d{1,18}(e-?\d{1,3})?", text) else text


@lru_cache(maxsize=RULES_MAX)
def rule_to_text(rule: Rule) -> str:
    """The short form of a rule, for a person to read."""
    return " ".join([*_fault_words(rule), *_conditions(rule)])


def _conditions(rule: Rule) -> list[str]:
    low, high = rule.from_call, rule.to_call
    span = f"{low}" if low == high else f"{low}..{'' if high is None else high}"
    rising = "" if rule.probability_from is None else f"{_shown(rule.probability_from)}.."
    words = [
        f"after={rule.after}" if rule.after else "",
        f"first={rule.first}" if rule.first is not None else "",
        f"calls={span}" if low > 1 or high is not None else "",
        f"every={rule.every}" if rule.every > 1 else "",
        f"p={rising}{_shown(rule.probability)}" if rising or rule.probability < 1 else "",
        f"from={_shown(rule.from_s)}" if rule.from_s else "",
        f"to={_shown(rule.to_s)}" if rule.to_s < math.inf else "",
        f"over={_shown(rule.over_s)}" if rule.over_s else "",
        f"since={rule.since}" if rule.since else "",
        f"until={rule.until}" if rule.until else "",
        f"where={rule.where}" if rule.where else "",
        f"on={rule.on}" if rule.on != "*" else "",
    ]
    return [word for word in words if word]


def _fault_words(rule: Rule) -> list[str]:
    form = form_of(rule.fault)
    parts = [(part, getattr(rule.fault, part.attribute)) for part in said(form, rule.fault)]
    first = _head(form) if form.value in {None, True} else f"{form.word}={form.value}"
    if form.value is None:
        first = f"{'' if form.word == 'status' else first}{_shown(parts.pop(0)[1])}"
    flags = [part.word for part, value in parts if part.kind is FLAG and value]
    return [
        first,
        *flags,
        *(word for part, value in parts if part.kind is not FLAG for word in _part_words(part, value)),
    ]


def _part_words(part: Part, value: Any) -> list[str]:
    if part.kind is HEADERS:
        return [f"{RETRY_AFTER}={v}" if n.lower() == RETRY_AFTER else f"{part.word}={n}: {v}" for n, v in value]
    return [f"{part.word}={_shown(value)}"]


def _shown(value: Any) -> str:
    """A number with no more digits than it needs; texts as they are."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)
