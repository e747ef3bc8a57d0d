"""Certificates for HTTPS on loopback, of an authority that nobody else trusts."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import trustme

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Authority:
    """A certificate authority of our own, and a vendor's certificate from it."""

    pem: Path
    issued: trustme.LeafCert

    def server(self) -> ssl.SSLContext:
        """For a vendor at localhost and 127.0.0.1."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.issued.configure_cert(context)
        return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One for all tests: keys take time."""
    ours = trustme.CA()
    pem = tmp_path_factory.mktemp("authority") / "ca.pem"
    ours.cert_pem.write_to_path(str(pem))
    return Authority(pem, ours.issue_cert("localhost", "127.0.0.1"))
