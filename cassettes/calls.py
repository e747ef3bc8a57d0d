"""Calls by position: a log-in whose password has no name, because it is the last argument (XML-RPC, JSON-RPC), and what it answers.

The law of this file: it only points. The method's name says that a secret passes; of the arguments the last text is the secret, and what
comes back is one if it looks like one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tapehiss.cassettes.secretnames import Strength
from tapehiss.cassettes.spotting import Find

if TYPE_CHECKING:
    from collections.abc import Iterator

SEARCHED_MAX_BYTES = 65536
"""Log-ins are short."""
RULE = "login-call"
_LOGIN = rb"(?:log_?in|log_?on|sign_?in|authenticate|auth|open_?session|create_?session|get_?token|create_?token)"
_XML_CALL = re.compile(
    rb"<methodName>\s{0,64}(?:[\w:/]{1,128}[._])?" + _LOGIN + rb"\s{0,64}</methodName>", re.IGNORECASE
)
_SOAP_CALL = re.compile(
    rb"<(?:[\w.-]{1,64}:)?Body(?:\s[^<>]{0,1024})?>\s{0,64}<(?:[\w.-]{1,64}:)?\w{0,64}?"
    + _LOGIN
    + rb"(?:request)?[\s/>]",
    re.IGNORECASE,
)
_JSON_CALL = re.compile(rb'"method"\s{0,16}:\s{0,16}"(?:[\w:/-]{1,128}[._/])?' + _LOGIN + rb'"', re.IGNORECASE)
_XML_TEXT = re.compile(
    rb"<value>\s{0,64}(?:<string>([^<\x00]{1,4096})</string>|([^<\s\x00][^<\x00]{0,4095}))\s{0,64}</value>"
)
_XML_STRUCT = re.compile(rb"<(?:struct|array)>|</methodCall>")
_JSON_ARGUMENTS = re.compile(
    rb'"(?:params|args|arguments)"\s{0,16}:\s{0,16}\[((?:\s{0,16}(?:"(?:[^"\\\x00]|\\.){0,4096}+"|[\w.-]{1,64}|\{\s{0,16}\})\s{0,16},?){1,16}+)'
)
_JSON_TEXT = re.compile(rb'"((?:[^"\\\x00]|\\.){1,4096}+)"')
_LEAF = re.compile(rb">([^<>\s\x00]{8,4096})</")
_RESULT = re.compile(rb'"result"\s{0,16}:\s{0,16}"((?:[^"\\\x00]|\\.){8,4096}+)"')

Span = tuple[int, int]


def finds(view: bytes, request: Span, response: Span) -> Iterator[Find]:
    """The last argument of a log-in, and what it answers; the ranges are those of the two bodies."""
    start, end = request[0], min(request[1], request[0] + SEARCHED_MAX_BYTES)
    if start == end:
        return
    opening = view[start : start + 1]
    if opening == b"<":
        yield from _in_xml(view, start, end, response)
    elif opening in b"{[":
        yield from _in_json(view, start, end, response)


def _in_xml(view: bytes, start: int, end: int, response: Span) -> Iterator[Find]:
    called = _XML_CALL.search(view, start, end)
    if called:
        stop = _XML_STRUCT.search(view, called.end(), end)
        texts = list(_XML_TEXT.finditer(view, called.end(), stop.start() if stop else end))
        if len(texts) > 1:
            yield Find(*texts[-1].span(texts[-1].lastindex or 0), "markup", Strength.STRONG, RULE)
    if called or _SOAP_CALL.search(view, start, end):
        yield from _answered(_LEAF, "markup", view, response)


def _in_json(view: bytes, start: int, end: int, response: Span) -> Iterator[Find]:
    if not _JSON_CALL.search(view, start, end):
        return
    for arguments in _JSON_ARGUMENTS.finditer(view, start, end):
        texts = list(_JSON_TEXT.finditer(view, *arguments.span(1)))
        if len(texts) > 1:
            yield Find(*texts[-1].span(1), "json", Strength.STRONG, RULE)
    yield from _answered(_RESULT, "json", view, response)


def _answered(pattern: re.Pattern[bytes], form: str, view: bytes, response: Span) -> Iterator[Find]:
    for match in pattern.finditer(view, response[0], min(response[1], response[0] + SEARCHED_MAX_BYTES)):
        yield Find(*match.span(1), form, Strength.WEAK, RULE)
