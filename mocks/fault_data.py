"""Faults as JSON data: one key names the fault, further keys belong to it. WireMock's names are understood, too.

::

    {"latency_s": 1.5}                    {"latency": "lognormal", "median_s": 0.2, "sigma": 0.8}
    {"stall_s": 30, "at_bytes": 100}      {"bandwidth_bytes_per_s": 2000}
    {"status": 429, "wait_s": 2, "as": "http_date"}
    {"status": 503, "headers": {"Retry-After": "2"}, "body": "..."}
    {"damage": "nan"}                     {"damage": "missing", "at": "/data/0/id"}
    {"truncate_bytes": 100, "lying": true, "abrupt": true}
    {"lose": true}                        {"reset": true, "early": true}
    {"fault": "CONNECTION_RESET_BY_PEER"}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from tapehiss.mocks.damage import POINTED
from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.fault_forms import DETAILS, FORMS, KEYS, form_of
from tapehiss.mocks.faults import Damage, Empty, Fault, Garble, Reset, Status, Uniform, Unterminated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.mocks.fault_forms import Form, Part

ALIAS = "fault"
ERROR = 400
WIREMOCK: dict[str, Fault] = {
    "EMPTY_RESPONSE": Empty(),
    "MALFORMED_RESPONSE_CHUNK": Unterminated(),
    "RANDOM_DATA_THEN_CLOSE": Garble(),
    "CONNECTION_RESET_BY_PEER": Reset(),
}
"""wiremock.org/docs/simulating-faults."""
FAULT_FIELDS = (*KEYS, ALIAS, *DETAILS)


def fault_to_json(fault: Fault) -> dict[str, Any]:
    """A fault as JSON data; what is as it is without being said is left out."""
    form = form_of(fault)
    data = {} if form.value is None else {form.key: form.value}
    return data | {part.name: part.kind.write(getattr(fault, part.attribute)) for part in said(form, fault)}


def said(form: Form, fault: Fault) -> list[Part]:
    """The parts of a fault that are not as they are without being said."""
    defaults = form.defaults
    return [
        part
        for part in form.parts
        if part.attribute not in defaults or getattr(fault, part.attribute) != defaults[part.attribute]
    ]


def fault_from_json(data: Mapping[str, Any]) -> Fault | Flaw:
    """The fault that JSON data describes, or what is wrong with the data."""
    named = [key for key in (*KEYS, ALIAS) if key in data]
    if len(named) != 1:
        what = "names no fault" if not named else "names several faults"
        return Flaw("", what, f"give one of {', '.join((*KEYS, ALIAS))}")
    key = named[0]
    if key == ALIAS:
        return _wiremock(data[key]) if not any(name in data for name in DETAILS) else _stray(data, key, ())
    forms = [form for form in FORMS if form.key == key]
    form = next((form for form in forms if form.value is None or _same(form.value, data[key])), None)
    if form is None:
        known = " or ".join("true" if form.value is True else str(form.value) for form in forms)
        return Flaw(key, f"{data[key]!r} is not {known}", f"write {key}: {known}")
    own = tuple(part.name for part in form.parts)
    if any(name in data and name not in own for name in DETAILS):
        return _stray(data, form.word, own)
    return _made(form, data)


def _same(value: Any, given: Any) -> bool:
    return type(value) is type(given) and bool(value == given)


def _stray(data: Mapping[str, Any], word: str, own: tuple[str, ...]) -> Flaw:
    """What is wrong with a key that belongs to other faults."""
    name = next(name for name in DETAILS if name in data and name not in own)
    owners = dict.fromkeys(form.word for form in FORMS for part in form.parts if part.name == name)
    return Flaw(name, f"does not go with {word}", f"leave it out; it belongs to {', '.join(owners)}")


def _made(form: Form, data: Mapping[str, Any]) -> Fault | Flaw:
    """The fault of a form."""
    given: dict[str, Any] = {}
    for part in form.parts:
        if data.get(part.name) is None:
            if part.attribute not in form.defaults:
                return Flaw(part.name, "is missing", f"{form.word} needs it: write {part.word}=")
            continue
        value = part.kind.read(data[part.name])
        if isinstance(value, Flaw):
            return Flaw(part.name, value.what, value.remedy)
        given[part.attribute] = value
    fault = cast("Fault", form.make(**given))
    return _contradiction(fault) or fault


def _contradiction(fault: Fault) -> Flaw | None:
    """What is wrong between the parts of a fault."""
    match fault:
        case Status():
            return _wrong_status(fault)
        case Damage():
            return _wrong_damage(fault)
        case Uniform(low_s, high_s) if low_s > high_s:
            return Flaw("high_s", "is less than low_s", "give the smaller one first")
    return None


def _wrong_status(fault: Status) -> Flaw | None:
    if fault.body is None and fault.body_of is None and fault.code < ERROR:
        what = "a status below 400 is a fault only with another body: give body or body_of"
        return Flaw("body", "is missing", what)
    if fault.body is not None and fault.body_of is not None:
        return Flaw("body_of", "is given beside a body", "give one of them")
    if fault.wait_s is not None and fault.until_end:
        return Flaw("until_end", "is another wait than wait_s", "give one of them")
    if fault.wait_s is None and not fault.until_end and fault.form != Status(fault.code).form:
        return Flaw("as", "says how a wait is told, and there is none", "give wait_s or until_end, too")
    return None


def _wrong_damage(fault: Damage) -> Flaw | None:
    if fault.at and fault.kind not in POINTED:
        return Flaw("at", f"does not go with {fault.kind}", f"it belongs to {', '.join(POINTED)}")
    if (fault.kind == "set") != bool(fault.value) or (fault.value and not fault.at):
        return Flaw("value", "goes with damage=set, which needs it and a place", "give at and value, or another kind")
    return None


def _wiremock(name: Any) -> Fault | Flaw:
    known = WIREMOCK.get(name) if isinstance(name, str) else None
    return known or Flaw(ALIAS, f"{name!r} is no fault of WireMock's", f"choose one of {', '.join(WIREMOCK)}")
