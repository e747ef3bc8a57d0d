"""Origins, and what a person may write for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.origins import Address, Origin, Target, address, origin_of, target

HOSTS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z]([a-z0-9-]{0,8}[a-z0-9])?){0,3}", fullmatch=True)
ORIGINS = st.builds(Origin, st.sampled_from(["http", "https"]), HOSTS | st.just("[::1]"), st.integers(1, 65535))


@given(ORIGINS)
def test_an_origin_is_read_back_from_how_it_is_written(origin: Origin) -> None:
    """Its text, and the Host header that names it, mean the same origin again."""
    assert Target(origin) == target(str(origin))
    assert origin == origin_of(origin.scheme, origin.authority)


@pytest.mark.parametrize(
    ("text", "url", "base_path"),
    [
        ("https://api.vendor.example", "https://api.vendor.example", ""),
        ("HTTPS://API.Vendor.example:443/", "https://api.vendor.example", ""),
        ("http://127.0.0.1:5000/v2/", "http://127.0.0.1:5000", "/v2"),
        ("https://münchen.example/a/b", "https://xn--mnchen-3ya.example", "/a/b"),
        ("http://[::1]:9000", "http://[::1]:9000", ""),
    ],
)
def test_a_target_is_an_origin_and_a_base_path(text: str, url: str, base_path: str) -> None:
    """Case, default port and a slash at the end do not matter; the base path is kept."""
    assert (url, base_path) == (str(target(text).origin), target(text).base_path)
    assert url + base_path == str(target(text))


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("api.vendor.example", "write https://api.vendor.example"),
        ("localhost:5000", "write http://localhost:5000"),
        ("", "write https://api.vendor.example"),
        ("ftp://api.vendor.example", "give an http:// or https:// URL"),
        ("https://", "write it like https://api.vendor.example"),
        ("https://a b.example", "write it like https://api.vendor.example"),
        ("https://" + "a" * 64 + ".example", "write it like https://api.vendor.example"),
        ("https://[::1", "write it like https://api.vendor.example"),
        ("https://api.vendor.example:99999", "write it like https://api.vendor.example"),
        ("https://me@api.vendor.example", "let the client send its own credentials"),
        ("https://api.vendor.example/v1?x=1", "write https://api.vendor.example/v1"),
        ("https://api.vendor.example/#top", "write https://api.vendor.example/"),
    ],
)
def test_a_url_that_cannot_be_meant_is_refused_with_the_remedy(text: str, remedy: str) -> None:
    """One error value that names the option and what to write instead."""
    with pytest.raises(Misuse) as caught:
        target(text)
    assert ("--to", remedy) == (caught.value.where, caught.value.remedy)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:8080", Address("127.0.0.1", 8080)),
        (":0", Address("127.0.0.1", 0)),
        ("8080", Address("127.0.0.1", 8080)),
        ("[::1]:9", Address("::1", 9)),
        ("0.0.0.0:80", Address("0.0.0.0", 80)),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, expected: Address) -> None:
    """Without a host it is loopback."""
    assert expected == address(text)


@pytest.mark.parametrize(
    "text", ["", "localhost", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1", "1:²"]
)
def test_an_address_without_a_usable_port_is_refused(text: str) -> None:
    """The error shows the form."""
    with pytest.raises(Misuse, match=r"write it like 127\.0\.0\.1:8080"):
        address(text)


@pytest.mark.parametrize(
    ("host", "loopback", "url"),
    [
        ("127.0.0.1", True, "http://127.0.0.1:8080"),
        ("127.9.9.9", True, "http://127.9.9.9:8080"),
        ("localhost", True, "http://localhost:8080"),
        ("::1", True, "http://[::1]:8080"),
        ("0.0.0.0", False, "http://127.0.0.1:8080"),
        ("::", False, "http://[::1]:8080"),
        ("192.0.2.7", False, "http://192.0.2.7:8080"),
        ("build.example", False, "http://build.example:8080"),
    ],
)
def test_who_can_reach_an_address_and_how(host: str, loopback: bool, url: str) -> None:
    """Only loopback is private; a wildcard is reached at loopback from here."""
    assert (loopback, url) == (Address(host, 0).loopback, str(Address(host, 0).origin(8080)))


@pytest.mark.parametrize("header", ["", "a b", "x" * 300, "evil\r\nX: y", "host:port", 'a"b', "user@host"])
def test_a_host_header_that_is_no_authority_means_nothing(header: str) -> None:
    """What a client sends as Host is written into bodies only if it can be nothing else than a host."""
    assert origin_of("http", header) is None
