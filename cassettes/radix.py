r"""Base64 and hexadecimal (RFC 4648): texts as digits of another base, found wherever and however they stand.

The law of this file: as in ``encodings.py``. Alignment is no matter: the whole view is read at base64's four offsets and at hexadecimal's
two with every other character left out, so a secret is found in the middle of a base64 text, in lines of 76 characters, between
colons, and behind ``\\/``. Most of what is read so means nothing, and is told from a text by ``encodings.has_text``.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64, hexlify, unhexlify
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from tapehiss.cassettes.encodings import GAP, LengthChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tapehiss.cassettes.encodings import Clean

# --- base64 (RFC 4648 sections 4 and 5) ----------------------------------------------------------------------------------

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64 + b"-_"))


def through_radix(view: bytes, clean: Clean) -> bytes:
    """Base64 in both alphabets at its four alignments and hexadecimal at its two, all in one reading, for a call costs more than a byte."""
    streams = [*_base64_streams(view), *_hex_streams(view)]
    contents = [stream.content for stream in streams]
    before = GAP.join(contents)
    after = clean(before)
    if after == before:
        return view
    if len(after) != len(before):
        raise LengthChanged
    made, at = bytearray(view), 0
    for stream in streams:
        new = after[at : at + len(stream.content)]
        at += len(stream.content) + len(GAP)
        if new != stream.content:
            _put_back(made, view, stream, new)
    return bytes(made)


class _Stream(NamedTuple):
    """A view read as one number, from one offset on."""

    digits: bytes
    content: bytes
    offset: int
    left_out: bytes
    encode: Callable[[bytes], bytes]
    spell: Callable[[bytes, int, int], int]


def _base64_streams(view: bytes) -> Iterator[_Stream]:
    stream = view.translate(_TO_STANDARD, _NOT_BASE64)
    for offset in range(min(4, len(stream))):
        quads = stream[offset:] + b"AAA"[: (offset - len(stream)) % 4]
        yield _Stream(quads, a2b_base64(quads), offset, _NOT_BASE64, _to_base64, _in_alphabet_of)


def _to_base64(content: bytes) -> bytes:
    return b2a_base64(content, newline=False)


def _in_alphabet_of(view: bytes, place: int, char: int) -> int:
    """The character in the alphabet that is spoken around a place."""
    if char not in b"+/":
        return char
    left, right = view[max(0, place - _REACH) : place], view[place : place + _REACH]
    run = left[len(left.rstrip(_ALL_BASE64)) :] + right[: len(right) - len(right.lstrip(_ALL_BASE64))]
    url_safe = (b"-" in run or b"_" in run) and b"+" not in run and b"/" not in run
    return {43: 45, 47: 95}[char] if url_safe else char


_ALL_BASE64 = _BASE64 + b"-_"


# --- hexadecimal ---------------------------------------------------------------------------------------------------------

_HEX = b"0123456789abcdefABCDEF"
_NOT_HEX = bytes(set(range(256)) - set(_HEX))


def _hex_streams(view: bytes) -> Iterator[_Stream]:
    stream = view.translate(None, _NOT_HEX)
    for offset in range(min(2, len(stream))):
        pairs = stream[offset:] + b"0"[: (offset - len(stream)) % 2]
        yield _Stream(pairs.lower(), unhexlify(pairs), offset, _NOT_HEX, hexlify, _in_case_of)


def _in_case_of(view: bytes, place: int, char: int) -> int:
    """The digit in the letter case that is spoken around a place."""
    near = view[max(0, place - 32) : place + 32].translate(None, _NOT_HEX)
    return char - 32 if char >= 97 and near.upper() == near else char


# --- both ----------------------------------------------------------------------------------------------------------------

_BLOCK = 512
_REACH = 4096


def _put_back(made: bytearray, view: bytes, stream: _Stream, content: bytes) -> None:
    """Write the digits that changed to where they stand in the view."""
    digits = stream.encode(content)
    changed = list(_differences(stream.digits, digits))
    ranks = [index + stream.offset for index in changed]
    for index, place in zip(changed, _places(view, stream.left_out, ranks), strict=False):
        made[place] = stream.spell(view, place, digits[index])


def _differences(before: bytes, after: bytes) -> Iterator[int]:
    for start in range(0, len(before), _BLOCK):
        old, new = before[start : start + _BLOCK], after[start : start + _BLOCK]
        if old != new:
            yield from (start + i for i in range(len(old)) if old[i] != new[i])


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
