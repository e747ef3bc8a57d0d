"""Webhooks signed and verified, in the style of their vendor.

The law of this file: pure and total. For any bytes, ``verify`` says who and when, or raises a ``WebhookError``, and nothing else. A
signature is compared as the text that it has to be, in constant time, so that no second spelling of it counts; the time is the literal
header's, and is believed only after the signature was; a header that stands twice is read by nobody. Both sides may have several secrets.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import header_values
from tapehiss.contracts.errors import BadSignature, OutOfTime, Unsigned
from tapehiss.contracts.webhook_styles import STYLES, Style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.cassettes.exchange import Headers

SECRETS_MAX = 10
SIGNATURES_MAX = 20
ID_MAX = 256


@dataclass(frozen=True, slots=True)
class Keyring:
    """A style, and what is secret between the two sides: the newest secret first."""

    style: Style
    keys: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a good signature vouches for beside the body."""

    id: str = ""
    """The message's id, where that is signed."""
    unix_s: float | None = None
    """When it was signed; ``None`` in styles without a time."""


def keyring(style: str, secrets: Iterable[str]) -> Keyring:
    """The keys for a style by name; ``Misuse`` for an unknown style, no secret, or one that means no key."""
    found = STYLES.get(style)
    if found is None:
        raise Misuse(f"no style of signing is called {style!r}", "style", f"choose one of {', '.join(STYLES)}")
    given = tuple(secrets)
    if not 1 <= len(given) <= SECRETS_MAX:
        raise Misuse(f"{len(given)} secrets were given", "secrets", f"give 1 to {SECRETS_MAX}, the newest first")
    return Keyring(found, tuple(_key(found, number, secret) for number, secret in enumerate(given)))


def _key(style: Style, number: int, secret: str) -> bytes:
    try:
        key = style.key(secret)
    except ValueError:
        key = b""
    if not key:
        remedy = "copy it from the vendor's dashboard; one of Standard Webhooks is whsec_ and base64"
        raise Misuse(f"is no secret of the style {style.name}", f"secrets[{number}]", remedy)
    return key


def sign(ring: Keyring, message_id: str, unix_s: float, body: bytes) -> Headers:
    """The headers that sign a delivery of this body: with every secret where there is room for it, else with the newest."""
    style = ring.style
    if not (message_id.isascii() and message_id.isprintable() and " " not in message_id and len(message_id) <= ID_MAX):
        raise Misuse("a message id is of printable ASCII without spaces", "message_id", f"at most {ID_MAX} characters")
    time = style.time_text(unix_s) if style.timed else ""
    keys = ring.keys if style.rotates else ring.keys[:1]
    signatures = tuple(_signature(style, key, message_id, time, body) for key in keys)
    named = ((style.signed_id, message_id), (style.time, time), (style.signature, style.written(time, signatures)))
    return tuple(pair for pair in named if pair[0])


def verify(
    ring: Keyring, headers: Headers, body: bytes, now_unix_s: float, *, tolerance_s: float | None = None
) -> Stamp:
    """Who and when, if one of the signatures was made with one of our secrets, within the tolerance before and after now.

    Raises ``Unsigned``, ``BadSignature`` or ``OutOfTime``; ``tolerance_s`` is the style's unless given.
    """
    style = ring.style
    time, signatures = style.parts(_only(headers, style.signature))
    message = _only(headers, style.signed_id) if style.signed_id else ""
    time = _only(headers, style.time) if style.time else time
    at_s = style.instant(time)
    if style.timed and at_s is None:
        raise Unsigned("the time of signing cannot be read", style.time or style.signature, Unsigned.advice)
    made = [_signature(style, key, message, time, body).encode() for key in ring.keys]
    given = [each.encode() for each in signatures[:SIGNATURES_MAX]]
    # Every pair is compared: how long it takes does not depend on which of them agree.
    if sum(hmac.compare_digest(ours, theirs) for ours in made for theirs in given) == 0:
        raise BadSignature("no signature was made with a secret that we know", style.signature, BadSignature.advice)
    if at_s is not None:
        _in_time(at_s - now_unix_s, style.tolerance_s if tolerance_s is None else tolerance_s)
    return Stamp(message, at_s if style.timed else None)


def _only(headers: Headers, name: str) -> str:
    """The value of a header that stands once, in ASCII."""
    values = header_values(headers, name)
    if len(values) != 1:
        raise Unsigned("the header is missing" if not values else "the header stands twice", name, Unsigned.advice)
    if not values[0].isascii():
        raise Unsigned("the header cannot be read", name, Unsigned.advice)
    return values[0]


def _signature(style: Style, key: bytes, message: str, time: str, body: bytes) -> str:
    return style.spelt(hmac.new(key, style.signed(message, time, body), hashlib.sha256).digest())


def _in_time(ahead_s: float, tolerance_s: float) -> None:
    if abs(ahead_s) > tolerance_s:
        what = f"was signed {abs(ahead_s):.0f} s {'after' if ahead_s > 0 else 'before'} now"
        raise OutOfTime(f"{what}, and {tolerance_s:.0f} s are let pass", "", OutOfTime.advice)
