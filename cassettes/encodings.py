r"""Escapes that hide a text inside another: percent, JSON, markup, UTF-16.

The law of this file: ``through_x(view, clean) -> view`` undoes the encoding wherever the view has it (``in_x`` in one value), lets
``clean`` change the text that appears, and puts what changed back where it came from, in the same spelling (``%2f`` stays lower,
base64url stays base64url). Where nothing changed, the view itself comes back. ``clean`` must keep the length.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    Clean = Callable[[bytes], bytes]


class LengthChanged(ValueError):
    """A cleaned text cannot be put back into its encoding, because its length differs."""


Span = tuple[int, int]
GAP = b"\n\x00\n"
"""Stands between texts that were not side by side: no value reaches over it."""


class _Unit(Protocol):
    """How one escape is read and written."""

    def __call__(self, escape: bytes, content: bytes | None, /) -> bytes:
        """The content of an escape; with a new content, the escape in the same style."""


def _through_units(view: bytes, spans: list[Span], units: re.Pattern[bytes], unit: _Unit, clean: Clean) -> bytes:
    """Decode the spans that hold escapes, clean them as one text, and put back those that changed."""
    texts = [_Units(view[start:end], units, unit) for start, end in spans]
    before = GAP.join([text.content for text in texts])
    after = clean(before)
    if after == before:
        return view
    _as_long_as(before, after)
    made, done, at = [], 0, 0
    for (start, end), text in zip(spans, texts, strict=True):
        made += [view[done:start], text.respelled(after[at : at + len(text.content)])]
        done = end
        at += len(text.content) + len(GAP)
    return _as_long_as(view, b"".join([*made, view[done:]]))


def _as_long_as(before: bytes, after: bytes) -> bytes:
    """What was put back, if it fits: a decimal reference may need one digit more."""
    if len(after) != len(before):
        raise LengthChanged
    return after


class _Units:
    """A text in which escapes stand among literal bytes."""

    __slots__ = ("_contents", "_pieces", "_unit", "content")

    def __init__(self, text: bytes, units: re.Pattern[bytes], unit: _Unit) -> None:
        self._unit = unit
        self._pieces = units.split(text)
        self._contents = [unit(piece, None) if i & 1 else piece for i, piece in enumerate(self._pieces)]
        self.content = b"".join(self._contents)

    def respelled(self, new: bytes) -> bytes:
        """The text with a new content: each piece that changed is written in its own style."""
        pieces, at = list(self._pieces), 0
        for i, content in enumerate(self._contents):
            piece = new[at : at + len(content)]
            at += len(content)
            if piece != content:
                pieces[i] = self._unit(pieces[i], piece) if i & 1 else piece
        return b"".join(pieces)


_REACH = 4096
"""How far before its first escape a text is taken to begin."""


def _spans(view: bytes, units: re.Pattern[bytes], outside: bytes, rest: re.Pattern[bytes]) -> list[Span]:
    """The texts around escapes: up to a character that stands ``outside`` to the left, and what ``rest`` matches to the right."""
    spans: list[Span] = []
    done = 0
    match = units.search(view)
    while match:
        before = view[max(done, match.start() - _REACH) : match.start()]
        cut = max(before.rfind(bytes([byte])) for byte in outside)
        found = rest.match(view, match.start())
        done = max(found.end() if found else 0, match.end())
        spans.append((match.start() - len(before) + cut + 1, done))
        match = units.search(view, done)
    return spans


# --- percent (RFC 3986 section 2.1) and forms (WHATWG URL section 5) -------------------------------------------------

_PERCENT = re.compile(rb"(%[0-9A-Fa-f]{2})")
_FORM = re.compile(rb"(%[0-9A-Fa-f]{2}|\+)")
_URL_ENDS = b' "<>\n\x00'
_URL_REST = re.compile(rb"[^ \"<>\n\x00]*")


def _percent_unit(escape: bytes, content: bytes | None, /) -> bytes:
    if content is None:
        return b" " if escape == b"+" else bytes([int(escape[1:], 16)])
    lower = any(97 <= byte <= 102 for byte in escape)
    return (b"%%%02x" if lower else b"%%%02X") % content[0]


def through_percent(view: bytes, clean: Clean) -> bytes:
    """``%XX`` in either case; a plus sign is a plus sign."""
    spans = _spans(view, _PERCENT, _URL_ENDS, _URL_REST) if b"%" in view else []
    return _through_units(view, spans, _PERCENT, _percent_unit, clean) if spans else view


def in_form(text: bytes, clean: Clean) -> bytes:
    """One value of a form or query: ``%XX``, and a plus sign is a space."""
    return _through_units(text, [(0, len(text))], _FORM, _percent_unit, clean)


# --- JSON and its relatives (RFC 8259 section 7) -----------------------------------------------------------------------

_JSON = re.compile(
    rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[\"'\\/bfnrt])",
)
_JSON_REST = re.compile(rb'(?:[^"\\\x00]|\\.)*+', re.DOTALL)
_JSON_SHORT = {
    b'\\"': b'"', b"\\'": b"'", b"\\\\": b"\\", b"\\/": b"/", b"\\b": b"\b", b"\\f": b"\f", b"\\n": b"\n", b"\\r": b"\r",
    b"\\t": b"\t",
}  # fmt: skip


def _json_unit(escape: bytes, content: bytes | None, /) -> bytes:
    if content is not None:
        return _json_escape(escape, content)
    short = _JSON_SHORT.get(escape)
    return short if short is not None else _json_character(escape)


@lru_cache(maxsize=4096)
def _json_character(escape: bytes) -> bytes:
    if escape[1:2] == b"x":
        return bytes([int(b"0" + escape[1:], 0)])
    units = b"".join(int(escape[i : i + 4], 16).to_bytes(2, "big") for i in range(2, len(escape), 6))
    return units.decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")


def _json_escape(escape: bytes, content: bytes) -> bytes:
    if escape in _JSON_SHORT:
        return content
    if escape[1:2] == b"x":
        return b"\\x%02x" % content[0]
    units = content.decode("utf-8", "surrogatepass").encode("utf-16-be", "surrogatepass")
    style = "\\u%04X" if any(65 <= byte <= 70 for byte in escape) else "\\u%04x"
    return "".join(style % int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2)).encode()


def through_json(view: bytes, clean: Clean) -> bytes:
    r"""``\"``, ``\/``, ``\n``, ``\u00e9``, surrogate pairs, and the ``\x41`` of other languages."""
    spans = _spans(view, _JSON, b'"\x00', _JSON_REST) if b"\\" in view else []
    return _through_units(view, spans, _JSON, _json_unit, clean) if spans else view


def in_json(text: bytes, clean: Clean) -> bytes:
    """The inside of one JSON string."""
    whole = [(0, len(text))] if b"\\" in text else []
    return _through_units(text, whole, _JSON, _json_unit, clean) if whole else _as_long_as(text, clean(text))


# --- markup (XML 1.0 section 4.1, HTML) ---------------------------------------------------------------------------------

_MARKUP = re.compile(rb"(&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
_MARKUP_REST = re.compile(rb'[^<>"\n\x00]*')
_MARKUP_NAMES = {b"&amp;": b"&", b"&lt;": b"<", b"&gt;": b">", b"&quot;": b'"', b"&apos;": b"'"}
_LAST_CHARACTER = 0x10FFFF


def _markup_unit(escape: bytes, content: bytes | None, /) -> bytes:
    if content is None:
        name = _MARKUP_NAMES.get(escape)
        return name if name is not None else _character(escape)
    if escape in _MARKUP_NAMES:
        return content
    point = ord(content.decode("utf-8", "surrogatepass"))
    if escape[2:3] in {b"x", b"X"}:
        return escape[:3] + b"%0*x;" % (len(escape) - 4, point)
    return b"&#%0*d;" % (len(escape) - 3, point)


def _character(escape: bytes) -> bytes:
    digits = escape[2:-1]
    point = int(digits[1:], 16) if digits[:1] in {b"x", b"X"} else int(digits)
    return chr(min(point, _LAST_CHARACTER)).encode("utf-8", "surrogatepass")


def through_markup(view: bytes, clean: Clean) -> bytes:
    """``&amp;``, ``&#38;``, ``&#x26;``."""
    spans = _spans(view, _MARKUP, b'<>"\n\x00', _MARKUP_REST) if b"&" in view else []
    return _through_units(view, spans, _MARKUP, _markup_unit, clean) if spans else view


def in_markup(text: bytes, clean: Clean) -> bytes:
    """The text of one element or attribute."""
    whole = [(0, len(text))] if b"&" in text else []
    return _through_units(text, whole, _MARKUP, _markup_unit, clean) if whole else _as_long_as(text, clean(text))


# --- UTF-16 --------------------------------------------------------------------------------------------------------------

_UTF16 = re.compile(rb"(?:[\t\n\r -~]\x00){6,}[\t\n\r -~]?|(?:\x00[\t\n\r -~]){6,}")
"""A character that stands before a text in the other byte order seems to be its first: so the last is taken along."""


_WIDE = b"a0a0a0a0a0a"
_ZERO = ord("0")
_SKETCH = bytes(48 if byte == 0 else 97 if byte in b"\t\n\r" or 32 <= byte < 127 else 32 for byte in range(256))


def has_text(view: bytes, length: int) -> bool:
    """Whether that many printable ASCII characters stand side by side, or some in UTF-16: what was decoded by mistake has none."""
    sketch = view.translate(_SKETCH)
    return b"a" * length in sketch or _WIDE in sketch


def through_utf16(view: bytes, clean: Clean) -> bytes:
    """Texts of ASCII characters in UTF-16, either byte order."""
    sketch = view.translate(_SKETCH) if b"\x00" in view else b""
    made, done, at = [], 0, sketch.find(_WIDE)
    while at >= 0:
        first = at - 1 if at > done and sketch[at - 1] == _ZERO else at
        match = _UTF16.match(view, first)
        if match:
            made += [view[done:first], _narrowed(match[0], clean)]
            done = match.end()
        at = sketch.find(_WIDE, max(done, at + 1))
    return b"".join([*made, view[done:]]) if made else view


def _narrowed(text: bytes, clean: Clean) -> bytes:
    first = int(text[0] == 0)
    made = bytearray(text)
    made[first::2] = _as_long_as(text[first::2], clean(text[first::2]))
    return bytes(made)
