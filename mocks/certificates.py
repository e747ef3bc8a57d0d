"""Shell: HTTPS for a mock: an authority of its own, made once and kept in ``.tapehiss/``, and a certificate made anew at each start.

Whoever trusts ``mock-ca.pem`` trusts every mock that is started in that folder. Its private key lies beside it, readable by its owner only, and leaves the
folder as little as the project's key does. trustme (an extra: ``tapehiss[https]``) makes the certificates.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tapehiss.cassettes.errors import Misuse, Weather, missing_extra, remedy_for
from tapehiss.cassettes.origins import origin_of
from tapehiss.cassettes.projectkey import made_once

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trustme import CA

CERTIFICATE = "mock-ca.pem"
SECRET = "mock-ca-key.pem"  # noqa: S105 (a name)
VALID_DAYS = 90
"""Of a server's certificate; the authority is valid for longer (RFC 5280 has no bound, and nobody renews it)."""
ALWAYS = ("localhost", "127.0.0.1", "::1")
NAMES_MAX = 64


def certified(folder: Path, names: Iterable[str]) -> tuple[ssl.SSLContext, Path]:
    """A context that serves HTTPS under these hosts and on this machine, and the file that clients must trust.

    Raises ``Misuse`` if the extra is missing or the files are no authority, ``Weather`` if they cannot be read or written.
    """
    try:
        import trustme
    except ImportError:
        raise missing_extra("trustme", "https") from None
    certificate, secret = folder / ".tapehiss" / CERTIFICATE, folder / ".tapehiss" / SECRET
    try:
        kept = secret.read_bytes() if secret.exists() else made_once(secret, _made(trustme.CA))
        authority = trustme.CA.from_pem(kept, kept)
        if not certificate.exists() or certificate.read_bytes() != authority.cert_pem.bytes():
            certificate.write_bytes(authority.cert_pem.bytes())
    except OSError as error:
        place = str(error.filename or secret)
        raise Weather(f"the authority cannot be kept ({error.strerror})", place, remedy_for(error)) from error
    except ValueError:
        raise Misuse(
            "is no authority of ours", str(secret), "remove it: another one is made, to be trusted anew"
        ) from None
    until = datetime.now(UTC) + timedelta(days=VALID_DAYS)
    leaf = authority.issue_cert(*dict.fromkeys([*ALWAYS, *served_names(names)]), not_after=until)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    leaf.configure_cert(context)
    return context, certificate


def served_names(authorities: Iterable[str]) -> list[str]:
    """The hosts that a certificate can name, without their ports."""
    origins = [origin_of("https", each) for each in authorities]
    return [origin.host.strip("[]") for origin in origins if origin is not None][:NAMES_MAX]


def _made(kind: type[CA]) -> bytes:
    """A new authority: its key and its certificate."""
    authority = kind(organization_name="tapehiss", organization_unit_name="mock vendors")
    return authority.private_key_pem.bytes() + authority.cert_pem.bytes()


def advice(certificate: Path, url: str) -> tuple[tuple[str, str], ...]:
    """For each client: how it is told to trust the authority (tried with the versions in docs/serving.md)."""
    where = certificate.resolve()
    return (
        ("curl", f"curl --cacert {where} {url}/"),
        ("requests", f"export REQUESTS_CA_BUNDLE={where}"),
        ("httpx, openai, anthropic, urllib, Go, Ruby", f"export SSL_CERT_FILE={where}"),
        ("Node", f"export NODE_EXTRA_CA_CERTS={where}"),
    )
