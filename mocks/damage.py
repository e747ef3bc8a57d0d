"""Damaged bodies: what vendors and the boxes between have sent in place of the JSON that was promised.

The law of this file: pure and the same every time; a body to which a kind of damage does not apply is damaged in the plainest way. Only a
pointer that leads nowhere changes nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.pointers import below, steps_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.cassettes.exchange import Response

HTML = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    b"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_NUMBER = re.compile(rb"(?<=[:\[,\s])-?\d[\d.eE+-]*(?=\s*[,\]}])")
_MEMBER = re.compile(rb'\{\s*("(?:[^"\\]|\\.)*")\s*:')
_STRING = re.compile(rb':\s*"')
DEPTH_MAX = 40


def damaged(response: Response, kind: str, at: str, value: str = "") -> Response:
    """The response with its body damaged; ``kind`` is one of ``KINDS``, ``at`` a JSON Pointer for those of ``POINTED``."""
    if kind == "content-type":
        kept = tuple(pair for pair in response.headers if pair[0].lower() != "content-type")
        return replace(response, headers=(*kept, ("Content-Type", "text/html; charset=utf-8")))
    body = _BYTES[kind](response.body) if kind in _BYTES else _mutated(response.body, kind, at, value)
    return replace(response, body=body, chunks=())


def _nan(body: bytes) -> bytes:
    """NaN, which JSON has not (RFC 8259 section 6), in the place of the first number."""
    return _NUMBER.sub(b"NaN", body, count=1) if _NUMBER.search(body) else b"NaN"


def _duplicate(body: bytes) -> bytes:
    """The first member twice, first as null: parsers differ in which one they take (RFC 8259 section 4)."""
    found = _MEMBER.search(body)
    return body[: found.start() + 1] + found[1] + b":null," + body[found.start() + 1 :] if found else _half(body)


def _bad_utf8(body: bytes) -> bytes:
    """A byte that no UTF-8 has, in the first text."""
    found = _STRING.search(body)
    at = found.end() if found else len(body)
    return body[:at] + b"\xff" + body[at:]


def _half(body: bytes) -> bytes:
    """Half of it, sent as if it were all."""
    return body[: len(body) // 2]


_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "nan": _nan,
    "duplicate-key": _duplicate,
    "bad-utf8": _bad_utf8,
    "half": _half,
    "html": lambda _: HTML,
}


# ---- JSON with something else in one place


def _mutated(body: bytes, kind: str, at: str, value: str) -> bytes:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return _half(body)
    steps = steps_of(at) if at else _first(data)
    if kind == "missing" and data is None and not steps:
        return _half(body)  # null stands for what is left out, and is there already
    return written(changed(data, kind, steps, value))


def written(data: Any) -> bytes:
    """JSON as vendors write it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _first(data: Any) -> list[str]:
    """The way to the first leaf."""
    steps: list[str] = []
    while isinstance(data, dict | list) and data and len(steps) < DEPTH_MAX:
        name = next(iter(data)) if isinstance(data, dict) else 0
        steps.append(str(name))
        data = data[name]
    return steps


def changed(data: Any, kind: str, steps: list[str], value: str = "") -> Any:
    """The data, which is used up, with something else where the steps lead, if they lead anywhere."""
    if not steps:
        return made_of(kind, data, value)
    parent, last = reduce(below, steps[:-1], data), steps[-1]
    if isinstance(parent, list):
        place = int(last) if last.isascii() and last.isdigit() else len(parent)
        made = [] if kind == "missing" else [made_of(kind, each, value) for each in parent[place : place + 1]]
        parent[place : place + 1] = made
    elif isinstance(parent, dict) and (last in parent or kind == "set"):
        if kind == "missing":
            del parent[last]
        else:
            parent[last] = made_of(kind, parent.get(last), value)
    return data


def made_of(kind: str, before: Any, value: str = "") -> Any:
    """What a kind of damage makes of a value."""
    return json.loads(value) if kind == "set" else POINTED[kind](before)


def _other_type(value: Any) -> Any:
    return 0 if isinstance(value, str) else "unexpected"


def _unseen(value: Any) -> Any:
    return f"{value}-unseen" if isinstance(value, str) else -1


def _extra(value: Any) -> Any:
    return {**value, "unexpected": True} if isinstance(value, dict) else {"unexpected": value}


def _shorter(value: Any) -> Any:
    return value[:-1] if isinstance(value, list) else value


def _emptied(value: Any) -> Any:
    return [] if isinstance(value, list) else value


POINTED: dict[str, Callable[[Any], Any]] = {
    "missing": lambda _: None,
    "null": lambda _: None,
    "type": _other_type,
    "unseen": _unseen,
    "extra": _extra,
    "short-page": _shorter,
    "empty-page": _emptied,
    "repeated-cursor": lambda value: value,
    "set": lambda value: value,
}
"""What becomes of a value: gone, null, of another type, one never seen, an object with one more member, a list without its last item, a list
without any, the cursor that was asked with (which only the request tells), what the rule says."""
KINDS = (*_BYTES, "content-type", *POINTED)
