"""Who may steer a mock: the rule for every request to the control plane, as a pure function of its headers.

With a token, whoever shows it. Without one (on loopback only), any program on this machine, but no page of another site that happens to be open in
a browser here: not by a request across sites (Fetch Metadata, www.w3.org/TR/fetch-metadata), and not by a name of its own that resolves to this
machine (DNS rebinding).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import header

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Headers

UNAUTHORIZED = 401
CHALLENGE = 'Bearer realm="tapehiss", Basic realm="tapehiss (any name, the token as password)", charset="UTF-8"'
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = re.compile(r"[\w-]*|(?:[\w-]+\.)+(?:localhost|internal|test)", re.ASCII)
"""Names that nobody else can make lead here: without a dot, or below what is reserved for private use (RFC 6761, ICANN's ``internal``)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why somebody may not steer."""

    status: int
    detail: str

    @property
    def title(self) -> str:
        """The status in words."""
        return "Unauthorized" if self.status == UNAUTHORIZED else "Forbidden"


@dataclass(frozen=True, slots=True)
class Access:
    """The way to the control plane."""

    token: str | None = field(default=None, repr=False)

    def refusal(self, method: str, headers: Headers) -> Refused | None:
        """Why this request may not pass, if it may not."""
        if self.token is not None and not shows(header(headers, "authorization") or "", self.token):
            return Refused(UNAUTHORIZED, "the control plane of this mock needs its token: Authorization: Bearer TOKEN")
        if method not in SAFE and header(headers, "sec-fetch-site") == "cross-site":
            return Refused(403, "a page of another site may not steer this mock")
        host = header(headers, "host") or ""
        if self.token is None and not nearby(host):
            return Refused(403, "call the mock by its address or as localhost, or start it with --token")
        return None


def shows(authorization: str, token: str) -> bool:
    """Whether the header has the token: as Bearer (RFC 6750), or as the password of Basic (RFC 7617), which browsers can ask for."""
    scheme, _, value = authorization.partition(" ")
    given = value.strip().encode("utf-8", "surrogateescape")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given, token.encode("utf-8", "surrogateescape"))


def nearby(host_header: str) -> bool:
    """Whether a Host header is an address, or a name that only this machine or its network gives to something."""
    host = re.sub(r":\d*\Z", "", host_header).lower()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return OURS.fullmatch(host.rstrip(".")) is not None
    return True
