"""Credentials in header values: which piece of the value is the secret, and which is only its wrapping.

The law of this file: names of cookies, attributes, schemes, realms and signed headers stay; whatever is not known to be harmless is a
secret (RFC 9110 section 11, RFC 6265, RFC 7616, RFC 5849, AWS Signature Version 4).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAIR = re.compile(r"(?<![^\s=;,])([^\s=;,]++)\s*+=\s*+(\"[^\"]*\"?|[^;]*)", re.ASCII)
_COOKIE_SET = re.compile(r"(?:\A|[,\n])\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(\"[^\"]*\"?|[^;,\n]*)", re.ASCII)
_SCHEME = re.compile(r"\s*([A-Za-z][\w.-]{1,30})(?:\s+|:\s*)(?=\S)", re.ASCII)
_PARAMETER = re.compile(
    r"(?<![\w.-])([\w.-]++)\s*+=(?!=)\s*(?:\"([^\"]*)\"|([^\s,;\"]+))(?=\s*(?:[,;\s]|\Z))", re.ASCII
)
_WORD = re.compile(r"<[^<>]*>|[^\s,;\"]+", re.ASCII)  # latin-1: half of a UTF-8 letter is no space
_HARMLESS = frozenset(
    {
        "realm", "algorithm", "qop", "nc", "uri", "charset", "stale", "userhash", "signedheaders", "headers",
        "keyid", "created", "expires", "oauth_version", "version", "oauth_signature_method", "oauth_timestamp",
        "timestamp", "ts", "t", "ver", "typ", "type", "error", "error_description", "scope", "domain",
        "service", "region", "method", "ext", "oauth_callback", "client_version", "device", "deviceid",
        "devicename", "client", "app",
    },
)  # fmt: skip
_CREDENTIAL_SCOPE = re.compile(r"/\d{8}/")
_SIGNATURE = re.compile(r"(?:(?<=[=,;\s])|\A)([0-9A-Za-z+/_-]{16,}={0,2})")


def cookie_secrets(value: str) -> Iterator[tuple[int, int]]:
    """The values in a Cookie header."""
    for match in _PAIR.finditer(value):
        yield _bare(value, *match.span(2))


def set_cookie_secrets(value: str) -> Iterator[tuple[int, int]]:
    """The value in a Set-Cookie header, never its attributes; several where somebody folded headers into one."""
    for match in _COOKIE_SET.finditer(value):
        yield _bare(value, *match.span(2))


def _bare(value: str, start: int, end: int) -> tuple[int, int]:
    text = value[start:end]
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return (start + 1, end - 1) if quoted else (start, start + len(text.rstrip(" \t\r\n")))


def authorization_secrets(value: str) -> Iterator[tuple[int, int]]:
    """The credentials behind the scheme: one word, or parameters of which the harmless stay."""
    scheme = _SCHEME.match(value)
    start = scheme.end() if scheme else 0
    parameters = list(_PARAMETER.finditer(value, start))
    if not parameters or parameters[0].start() > start:
        yield from (match.span() for match in _WORD.finditer(value, start))
        return
    for match in parameters:
        if match[1].lower() not in _HARMLESS:
            first, last = match.span(2) if match[2] is not None else match.span(3)
            scope = _CREDENTIAL_SCOPE.search(value, first, last)
            yield first, scope.start() if scope else last


def challenge_secrets(value: str) -> Iterator[tuple[int, int]]:
    """What a server says in the middle of a handshake (NTLM, Negotiate)."""
    for match in re.finditer(r"(?:NTLM|Negotiate|Kerberos)\s+([0-9A-Za-z+/=]{16,})", value, re.IGNORECASE):
        yield match.span(1)


def signature_secrets(value: str) -> Iterator[tuple[int, int]]:
    """The digests in a signature header (``t=1,v1=...``, ``sha256=...``), or all of it."""
    spans = [match.span(1) for match in _SIGNATURE.finditer(value)]
    yield from spans or [(0, len(value))]


_SPOKEN = re.compile(r"(?:[\w.-]*(?:key|token|k8s\.io)\.)?([^\s,\"]+)", re.ASCII)


def _spoken(value: str) -> Iterator[tuple[int, int]]:
    """Subprotocols of a WebSocket: browsers can send a token in no other header (``bearer, x``, ``api-key.x``)."""
    return (match.span(1) for match in _SPOKEN.finditer(value))


_BY_NAME = {
    "cookie": cookie_secrets,
    "cookie2": cookie_secrets,
    "set-cookie": set_cookie_secrets,
    "set-cookie2": set_cookie_secrets,
    "sec-websocket-protocol": _spoken,
    "www-authenticate": challenge_secrets,
    "proxy-authenticate": challenge_secrets,
    "authentication-info": challenge_secrets,
}
_SIMPLE_SCHEME = re.compile(r"(?:Bearer|Basic|Token|Bot|ApiKey|Api-Key|Key|JWT|GenieKey)\s+(?=\S)", re.IGNORECASE)


def secrets_in(name: str, value: str) -> Iterator[tuple[int, int]]:
    """The secret pieces of the value of a header whose name smells."""
    known = _BY_NAME.get(name)
    if known:
        return known(value)
    if "signature" in name or "hmac" in name:
        return signature_secrets(value)
    if name.endswith(("authorization", "-auth", "authentication")):
        return authorization_secrets(value)
    scheme = _SIMPLE_SCHEME.match(value)
    return iter(((scheme.end() if scheme else 0, len(value)),))
