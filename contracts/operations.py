"""From a URL to the operation that it calls: ``/v1/customers/cus_9s6XKzkNRiz8i3`` is ``/v1/customers/{customer_id}``.

Every rule here is a pure function of one URL, so that the answer never depends on what was seen before it. A segment is a
parameter when its *form* says so: integers, UUIDs, prefixed ids (``cus_...``), hexadecimal digests, ULIDs and other tokens,
dates, e-mail addresses, domain names. Versions (``v1``, ``2.1``, a date in front) and everything that could be a word stay
literal. Parameters that look like words (slugs, logins) need the evidence of their siblings, which a view can add: folding two
operations is the sum of their evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PATH_LENGTH_MAX = 2_000
"""Longer paths are cut: no vendor's route is this long, a fuzzer's is."""


@dataclass(frozen=True, slots=True, order=True)
class Operation:
    """What a vendor offers at one place: a method, an origin and a path template."""

    method: str
    origin: str
    """Scheme, host and port (without the scheme's default), in lower case."""
    path: str
    """Path template; parameters are in braces."""

    def __str__(self) -> str:
        """The operation on one line, as ``parse`` reads it."""
        return f"{self.method} {self.origin}{self.path}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the path parameters, from left to right."""
        return tuple(_PARAMETER.findall(self.path))


def parse(text: str) -> Operation:
    """The operation of a line that ``str`` made; ``ValueError`` for anything else."""
    match = _LINE.fullmatch(text)
    if match is None:
        raise ValueError(f"not an operation: {text!r}")
    return Operation(*match.groups())


def operation_of(method: str, url: str) -> tuple[Operation, dict[str, str]]:
    """The operation that a request calls, and the values of its path parameters (percent-decoded)."""
    origin, path, _ = split(url)
    segments = path[:PATH_LENGTH_MAX].split("/")
    values: dict[str, str] = {}
    named: list[str] = []
    for place, segment in enumerate(segments):
        text = unquote(segment)
        kind = _kind(text, segments[1:place])
        named.append(_literal(segment) if kind is None else _parameter(kind, text, named, values))
    return Operation(_NO_TOKEN.sub("_", method.upper()) or "_", origin, "/".join(named)), values


def split(url: str) -> tuple[str, str, str]:
    """Origin, path and query of a URL; the path of one that is no URL (a bad IPv6 address) is ``/``."""
    try:
        parts = urlsplit(url.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    except ValueError:
        return "", "/", ""
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    return _origin(parts.scheme, parts.netloc), path, parts.query


def looks_minted(text: str) -> bool:
    """Whether a text looks like something that a machine made up: an id, a token, a date, an address; not a word."""
    return any(pattern.fullmatch(text) for _, pattern in _FORMS) or _is_token(text)


_PARAMETER = re.compile(r"\{([^{}]*)\}")
_LINE = re.compile(r"(\S+) ((?:[a-z0-9+.-]*://[^/\s]+)?)(/\S*)")
_NO_TOKEN = re.compile(r"[^!-~]")
_MIXED = r"(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])(?=[A-Za-z]*\d)"
_RANDOM = r"(?:(?=\d)|(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])|(?=[A-Za-z]*\d+[A-Za-z]+\d)|(?=[A-Za-z]*[a-z][A-Z]+[a-z][A-Za-z]*[A-Z]))"
_ENDS = "json|xml|csv|html?|php|aspx?|txt|pdf|js|md|ya?ml|ics|vcf"
_HEX = "[0-9a-fA-F]"

_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("date", re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}\S{0,20})?")),
    ("id", re.compile(r"[+-]?\d+")),
    ("id", re.compile(rf"\{{?{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}\}}?")),
    ("id", re.compile(rf"(?=[a-f]*\d|[A-F]*\d){_HEX}{{16,128}}")),
    ("id", re.compile(r"[A-Z]{2}[0-9a-f]{32}")),
    ("id", re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")),
    ("id", re.compile(rf"(?:[a-z]{{1,12}}_){{1,2}}{_RANDOM}[A-Za-z0-9]{{8,64}}")),
    ("id", re.compile(rf"(?:[a-z]{{1,12}}-){{1,2}}{_MIXED}[A-Za-z0-9]{{8,64}}")),
    ("email", re.compile(r"[^@\s/]+@[^@\s/]+\.[A-Za-z]{2,}")),
    (
        "domain",
        re.compile(
            rf"(?:[a-z0-9_*](?:[a-z0-9_-]*[a-z0-9_])?\.)+(?!(?:{_ENDS}|do|action|png|jpe?g|gif|svg|css|zip|t?gz|bin|log|mp[34]|py|sh)$)[a-z]{{2,}}\.?"
        ),
    ),
    ("ip", re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")),
)
"""Forms of values that are no words, and what a value of the form is called when nothing before it gives a name."""

_EXTENSION = re.compile(rf"(.+)(\.(?:{_ENDS}))")
_ACTION = re.compile(r"(.+)(:[a-zA-Z]{2,40})")
_VERSION_BASE = re.compile(r"(?:api|rest|services?|v)", re.IGNORECASE)
_SAME_IN_PLURAL = frozenset({"series", "species", "news", "analytics"})
_DIGITS = re.compile(r"\d+")


def _kind(text: str, before: Sequence[str]) -> tuple[str, str] | None:
    """What kind of parameter a segment is and the literal end that it keeps, or ``None`` for a literal."""
    stem, end = _stem(text)
    form = next((name for name, pattern in _FORMS if pattern.fullmatch(stem)), None)
    if form is None:
        return ("id", end) if _is_token(stem) else None
    return None if _is_version(stem, form, before) else (form, end)


def _stem(text: str) -> tuple[str, str]:
    """A segment without its extension (``.json``) or action (``:cancel``), and that end."""
    match = _EXTENSION.fullmatch(text) or _ACTION.fullmatch(text)
    return (match[1], match[2]) if match else (text, "")


def _is_version(stem: str, form: str, before: Sequence[str]) -> bool:
    """Whether a number or a date stands where versions stand: in front, or right after ``api``."""
    at_front = not before or _VERSION_BASE.fullmatch(before[-1]) is not None
    short = form == "date" or (form == "id" and len(stem) == 1)
    return at_front and short


def _is_token(text: str) -> bool:
    """Whether a text of no other form is random: digits in at least two places among letters that make no words."""
    if not 10 <= len(text) <= 512 or not re.fullmatch(r"[A-Za-z0-9_=-]+", text):
        return False
    words = re.split(r"[_-]", text)
    if len(words) > 1 and all(word.isalpha() or word.isdigit() or len(word) < 4 for word in words):
        return False
    wordlike = sum(len(word) for word in re.findall(r"[A-Z]?[a-z]{3,}", text))
    changes = len(re.findall(r"[a-z](?=[A-Z0-9])|[A-Z](?=[0-9])|\d(?=[A-Za-z])", text))
    places = len(_DIGITS.findall(text))
    random = (places >= 2 and changes >= 4) or (places >= 1 and changes * 3 >= len(text) and len(text) >= 16)
    return random and wordlike <= 0.6 * len(text)


def _literal(segment: str) -> str:
    """A segment as it stays in the template: braces would be taken for a parameter."""
    return quote(segment, safe="%~!$&'()*+,;=:@-._") if re.search(r"[{}\s]", segment) else segment


def _parameter(kind: tuple[str, str], text: str, named: Sequence[str], values: dict[str, str]) -> str:
    """The parameter in braces, under a name that no other has; its value is put into ``values``."""
    form, end = kind
    name = next(name for name in _names(form, named) if name not in values)
    values[name] = text[: len(text) - len(end)] if end else text
    return f"{{{name}}}{end}"


def _names(form: str, named: Sequence[str]) -> Iterator[str]:
    """Names for a parameter, the best first: after the collection before it, then numbered."""
    words = [part for part in named if part and not part.startswith("{")]
    owner = _snake(words[-1]) if words and named[-1] == words[-1] else ""
    best = form if form != "id" else f"{_singular(owner)}_id" if owner[:1].isalpha() else "id"
    yield best
    yield from (f"{best}_{number}" for number in range(2, PATH_LENGTH_MAX))


def _snake(word: str) -> str:
    """A literal segment as a name: ``line-items`` and ``lineItems`` are ``line_items``."""
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", unquote(word).split(".", maxsplit=1)[0])
    return re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_")


def _singular(word: str) -> str:
    """One of a collection, by the rules of English plurals that hold in URLs."""
    if word in _SAME_IN_PLURAL:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(?:ss|x|ch|sh|(?<![oa])us)es$", word):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _origin(scheme: str, netloc: str) -> str:
    """Scheme and host in lower case, without userinfo and without the scheme's own port (RFC 9110 section 4.2.3)."""
    host = re.sub(r"\s", "", netloc.rpartition("@")[2].lower())
    host = host.removesuffix({"https": ":443", "http": ":80"}.get(scheme.lower(), ":"))
    return f"{scheme.lower()}://{host}" if host else ""
