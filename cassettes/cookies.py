"""Cookies of the vendor, as a client must get them that talks to the recorder; RFC 6265, and RFC 6265bis for the name prefixes.

The law of this file: pure. A cookie that the vendor's client would keep is kept by the recorder's, comes back under the vendor's
name, and one that it would refuse (the domain of somebody else) is still refused.
"""

from __future__ import annotations

PREFIXES = (b"__host-", b"__secure-")
"""A cookie of such a name must be Secure, or it is dropped: over plain HTTP it needs another name."""
ALIAS = b"tapehiss"


def for_client(cookie: bytes, vendor_host: str, *, plain: bool) -> bytes:
    """One Set-Cookie value: no domain (the recorder's is meant); over plain HTTP nothing that demands TLS."""
    pair, *attributes = cookie.split(b";")
    if plain and pair.strip().lower().startswith(PREFIXES):
        pair = ALIAS + pair.lstrip()
    kept = [part for part in attributes if not _dropped(part, vendor_host, plain=plain)]
    return b";".join((pair, *kept))


def _dropped(attribute: bytes, vendor_host: str, *, plain: bool) -> bool:
    """``SameSite=None`` and ``Partitioned`` are refused without Secure, so they go with it."""
    name, _, value = (part.strip().lower() for part in attribute.partition(b"="))
    if name == b"domain":
        return _covers(value.lstrip(b".").decode("latin-1"), vendor_host)
    return plain and (name in {b"secure", b"partitioned"} or (name, value) == (b"samesite", b"none"))


def _covers(domain: str, host: str) -> bool:
    """RFC 6265 section 5.1.3: domain matching."""
    return host == domain or host.endswith(f".{domain}")


def vendors_names(cookies: bytes) -> bytes:
    """A Cookie value with the vendor's own names."""
    if ALIAS not in cookies:
        return cookies
    return b";".join(_vendors_name(pair) for pair in cookies.split(b";"))


def _vendors_name(pair: bytes) -> bytes:
    bare = pair.lstrip()
    if not bare.startswith(ALIAS) or not bare[len(ALIAS) :].lower().startswith(PREFIXES):
        return pair
    return pair[: len(pair) - len(bare)] + bare[len(ALIAS) :]
