"""How requests prove who they are: credentials are recognised by where they stand, never kept.

A credential is written as one word: ``header:authorization:bearer``, ``header:x-api-key:key``, ``query:sig:signature``,
``cookie:session:key``, ``body:login_token:key``; all credentials of a request together, joined by ``+``, are its *proof*, ``none``
where there is none. Names say what is a credential (``tapehiss.cassettes.secretnames``); a word of which the name says too little ends
in ``?`` and counts only where most requests to that origin have it. Schemes: RFC 9110 section 11, RFC 6750, RFC 7617, RFC 5849,
AWS Signature Version 4, RFC 9421.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

from tapehiss.cassettes.secretnames import Names, Place, Strength, solid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.cassettes.exchange import Headers

CREDENTIALS_MAX = 6
"""How many credentials of one request are told apart."""
NONE = "none"

_NAMES = Names()
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9_.-]{0,40})[ \t]+\S")
_MINTED = re.compile(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[\w.~+/=:|!-]{12,}\Z")
_SIGNED = re.compile(r"sig|hmac|digest")
_SIGNATURES = re.compile(
    r"aws4-.*|aws|.*signature.*|.*hmac.*|digest|hawk|mac|acs[0-9]*-.*|tc3-.*|sdk-.*|ntlm|negotiate"
)
_NOT_PROOF = re.compile(
    r".*(?:csrf|xsrf|forgery|passwordconfirm|newpassword|cardnumber|websocket|webhook|expected).*|.*(?:otp|cvc|cvv)"
    r"|(?:device|push|fcm|apns)token"
)
_SESSION = re.compile(r"(?:auth|session|login|api)?sid|accesskeyid")
"""Ids that are no secrets by themselves and stand where credentials do."""
_MANIFOLD = frozenset({"key", "code", "session", "pin", "ticket"})
"""Names of body members that mean too many other things."""
_COOKIE = re.compile(r"sess|sid\Z|auth|token|login|jwt|remember|user", re.IGNORECASE)
_PAIR = re.compile(r"(?:\A|;)\s*([^=;\s]{1,100})=")
_PARAMETER = re.compile(r"(?:\A|[&;])([^=&;]{1,100})=([^&;]?)")
_IDENTITY = re.compile(r"(?:.*-)?auth-(?:email|user|id|name)\Z")


def proof(headers: Headers, query: str, members: Iterable[str] = ()) -> str:
    """The credentials of a request with these headers, this raw query string and these names of body members, as one word."""
    found = dict.fromkeys([*_in_headers(headers), *_in_query(query), *_in_body(members)])
    return "+".join(sorted(found)[:CREDENTIALS_MAX]) or NONE


def challenges(headers: Headers) -> list[str]:
    """The schemes that an answer asks for (``WWW-Authenticate``), in lower case."""
    told = [value for name, value in headers if name.lower() == "www-authenticate"]
    return sorted(
        {
            match[1].lower()
            for value in told
            for match in re.finditer(r"(?:\A|,)\s*([A-Za-z][\w-]{0,40})(?=\s|,|\Z)", value)
        }
    )


def _in_headers(headers: Headers) -> Iterator[str]:
    for name, value in headers:
        kind = credential_kind(name)
        if kind == "scheme":
            yield f"header:{name.lower()}:{scheme(value)}"
        elif kind == "cookie":
            yield from (f"cookie:{_escaped(each)}:key?" for each in _PAIR.findall(value)[:50] if _COOKIE.search(each))
        elif kind:
            yield f"header:{_escaped(name.lower())}:{kind}"


@lru_cache(maxsize=4_096)
def credential_kind(name: str) -> str:
    """What kind of credential a header of this name holds; empty for none."""
    name = name.lower()
    if name in {"authorization", "proxy-authorization"}:
        return "scheme" if name == "authorization" else ""
    if name == "cookie":
        return "cookie"
    if _IDENTITY.fullmatch(name):
        return "key"
    bare = solid(name)
    if _NAMES.header_strength(name) is Strength.NONE or _NOT_PROOF.fullmatch(bare):
        return ""
    return "signature" if _SIGNED.search(bare) else "key"


def scheme(value: str) -> str:
    """The scheme of an ``Authorization`` header; ``raw`` for a bare key, ``unknown`` for a value that somebody blotted out."""
    match = _SCHEME.match(value)
    if match is None:
        return "raw" if _MINTED.match(value.strip()) else "unknown"
    word = match[1].lower()
    if "oauth_consumer_key" in value or "oauth_signature" in value:
        return "oauth1"
    return _escaped(word) if len(word) < 32 or _SIGNATURES.fullmatch(word) else "raw"


def _in_query(query: str) -> Iterator[str]:
    for name, start in _PARAMETER.findall(query) if query else ():
        kind = _parameter_kind(name)
        if kind and start:
            yield f"query:{_escaped(unquote_plus(name))}:{kind}"


def _in_body(members: Iterable[str]) -> Iterator[str]:
    for name in members:
        kind = _parameter_kind(name)
        if kind and solid(name) not in _MANIFOLD:
            yield f"body:{_escaped(name)}:{kind.rstrip('?')}?"


@lru_cache(maxsize=4_096)
def _parameter_kind(name: str) -> str:
    """What kind of credential a parameter of this name (as it is written in a URL) holds; empty for none."""
    bare = solid(unquote_plus(name))
    strength = _NAMES.strength(unquote_plus(name), Place.QUERY)
    if _SESSION.fullmatch(bare):
        return "key?"
    if strength is Strength.NONE or _NOT_PROOF.fullmatch(bare):
        return ""
    kind = "signature" if _SIGNED.search(bare) else "key"
    return kind if strength is Strength.STRONG and kind == "key" else f"{kind}?"


@lru_cache(maxsize=4_096)
def _escaped(name: str) -> str:
    return quote(name, safe="[]$@!~*'()")
