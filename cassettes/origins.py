"""Origins (RFC 6454): who is meant by a URL, the vendor or the recorder; and what a person may write for either.

The law of this file: pure. Text in, values out; a text that cannot be meant raises ``Misuse`` with the remedy.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from tapehiss.cassettes.errors import Misuse

DEFAULT_PORTS = {"http": 80, "https": 443}
HOST_MAX_CHARS = 255
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port; ``host`` is lower-case ASCII, an IPv6 address in brackets."""

    scheme: str
    host: str
    port: int

    @property
    def default_port(self) -> bool:
        """Whether the port goes without saying."""
        return DEFAULT_PORTS.get(self.scheme) == self.port

    @property
    def authority(self) -> str:
        """``host`` or ``host:port``, as in a Host header (RFC 9110 section 7.2)."""
        return self.host if self.default_port else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        """The origin as the beginning of a URL."""
        return f"{self.scheme}://{self.authority}"


@dataclass(frozen=True, slots=True)
class Target:
    """What is recorded in reverse mode: an origin, and the base path that clients are to put behind the recorder's own."""

    origin: Origin
    base_path: str = ""
    """Empty, or begins with a slash and does not end with one."""

    def __str__(self) -> str:
        """The URL as given, without a slash at its end."""
        return f"{self.origin}{self.base_path}"


@dataclass(frozen=True, slots=True)
class Address:
    """A place to listen on; port 0 lets the system choose."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3)."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def origin(self, port: int) -> Origin:
        """How a client on this machine reaches it once the port is known."""
        wildcard = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 (recognised, not bound)
        host = wildcard.get(self.host, f"[{self.host}]" if ":" in self.host else self.host)
        return Origin("http", host.lower(), port)


def target(text: str, where: str = "--to") -> Target:
    """What ``--to`` means; the base path is kept (``https://api.vendor.example/v2`` is reached as ``http://127.0.0.1:8080/v2``)."""
    example = "write it like https://api.vendor.example"
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise Misuse(f"{text!r} is not a URL ({error})", where, example) from None
    if "://" not in text:
        local = text.strip().startswith(("localhost", "127.", "[::1]"))
        likely = f"{'http' if local else 'https'}://{text.strip() or 'api.vendor.example'}"
        raise Misuse(f"{text!r} has no scheme", where, f"write {likely}")
    if parts.scheme not in DEFAULT_PORTS:
        raise Misuse(
            f"{text!r}: the scheme {parts.scheme!r} cannot be recorded", where, "give an http:// or https:// URL"
        )
    if parts.username is not None:
        raise Misuse("a URL with a user name or password in it", where, "let the client send its own credentials")
    if parts.query or parts.fragment:
        raise Misuse(f"{text!r} has a query or a fragment", where, f"write {parts.scheme}://{parts.netloc}{parts.path}")
    host = _host(parts.hostname or "", text, where, example)
    return Target(Origin(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme]), parts.path.rstrip("/"))


def _host(name: str, text: str, where: str, example: str) -> str:
    """The host of a URL in its wire form (IDNA for other scripts)."""
    try:
        host = f"[{name}]" if ":" in name else name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        host = ""
    if not host or len(host) > HOST_MAX_CHARS or not _AUTHORITY.fullmatch(host):
        raise Misuse(f"{text!r} has no usable host", where, example)
    return host


def origin_of(scheme: str, authority: str) -> Origin | None:
    """The origin that a Host header names, or ``None`` when it is not one that could be written into a body."""
    found = _AUTHORITY.fullmatch(authority) if len(authority) <= HOST_MAX_CHARS else None
    if found is None:
        return None
    return Origin(scheme, found["host"].lower(), int(found["port"] or DEFAULT_PORTS[scheme]))


def address(text: str, where: str = "--listen") -> Address:
    """What ``--listen`` means: ``host:port``, ``:port``, ``port`` or ``[v6]:port``."""
    host, _, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise Misuse(
            f"{text!r} is no address to listen on", where, "write it like 127.0.0.1:8080 (port 0: any free port)"
        )
    return Address(host.strip("[]") or "127.0.0.1", int(port))
