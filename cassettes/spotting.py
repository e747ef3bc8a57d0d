"""Spotting: where in a text a secret stands, by its name, by its shape, or by its place.

The law of this file: it only points, and never judges. One automaton says where to look (names, beginnings of vendors' keys), so that a
text with nothing in it costs one scan; what is found there is a Find, and whoever asked decides.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation

from tapehiss.cassettes import jwt, packed
from tapehiss.cassettes.fields import binary_value, name_around, values_of
from tapehiss.cassettes.secretnames import Place, Strength, solid
from tapehiss.cassettes.secretshapes import BASIC, BEARER, EMAIL, KEY_LINE, PATTERNS, PRIVATE_KEY, USERINFO, Pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tapehiss.cassettes.rules import Rules


PACKED = "packed"
"""The form of a find that is no value, but the beginning of compressed data."""


class Find(NamedTuple):
    """A place that may hold a secret."""

    start: int
    end: int
    form: str
    """``json``, ``form``, ``markup``, ``basic`` or ``plain``: how it is written."""
    strength: Strength
    rule: str
    """What found it; names no secret."""
    sure: int = 2
    """As in ``fields.Value``."""


Ranges = tuple[tuple[int, int], ...]


class Within(NamedTuple):
    """Ranges of a view in which a name means something else."""

    url_end: int = 0
    """The view begins with the request's URL, and it ends here."""
    strict: Ranges = ()
    """Forms and queries throughout."""
    refusal: tuple[int, int] = (0, 0)
    """The body of an error response: where a password should be, it may say why it was refused."""
    binary: Ranges = ()
    """MessagePack and CBOR."""


_STEMS = (
    b"passw passphrase passcode passkey pwd secret token authoriz authentic credential cookie csrf xsrf nonce apikey api_key api-key "
    b"private_key privatekey private-key authcode verifier assertion samlresponse samlart connectionstring connection_string "
    b"sharedaccesssignature mnemonic seedphrase seed_phrase recovery backup_code backupcode device_code devicecode user_code usercode "
    b"mfa_code mfacode factorcode factor_code twofa verification_code verificationcode security_code securitycode cvv cvc card_number "
    b"cardnumber card[number] ccnumber cc_number jwt totp sessid session_id sessionid license keydata key-data bearer"
).split()
_ENDS = b"key keys sig signature hmac sha256 sha1 auth session code hash pin otp otp_code otpcode dsn pass psk ticket plaintext plaintextkey keymaterial key_material xauth magiclink magic_link".split()
_CLOSERS = (b'"', b"'", b"=", b":", b">", b"<", b"[", b"]", b"%", b"\\", b" ", b"\r", b"\n", b";")
_NAMED = frozenset({"name", "ending"})
_JWK = re.compile(rb'"(?:d|p|q|dp|dq|qi|k)"\s*:\s*"([A-Za-z0-9_-]{16,})"')
_MANIFEST = re.compile(rb'"(?:data|stringData)"\s*:\s*\{([^{}]*)\}')
_MANIFEST_VALUE = re.compile(rb':\s*"((?:[^"\\]|\\.)+)"')
_SEALED_VALUE = re.compile(rb'"(?:value|text|plaintext)"\s*:\s*"((?:[^"\\\x00]|\\.){1,16384}+)"', re.IGNORECASE)
_OBJECT_MAX = 16384
_KINDS = (
    (b'"kty"', "jwk"),
    (b'"kind":"secret"', "manifest"),
    (b'"kind": "secret"', "manifest"),
    (b'"securestring"', "sealed"),
    (b'"secret_text"', "sealed"),
    (b"eyj", "jwt"),
    (b"-----begin", "pem"),
    (b"bearer", "bearer"),
    (b"basic", "basic"),
)


class _Trigger(NamedTuple):
    """What to do where a literal was found."""

    kind: str
    pattern: Pattern | None = None


def _endings(rules: Rules) -> Iterator[bytes]:
    """Whole names, each with every character that may end one."""
    yield from (end + closer for end in _ENDS for closer in _CLOSERS)
    for name in (*rules.names.query, *rules.names.fields):
        if not _GLOB.search(name):
            spellings = {name.lower(), solid(name), name.lower().replace("_", "-"), name.lower().replace("-", "_")}
            yield from (spelling.encode() + closer for spelling in sorted(spellings) for closer in _CLOSERS)


def _pieces(rules: Rules) -> Iterator[bytes]:
    """Pieces of names."""
    yield from _STEMS
    for name in (*rules.names.query, *rules.names.fields):
        if _GLOB.search(name):
            yield max(_GLOB.split(name.lower()), key=len).strip("_-").encode()


_GLOB = re.compile(r"[*?_-]*[*?][*?_-]*")


class Spotter:
    """Finds places by a project's rules; holds no secret."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        triggers: dict[bytes, list[_Trigger]] = {}
        for name in _pieces(rules):
            triggers.setdefault(name, []).append(_Trigger("name"))
        for name in _endings(rules):
            triggers.setdefault(name, []).append(_Trigger("ending"))
        for pattern in PATTERNS:
            triggers.setdefault(pattern.literal, []).append(_Trigger("pattern", pattern))
        for literal, kind in (*_KINDS, *((sign.lower(), "packed") for sign in packed.SIGNS)):
            triggers.setdefault(literal, []).append(_Trigger(kind))
        self._triggers = tuple(tuple(each) for each in triggers.values())
        self._automaton = BytesAhoCorasick(list(triggers), implementation=Implementation.DFA)

    def finds(self, view: bytes, within: Within) -> list[Find]:
        """Every place that may hold a secret, in no order."""
        found: list[Find] = []
        name_end = -1
        for index, start, end in self._automaton.find_matches_as_indexes(view.lower(), overlapping=True):
            for kind, pattern in self._triggers[index]:
                if kind in _NAMED:
                    if start >= name_end:
                        name_end = self._named(view, start, end - (kind == "ending"), found, within)
                elif pattern is not None:
                    found += _by_pattern(view, start, pattern)
                else:
                    found += _AT[kind](view, start)
        if b"@" in view and b"://" in view:
            found += _userinfo(view)
        if self._rules.emails:
            found += _all(EMAIL, view, "email")
        for regex in self._rules.paths:
            found += _all(regex, view[: within.url_end], f"path:{regex.pattern.decode('latin-1')[:40]}")
        for regex in self._rules.patterns:
            found += _all(regex, view, f"pattern:{regex.pattern.decode('latin-1')[:40]}")
        return found

    def _named(self, view: bytes, start: int, end: int, found: list[Find], within: Within) -> int:
        first, last = name_around(view, start, end)
        in_form = _within(start, within.strict)
        place = Place.QUERY if in_form or view[last : last + 1] in {b"=", b"[", b"%"} else Place.FIELD
        name = view[first:last].decode("latin-1")
        strength = self._rules.names.strength(name, place)
        if strength is not Strength.NONE:
            for value in values_of(view, first, last, strict=in_form):
                kind = "refused" if within.refusal[0] <= start < within.refusal[1] else "name"
                rule = f"{kind}:{solid(name)[:40]}"
                found.append(Find(value.start, value.end, value.form, strength, rule, value.sure))
        if within.binary and _within(start, within.binary):
            found += self._in_binary(view, start, end)
        return last

    def _in_binary(self, view: bytes, start: int, end: int) -> Iterator[Find]:
        pair = binary_value(view, start, end)
        if pair is not None:
            name, value = pair
            strength = self._rules.names.strength(name.decode("latin-1"), Place.FIELD)
            if strength is not Strength.NONE:
                rule = f"name:{solid(name.decode('latin-1'))[:40]}"
                yield Find(value.start, value.end, value.form, strength, rule)


def _within(place: int, ranges: Ranges) -> bool:
    return any(start <= place < end for start, end in ranges)


def _by_pattern(view: bytes, start: int, pattern: Pattern) -> Iterator[Find]:
    if start and not pattern.regex.groups and view[start - 1] in _BASE64:
        return
    match = pattern.regex.match(view, start)
    if match:
        strength = Strength.STRONG if pattern.sure else Strength.WEAK
        yield Find(*match.span(match.lastindex or 0), "plain", strength, pattern.rule)


_BASE64 = frozenset(b"+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
"""What stands before a credential's prefix when it is no prefix, but part of something longer."""
_ALNUM = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def _jwt(view: bytes, start: int) -> Iterator[Find]:
    match = jwt.TOKEN.match(view, start) if start == 0 or view[start - 1] not in _ALNUM else None
    if match and jwt.is_token(match[0]):
        yield Find(*match.span(), "plain", Strength.STRONG, "jwt")


def _pem(view: bytes, start: int) -> Iterator[Find]:
    match = PRIVATE_KEY.match(view, start)
    if match:
        for line in KEY_LINE.finditer(view, *match.span(1)):
            yield Find(*line.span(), "plain", Strength.STRONG, "private-key")


def _bearer(view: bytes, start: int) -> Iterator[Find]:
    match = BEARER.match(view, start)
    if match:
        yield Find(*match.span(1), "plain", Strength.WEAK, "bearer")


def _basic(view: bytes, start: int) -> Iterator[Find]:
    match = BASIC.match(view, start)
    if match:
        yield Find(*match.span(1), "basic", Strength.WEAK, "basic")


def _reach(view: bytes, at: int, opened: tuple[bytes, ...], closed: tuple[bytes, ...]) -> tuple[int, int]:
    """From the last of some marks before a place to the next of others behind it: no text is read for two places."""
    first = max(0, at - _OBJECT_MAX)
    ends = [view.find(mark, at + 1, at + _OBJECT_MAX) for mark in closed]
    return max(first, *[view.rfind(mark, first, at) for mark in opened]), min(
        [end for end in ends if end >= 0], default=at + _OBJECT_MAX
    )


def _jwk(view: bytes, start: int) -> Iterator[Find]:
    """The private members of a JSON Web Key (RFC 7518 section 6)."""
    around = _reach(view, start, (b"{", b'"kty"'), (b"}", b'"kty"'))
    for match in _JWK.finditer(view, *around):
        yield Find(*match.span(1), "plain", Strength.STRONG, "private-key")


def _manifest(view: bytes, start: int) -> Iterator[Find]:
    """Every value of a Kubernetes Secret, whatever its name, before or behind its kind."""
    if b"Secret" not in view[start : start + 16]:
        return
    around = _reach(view, start, (b'"Secret"',), (b'"kind":"Secret"', b'"kind": "Secret"'))
    for match in _MANIFEST.finditer(view, *around):
        for value in _MANIFEST_VALUE.finditer(view, *match.span(1)):
            yield Find(*value.span(1), "json", Strength.STRONG, "manifest-secret")


def _sealed(view: bytes, start: int) -> Iterator[Find]:
    """The value of an object that says that it is kept in secret (AWS parameters, Cloudflare bindings), whatever its name."""
    for match in _SEALED_VALUE.finditer(view, *_reach(view, start, (b"{",), (b"}",))):
        yield Find(*match.span(1), "json", Strength.STRONG, "sealed-value")


def _packed(view: bytes, start: int) -> Iterator[Find]:
    if view.startswith(packed.SIGNS, start):
        yield Find(start, start, PACKED, Strength.NONE, "packed")


_AT: dict[str, Callable[[bytes, int], Iterator[Find]]] = {
    "jwt": _jwt,
    "pem": _pem,
    "bearer": _bearer,
    "basic": _basic,
    "jwk": _jwk,
    "manifest": _manifest,
    "sealed": _sealed,
    PACKED: _packed,
}


def _userinfo(view: bytes) -> Iterator[Find]:
    at = view.find(b"@")
    while at >= 0:
        before = view[max(0, at - _USERINFO_MAX) : at]
        begins = before.rfind(b"://") + 3
        match = USERINFO.fullmatch(before, begins) if begins > 2 else None
        if match:
            yield from _halves(match, at - len(before))
        at = view.find(b"@", at + 1)


_USERINFO_MAX = 800


def _halves(match: re.Match[bytes], at: int) -> Iterator[Find]:
    lone = match[2] is None
    if match[1]:
        strength = Strength.STRONG if lone else Strength.WEAK
        yield Find(at + match.start(1), at + match.end(1), "form", strength, "userinfo")
    if not lone:
        yield Find(at + match.start(2), at + match.end(2), "form", Strength.STRONG, "userinfo")


def _all(regex: re.Pattern[bytes], view: bytes, rule: str) -> Iterator[Find]:
    for match in regex.finditer(view):
        span = match.span(1 if regex.groups else 0)
        if span[0] < span[1]:
            yield Find(*span, "plain", Strength.STRONG, rule)


@cache
def spotter_of(rules: Rules) -> Spotter:
    """One spotter per set of rules."""
    return Spotter(rules)
