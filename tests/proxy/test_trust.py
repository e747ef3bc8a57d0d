"""The certificate authority of regular mode, and the files that make clients trust it."""

from __future__ import annotations

import ssl
import sys
from typing import TYPE_CHECKING

import pytest
import trustme

from tapehiss.cassettes.errors import Misuse, Weather
from tapehiss.proxy.trust import Authority, advice, authority, bundled, printed, write_bundle

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    """An authority that has been made already."""
    made = authority(tmp_path)
    trustme.CA().cert_pem.write_to_path(str(made.certificate))
    return made


def pem() -> str:
    """A certificate authority of somebody else's."""
    return trustme.CA().cert_pem.bytes().decode()


def test_a_bundle_has_every_certificate_once() -> None:
    """However the texts are wrapped, and whatever stands between the certificates."""
    first, second = pem(), pem()
    text = bundled(["# comment\n" + first, second + first.replace("\n", "\r\n"), "no certificate"])
    assert text.count("BEGIN CERTIFICATE") == 2
    assert bundled([text]) == text


def test_the_bundle_trusts_us_and_everybody_that_was_trusted_before(ours: Authority, tmp_path: Path) -> None:
    """The user's own file and the public authorities stay trusted; OpenSSL reads the result."""
    theirs = tmp_path / "company.pem"
    theirs.write_text(pem())
    before = ssl.create_default_context().cert_store_stats()["x509_ca"]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(write_bundle(ours, {"REQUESTS_CA_BUNDLE": str(theirs)}))
    assert context.cert_store_stats()["x509_ca"] >= before + 2


def test_writing_the_bundle_again_changes_nothing(ours: Authority) -> None:
    """Not even when the variables point at the bundle itself, as they do inside a recorded command."""
    text = write_bundle(ours, {}).read_text()
    assert write_bundle(ours, {"SSL_CERT_FILE": str(ours.bundle)}).read_text() == text
    assert sorted(path.name for path in ours.folder.iterdir()) == [ours.certificate.name, ours.bundle.name]


def test_an_authority_that_was_replaced_is_no_longer_trusted(ours: Authority) -> None:
    """The old bundle is not a source of the new one."""
    before = ours.certificate.read_text()
    write_bundle(ours, {})
    ours.certificate.write_text(pem())
    assert before not in write_bundle(ours, {"SSL_CERT_FILE": str(ours.bundle)}).read_text()


def test_a_file_that_cannot_be_a_list_of_authorities_is_passed_over(ours: Authority, tmp_path: Path) -> None:
    """A variable that points at something huge, or at nothing, does not stop the recording."""
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.write(pem().encode())
        file.truncate(64 * 1024 * 1024)
    text = write_bundle(ours, {}).read_text()
    assert write_bundle(ours, {"SSL_CERT_FILE": str(huge), "CURL_CA_BUNDLE": "/nowhere"}).read_text() == text


def test_certifi_is_not_needed(ours: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the system's authorities and ours are what there is."""
    monkeypatch.setitem(sys.modules, "certifi", None)
    assert write_bundle(ours, {}).read_text().endswith(ours.certificate.read_text())


def test_without_an_authority_there_is_no_bundle(tmp_path: Path) -> None:
    """The error names the file and the remedy."""
    with pytest.raises(Weather, match="--confdir that you may write"):
        write_bundle(authority(tmp_path), {})


def test_a_folder_that_cannot_be_written_is_named(ours: Authority) -> None:
    """A bundle that is a folder cannot be replaced."""
    ours.bundle.mkdir()
    with pytest.raises(Misuse, match="--confdir"):
        write_bundle(ours, {})


def test_every_client_is_told_where_the_files_are(ours: Authority) -> None:
    """Each piece of advice names the proxy or one of the two files."""
    for one in advice("http://127.0.0.1:8080", str(ours.certificate), str(ours.bundle)):
        assert any(word in one.how for word in ("http://127.0.0.1:8080", str(ours.certificate), str(ours.bundle)))
        assert one.client in printed("http://127.0.0.1:8080", ours)
    assert "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=8080" in printed("http://127.0.0.1:8080", ours)


def test_the_home_folder_is_understood() -> None:
    """``~/.mitmproxy`` is where mitmproxy itself keeps it."""
    assert "~" not in str(authority().certificate)
