"""Content-Security-Policy of the vendor, for a page that comes from the recorder (CSP Level 3).

The law of this file: pure; nothing that was allowed at the vendor is forbidden here, and nothing demands TLS of a recorder that has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tapehiss.cassettes.origins import Origin

_UPGRADES = frozenset({b"upgrade-insecure-requests", b"block-all-mixed-content"})


def for_client(policy: bytes, vendor: Origin, here: Origin) -> bytes:
    """A policy in which whatever names the vendor's host names the recorder, too."""
    directives = [directive.split() for directive in policy.split(b";")]
    kept = [words for words in directives if words and not (here.scheme == "http" and words[0].lower() in _UPGRADES)]
    return b"; ".join(b" ".join((words[0], *_sources(words[1:], vendor, here))) for words in kept)


def _sources(words: list[bytes], vendor: Origin, here: Origin) -> list[bytes]:
    """The host sources of one directive, and the recorder where the vendor is among them."""
    ours = str(here).encode("ascii")
    if ours in words or not any(_names(word.lower(), vendor) for word in words):
        return words
    return [*words, ours]


def _names(source: bytes, vendor: Origin) -> bool:
    """Whether a source expression covers the vendor: its host, a wildcard over it, or its whole scheme."""
    scheme, separator, rest = source.rpartition(b"://")
    if source == f"{vendor.scheme}:".encode("ascii"):
        return True
    if separator and scheme != vendor.scheme.encode("ascii"):
        return False
    host = rest.partition(b"/")[0].decode("latin-1")
    host = host.removesuffix(f":{vendor.port}").removesuffix(":*")
    return host == vendor.host or (host.startswith("*.") and vendor.host.endswith(host[1:]))
