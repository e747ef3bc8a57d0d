"""XML as a mock compares it: SOAP, XML-RPC, WebDAV and whatever else is asked in elements.

The law of this file: it is no parser and needs no well-formed document; broken XML is compared as the text that it is. Names are without
their prefixes, which a client may choose anew (Namespaces in XML, section 2).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LEAF = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)((?:\s[^<>]*)?)>([^<>]*)</")
_BETWEEN = re.compile(r">\s+<")
_BODY = re.compile(r"<(?:[\w.-]+:)?Body(?:\s[^<>]*)?>\s*<(?:[\w.-]+:)?([\w.-]+)")
_CALL = re.compile(r"<methodName>\s*([^<>\s]+)\s*</methodName>")
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
SECURITY = frozenset({"Created", "Expires", "MessageID", "Nonce", "SignatureValue", "DigestValue"})
"""Of the headers of web services, what is new in every message (WS-Security, WS-Addressing, XML Signature)."""
_ITS_PREFIXES = ("wsu:", "wsa:", "wsse:", "ds:", "a:", "u:", "o:")
_ITS_ID = re.compile(r"(\b(?:wsu|u):Id)=(?:\"[^\"]*\"|'[^']*')")


def leaves(text: str) -> Iterator[tuple[str, str]]:
    """Name and text of every element that holds nothing but text, in order."""
    return ((found[2], found[4].strip()) for found in _LEAF.finditer(text) if not _new_every_time(found))


def normal(text: str, varies: Callable[[str], bool]) -> str:
    """The document without spaces between elements, and without the texts of elements that vary."""

    def kept(found: re.Match[str]) -> str:
        if _new_every_time(found) or varies(found[2]):
            return f"<{found[1] or ''}{found[2]}{found[3]}></"
        return found[0]

    return _BETWEEN.sub("><", _ITS_ID.sub(r"\1", _LEAF.sub(kept, text))).strip()


def _new_every_time(found: re.Match[str]) -> bool:
    return found[2] in SECURITY and (found[1] or "").startswith(_ITS_PREFIXES)


def operation(text: str) -> list[str]:
    """What a message asks for: the method that it calls, the first element of a SOAP body, else its root."""
    for pattern in (_CALL, _BODY, _ROOT):
        if found := pattern.search(text):
            return [f"element={found[1]}"]
    return []
