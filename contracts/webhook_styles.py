"""How vendors sign their webhooks: one record for each style, with the page that says so.

The law of this file: data and functions of one line. What all styles have in common (keys, comparing, tolerance) is in ``webhook_signatures``.
A *place* is where something is told: a JSON Pointer into the body if it begins with a slash, else the name of a header; empty if nowhere.
"""

from __future__ import annotations

import base64
import math
import re
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING

from tapehiss.contracts.quota_values import dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TOLERANCE_S = 300.0
"""What Standard Webhooks, Stripe and Slack recommend."""
_EPOCH = re.compile(r"[0-9]{1,12}", re.ASCII)
_DATES = frozenset({"rfc3339", "http-date"})


def _utf_8(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")


def _whsec(secret: str) -> bytes:
    """``whsec_`` and base64, its padding or not; ``ValueError`` otherwise."""
    text = secret.removeprefix("whsec_").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise ValueError("not base64") from error


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _epoch(text: str) -> float | None:
    return float(text) if _EPOCH.fullmatch(text) else None


def _epoch_text(unix_s: float) -> str:
    return str(math.floor(unix_s))


def _date(text: str) -> float | None:
    """HTTP date, RFC 3339 or seconds: each was seen from Klaviyo's customers."""
    if _EPOCH.fullmatch(text):
        return float(text)
    form, at_s = dialect(text, 0.0)
    return at_s if form in _DATES else None


def _bare(value: str) -> tuple[str, tuple[str, ...]]:
    return "", (value,)


def _after(prefix: str) -> Callable[[str], tuple[str, tuple[str, ...]]]:
    return lambda value: ("", (value.removeprefix(prefix),) if value.startswith(prefix) else ())


def _stripe_parts(value: str) -> tuple[str, tuple[str, ...]]:
    """``t=...,v1=...,v1=...,v0=...``: other schemes than v1 count for nothing, two times for no time."""
    pairs = [part.partition("=") for part in value.split(",")]
    times = [text for name, _, text in pairs if name == "t"]
    return times[0] if len(times) == 1 else "", tuple(text for name, _, text in pairs if name == "v1")


def _standard_parts(value: str) -> tuple[str, tuple[str, ...]]:
    """``v1,... v1,... v1a,...``: an entry that cannot be read, or of another version, counts for nothing."""
    return "", tuple(entry[3:] for entry in value.split(" ") if entry.startswith("v1,"))


@dataclass(frozen=True, slots=True)
class Style:
    """One way of signing, and where the vendors who use it say what happened."""

    name: str
    source: str
    """The vendor's page."""
    signature: str
    """The header with the signatures."""
    parts: Callable[[str], tuple[str, tuple[str, ...]]]
    """Its value taken apart: the time, if it stands there, and the signatures."""
    written: Callable[[str, tuple[str, ...]], str]
    """Time and signatures as its value."""
    signed: Callable[[str, str, bytes], bytes]
    """What is signed, of message id, time and body."""
    spelt: Callable[[bytes], str] = bytes.hex
    """How a digest is written."""
    key: Callable[[str], bytes] = _utf_8
    """The key that a secret means; ``ValueError`` if it means none."""
    signed_id: str = ""
    """The header with the message id, where that is signed."""
    time: str = ""
    """The header with the time, where there is one."""
    timed: bool = True
    """Whether a time is signed at all: without one, nobody can tell a delivery of today from a copy of last year's."""
    instant: Callable[[str], float | None] = _epoch
    time_text: Callable[[float], str] = _epoch_text
    tolerance_s: float = TOLERANCE_S
    rotates: bool = False
    """Whether several signatures have room, so that a vendor can sign with an old and a new secret at once."""
    each: str = ""
    """The place of a list, where one delivery brings several events."""
    id: str = "/id"
    """The place of an event's id, of its type, and of the version of its form; within each item of a list, but for the version."""
    type: str = "/type"
    version: str = ""
    agree: tuple[str, str] = ("", "")
    """Two places that have to say the same."""
    challenge: str = ""
    """The place of a text that an endpoint sends back to show that it is meant to get webhooks."""


def _standard(name: str, prefix: str, source: str) -> Style:
    return Style(
        name,
        source,
        f"{prefix}-signature",
        _standard_parts,
        lambda _, signatures: " ".join(f"v1,{each}" for each in signatures),
        lambda message, time, body: f"{message}.{time}.".encode() + body,
        _base64,
        _whsec,
        f"{prefix}-id",
        f"{prefix}-timestamp",
        rotates=True,
        id=f"{prefix}-id",
    )


_ALL = (
    _standard(
        "standard",
        "webhook",
        "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    ),
    _standard("svix", "svix", "https://docs.svix.com/receiving/verifying-payloads/how-manual"),
    Style(
        "stripe",
        "https://docs.stripe.com/webhooks#verify-manually",
        "Stripe-Signature",
        _stripe_parts,
        lambda time, signatures: ",".join([f"t={time}", *(f"v1={each}" for each in signatures)]),
        lambda _, time, body: f"{time}.".encode() + body,
        rotates=True,
        version="/api_version",
    ),
    Style(
        "github",
        "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
        "X-Hub-Signature-256",
        _after("sha256="),
        lambda _, signatures: f"sha256={signatures[0]}",
        lambda _, __, body: body,
        timed=False,
        id="X-GitHub-Delivery",
        type="X-GitHub-Event",
    ),
    Style(
        "slack",
        "https://docs.slack.dev/authentication/verifying-requests-from-slack",
        "X-Slack-Signature",
        _after("v0="),
        lambda _, signatures: f"v0={signatures[0]}",
        lambda _, time, body: f"v0:{time}:".encode() + body,
        time="X-Slack-Request-Timestamp",
        id="/event_id",
        type="/event/type",
        challenge="/challenge",
    ),
    # No window is documented, and a header was seen that is five hours ahead of the body's own time: half a day is let pass.
    Style(
        "klaviyo",
        "https://developers.klaviyo.com/en/docs/working_with_system_webhooks",
        "Klaviyo-Signature",
        _bare,
        lambda _, signatures: signatures[0],
        lambda _, time, body: body + time.encode(),
        time="Klaviyo-Timestamp",
        instant=_date,
        time_text=lambda unix_s: formatdate(math.floor(unix_s), usegmt=True),
        tolerance_s=43_200.0,
        each="/data",
        id="/external_id",
        type="/topic",
        version="/meta/version",
        agree=("Klaviyo-Webhook-Id", "/meta/klaviyo_webhook_id"),
    ),
    Style(
        "shopify",
        "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
        "X-Shopify-Hmac-SHA256",
        _bare,
        lambda _, signatures: signatures[0],
        lambda _, __, body: body,
        _base64,
        timed=False,
        id="X-Shopify-Event-Id",
        type="X-Shopify-Topic",
        version="X-Shopify-API-Version",
    ),
)
STYLES: Mapping[str, Style] = {each.name: each for each in _ALL}
"""By name."""
