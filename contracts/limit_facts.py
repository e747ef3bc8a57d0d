"""Rate limits as facts: the quotas that answers told of, how long their windows are, and what an answer looks like that says: too many."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tapehiss.contracts.conduct import Sign
from tapehiss.contracts.counts import ITEM
from tapehiss.contracts.grouping import fact, total
from tapehiss.contracts.reading import status_of
from tapehiss.contracts.windows import Series, read_series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tapehiss.contracts.conduct import Conduct
    from tapehiss.contracts.counts import Evidence
    from tapehiss.contracts.facts import Argument, Fact
    from tapehiss.contracts.grouping import Origin

TOPIC = "limits"
AMOUNTS_TOLD = 6
MARKS_MAX = 6
"""How many values of a refusal's body are told."""

_IN_BODY = re.compile(
    r"(?:throttle|rate_?limit|quota)\w*/\w*(?:available|remaining|limit|rate|max|reset)\w*\Z", re.IGNORECASE
)
_MARK = re.compile(
    r"(?:error_?|fault_?)?(?:id|code|type|title|status|error|message|msg|reason|name|detail|description|kind|policy\w*)",
    re.IGNORECASE,
)
"""Members of a refusal that say what it is."""
_WAIT = re.compile(r"retry_?(?:after|delay|in)\w*|wait\w*|reset_?(?:at|in|after|time)\w*", re.IGNORECASE)
"""Members of a refusal that say how long to wait."""
_ERROR = re.compile(r"err|fault|problem|exception", re.IGNORECASE)
_IN_SUCCESS = re.compile(
    r"\W*(?:rate[ _-]?limit(?:ed|_?exceeded)?|throttled|too[ _]many[ _]requests|request_limit_exceeded)\W*\Z",
    re.IGNORECASE,
)


def facts(origins: Iterable[Origin]) -> Iterator[Fact]:
    """Quotas and refusals of every origin, then of each operation what is its own."""
    for origin in origins:
        for family in _families(origin.conduct):
            yield from _quotas(origin, family)
        yield from _turned_away(origin)
        yield from _waits(origin)
        for line, evidence in origin.operations:
            yield from _in_bodies(line, evidence)


def _families(conduct: Conduct) -> list[str]:
    return sorted({words[0] for words in conduct.topic("quota")})


def _quotas(origin: Origin, family: str) -> Iterator[Fact]:
    """A quota: once for the origin when its operations share it, else for each operation that says another number."""
    quotas = set(origin.conduct.topic("limit", family))
    own = [
        (line, set(evidence.conduct.topic("limit", family)), evidence.conduct) for line, evidence in origin.operations
    ]
    speaking = [(line, pairs, conduct) for line, pairs, conduct in own if pairs]
    by_operation = len(quotas) > 1 and len(speaking) > 1 and all(len(pairs) == 1 for _, pairs, _ in speaking)
    each = {amount: read_series(family, origin.conduct, amount) for amount, _ in quotas}
    whole = _common(each.values()) if by_operation else read_series(family, origin.conduct)
    yield from _quota("", origin.name, origin.conduct, family, whole, alone=by_operation)
    for line, pairs, conduct in speaking if by_operation else ():
        yield from _quota(line, origin.name, conduct, family, each[next(iter(pairs))[0]], alone=False)


def _common(several: Iterable[Series]) -> Series:
    """What the series of several amounts agree on."""
    known = [series for series in several if series.window_s]
    agree = len(known) > 1 and len({series.window_s for series in known}) == 1
    return known[0] if agree else Series()


def _quota(line: str, origin: str, conduct: Conduct, family: str, series: Series, *, alone: bool) -> Iterator[Fact]:
    shapes = {words: sign for words, sign in conduct.topic("quota").items() if words[0] == family}
    headers = dict(pair.split("=", 1) for words in sorted(shapes) for pair in words[1:])
    pairs = conduct.topic("limit", family)
    amounts = sorted({float(limit) for limit, _ in pairs})
    windows = sorted({float(window) for _, window in pairs if window != "-"})
    forms = sorted((-sign.count, form) for (form,), sign in conduct.topic("reset", family).items() if form != "other")
    names = sorted(unquote(name) for (name,) in conduct.topic("quota-name", family))
    known = windows or ([series.window_s] if series.window_s else [])
    told: dict[str, Argument] = {
        "origin": origin,
        "family": unquote(family),
        "limit": amounts[0] if len(amounts) == 1 and not alone else None,
        "limits": tuple(f"{amount:.10g}" for amount in amounts) if len(amounts) > 1 and not alone else None,
        "by_operation": alone or None,
        "window_s": known[0] if len(known) == 1 else None,
        "window_basis": "stated" if windows else "observed" if series.window_s else "",
        "waits_max_s": series.wait_max_s or None,
        "refill": series.refill,
        "reset_form": forms[0][1] if forms else "",
        "names": tuple(names[:5]) or None,
        **{f"{role}_header": unquote(name) for role, name in headers.items()},
    }
    answers = total(sign for (_,), sign in conduct.topic("answered").items())
    yield fact(
        TOPIC, "quota", total(shapes.values()), answers.count, _sentence(told, series), operation=line, arguments=told
    )


def _sentence(told: Mapping[str, Argument], series: Series) -> str:
    amount, amounts = told["limit"], told["limits"]
    several = f"of {', '.join(amounts[:AMOUNTS_TOLD])}" if isinstance(amounts, tuple) else "whose size no tape tells"
    quota = (
        f"of {amount:.10g}"
        if isinstance(amount, float)
        else "that differs by operation"
        if told["by_operation"]
        else several
    )
    least = f"in {series.wait_max_s:.10g} s or longer" if series.wait_max_s > 1 else "over a time that no tape tells"
    window = f"in {told['window_s']:.10g} s" if told["window_s"] else least
    seen = " as far as was seen" if told["window_basis"] == "observed" else ""
    by = next(
        (told[f"{role}_header"] for role in ("limit", "stated", "remaining", "reset") if told.get(f"{role}_header")), ""
    )
    reset = f"; {told.get('reset_header')} is in {told['reset_form']}" if told["reset_form"] else ""
    refill = f"; it is filled up {series.refill}" if series.refill else ""
    return f"a quota {quota} {window}{seen}, told by {by}{reset}{refill}"


def _turned_away(origin: Origin) -> Iterator[Fact]:
    """Answers that said: too many; by status."""
    found: dict[str, dict[tuple[str, str], Sign]] = {}
    for (status, form, quota), sign in origin.conduct.topic("limited").items():
        found.setdefault(status, {})[form, quota] = sign
    answers = total(origin.conduct.topic("answered").values())
    for status, signs in sorted(found.items()):
        forms = sorted({form for form, _ in signs} - {"-"})
        waits = sorted(float(wait_s) for _, _, wait_s in origin.conduct.topic("wait", status))
        quotas = {quota for _, quota in signs}
        refusals = _refusals(origin, int(status))
        told: dict[str, Argument] = {
            "origin": origin.name,
            "status": int(status),
            "retry_after_form": tuple(forms) or None,
            "retry_after_always": all(form != "-" for form, _ in signs),
            "wait_min_s": waits[0] if waits else None,
            "wait_max_s": waits[-1] if waits else None,
            "quota_headers": "absent" if quotas == {"no-quota"} else "spent" if quotas == {"spent"} else "present",
            "body": _marks(refusals) or None,
            "wait_field": next((path for path in refusals if _WAIT.fullmatch(_member(path))), ""),
        }
        after = f"Retry-After is in {' or '.join(forms)}" if forms else "Retry-After is absent"
        words = f"{status} turns away; {after}, quota headers are {told['quota_headers']}"
        yield fact(TOPIC, "turned-away", total(signs.values()), answers.count, words, arguments=told)


def _refusals(origin: Origin, status: int) -> dict[str, set[str]]:
    """What the bodies of a refusal hold, by place, over all operations; places with too many values to keep are left out."""
    found: dict[str, set[str]] = {}
    for _, evidence in origin.operations:
        for name, part in evidence.parts.items():
            for path, seen in part.fields.items() if status_of(name) == status else ():
                if seen.values and not seen.more:
                    found.setdefault(path, set()).update(seen.values)
    return dict(sorted(found.items()))


def _marks(refusals: Mapping[str, set[str]]) -> tuple[str, ...]:
    """What a refusal's body says every time that tells what it is, as ``place=value``."""
    constant = {path: json.loads(next(iter(values))) for path, values in refusals.items() if len(values) == 1}
    told = [f"{path}={value}" for path, value in constant.items() if _MARK.fullmatch(_member(path)) and value != ""]
    return tuple(told[:MARKS_MAX])


def _member(path: str) -> str:
    """The name at the end of a path, of the list where it is an item's."""
    return next((step for step in reversed(path.split("/")) if step != ITEM), "")


def _waits(origin: Origin) -> Iterator[Fact]:
    """``Retry-After`` on answers that turned nobody away."""
    answers = total(origin.conduct.topic("answered").values())
    for (status, form), sign in sorted(origin.conduct.topic("retry-after").items()):
        told: dict[str, Argument] = {"origin": origin.name, "status": int(status), "retry_after_form": (form,)}
        yield fact(TOPIC, "retry-after", sign, answers.count, f"{status} has Retry-After in {form}", arguments=told)


def _in_bodies(line: str, evidence: Evidence) -> Iterator[Fact]:
    """Limits that a body tells of, and refusals that come as a success."""
    for name, part in sorted(evidence.parts.items()):
        if (status_of(name) or 999) >= 400:
            continue
        for path, seen in sorted(part.fields.items()):
            sign = Sign(seen.exchanges, seen.first, seen.last)
            if _IN_BODY.search(path) and ITEM not in path and not seen.kinds.keys().isdisjoint({"integer", "number"}):
                words = f"the answer tells of a limit at {path}"
                yield fact(
                    TOPIC,
                    "in-body",
                    sign,
                    part.exchanges,
                    words,
                    operation=line,
                    arguments={"part": name, "field": path},
                )
            told_here = _ERROR.search(path) is not None
            marks = sorted(text for text in seen.values if told_here and _IN_SUCCESS.fullmatch(text))
            if marks:
                words = f"a refusal for too many requests comes with status {status_of(name)}: {path} is {marks[0]}"
                told: dict[str, Argument] = {"part": name, "field": path, "value": json.loads(marks[0])}
                few = Sign(sum(seen.values[text] for text in marks), seen.first, seen.last)
                yield fact(TOPIC, "in-success", few, part.exchanges, words, operation=line, arguments=told)
