"""The vendor's cookies, as a client of the recorder must get them."""

from __future__ import annotations

import http.cookiejar
import urllib.request
from email.message import Message

import pytest

from tapehiss.cassettes.cookies import for_client, vendors_names


@pytest.mark.parametrize(
    ("cookie", "plain", "encrypted"),
    [
        (b"a=1", b"a=1", b"a=1"),
        (b"a=1; Domain=vendor.example", b"a=1", b"a=1"),
        (b"a=1; domain = .Vendor.Example ;Path=/", b"a=1;Path=/", b"a=1;Path=/"),
        (b"a=1; Domain=api.vendor.example; Max-Age=9", b"a=1; Max-Age=9", b"a=1; Max-Age=9"),
        (b"a=1; Domain=elsewhere.example", b"a=1; Domain=elsewhere.example", b"a=1; Domain=elsewhere.example"),
        (b"a=1; Domain=dor.example", b"a=1; Domain=dor.example", b"a=1; Domain=dor.example"),
        (b"a=1; Secure; SameSite=None; Partitioned", b"a=1", b"a=1; Secure; SameSite=None; Partitioned"),
        (b"a=1; Secure; SameSite=Lax", b"a=1; SameSite=Lax", b"a=1; Secure; SameSite=Lax"),
        (b"__Host-a=1; Secure; Path=/", b"tapehiss__Host-a=1; Path=/", b"__Host-a=1; Secure; Path=/"),
        (b"__secure-a=b=c; Secure", b"tapehiss__secure-a=b=c", b"__secure-a=b=c; Secure"),
    ],
)
def test_what_a_client_gets(cookie: bytes, plain: bytes, encrypted: bytes) -> None:
    """The domain is the recorder's; without TLS nothing demands it; somebody else's domain stays, and is refused."""
    assert plain == for_client(cookie, "api.vendor.example", plain=True)
    assert encrypted == for_client(cookie, "api.vendor.example", plain=False)


@pytest.mark.parametrize(
    ("sent", "theirs"),
    [
        (b"a=1; b=2", b"a=1; b=2"),
        (b"tapehiss__Host-a=1; b=tapehiss", b"__Host-a=1; b=tapehiss"),
        (b"b=2;tapehiss__Secure-a=1", b"b=2;__Secure-a=1"),
        (b"tapehiss=1; tapehissx=2", b"tapehiss=1; tapehissx=2"),
    ],
)
def test_what_the_vendor_gets(sent: bytes, theirs: bytes) -> None:
    """Its own names; a cookie that only begins like ours is left alone."""
    assert theirs == vendors_names(sent)


def test_a_real_cookie_jar_keeps_and_returns_what_the_vendor_set() -> None:
    """Python's jar, at http://127.0.0.1, with a cookie that it would refuse as it came."""
    theirs = b"__Host-session=abc; Secure; Path=/; Domain=vendor.example"
    kept = {
        value: _sent_back(value.decode()) for value in (theirs, for_client(theirs, "api.vendor.example", plain=True))
    }
    assert list(kept.values()) == [None, "tapehiss__Host-session=abc"]
    assert vendors_names(b"tapehiss__Host-session=abc") == b"__Host-session=abc"


def _sent_back(cookie: str) -> str | None:
    """What the jar sends after a response with this Set-Cookie."""
    jar, head = http.cookiejar.CookieJar(), Message()
    head["Set-Cookie"] = cookie
    response = type("Response", (), {"info": lambda _: head})()
    jar.extract_cookies(response, urllib.request.Request("http://127.0.0.1:8080/"))
    again = urllib.request.Request("http://127.0.0.1:8080/next")
    jar.add_cookie_header(again)
    return again.get_header("Cookie")
