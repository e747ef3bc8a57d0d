"""What one segment of a path looks like: a value of some form (an id, a date, an address), or what could be a word of a route.

The answer is a pure function of the segment and of those before it, so that it never depends on what was seen. A form is on
the list only when no route is written so; what is not sure (logins, slugs, codes) stays a word here, and needs the evidence
that ``tapehiss.contracts.folding`` looks for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Form(NamedTuple):
    """The form of a value, and the literal end that its segment has."""

    name: str
    """``id``, ``date``, ``email``, ``domain``, ``ip`` or ``text``."""
    value: str
    """The value, percent-decoded, without the end."""
    end: str = ""
    """An extension (``.json``) or an action (``:cancel``)."""


def form_of(segment: str, before: Sequence[str] = ()) -> Form | None:
    """The form of a segment as it stands in the URL, after these segments; ``None`` for what could be a word."""
    if len(segment) < 16 and segment.isascii() and segment.isalpha() and segment.islower():
        return None
    return _form_of(segment, tuple(before[-1:]))


@lru_cache(maxsize=2_000)
def _form_of(segment: str, before: tuple[str, ...]) -> Form | None:
    stem, end = stem_of(segment) if "." in segment or ":" in segment else (segment, "")
    text = unquote(stem)
    name = _form(text) or _domain(text, before) or ("text" if _is_quoted(stem, text) else "")
    return None if not name or _is_version(text, name, before) else Form(name, text, end)


def stem_of(segment: str) -> tuple[str, str]:
    """A segment without its extension (``.json``) or action (``:cancel``), and that end; an escaped colon is data."""
    match = _EXTENSION.fullmatch(segment) or _ACTION.fullmatch(segment)
    return (match[1], match[2]) if match else (segment, "")


def apart(step: str) -> tuple[str, ...]:
    """A step of a path, and its action as a step of its own, which begins with ``/``: ``{id}:cancel`` is ``{id}`` and ``/:cancel``."""
    stem, end = stem_of(step)
    return (stem, f"/{end}") if end[:1] == ":" and step[:1] != "#" else (step,)


def joined(steps: Iterable[str]) -> str:
    """The path of such steps, with the selector that may be at its end."""
    return "".join(step if step[:1] == "#" else step[1:] if step[:1] == "/" else f"/{step}" for step in steps)


def looks_minted(text: str) -> bool:
    """Whether a text looks like something that a machine made up: an id, a token, a date, an address; not a word."""
    return bool(_form(text) or _DOMAIN.fullmatch(text))


@lru_cache(maxsize=2_000)
def _form(text: str) -> str:
    match = _ANY_FORM.fullmatch(text)
    return _FORMS[int((match.lastgroup or "")[1:])][0] if match else "id" if _is_token(text) else ""


_HEX = "[0-9a-fA-F]"
_MIXED = r"(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])(?=[A-Za-z]*\d)"
_RANDOM = r"(?:(?=\d)|(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])|(?=[A-Za-z]*\d+[A-Za-z]+\d)|(?=[A-Za-z]*[a-z][A-Z]+[a-z][A-Za-z]*[A-Z]))"
_ENDS = "json|xml|csv|html?|php|aspx?|txt|pdf|js|md|ya?ml|ics|vcf"
_FILES = rf"{_ENDS}|do|action|png|jpe?g|gif|svg|css|zip|t?gz|bin|log|mp[34]|py|sh"

_FORMS: tuple[tuple[str, str], ...] = (
    ("date", r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}\S{0,20})?"),
    ("id", r"[+-]?\d+"),
    ("id", rf"(?:urn:uuid:)?\{{?{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}\}}?"),
    ("id", rf"(?=[a-f]*\d|[A-F]*\d){_HEX}{{16,128}}"),
    ("id", r"[A-Z]{2}[0-9a-f]{32}"),
    ("id", r"[0-7][0-9A-HJKMNP-TV-Z]{25}"),
    ("id", r"(?=[A-Z0-9]*\d[A-Z])(?=[A-Z0-9]*[A-Z]\d)[A-Z0-9]{8,40}"),
    ("id", rf"(?:[a-z]{{1,12}}_){{1,2}}{_RANDOM}[A-Za-z0-9]{{8,64}}"),
    ("id", rf"(?:[a-z]{{1,12}}-){{1,2}}{_MIXED}[A-Za-z0-9]{{8,64}}"),
    ("id", r"(?=[a-z-]*\d)(?:[a-z0-9]{3}-){2,4}[a-z0-9]{3}"),
    ("id", r"(?=[a-z-]*\d)(?:[a-z0-9]{4}-){2,4}[a-z0-9]{4}"),
    ("ip", r"(?:\d{1,3}\.){3}\d{1,3}"),
    ("ip", r"(?=(?:.*?:){2})[0-9a-fA-F:]{3,39}(?:%\w+)?"),
    ("id", r"(?s:.*\d{6}.*)"),
    ("id", r"[a-z0-9]{32,}|[A-Z0-9]{32,}"),
    ("email", r"[^@\s/]+@[^@\s/]+\.[A-Za-z]{2,}"),
)
"""What values that are no words are called when nothing before them gives a name, and how they are written."""
_ANY_FORM = re.compile("|".join(f"(?P<f{number}>{pattern})" for number, (_, pattern) in enumerate(_FORMS)))

_LABEL = r"[a-z0-9_*](?:[a-z0-9_-]*[a-z0-9_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!(?:{_FILES})$)(?:[a-z]{{2,}}|xn--[a-z0-9-]+)\.?")
_KNOWN_TOP = re.compile(
    r".*\.(?:com|net|org|edu|gov|mil|io|dev|co|example|invalid|localhost|arpa|(?:co|com|org|net|ac|gov)\.[a-z]{2}"
    r"|de|fr|nl|uk|eu|us|ca|ru|jp|cn|br|au|ch|se|pl|xyz|cloud)\.?"
)
"""Ends of names that are hosts wherever they stand; others (``users.info``, ``auth.test``) are methods of some vendors."""
_OF_NAMES = re.compile(
    r"(?:.*[_-])?(?:domain|zone|host|site|dns|dnszone|managedzone|hostname|server|url|mx|cname|sub\w*)(?:name)?s?",
    re.IGNORECASE,
)
"""Collections whose members are names of hosts."""
_EXTENSION = re.compile(rf"(.+)(\.(?:{_ENDS}))")
_ACTION = re.compile(r"(.+)(:[a-zA-Z]{2,40})")
_VERSION_BASE = re.compile(r"(?:api|rest|services?|v)", re.IGNORECASE)
_WORD_CHARACTERS = re.compile(r"[\w.~:@$()*+=;&,'!-]*", re.ASCII)
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_DIGITS = re.compile(r"\d+")
_PIECES = re.compile(r"[A-Z]?[a-z]{2,}")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")


def _domain(text: str, before: Sequence[str]) -> str:
    """``domain`` for the name of a host: under a common top-level domain, or after a collection of such names."""
    if not _DOMAIN.fullmatch(text):
        return ""
    return "domain" if _KNOWN_TOP.fullmatch(text) or (before and _OF_NAMES.fullmatch(before[-1])) else ""


def _is_quoted(raw: str, text: str) -> bool:
    """Whether a segment had to be escaped, or should have been: routes are written with plain characters."""
    return bool(_ESCAPE.search(raw)) or not _WORD_CHARACTERS.fullmatch(text)


def _is_version(text: str, form: str, before: Sequence[str]) -> bool:
    """Whether a number or a date stands where versions stand: in front, or right after ``api``."""
    at_front = not before or _VERSION_BASE.fullmatch(before[-1]) is not None
    short = form == "date" or (text.isdigit() and len(text) == 1) or (text.isdigit() and _is_month(text))
    return at_front and short


def _is_month(text: str) -> bool:
    """A version as a month: ``202401``."""
    return len(text) == 6 and text[:2] == "20" and "01" <= text[4:] <= "12"


def _is_token(text: str) -> bool:
    """Whether a text of no other form is random: letters of both cases and digits that make no words."""
    if not 8 <= len(text) <= 512 or not re.fullmatch(r"[A-Za-z0-9_=-]+", text):
        return False
    return _is_mixed_token(text) or (len(text) >= 10 and _is_scattered(text))


def _is_mixed_token(text: str) -> bool:
    """Both cases, changing often, and hardly a piece that could be spoken."""
    body = text.rstrip("=")
    if not body.isalnum() or not re.search("[a-z]", body) or not re.search("[A-Z]", body):
        return False
    changes = len(re.findall(r"[a-z](?=[A-Z])|[0-9](?=[A-Za-z])|[A-Za-z](?=[0-9])", body))
    spoken = sum(len(piece) for piece in _PIECES.findall(body) if len(piece) > 2 and _VOWEL.search(piece))
    return changes >= 3 and spoken <= 0.4 * len(body)


def _is_scattered(text: str) -> bool:
    """Digits in at least two places among letters that make no words."""
    words = re.split(r"[_-]", text)
    if len(words) > 1 and all(word.isalpha() or word.isdigit() or len(word) < 4 for word in words):
        return False
    wordlike = sum(len(word) for word in re.findall(r"[A-Z]?[a-z]{3,}", text))
    changes = len(re.findall(r"[a-z](?=[A-Z0-9])|[A-Z](?=[0-9])|\d(?=[A-Za-z])", text))
    places = len(_DIGITS.findall(text))
    random = (places >= 2 and changes >= 4) or (places >= 1 and changes * 3 >= len(text) and len(text) >= 16)
    return random and wordlike <= 0.6 * len(text)
