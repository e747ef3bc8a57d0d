"""Can this request be sent at all? Asked before anything is, so that nothing of it leaves and nobody's parser quotes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tapehiss.cassettes.exchange import header, header_values
from tapehiss.cassettes.origins import DEFAULT_PORTS, Origin, origin_of

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Headers, Request

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110 section 5.6.2."""
_VALUE = re.compile(r"[\x01-\x09\x0b\x0c\x0e-\xff]*")
"""Latin-1 without NUL, CR and LF: these would end the header, and with it the request (RFC 9110 section 5.5)."""
_URL = re.compile(r"[^\x00-\x20\x7f]+")


def flaw_of(request: Request) -> str:
    """Why the request cannot be sent, without a word of it; empty when it can."""
    if not _TOKEN.fullmatch(request.method):
        return "the method is not one word of HTTP"
    return _flaw_of_url(request.url) or _flaw_of_headers(request.headers) or _flaw_of_framing(request)


def _flaw_of_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "the URL cannot be read"
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return "the URL is not absolute, or not of http or https"
    if "@" in parts.netloc:
        return "there are credentials in the URL, which would not be sent: give a header"
    return "" if _URL.fullmatch(url) else "the URL has blanks or control characters in it"


def _flaw_of_headers(headers: Headers) -> str:
    if not all(_TOKEN.fullmatch(name) for name, _ in headers):
        return "the name of a header is not one word of HTTP"
    if not all(_VALUE.fullmatch(value) for _, value in headers):
        return "the value of a header has line ends or characters beyond latin-1 in it"
    return ""


def _flaw_of_framing(request: Request) -> str:
    lengths = set(header_values(request.headers, "content-length"))
    if lengths and lengths != {str(len(request.body))}:
        return "the announced length is not that of the body"
    if header(request.headers, "transfer-encoding") is not None:
        return "a body that is all here needs no transfer coding"
    return ""


def same_origin(url: str, other: str) -> bool:
    """Whether both are absolute and of one origin (RFC 6454); what cannot be read, or has credentials in it, is of none."""
    here = _origin(url)
    return here is not None and here == _origin(other)


def _origin(url: str) -> Origin | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return origin_of(parts.scheme, parts.netloc) if parts.scheme in DEFAULT_PORTS else None
