"""The formats of strings that are recognised: those of JSON Schema (2020-12, section 7.3) and a few that vendors use beside them.

A string has a format or it has not, whatever else was seen; a field has the formats that every one of its strings has.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_DAY = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_SECONDS = r":(?:[0-5][0-9]|60)(?:\.[0-9]{1,9})?"
_ZONE = r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HEX = "[0-9a-fA-F]"

PATTERNS = {
    "date": _DAY,
    "date-time": f"{_DAY}[Tt ]{_CLOCK}{_SECONDS}{_ZONE}",
    "decimal": r"-?[0-9]+\.[0-9]+",
    "digits": "[0-9]+",
    "email": r"[!-?A-~]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}",
    "http-date": rf"[A-Z][a-z]{{2}}, [0-9]{{2}} [A-Z][a-z]{{2}} [0-9]{{4}} {_CLOCK}:[0-6][0-9] GMT",
    "ipv4": rf"{_OCTET}(?:\.{_OCTET}){{3}}",
    "local-date-time": f"{_DAY}[T ]{_CLOCK}(?:{_SECONDS})?",
    "uri": "[A-Za-z][A-Za-z0-9+.-]{0,30}://[!-~]{1,}",
    "uuid": f"{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}",
}
"""Format -> the whole of a string that has it, in the regular expressions that all validators share (ECMA-262 without classes)."""


def _is_ipv6(text: str) -> bool:
    if text.count(":") < 2 or len(text) > 45 or "%" in text:
        return False
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


FORMATS: Mapping[str, Callable[[str], object]] = {
    **{name: re.compile(pattern).fullmatch for name, pattern in PATTERNS.items()},
    "ipv6": _is_ipv6,
}
"""Name of a format -> what says whether a string has it."""

_NONE: frozenset[str] = frozenset()
_ANY = re.compile(f"{'|'.join(PATTERNS.values())}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*").fullmatch


def formats_of(texts: Iterable[str]) -> frozenset[str]:
    """The formats that all of these strings have."""
    several = tuple(texts)
    if not all(map(_ANY, several[:8])):
        return _NONE
    return frozenset([name for name in _formats(several[0]) if all(map(FORMATS[name], several))])


@lru_cache(maxsize=500)
def _formats(text: str) -> tuple[str, ...]:
    return tuple([name for name, has in FORMATS.items() if has(text)])
