"""A YAML or JSON file as plain values: dict, list, str, bytes, int, float, bool, None. Nothing else is ever made.

The law of this file: safe by construction. YAML is only *composed* (libyaml's event parser and PyYAML's tag resolver); the
fold from nodes to values below calls no constructor that a file could choose. An unknown tag is read as the plain kind of
its node. Text stays text wherever the guess of YAML 1.1 would bend it: timestamps, ``yes``, ``12:30:45``, ``0x1F``. Sizes
are bounded, and what aliases would expand to is counted before anybody walks it.
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
    from yaml import CSafeLoader as _Composer
except ImportError:  # pragma: no cover (a PyYAML that was built without libyaml: the same, ten times slower)
    from yaml import SafeLoader as _Composer  # type: ignore[assignment]

FILE_MAX_BYTES = 512 * 1024 * 1024
"""A recording bigger than this is refused unread."""
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
    composer = _Composer(data)
    fold = _Fold(where, unveil)
    documents = []
    try:
        while composer.check_node():
            node = composer.get_node()
            assert node is not None  # check_node said that there is one
            documents.append(fold.value(node)[0])
    except RecursionError as error:
        raise UnsupportedFormat("nested too deeply", where, "no recording nests hundreds of levels") from error
    finally:
        composer.dispose()
    return documents


class _Fold:
    """Nodes to values, each aliased node once; ``value`` returns the value and its length if aliases were written out."""

    def __init__(self, where: str, unveil: Callable[[str], str] | None) -> None:
        self._where = where
        self._unveil = unveil
        self._done: dict[yaml.Node, tuple[Any, int] | None] = {}

    def value(self, node: yaml.Node) -> tuple[Any, int]:
        """The plain value of a node, and its weight in characters."""
        if isinstance(node, yaml.ScalarNode):
            text = self._unveil(node.value) if self._unveil else node.value
            return _scalar(node.tag, text), 1 + len(text)
        if node in self._done:
            known = self._done[node]
            if known is None:
                raise UnsupportedFormat("an anchor that contains itself", self._where)
            return known
        self._done[node] = None
        made = self._sequence(node) if isinstance(node, yaml.SequenceNode) else self._mapping(node)
        if made[1] > EXPANDED_MAX_CHARS:
            raise UnsupportedFormat("its aliases expand beyond every sensible size", self._where)
        self._done[node] = made
        return made

    def _sequence(self, node: yaml.SequenceNode) -> tuple[list[Any], int]:
        parts = [self.value(child) for child in node.value]
        return [part for part, _ in parts], 1 + sum(weight for _, weight in parts)

    def _mapping(self, node: yaml.Node) -> tuple[Any, int]:
        own: dict[Any, Any] = {}
        merged: dict[Any, Any] = {}
        total = 1
        for key_node, value_node in node.value:
            value, weight = self.value(value_node)
            key, key_weight = self.value(key_node)
            total += weight + key_weight
            if key_node.tag == _TAG + "merge":
                for base in reversed(value if isinstance(value, list) else [value]):
                    merged.update(base if isinstance(base, dict) else {})
            else:
                own[key if isinstance(key, (str, bytes, int, float, bool)) else str(key)] = value
        return _unwrapped(node.tag, {**merged, **own}), total


def _unwrapped(tag: str, value: dict[Any, Any]) -> Any:
    """Ruby writes a hash or a string that carries instance variables as a mapping with the real thing inside."""
    if tag.startswith("!ruby/hash-with-ivars") and isinstance(value.get("elements"), dict):
        return value["elements"]
    if tag.startswith(("!ruby/string", "!str")) and "str" in value:
        return value["str"]
    return value


def _scalar(tag: str, text: str) -> Any:
    """A scalar by its tag; every tag that is not named here is text."""
    make = _SCALARS.get(tag)
    return make(text) if make else text


def _integer(text: str) -> int | str:
    """A decimal as it would be written again; everything else that YAML 1.1 takes for an integer is text."""
    return int(text) if re.fullmatch(r"0|-?[1-9][0-9]{0,300}", text) else text


def _real(text: str) -> float | str:
    try:
        number = Written(text)
    except ValueError:  # .inf, .nan, 1_000.5, 1:30.5
        return text
    return float(number) if repr(float(number)) == text else number


def _boolean(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text.lower(), text)


def base64_bytes(text: str) -> bytes:
    """Base64 of either alphabet, with or without padding, broken into lines or not; what is not base64 is passed over."""
    letters = _BASE64.sub("", text.replace("-", "+").replace("_", "/"))
    try:
        return b64decode(letters + "=" * (-len(letters) % 4))
    except NotBase64:  # one letter too many: it holds no whole byte
        return b64decode(letters[:-1])


_SCALARS: dict[str, Callable[[str], Any]] = {
    _TAG + "null": lambda _: None,
    _TAG + "bool": _boolean,
    _TAG + "int": _integer,
    _TAG + "float": _real,
    _TAG + "binary": base64_bytes,
    _TAG + "python/bytes": base64_bytes,
    "!binary": base64_bytes,
}
