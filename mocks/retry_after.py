"""How a client is told to wait: every form of ``Retry-After`` found in the wild, the right ones and the wrong ones.

RFC 9110 section 10.2.3 knows two, whole seconds and an HTTP date. ``FORMS`` are those of ``dialects.INSTANTS``, then some that no specification
has and that real answers had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.mocks.dialects import INSTANTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tapehiss.cassettes.exchange import Headers

HOUR_S = 3600.0


def _one(write: Callable[[float, float], str]) -> Callable[[float, float], Headers]:
    return lambda wait_s, at_s: (("Retry-After", write(wait_s, at_s)),)


def _only(text: str) -> Callable[[float, float], Headers]:
    return lambda _, __: (("Retry-After", text),)


_SECONDS, _MS, _DATE = INSTANTS["delta_s"], INSTANTS["delta_ms"], INSTANTS["http_date"]
FORMS: Mapping[str, Callable[[float, float], Headers]] = {
    **{name: _one(write) for name, write in INSTANTS.items()},
    "ms_header": lambda wait_s, at_s: (("retry-after-ms", _MS(wait_s, at_s)),),
    "both_headers": lambda wait_s, at_s: (
        ("Retry-After", _SECONDS(wait_s, at_s)),
        ("retry-after-ms", _MS(wait_s, at_s)),
    ),
    "duplicate": lambda wait_s, at_s: (
        ("Retry-After", _SECONDS(wait_s, at_s)),
        ("Retry-After", _SECONDS(2 * wait_s + 1, at_s)),
    ),
    "none": lambda _, __: (),
    "empty": _only(""),
    "garbage": _only("soon"),
    "negative": _one(lambda wait_s, at_s: f"-{_SECONDS(wait_s, at_s)}"),
    "zero": _only("0"),
    "huge": _only("99999999999"),
    "infinite": _only("inf"),
    "past_date": _one(lambda _, at_s: _DATE(0.0, max(at_s - HOUR_S, 0.0))),
    "far_date": _only("Fri, 31 Dec 99999 23:59:59 GMT"),
}
"""Name of a form -> headers, of ``(seconds to wait, Unix time at which the wait ends)``."""
NAMES = frozenset({"retry-after", "retry-after-ms"})
"""The headers that speak of a wait, in lower case."""


def told(form: str, wait_s: float, now_s: float) -> Headers:
    """The headers that ask a client to wait, at this Unix time of the vendor's clock."""
    return FORMS[form](wait_s, now_s + wait_s)
