"""Where the VCR family keeps a body, and as what."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tapehiss.cassettes import loose
from tapehiss.cassettes.document import base64_bytes
from tapehiss.cassettes.exchange import header
from tapehiss.cassettes.source import Unreadable

if TYPE_CHECKING:
    from tapehiss.cassettes.source import Source

Stored = tuple[bytes, tuple[tuple[str, str], ...]]
"""The bytes of a body, and what a later reader must know of them."""

INFLATED_MAX_BYTES = 256 * 1024 * 1024
_REBUILT = "rebuilt from a parsed value: the spacing of the original is lost"


def stored_body(message: dict[Any, Any], role: str, source: Source) -> Stored:
    """The body of a request or response as the file holds it; ``role`` names it in a note."""
    if "body" in message or "parsed_body" not in message:
        body = message["body"] if "body" in message else message.get("content")
        return _held(body, message, role, source)
    return _parsed(message["parsed_body"], message, role)


def _held(body: Any, message: dict[Any, Any], role: str, source: Source) -> Stored:
    if not isinstance(body, dict):
        return (loose.octets(body), ((role, _REBUILT),) if isinstance(body, list) else ())
    packed = _packed(body)
    if packed is not None:
        return packed, ()
    name = _file_name(body)
    if name:
        return _elsewhere(name, source)
    if "string" not in body and body.keys() - {"encoding", "file"}:
        return _parsed(body, message, role)
    written = body.get("string")
    if isinstance(written, (dict, list)):
        return _parsed(written, message, role)
    return loose.octets(written, _codec(loose.text(body.get("encoding")))), ()


def _packed(body: dict[Any, Any]) -> bytes | None:
    """A body that was written as base64, under any of its names."""
    match body:
        case {"base64_string": packed} | {"string": {"base64_string": packed}} | {"base64": str() as packed}:
            return base64_bytes(loose.text(packed))
        case {"string": str() as packed, "base64": True}:
            return base64_bytes(packed)
        case {"raw_gzip": packed}:
            return _inflated(base64_bytes(loose.text(packed)))
    return None


def _file_name(body: dict[Any, Any]) -> str:
    """The file that holds the body: R's vcr wrote ``file: yes`` beside its name once, and ``file: name`` now."""
    named = body.get("string") if body.get("file") in {True, "yes", "TRUE"} else body.get("file")
    return named if isinstance(named, str) and named not in {"no", "FALSE"} else ""


def _codec(encoding: str) -> str:
    """Ruby's ASCII-8BIT says that nobody knew; such text was UTF-8 when it was written."""
    return "utf-8" if encoding.upper() in {"", "ASCII-8BIT", "BINARY", "US-ASCII", "ASCII"} else encoding


def _parsed(value: Any, message: dict[Any, Any], role: str) -> Stored:
    """A body of which the parsed value was kept: a form if it was sent as one, else JSON; text is text."""
    if isinstance(value, (str, bytes)) or value is None:
        return loose.octets(value), ()
    kind = (header(loose.headers(message.get("headers")), "content-type") or "").lower()
    if "x-www-form-urlencoded" in kind and isinstance(value, dict):
        pairs = [(loose.text(key), [loose.text(one) for one in _many(held)]) for key, held in value.items()]
        return urlencode(pairs, doseq=True).encode(), ((role, _REBUILT),)
    return loose.rebuilt(value), ((role, _REBUILT),)


def _many(held: Any) -> list[Any]:
    return held if isinstance(held, list) else [held]


def _elsewhere(name: str, source: Source) -> Stored:
    """A body that R's vcr wrote to a file of its own (``write_disk_path``)."""
    data = source.sibling(name)
    if data is None:
        raise Unreadable(f"its body is in another file, {name}, which is not there", remedy="put the file beside it")
    return data, ()


def _inflated(packed: bytes) -> bytes:
    """Base64 of gzip or zlib, as R's vcr packs raw bodies; bounded."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        data = inflater.decompress(packed, INFLATED_MAX_BYTES)
    except zlib.error:
        return packed
    if inflater.unconsumed_tail:
        raise Unreadable(f"a packed body larger than {INFLATED_MAX_BYTES:,} bytes")
    return data
