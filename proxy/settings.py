"""What a person decides before a recording begins, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tapehiss.cassettes.origins import Address, Target
from tapehiss.proxy.selection import Selection

if TYPE_CHECKING:
    from tapehiss.cassettes.redaction import Rules

BODY_MAX_BYTES = 10 * 1024 * 1024
"""The largest body that is kept whole."""
BEGINNING_BYTES = 64 * 1024
"""How much is kept of a body that is larger."""
SPOOL_MAX_BYTES = 256 * 1024 * 1024
"""All bodies that are in flight together; beyond it only beginnings are kept."""
QUEUE_MAX_BYTES = 64 * 1024 * 1024
"""Finished exchanges that wait to be written; beyond it the traffic waits, and nothing is lost."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One recording: whose traffic, where it comes in, where it goes, and the limits."""

    to: Target | None = None
    """The vendor of reverse mode; ``None`` is regular mode: a forward proxy for many hosts."""
    listen: Address = field(default_factory=lambda: Address("127.0.0.1", 8080))
    into: Path = Path("cassettes")
    label: str = ""
    selection: Selection = field(default_factory=Selection)
    rules: Rules | None = None
    """``None``: the rules that ship with us."""
    key: bytes = field(default=b"", repr=False)
    """The project's pseudonym key (``cassettes.redaction.project_key``)."""
    known: tuple[str, ...] = field(default=(), repr=False)
    """Secrets that are known beforehand."""
    rewrite: bool = True
    """Whether the client is shown the recorder's URL where the vendor wrote its own (reverse mode)."""
    strict: bool = False
    """Whether a gap in the recording fails it."""
    sync: str = "group"
    """When written exchanges are made durable: a value of ``cassettes.writer.Sync``."""
    body_max_bytes: int = BODY_MAX_BYTES
    spool_max_bytes: int = SPOOL_MAX_BYTES
    queue_max_bytes: int = QUEUE_MAX_BYTES
    drain_max_s: float = 5.0
    """How long exchanges that are still open get to finish when the recording is stopped."""
    ca_folder: Path = Path("~/.mitmproxy")
    """Where the certificate authority of regular mode lives (mitmproxy's ``confdir``)."""
    upstream_ca: Path | None = None
    """A PEM file of authorities to trust beside the usual ones when talking to the vendor."""
    upstream_insecure: bool = False
    """Do not verify the vendor's certificate."""
