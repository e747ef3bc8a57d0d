"""Names and the values that stand beside them, in any text: JSON, forms, XML, multipart, GraphQL, YAML, markup, MessagePack.

The law of this file: what the text claims to be is not asked. A value is found by the shape around the name, so a wrong or missing
Content-Type, a form inside JSON, or half a document hide nothing. Encodings are not undone here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


Sure = int


class Value(NamedTuple):
    """Where a value stands in a view, and how it is written there."""

    start: int
    end: int
    form: str
    """``json``, ``form``, ``markup`` or ``plain``: the escapes that it may hold."""
    sure: Sure = 2
    """How much the surroundings say: 2, it is the value; 1, perhaps, for it may be prose or code; 0, it is somewhere in the value."""


_NAME = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-$"
_NAME_MAX = 96
_NEAR = 2048
_VALUE_MAX = 65536

_STRING = rb'"((?:[^"\\\x00]|\\.){0,65536}+)'
_SEPARATED = rb'"[\s+]{0,64}(?::|=>)[\s+]{0,64}'
_JSON = re.compile(_SEPARATED + rb"(?:" + _STRING + rb"|(-?\d{3,30})(?=[\s,}\]\x00])|([\[{]))", re.DOTALL)
_SINGLE = re.compile(rb"'\s{0,64}(?::|=>)\s{0,64}[ub]?'((?:[^'\\\x00]|\\.){0,4096})'", re.DOTALL)
_BRACKETS = rb"(?:\]|%5[Dd])?(?:\[[^\]=&\s]{0,64}\]|%5[Bb][^=&\s%]{0,64}%5[Dd])*"
_STRICT = re.compile(_BRACKETS + rb"(?:=|%3[Dd])([^&\s\x00#]*)")
_MATRIX = re.compile(rb"=([^;/?&\s\x00#]*)")
_LOOSE = re.compile(
    _BRACKETS + rb"(?:=\s?\"([^\"\n\x00]*)\"|=\s?'([^'\n\x00]*)'|=((?:[^&;\s\"'<>\\\x00,]|,(?!\s))+))",
)
_COLON = re.compile(
    rb":(?:[ \t]*\"([^\"\n\x00]*)\"|[ \t]*'([^'\n\x00]*)'|[ \t]*`([^`$\n\x00]*)`|[ \t]+([^\s,;\"'<>\\\x00]+))"
)
_FRAME = re.compile(rb":([^\s,;:\"'`<>\\{}\x00\[\]]{4,4096})(?=\r?\n)")
"""A line of its own, without a space: STOMP, IRC's relatives, some logs."""
_ASSIGNED = re.compile(
    rb"[ \t]{1,40}:?=(?![=>])[ \t]{0,40}(?:\"([^\"\n\x00]*)\"|'([^'\n\x00]*)'|`([^`$\n\x00]*)`"
    rb"|(?![A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+\s)([^\s\"'`<>(){};,\\\x00\[\]]{4,4096})(?=[ \t]{0,40}(?:[\r\n\x00]|\Z)))",
)
"""``name = value`` in programs and settings: in quotes, or a word that ends its line and is no ``object.member``."""
_CDATA = rb"(?:<!\[CDATA\[([^\]]{0,65536}+(?:\](?!\]>)[^\]]{0,65536}+){0,8}+)\]\]>|([^<\x00]*)(?=</)|([^<\"\n\x00]*)(?=\n\x00))"
_ELEMENT = re.compile(rb"(?:\s[^<>]{0,512}(?<!/))?>\s*" + _CDATA, re.DOTALL)
_SIBLING = re.compile(
    rb"</[\w:.-]{1,64}>\s*<(?:[\w.-]{1,32}:)?(?:value|val|string)\b[^<>]{0,256}>\s*(?:<\w{1,32}>\s*)?" + _CDATA,
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    rb"[\"']?[^<>]{0,1024}?\s(?:value|content)\s?=\s?(?:[\"']([^\"'<>\x00]*)|([^\s\"'<>=`\x00]+))", re.IGNORECASE
)
_MULTIPART = re.compile(rb"\"?[^\r\n]{0,256}\r?\n(?:[^\r\n]{1,512}\r?\n){0,8}\r?\n")
_PAIR_NAME = re.compile(
    rb"\"(?:name|key|id|field|label|param|parameter|variable|header|attribute|title|type|property)\"\s*:\s*\"(?:[\w.-]{0,64}/){0,16}\Z",
    re.IGNORECASE,
)
_PAIR_VALUE = rb'"(?:value|val|content|data|text|default|secret|values)"\s*:\s*' + _STRING
_FLAT = rb'(?:[^{}\[\]"\x00]|"(?:[^"\\\x00]|\\.)*")'
_PAIR_AFTER = re.compile(rb'"\s*,' + _FLAT + rb"{0,64}?" + _PAIR_VALUE, re.DOTALL | re.IGNORECASE)
_PAIR_BEFORE = re.compile(_PAIR_VALUE, re.DOTALL | re.IGNORECASE)
_LIST_PAIR = re.compile(rb'"\s*,\s*' + _STRING + rb'"\s*\]', re.DOTALL)
_LEAF = re.compile(_STRING + rb'"(\s*:)?|([\[{])|([\]}])', re.DOTALL)


def name_around(view: bytes, start: int, end: int) -> tuple[int, int]:
    """The whole name of which a piece was found."""
    before = view[max(0, start - _NAME_MAX) : start]
    after = view[end : end + _NAME_MAX]
    return start - (len(before) - len(before.rstrip(_NAME))), end + (len(after) - len(after.lstrip(_NAME)))


def values_of(view: bytes, start: int, end: int, *, strict: bool) -> Iterator[Value]:
    """The values that belong to the name at ``view[start:end]``; ``strict`` where the text is a form or a query throughout."""
    follows = view[end : end + 1]
    if follows == b'"':
        yield from _after_quote(view, start, end)
    elif strict:
        yield from _only((_MATRIX if view[start - 1 : start] == b";" else _STRICT).match(view, end), "form")
    elif follows == b"'":
        yield from _only(_SINGLE.match(view, end), "json")
        yield from _only(_ATTRIBUTE.match(view, end), "markup")
    elif view[start - 1 : start] in {b"<", b":"} and follows in {b">", b" ", b"\n", b"\t", b"\r"}:
        yield from _only(_ELEMENT.match(view, end), "markup")
    elif follows == b"<":
        yield from _only(_SIBLING.match(view, end), "markup")
    elif follows == b":":
        alone = view[start - 1 : start] == b"\n"
        yield from _only(_COLON.match(view, end) or (_FRAME.match(view, end) if alone else None), "plain", sure=1)
    elif follows in {b"=", b"[", b"]", b"%"}:
        yield from _after_equals(view, start, end)
    elif view[start - 5 : start].lower() == b"name=":
        yield from _after_bare_name(view, start, end)
    elif follows in {b" ", b"\t"}:
        yield from _only(_ASSIGNED.match(view, end), "json", sure=1)


def _only(match: re.Match[bytes] | None, form: str, *, sure: Sure = 2) -> Iterator[Value]:
    if match and match.lastindex:
        start, end = match.span(match.lastindex)
        if end > start:
            yield Value(start, end, form, sure)


def _after_equals(view: bytes, start: int, end: int) -> Iterator[Value]:
    """``name=value``: sure in a URL, in quotes or after ``&``; elsewhere it may be code."""
    match = _LOOSE.match(view, end)
    if match is None or not match.lastindex:
        return
    first, last = match.span(match.lastindex)
    if match.lastindex < 3:
        yield Value(first, last, "markup")
        return
    in_url = view[start - 1 : start] in {b"?", b"&", b";", b"#"} or view[start - 4 : start].lower() in {
        b"amp;",
        b"0026",
    }
    text = view[first:last].partition(b"#")[0] if in_url else view[first:last]
    last = first + len(text.rstrip(b"),.]}!?:"))
    if last > first:
        yield Value(first, last, "form" if in_url or b"+" not in text else "plain", 2 if in_url else 1)


def _part_of_form(view: bytes, end: int) -> Iterator[Value]:
    """What lies between the head of a part and the next boundary (RFC 7578)."""
    head = _MULTIPART.match(view, end)
    if head is None:
        return
    first = head.end()
    ends = [at for at in (view.find(mark, first - 1, first + _VALUE_MAX) for mark in (b"\n--", b"\x00")) if at >= 0]
    last = min(ends, default=-1)
    last -= view[last - 1 : last + 1] == b"\r\n"
    if last > first:
        yield Value(first, last, "plain")


def _after_bare_name(view: bytes, start: int, end: int) -> Iterator[Value]:
    """``name=password`` without quotes: multipart, or an element of HTML."""
    if view[end : end + 1] in {b"\r", b"\n", b";"}:
        yield from _part_of_form(view, end)
    else:
        yield from _only(_ATTRIBUTE.match(view, end), "markup")
        yield from _attribute_before(view, start)


def _after_quote(view: bytes, start: int, end: int) -> Iterator[Value]:
    match = _JSON.match(view, end)
    if match:
        yield from _json_value(view, match)
    elif view[max(0, start - 10) : start].lower().endswith(_NAMING):
        if view[end + 1 : end + 2] in {b"\r", b"\n", b";"}:
            yield from _part_of_form(view, end + 1)
        yield from _only(_ATTRIBUTE.match(view, end), "markup")
        yield from _attribute_before(view, start)
    elif _PAIR_NAME.search(view, max(0, start - 256), start):
        yield from _only(_PAIR_AFTER.match(view, end, end + _NEAR), "json")
        yield from _before(view, start)
    elif view[max(0, start - 64) : start - 1].rstrip()[-1:] == b"[":
        yield from _only(_LIST_PAIR.match(view, end, end + _VALUE_MAX), "json")


def _json_value(view: bytes, match: re.Match[bytes]) -> Iterator[Value]:
    if match.lastindex == 3:
        yield from _leaves(view, match.start(3))
    else:
        yield from _only(match, "json")


_DEPTH_MAX = 16
"""Of the leaves under one name: names stand inside each other, and every one looks at what is in it."""


def _leaves(view: bytes, start: int) -> Iterator[Value]:
    """The strings of an array, and more loosely those inside an object."""
    inside = view[start : start + 1] == b"["
    depth, name = 0, b""
    for match in _LEAF.finditer(view, start, start + _VALUE_MAX):
        if match[3]:
            depth += 1
            if depth > _DEPTH_MAX:
                return
        elif match[4]:
            depth -= 1
            if depth == 0:
                return
        elif match[2] is not None:
            name = match[1].lower()
        elif not name.endswith(_NOT_SECRET):
            yield Value(*match.span(1), "json", 2 if inside and depth == 1 else 0)


_NOT_SECRET = (
    b"id",
    b"at",
    b"type",
    b"url",
    b"uri",
    b"name",
    b"date",
    b"time",
    b"description",
    b"status",
    b"hash",
    b"etag",
    b"scope",
)
"""How names end in an object under a secret's name, of which the value is not the secret."""


def _before(view: bytes, start: int) -> Iterator[Value]:
    """``{"value": "...", "name": "password"}``: the value stands before its name, in the same object."""
    opened = view.rfind(b"{", max(0, start - _NEAR), start)
    if opened >= 0:
        yield from _only(_PAIR_BEFORE.search(view, opened, start), "json")


_NAMING = (b'name="', b'key="', b'id="', b'property="', b'itemprop="')
"""Attributes of an element that say what another attribute of it holds."""
_VALUE_ATTRIBUTE = re.compile(
    rb"\s(?:value|content)\s?=\s?(?:[\"']([^\"'<>\x00]*)[\"']|([^\s\"'<>=`\x00]+))", re.IGNORECASE
)


def _attribute_before(view: bytes, start: int) -> Iterator[Value]:
    opened = view.rfind(b"<", max(0, start - _NEAR), start)
    if opened >= 0 and b">" not in view[opened:start]:
        yield from _only(_VALUE_ATTRIBUTE.search(view, opened, start), "markup")


# --- MessagePack and CBOR ----------------------------------------------------------------------------------------------


def binary_value(view: bytes, start: int, end: int) -> tuple[bytes, Value] | None:
    """The name and value around a piece of a name in MessagePack or CBOR (RFC 8949), where texts carry their length."""
    for first in range(start, max(0, start - _NAME_MAX), -1):
        size = _announced(view, first)
        if size is not None and first + size >= end:
            at, length = _text_at(view, first + size)
            return (view[first : first + size], Value(at, at + length, "plain")) if length else None
    return None


def _announced(view: bytes, first: int) -> int | None:
    """How long a text is that begins here, as the byte before it says."""
    before = view[first - 1]
    if 0xA0 <= before <= 0xBF:
        return before & 0x1F
    if 0x60 <= before <= 0x77:
        return before & 0x1F
    return before if view[first - 2] in {0xD9, 0x78} else None


def _text_at(view: bytes, at: int) -> tuple[int, int]:
    head = view[at] if at < len(view) else 0
    if 0xA0 <= head <= 0xBF or 0x60 <= head <= 0x77:
        return at + 1, head & 0x1F
    if head in {0xD9, 0xC4, 0x78, 0x58}:
        return at + 2, int.from_bytes(view[at + 1 : at + 2], "big")
    if head in {0xDA, 0xC5, 0x79, 0x59}:
        return at + 3, int.from_bytes(view[at + 1 : at + 3], "big")
    return at, 0
