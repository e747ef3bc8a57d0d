"""How vendors spell a number or an instant in their headers and bodies: one function for each form found in the wild.

The law of this file: whatever is said of a wait is never too short. Units that are too coarse are rounded up, and a date is the end
of the second in which the wait ends.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_FINE = 1e-4
"""A wait of 2.00001 s is one of 2 s that was computed; see ``windows.SLACK_S``."""


def _up(value: float) -> int:
    return math.ceil(value - _FINE)


def go_duration(seconds: float) -> str:
    """As Go prints a ``time.Duration``: ``1h0m30s``, ``6m0s``, ``1.5s``, ``12ms`` (pkg.go.dev/time#Duration.String)."""
    if seconds < 1:
        return f"{_up(seconds * 1000)}ms" if seconds > 0 else "0s"
    whole = _up(seconds * 1000) / 1000
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(int(minutes), 60)
    told = f"{rest:.3f}".rstrip("0").rstrip(".") + "s"
    return f"{hours}h{minutes}m{told}" if hours else f"{minutes}m{told}" if minutes else told


def _rfc_3339(_: float, at_s: float) -> str:
    return datetime.fromtimestamp(_up(at_s), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _human(_: float, at_s: float) -> str:
    """JavaScript's ``Date.toString`` in central European winter time, as lemlist sends it (developer.lemlist.com)."""
    at = datetime.fromtimestamp(_up(at_s), UTC) + timedelta(hours=1)
    return at.strftime("%a %b %d %Y %H:%M:%S GMT+0100 (Central European Standard Time)")


INSTANTS: Mapping[str, Callable[[float, float], str]] = {
    "delta_s": lambda wait_s, _: str(_up(wait_s)),
    "decimal_s": lambda wait_s, _: f"{math.ceil(wait_s * 10 - _FINE) / 10:.1f}",
    "delta_ms": lambda wait_s, _: str(_up(wait_s * 1000)),
    "epoch_s": lambda _, at_s: str(_up(at_s)),
    "epoch_ms": lambda _, at_s: str(_up(at_s) * 1000),
    "go_duration": lambda wait_s, _: go_duration(wait_s),
    "rfc_3339": _rfc_3339,
    "http_date": lambda _, at_s: formatdate(_up(at_s), usegmt=True),
    "human": _human,
}
"""Name of a form -> its text, of ``(seconds to wait, Unix time at which the wait ends)``."""

_INSTANT = frozenset({"reset", "retry_after"})
_PLACE = re.compile(
    r"\{([a-z0-9_-]+)\.([a-z_]+)(?::([a-z0-9_]+))?\}|\{(retry_after)(?::([a-z0-9_]+))?\}|\{(reason|limit_name)\}"
)


class Blank(NamedTuple):
    """A place in a template that is to be filled."""

    counter: str
    """Empty for what is about the refusal itself."""
    value: str
    form: str
    spelt: Callable[[Any, float], str]
    """Its text, of what was looked up and the Unix time."""


@lru_cache(maxsize=4096)
def pieces_of(template: str) -> tuple[str | Blank, ...]:
    """A template as texts and blanks, in their order."""
    found: list[str | Blank] = []
    at = 0
    for match in _PLACE.finditer(template):
        counter, value, form, wait, wait_form, word = match.groups(default="")
        value, form = value or wait or word, form or wait_form
        found += [template[at : match.start()], Blank(counter, value, form, _spelling(counter, value, form))]
        at = match.end()
    return tuple([each for each in (*found, template[at:]) if each])


def asked_in(pieces: Iterable[str | Blank]) -> list[Blank]:
    """What a template asks for."""
    return [each for each in pieces if not isinstance(each, str)]


def _spelling(counter: str, value: str, form: str) -> Callable[[Any, float], str]:
    """How what stands in a place is spelt."""
    if value in _INSTANT:
        return lambda found, now_s: INSTANTS[form or "delta_s"](found, now_s + found)
    return (lambda found, _: number(found)) if counter else (lambda found, _: str(found))


def filled(template: str, look_up: Callable[[str, str], Any], now_s: float) -> str:
    """A template with its places filled.

    ``{steady.remaining}`` is a number of a counter, ``{steady.reset:epoch_s}`` an instant of one, ``{retry_after:delta_s}`` the wait that
    is asked for, ``{reason}`` and ``{limit_name}`` which limit was met. ``look_up(counter, value)`` gives the number, or seconds, or text.
    """
    if "{" not in template:
        return template
    told = [
        each if isinstance(each, str) else each.spelt(look_up(each.counter, each.value), now_s)
        for each in pieces_of(template)
    ]
    return told[0] if len(told) == 1 else "".join(told)


def number(value: float) -> str:
    """A count without a fraction that it does not have; what remains is rounded down, for it must not promise too much."""
    return str(int(value)) if value >= 1 or value == int(value) else f"{value:g}" if value > _FINE else "0"
