r"""Base64 and hexadecimal (RFC 4648): texts as digits of another base, found wherever and however they stand.

The law of this file: as in ``encodings.py``. Alignment is no matter: the whole view is read at base64's four offsets and at hexadecimal's
two with every other character left out, so a secret is found in the middle of a base64 text, in lines of 76 characters, between
colons, and behind ``\\/``. Most of what is read so means nothing, and is told from a text by ``has_text``.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64, unhexlify
from bisect import bisect_left
from typing import TYPE_CHECKING

from tapehiss.cassettes.encodings import GAP, LengthChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.cassettes.encodings import Clean

# --- base64 (RFC 4648 sections 4 and 5) ----------------------------------------------------------------------------------

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64 + b"-_"))


_PRINTABLE = bytes(97 if byte in b"\t\r\n" or 32 <= byte < 127 else 32 for byte in range(256))


def has_text(view: bytes, length: int) -> bool:
    """Whether that many printable ASCII characters stand side by side: what was decoded by mistake has none."""
    return b"a" * length in view.translate(_PRINTABLE)


def through_radix(view: bytes, clean: Clean) -> bytes:
    """Base64 in both alphabets at its four alignments and hexadecimal at its two, all in one reading, for a call costs more than a byte."""
    before = GAP.join([*(_from_base64(quads) for quads in _quads(view)), *(_from_hex(pairs) for pairs in _pairs(view))])
    if clean(before) == before:
        return view
    for offset in range(4):
        view = _through_base64(view, offset, clean)
    for offset in range(2):
        view = _through_hex(view, offset, clean)
    return view


def _quads(view: bytes) -> list[bytes]:
    stream = view.translate(_TO_STANDARD, _NOT_BASE64)
    return [stream[offset:] + b"AAA"[: (offset - len(stream)) % 4] for offset in range(min(4, len(stream)))]


_from_base64 = a2b_base64


def _through_base64(view: bytes, offset: int, clean: Clean) -> bytes:
    quads = _quads(view)
    if offset >= len(quads):
        return view
    before = _from_base64(quads[offset])
    after = _same_length(before, clean(before))
    if after == before:
        return view
    return _put_back(view, _NOT_BASE64, offset, quads[offset], b2a_base64(after, newline=False), _in_alphabet_of)


def _same_length(before: bytes, after: bytes) -> bytes:
    if len(after) != len(before):
        raise LengthChanged
    return after


def _in_alphabet_of(view: bytes, place: int, char: int) -> int:
    """The character in the alphabet that is spoken around a place."""
    if char not in b"+/":
        return char
    left, right = view[max(0, place - _BLOCK) : place], view[place : place + _BLOCK]
    run = left[len(left.rstrip(_ALL_BASE64)) :] + right[: len(right) - len(right.lstrip(_ALL_BASE64))]
    url_safe = (b"-" in run or b"_" in run) and b"+" not in run and b"/" not in run
    return {43: 45, 47: 95}[char] if url_safe else char


_ALL_BASE64 = _BASE64 + b"-_"


# --- hexadecimal ---------------------------------------------------------------------------------------------------------

_HEX = b"0123456789abcdefABCDEF"
_NOT_HEX = bytes(set(range(256)) - set(_HEX))


def _pairs(view: bytes) -> list[bytes]:
    stream = view.translate(None, _NOT_HEX)
    return [stream[offset:] + b"0"[: (offset - len(stream)) % 2] for offset in range(min(2, len(stream)))]


_from_hex = unhexlify


def _through_hex(view: bytes, offset: int, clean: Clean) -> bytes:
    pairs = _pairs(view)
    if offset >= len(pairs):
        return view
    before = _from_hex(pairs[offset])
    after = _same_length(before, clean(before))
    if after == before:
        return view
    return _put_back(view, _NOT_HEX, offset, pairs[offset].lower(), after.hex().encode(), _in_case_of)


def _in_case_of(view: bytes, place: int, char: int) -> int:
    """The digit in the letter case that is spoken around a place."""
    near = view[max(0, place - 32) : place + 32].translate(None, _NOT_HEX)
    return char - 32 if char >= 97 and near.upper() == near else char


# --- both ----------------------------------------------------------------------------------------------------------------

_BLOCK = 4096


def _put_back(
    view: bytes,
    left_out: bytes,
    offset: int,
    before: bytes,
    after: bytes,
    spelled: Callable[[bytes, int, int], int],
) -> bytes:
    """Write the characters of a stream that changed to where they stand in the view."""
    made = bytearray(view)
    changed = [i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    for index, place in zip(changed, _places(view, left_out, [i + offset for i in changed]), strict=False):
        made[place] = spelled(view, place, after[index])
    return bytes(made)


def _places(view: bytes, left_out: bytes, ranks: list[int]) -> list[int]:
    """Where in the view the characters with these ranks (ascending) stand, when ``left_out`` does not count."""
    places: list[int] = []
    passed = 0
    for start in range(0, len(view), _BLOCK):
        if len(places) == len(ranks):
            break
        block = view[start : start + _BLOCK]
        count = len(block.translate(None, left_out))
        last = bisect_left(ranks, passed + count)
        if last > len(places):
            kept = [start + i for i, byte in enumerate(block) if byte not in left_out]
            places += [kept[rank - passed] for rank in ranks[len(places) : last]]
        passed += count
    return places
