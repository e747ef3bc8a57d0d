"""JSON Web Tokens on a tape: re-issued, not blotted out (RFC 7519).

The law of this file: a re-issued token has the same length and parses to the same shape; who issued it, for whom and with what scope
stays, every other text in its claims becomes a pseudonym, it expires in the year 2100, and it is signed with a key that everybody
knows. Re-issuing a re-issued token changes nothing: that is how one is recognised.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

from tapehiss.cassettes.encodings import in_json
from tapehiss.cassettes.pseudonyms import pseudonym

if TYPE_CHECKING:
    from collections.abc import Callable

    StandIn = Callable[[bytes], bytes]

SIGNING_KEY = b"tapehiss: everybody may sign with this key"
"""The HMAC key of re-issued tokens: a mock can sign more of them, a client under test can check them."""

TOKEN = re.compile(
    rb"eyJ[A-Za-z0-9_-]{8,16384}+\.[A-Za-z0-9_-]*+\.[A-Za-z0-9_-]*+(?:\.[A-Za-z0-9_-]*+\.[A-Za-z0-9_-]*+)?"
)
"""What may be a token in its compact form: signed (three parts) or encrypted (five). Bounded, for it is tried wherever ``eyJ`` stands."""

_FAR_OUT = {10: b"4102444800", 13: b"4102444800000"}
"""2100-01-01 in seconds and in milliseconds, by number of digits."""

_KEPT_CLAIMS = frozenset(
    b"iss aud azp scope scp scopes typ token_use token_type ver version alg enc zip cty kid jku x5t x5u b64 crit amr acr roles role "
    b"permissions groups locale zoneinfo events grant_type gty client_id".split(),
)
_STRING = rb'"((?:[^"\\]|\\.)*)"'
_CLAIM = re.compile(_STRING + rb"(\s*:\s*)?|([{}\[\]])", re.DOTALL)
_EXPIRY = re.compile(rb'("exp"\s*:\s*)(\d{10}|\d{13})(?=\s*[,}])')
_HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def decoded(part: bytes) -> bytes:
    """The bytes of one part; raises ``ValueError`` when it is no base64url."""
    return urlsafe_b64decode(part + b"=" * (-len(part) % 4))


def encoded(content: bytes) -> bytes:
    """One part, without padding."""
    return urlsafe_b64encode(content).rstrip(b"=")


def is_token(text: bytes) -> bool:
    """Whether the text is a token: its header says which algorithm made it."""
    match = TOKEN.fullmatch(text)
    return match is not None and "alg" in _header(text)


def _header(token: bytes) -> dict[str, object]:
    try:
        header = json.loads(decoded(token.partition(b".")[0]))
    except ValueError:
        return {}
    return header if isinstance(header, dict) else {}


def reissued(token: bytes, stand_in: StandIn, without_known: StandIn = bytes) -> bytes:
    """The token with its claims replaced by ``stand_in`` and a signature of ours; an encrypted one keeps its header alone.

    Claims that stay (who issued it, for whom) go through ``without_known``: a secret that is known stays nowhere.
    """
    parts = token.split(b".")
    if len(parts) == 5:
        return b".".join([parts[0], *map(stand_in, parts[1:])])
    head, payload = (_part(part, stand_in, without_known) for part in parts[:2])
    return b".".join([head, payload, _signature(head + b"." + payload, _header(token), parts[2])])


def is_reissued(token: bytes) -> bool:
    """Whether a token is one of ours."""
    return is_token(token) and reissued(token, _as_it_is) == token


def _as_it_is(value: bytes) -> bytes:
    """A pseudonym, or whatever else under a key that does not matter: only a pseudonym stays."""
    return pseudonym(b"any", value)


def _part(part: bytes, stand_in: StandIn, without_known: StandIn) -> bytes:
    try:
        content = decoded(part)
        json.loads(content)
    except ValueError:
        return stand_in(part)
    return encoded(_claims(content, stand_in, without_known))


def _claims(content: bytes, stand_in: StandIn, without_known: StandIn) -> bytes:
    """JSON text with its strings replaced in place; names stay."""
    made, at, depth, kept_depth = [], 0, 0, 0
    name = b""
    for match in _CLAIM.finditer(content):
        text, colon, mark = match.groups()
        if text is not None and colon is not None:
            name = text if not kept_depth else name
        elif text is not None:
            stays = kept_depth or name in _KEPT_CLAIMS
            made += [content[at : match.start(1)], in_json(text, without_known if stays else stand_in)]
            at = match.end(1)
        elif mark in {b"{", b"["}:
            depth += 1
            kept_depth = kept_depth or (depth if name in _KEPT_CLAIMS else 0)
        else:
            kept_depth = 0 if depth == kept_depth else kept_depth
            depth -= 1
    return _EXPIRY.sub(_expires_far_out, b"".join([*made, content[at:]]))


def _expires_far_out(match: re.Match[bytes]) -> bytes:
    return match[1] + _FAR_OUT[len(match[2])]


def _signature(signed: bytes, header: dict[str, object], old: bytes) -> bytes:
    """As long as the old one: the real HMAC where the algorithm is one, else bytes that only look like a signature."""
    size = len(old) * 3 // 4
    digest = _HASHES.get(str(header.get("alg")))
    made = hmac.new(SIGNING_KEY, signed, digest).digest() if digest else b""
    if len(made) != size:
        made = hashlib.shake_256(SIGNING_KEY + signed).digest(size)
    return encoded(made).ljust(len(old), b"A")[: len(old)]
