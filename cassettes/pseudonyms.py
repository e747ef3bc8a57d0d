"""Pseudonyms: what stands on the tape in a secret's place.

The law of this file: the same value under the same key has the same pseudonym, always; a pseudonym has the length of the value and
the same kind of character at every place (digit, lower, upper, hexadecimal), and punctuation, vendor prefixes and a UUID's version
stay, so that every encoding of it is as long as the same encoding of the secret, and its own pseudonym is itself.

The last characters are a check over the first, made with a key that everybody knows: so ``tape verify`` recognises a pseudonym
without the project's key, whatever its letter case. A value of fewer than 45 bits has a shorter check (at least a third of it
stays free where there is room); a real secret passes for a pseudonym with a chance of 2**-28, or for short ones about 2**-0.6n.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from math import log2

_CHECK_KEY = b"tapehiss: this is a pseudonym, version 1"
_CHECK_BITS = 28.0
_CHECK_SHARE = 0.62
_ATTEMPTS = 64

_DIGITS = b"0123456789"
_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_HEX = b"0123456789abcdef"
_PUNCTUATION = b"!$()*~-_."
"""What other punctuation becomes where nothing else is left to change: literal in URLs, cookies, JSON and XML alike."""
_TAIL = bytes(range(0x80, 0xC0))
_REPLACEABLE_PUNCTUATION = frozenset(_PUNCTUATION + b",;:@?#[]=^|`{}")
_HEX_LENGTH_MIN = 8

PREFIX = re.compile(
    rb"(?:(?:sk|pk|rk|ak)_(?:live|test|prod|sandbox)_|(?:sk|pk|rk|ak)-(?:ant-(?:api\d\d-|admin\d\d-)?|proj-|or-v1-|svcacct-|lf-)?"
    rb"|whsec_|gh[pousr]_|github_pat_|xox[a-z]-|xapp-|xwfp-|A(?:KIA|SIA|GPA|IDA|ROA|IPA|NPA|NVA|BIA|CCA)|AIza|ya29\.|SG\."
    rb"|gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat)-|npm_|pypi-|dop_v1_|doo_v1_|dor_v1_|shp(?:at|ca|pa|ss|it)_|sq0(?:atp|csp|idp)-"
    rb"|hv[sbr]\.|key-|gsk_|xai-|hf_|r8_|ntn_|secret_|lin_api_|fig[dou]_|dckr_(?:pat|oat)_|ATATT|ATBB|pat-|eyJ|Bearer |tskey-[a-z]+-"
    rb"|sbp_|PMAK-|NRAK-|rubygems_|glsa_|glc_|dapi|dp\.(?:pt|st|ct|sa)\.|pul-|sntry[su]_|rdme_|access_token\$(?:production|sandbox)\$"
    rb"|cs_(?:live|test)_|EAA[A-Z]|sha(?:1|256|512)=|v[0-9]=)",
)
"""What says who issued a credential, and no more: it stays."""

_UUID = re.compile(rb"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a value may change, and from which alphabet each place is filled."""

    places: tuple[int, ...]
    alphabets: tuple[bytes, ...]
    checked: int
    """How many of the last places are the check."""


def _checked(alphabets: tuple[bytes, ...]) -> int:
    bits = [log2(len(alphabet)) for alphabet in alphabets]
    wanted = min(_CHECK_BITS, sum(bits) * _CHECK_SHARE)
    total = 0.0
    for count, each in enumerate(reversed(bits), start=1):
        total += each
        if total >= wanted:
            return count
    return 0


def _kept(value: bytes) -> int:
    """How many leading bytes are a vendor's prefix."""
    match = PREFIX.match(value)
    return match.end() if match and len(value) - match.end() >= _HEX_LENGTH_MIN else 0


def _is_hex(value: bytes) -> bool:
    """Whether letters and digits may change places: hexadecimal has both, and nothing beyond f."""
    letters = value.translate(None, _NOT_ALNUM)
    digits = letters.translate(None, _NOT_DIGIT)
    return (
        len(letters) >= _HEX_LENGTH_MIN
        and 0 < len(digits) < len(letters)
        and not letters.lower().translate(None, _HEX)
        and (letters.lower() == letters or letters.upper() == letters)
    )


_ESCAPE = re.compile(rb"\\[nrtbfu]|%(?:[01][0-9a-f]|2[0-9a-f]|3[a-f]|40|5[b-f]|60|7[b-f])|&(?:amp|lt|gt|quot|apos);")
"""Escapes of punctuation inside a value in lower case: they must go on meaning what they mean, and say nothing about the secret."""
_NOT_DIGIT = bytes(set(range(256)) - set(_DIGITS))
_NOT_ALNUM = bytes(set(range(256)) - set(_DIGITS + _LETTERS + _LETTERS.upper()))


def _layout(value: bytes) -> _Layout:
    start = _kept(value)
    folded = value.lower()
    wide = _is_hex(value[start:])
    frozen = {14, 19} if _UUID.fullmatch(value) else set()
    alphabets = _BY_HEX if wide else _BY_KIND
    chosen = {i: alphabets[folded[i]] for i in range(start, len(value)) if i not in frozen and alphabets[folded[i]]}
    chosen.update(_tails(value, start))
    if 2 * len(chosen) < len(value) - start:
        chosen.update({i: _PUNCTUATION for i in range(start, len(value)) if value[i] in _REPLACEABLE_PUNCTUATION})
    for match in _ESCAPE.finditer(folded):
        for i in range(*match.span()):
            chosen.pop(i, None)
    places = tuple(sorted(chosen))
    filled = tuple(chosen[i] for i in places)
    return _Layout(places, filled, _checked(filled))


_BY_KIND = tuple(_DIGITS if byte in _DIGITS else _LETTERS if byte in _LETTERS else b"" for byte in range(256))
_BY_HEX = tuple(_HEX if byte in _HEX else b"" for byte in range(256))


def _tails(value: bytes, start: int) -> dict[int, bytes]:
    """The last byte of each non-ASCII letter: any other keeps it a character of the same length and script (UTF-8)."""
    if value.isascii():
        return {}
    return {match.end() - 1: _TAIL for match in _WIDE_LETTER.finditer(value, start)}


_WIDE_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe3-\xec][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}")


def _drawn(digest: bytes, alphabets: tuple[bytes, ...]) -> list[int]:
    stream = hashlib.shake_256(digest).digest(2 * len(alphabets))
    return [alphabet[(stream[2 * i] << 8 | stream[2 * i + 1]) % len(alphabet)] for i, alphabet in enumerate(alphabets)]


def _check(folded: bytes, layout: _Layout) -> list[int]:
    """The check of a value whose free places are filled: it depends on everything but itself."""
    first = len(layout.places) - layout.checked
    blank = bytearray(folded)
    for place in layout.places[first:]:
        blank[place] = 0
    return _drawn(hashlib.sha256(_CHECK_KEY + bytes(blank)).digest(), layout.alphabets[first:])


def is_pseudonym(value: bytes) -> bool:
    """Whether a value carries the check of a pseudonym, in any letter case (a value with nothing to change does)."""
    return _is_checked(value, _layout(value))


def _is_checked(value: bytes, layout: _Layout) -> bool:
    folded = value.lower()
    first = len(layout.places) - layout.checked
    return [folded[place] for place in layout.places[first:]] == _check(folded, layout)


def recased(pseudonym: bytes, like: bytes) -> bytes:
    """The pseudonym with the letter case of another spelling of its secret, place by place."""
    if like.islower() or like == like.lower():
        return pseudonym.lower()
    if like == like.upper():
        return pseudonym.upper()
    pairs = zip(pseudonym, like, strict=True)
    return bytes(_upper(new) if 65 <= old <= 90 else _lower(new) if 97 <= old <= 122 else new for new, old in pairs)


def _upper(byte: int) -> int:
    return byte - 32 if 97 <= byte <= 122 else byte


def _lower(byte: int) -> int:
    return byte + 32 if 65 <= byte <= 90 else byte


def pseudonym(key: bytes, value: bytes) -> bytes:
    """What stands for a value under a project's key; a pseudonym stands for itself."""
    layout = _layout(value)
    if _is_checked(value, layout):
        return value
    seed = hmac.new(key, b"pseudonym" + value.lower(), hashlib.sha256).digest()
    made = value
    for attempt in range(_ATTEMPTS):
        made = _cased(_filled(seed + bytes([attempt]), value, layout), value)
        if _layout(made) == layout and _leads_alike(made, value):
            return made
    return made


def _filled(seed: bytes, value: bytes, layout: _Layout) -> bytes:
    made = bytearray(value.lower())
    for place, byte in zip(layout.places, _drawn(seed, layout.alphabets), strict=True):
        made[place] = byte
    first = len(layout.places) - layout.checked
    for place, byte in zip(layout.places[first:], _check(bytes(made), layout), strict=True):
        made[place] = byte
    return bytes(made)


def _cased(made: bytes, value: bytes) -> bytes:
    """Letters in the case of the original; hexadecimal, where letters move, in the one case that the original has."""
    return made.upper() if value == value.upper() and value != value.lower() else recased(made, value)


def _leads_alike(made: bytes, value: bytes) -> bool:
    """A number stays one: no leading zero appears or goes (JSON has none)."""
    return not value.isdigit() or (made[:1] == b"0") == (value[:1] == b"0")
