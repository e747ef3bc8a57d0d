"""A YAML or JSON file as plain values: dict, list, str, bytes, int, float, bool, None. Nothing else is ever made.

The law of this file: safe by construction. Of PyYAML only the parser is used (libyaml's events); what follows from an event
is decided below, where no constructor can be called that a file chose. An unknown tag is read as the plain kind of what it
stands on. Text stays text wherever the guesses of YAML 1.1 would bend it: timestamps, ``yes``, ``12:30:45``, ``0x1F``. Depth and
sizes are bounded, and what aliases would expand to is counted before anybody walks it.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from typing import TYPE_CHECKING, Any, Self

import yaml

from tapehiss.cassettes.errors import UnsupportedFormat

if TYPE_CHECKING:
    from collections.abc import Callable

try:
    from yaml import CSafeLoader as _Parser
except ImportError:  # pragma: no cover (a PyYAML that was built without libyaml: the same, ten times slower)
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]

FILE_MAX_BYTES = 512 * 1024 * 1024
"""A recording bigger than this is refused unread."""
DEPTH_MAX = 200
"""Collections in collections: libyaml's own composer ends the process at some ten thousand."""
EXPANDED_MAX_CHARS = 512 * 1024 * 1024
"""A document whose aliases, written out, would be longer than this is refused."""

_TAG = "tag:yaml.org,2002:"
_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
# What YAML 1.1 forbids in a stream, and lone surrogates (bytes that are no UTF-8).
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_PLANES = (0xF0000, 0x100000)  # private use: where forbidden characters hide while libyaml reads


class Written(float):
    """A number that its file writes otherwise than Python would (``1.10``): the number, and the text."""

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> Self:
        """Both from the text."""
        self = super().__new__(cls, text)
        self.text = text
        return self


def load_documents(data: bytes, where: str) -> list[Any]:
    """The documents of a file (JSON: always one; YAML: one for each ``---``); ``UnsupportedFormat`` if it is neither."""
    if len(data) > FILE_MAX_BYTES:
        remedy = "split it with the tool that wrote it"
        raise UnsupportedFormat(f"the file is larger than {FILE_MAX_BYTES:,} bytes", where, remedy)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        try:
            return [json.loads(data.removeprefix(b"\xef\xbb\xbf"))]
        except (ValueError, RecursionError):
            pass  # flow YAML, or JSON with a trailing comma, which YAML allows
    try:
        return _yaml_documents(data, where)
    except yaml.YAMLError as error:
        return _veiled_documents(data, where, error)


def _veiled_documents(data: bytes, where: str, error: yaml.YAMLError) -> list[Any]:
    """A second try for YAML that holds characters which YAML forbids: they hide in a private plane while libyaml reads."""
    text = data.decode("utf-8", "surrogateescape")
    for plane in _PLANES:
        if not any(plane <= ord(char) <= plane + 0xFFFF for char in set(text)):
            break
    else:
        raise _no_document(where, error)
    veiled, count = _FORBIDDEN.subn(lambda match: chr(plane + ord(match[0])), text)
    if not count:
        raise _no_document(where, error)
    hidden = re.compile(f"[{chr(plane)}-{chr(plane + 0xFFFF)}]")
    try:
        return _yaml_documents(veiled, where, lambda held: hidden.sub(lambda match: chr(ord(match[0]) - plane), held))
    except yaml.YAMLError as again:
        raise _no_document(where, again) from again


def _no_document(where: str, error: yaml.YAMLError) -> UnsupportedFormat:
    """The error for a file that is neither JSON nor YAML, with the line at which the reading stopped."""
    mark = getattr(error, "problem_mark", None)
    place = f"{where}:{mark.line + 1}" if mark else where
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__
    return UnsupportedFormat(f"neither JSON nor YAML ({problem})", place, "give a recording, not a text about one")


def _yaml_documents(data: bytes | str, where: str, unveil: Callable[[str], str] | None = None) -> list[Any]:
    """Every document of a YAML stream."""
    builder = _Builder(where, unveil)
    parser = _Parser(data)
    try:
        while parser.check_event():
            builder.take(parser.get_event())
    finally:
        parser.dispose()
    return builder.documents


class _Frame:
    """A collection that is being read: its parts one after the other (of a mapping: key, value, key, value)."""

    __slots__ = ("anchor", "is_mapping", "parts", "tag", "weight")

    def __init__(self, event: Any) -> None:
        self.is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.tag = event.tag or ""
        self.anchor = event.anchor
        self.parts: list[Any] = []
        self.weight = 1

    def value(self) -> Any:
        """The collection, now that it is whole."""
        if not self.is_mapping:
            return self.parts
        own: dict[Any, Any] = {}
        merged: dict[Any, Any] = {}
        for key, value in zip(self.parts[::2], self.parts[1::2], strict=True):
            if key is _MERGE:
                for base in reversed(value if isinstance(value, list) else [value]):
                    merged.update(base if isinstance(base, dict) else {})
            else:
                own[key if isinstance(key, (str, bytes, int, float)) else "" if key is None else str(key)] = value
        return _unwrapped(self.tag, {**merged, **own} if merged else own)


class _Builder:
    """Events to values. Weights are the lengths of things if every alias were written out."""

    def __init__(self, where: str, unveil: Callable[[str], str] | None) -> None:
        self.documents: list[Any] = []
        self._where = where
        self._unveil = unveil
        self._open: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int]] = {}

    def take(self, event: Any) -> None:
        """One event of the parser."""
        if isinstance(event, yaml.ScalarEvent):
            text = self._unveil(event.value) if self._unveil else event.value
            self._add(_scalar(event, text, as_key=self._at_key()), 1 + len(text), event.anchor)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open.append(_Frame(event))
            if len(self._open) > DEPTH_MAX:
                raise UnsupportedFormat(f"nested deeper than {DEPTH_MAX} levels", self._where)
        elif isinstance(event, yaml.CollectionEndEvent):
            frame = self._open.pop()
            self._add(frame.value(), frame.weight, frame.anchor)
        elif isinstance(event, yaml.AliasEvent):
            known = self._anchors.get(event.anchor or "")
            if known is None:
                raise UnsupportedFormat(f"an alias for what is not (yet) there: *{event.anchor}", self._where)
            self._add(*known, None)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._anchors.clear()

    def _at_key(self) -> bool:
        return bool(self._open) and self._open[-1].is_mapping and len(self._open[-1].parts) % 2 == 0

    def _add(self, value: Any, weight: int, anchor: str | None) -> None:
        """A whole value, to where it belongs."""
        if anchor is not None:
            self._anchors[anchor] = (value, weight)
        if not self._open:
            self.documents.append(value)
            return
        frame = self._open[-1]
        frame.parts.append(value)
        frame.weight += weight
        if frame.weight > EXPANDED_MAX_CHARS:
            raise UnsupportedFormat("its aliases expand beyond every sensible size", self._where)


def _unwrapped(tag: str, value: dict[Any, Any]) -> Any:
    """Ruby writes a hash or a string that carries instance variables as a mapping with the real thing inside."""
    if tag.startswith("!ruby/hash-with-ivars") and isinstance(value.get("elements"), dict):
        return value["elements"]
    if tag.startswith(("!ruby/string", "!str")) and "str" in value:
        return value["str"]
    return value


def _scalar(event: yaml.ScalarEvent, text: str, *, as_key: bool) -> Any:
    """A scalar by its tag, or by its looks if it has none and no quotes; every tag that is not known here is text."""
    tag, plain = event.tag, event.implicit[0]
    if tag is None or tag == "!":
        if not plain or event.style:
            return text  # also Ruby's ``! '200'``, which was a string
        return _MERGE if as_key and text == "<<" else _plain(text)
    if tag in _BINARY:
        return base64_bytes(text)
    return _plain(text) if tag in _GUESSED else text


def _plain(text: str) -> Any:
    """What an untagged, unquoted scalar means: null, truth, number or text (YAML 1.2.2 section 10.3.2, decimals only)."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if not _REAL.fullmatch(text):
        return text
    number = Written(text)
    return float(number) if repr(float(number)) == text else number


_MERGE = object()
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}  # type: ignore[dict-item]
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,300}")
_REAL = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)?\.[0-9]+|(?:0|[1-9][0-9]*)\.)(?:[eE][-+]?[0-9]+)?")
_GUESSED = frozenset(f"{_TAG}{kind}" for kind in ("null", "bool", "int", "float"))
_BINARY = frozenset({f"{_TAG}binary", f"{_TAG}python/bytes", "!binary"})


def base64_bytes(text: str) -> bytes:
    """Base64 of either alphabet, with or without padding, broken into lines or not; what is not base64 is passed over."""
    letters = _BASE64.sub("", text.replace("-", "+").replace("_", "/"))
    try:
        return b64decode(letters + "=" * (-len(letters) % 4))
    except NotBase64:  # one letter too many: it holds no whole byte
        return b64decode(letters[:-1])
