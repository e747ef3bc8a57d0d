"""The certificate authority of regular mode: where it is, and how clients are told to trust it.

mitmproxy makes the authority on first use and keeps it in its ``confdir`` (docs.mitmproxy.org, "About certificates"). Its private
key never leaves that folder. Clients that want *one* file with every authority get a bundle: the usual authorities and ours, so that
hosts which do not pass through the recorder still work.
"""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tapehiss.cassettes.errors import Misuse, Weather

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER = Path("~/.mitmproxy")
CERTIFICATE = "mitmproxy-ca-cert.pem"
BUNDLE = "tapehiss-ca-bundle.pem"
BUNDLE_MAX_BYTES = 16 * 1024 * 1024
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----\s.+?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Authority:
    """The folder in which the authority lives."""

    folder: Path

    @property
    def certificate(self) -> Path:
        """Ours alone, in PEM."""
        return self.folder / CERTIFICATE

    @property
    def bundle(self) -> Path:
        """The usual authorities and ours, in PEM."""
        return self.folder / BUNDLE


@dataclass(frozen=True, slots=True)
class Advice:
    """How one client is told to use the recorder and to trust it."""

    client: str
    how: str
    """Lines of shell or code."""


def verified(pem: Path, where: str = "--upstream-ca") -> Path:
    """The file, if it holds authorities to trust; ``Misuse`` if not, before the first handshake fails for no visible reason."""
    try:
        pem.open("rb").close()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(pem)
    except ssl.SSLError:
        raise Misuse(
            f"{pem} holds no certificate in PEM", where, "convert it: openssl x509 -in FILE -out FILE.pem"
        ) from None
    except OSError as error:
        raise Misuse(f"{pem} cannot be read ({error.strerror})", where, "correct the path") from None
    return pem


def authority(folder: Path = FOLDER) -> Authority:
    """The authority in a folder (``~`` is understood)."""
    return Authority(folder.expanduser().absolute())


def bundled(texts: Iterable[str]) -> str:
    """Every certificate of some PEM texts, once."""
    found = {"".join(block.split()): block for text in texts for block in _PEM.findall(text)}
    return "\n".join((*found.values(), ""))


def write_bundle(ours: Authority, environ: Mapping[str, str]) -> Path:
    """Write the bundle anew, in one step: what the user's own variables or the system name, certifi's, and ours."""
    try:
        text = bundled([*map(_text, _usual(environ, ours)), ours.certificate.read_text("ascii")])
        unfinished = ours.bundle.with_suffix(f".{os.getpid()}")
        unfinished.write_text(text, "ascii")
        unfinished.replace(ours.bundle)
    except FileNotFoundError as error:
        raise Weather(
            "the certificate authority could not be made", str(error.filename), "give a --confdir that you may write"
        ) from None
    except OSError as error:
        raise Misuse(
            f"the bundle cannot be written: {error.strerror}", str(ours.bundle), "give a --confdir that you may write"
        ) from None
    return ours.bundle


def _usual(environ: Mapping[str, str], ours: Authority) -> list[Path]:
    """The files that clients trust without us."""
    named = [environ[name] for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if environ.get(name)]
    paths = ssl.get_default_verify_paths()
    system = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]
    files = [*named, paths.cafile or paths.openssl_cafile, *system, *_certifi()]
    return [path for name in dict.fromkeys(files) if (path := Path(name)).is_file() and path != ours.bundle]


def _certifi() -> list[str]:
    """Mozilla's list, if it is installed (mitmproxy and httpx bring it)."""
    try:
        import certifi
    except ImportError:
        return []
    return [certifi.where()]


def _text(path: Path) -> str:
    """A PEM file as text; what is not ASCII is comment."""
    if path.stat().st_size > BUNDLE_MAX_BYTES:
        return ""
    return path.read_text("ascii", errors="replace")


def advice(proxy: str, certificate: str, bundle: str) -> tuple[Advice, ...]:
    """For each client: what to set. Measured with the versions in docs/recording.md."""
    return (
        Advice("any of them", f"export HTTP_PROXY={proxy} HTTPS_PROXY={proxy} http_proxy={proxy} https_proxy={proxy}"),
        Advice("requests", f"export REQUESTS_CA_BUNDLE={bundle}"),
        Advice("httpx, openai, anthropic, urllib.request, Ruby, Go", f"export SSL_CERT_FILE={bundle}"),
        Advice("curl", f"curl --proxy {proxy} --cacert {certificate} ...   (or export CURL_CA_BUNDLE={bundle})"),
        Advice(
            "Node",
            f"export NODE_EXTRA_CA_CERTS={certificate} NODE_USE_ENV_PROXY=1   (the latter: Node 22.21, 24 and later; before: undici's EnvHttpProxyAgent)",
        ),
        Advice("aiohttp", f"aiohttp.ClientSession(trust_env=True), export SSL_CERT_FILE={bundle}"),
        Advice("boto3, AWS CLI", f"export AWS_CA_BUNDLE={bundle}"),
        Advice("stripe (Python)", f'stripe.ca_bundle_path = "{bundle}"'),
        Advice("urllib3", f'urllib3.ProxyManager("{proxy}", ca_certs="{bundle}")'),
        Advice("Java", _java(proxy, certificate)),
        Advice(
            "the whole system (Debian)",
            f"cp {certificate} /usr/local/share/ca-certificates/tapehiss.crt && update-ca-certificates",
        ),
    )


def _java(proxy: str, certificate: str) -> str:
    """Java wants a trust store of its own, and the proxy as two properties."""
    host, _, port = proxy.partition("://")[2].rpartition(":")
    return (
        f"keytool -importcert -noprompt -alias tapehiss -file {certificate} -keystore tapehiss.p12 -storetype PKCS12 -storepass changeit; "
        f"java -Dhttps.proxyHost={host} -Dhttps.proxyPort={port} -Djavax.net.ssl.trustStore=tapehiss.p12 -Djavax.net.ssl.trustStorePassword=changeit ..."
    )


def printed(proxy: str, ours: Authority) -> str:
    """The advice as text, two lines for each client."""
    lines = [f"  {one.client}:\n    {one.how}" for one in advice(proxy, str(ours.certificate), str(ours.bundle))]
    return "\n".join(lines)
