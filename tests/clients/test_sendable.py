"""Can this request be sent at all?"""

from __future__ import annotations

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import headers, texts
from tapehiss.cassettes.exchange import Request
from tapehiss.clients.sendable import flaw_of

CANARY = "s3cr" + "et-canary"


@pytest.mark.parametrize(
    "request_",
    [
        Request("", "https://h/"),
        Request("GE T", "https://h/"),
        Request("GET", ""),
        Request("GET", "/v1"),
        Request("GET", "ftp://h/"),
        Request("GET", "https:///v1"),
        Request("GET", "https://[half/"),
        Request("GET", "https://h:port/"),
        Request("GET", f"https://h/{CANARY}\nx"),
        Request("GET", "https://h/a b"),
        Request("GET", f"https://me:{CANARY}@h/"),
        Request("GET", "https://h/", (("", "x"),)),
        Request("GET", "https://h/", (("X Y", CANARY),)),
        Request("GET", "https://h/", (("X", f"{CANARY}\r\nHost: evil"),)),
        Request("GET", "https://h/", (("X", f"{CANARY}\0"),)),
        Request("GET", "https://h/", (("X", f"{CANARY}☃"),)),
        Request("POST", "https://h/", (("Content-Length", "9"),), CANARY.encode()),
        Request("POST", "https://h/", (("Content-Length", "1"), ("content-length", "2")), b"x"),
        Request("POST", "https://h/", (("Transfer-Encoding", "chunked"),), b"x"),
    ],
)
def test_what_cannot_be_sent_has_a_reason(request_):
    """Methods, URLs and headers that are none, or that would end before they should; the reason repeats nothing of them."""
    assert flaw_of(request_)
    assert CANARY not in flaw_of(request_)


@given(texts(8), headers())
def test_what_passes_is_valid_http(method, given_):
    """Method and headers that have no flaw are accepted by an independent writer of HTTP/1.1."""
    sent = tuple((name, value) for name, value in given_ if name.lower() not in {"content-length", "transfer-encoding"})
    if not flaw_of(Request(method, "https://h/", sent)):
        pairs = [
            ("Host", "h"),
            *((name.encode("latin-1"), value.strip(" \t\x0b\x0c").encode("latin-1")) for name, value in sent),
        ]
        h11.Request(method=method, target="/", headers=pairs)


@given(
    st.sampled_from(["GET", "M-SEARCH"]),
    st.sampled_from(["https://h/é?x=1#y", "HTTP://[::1]:8080", "http://h?x"]),
)
def test_ordinary_requests_have_none(method, url):
    """Extension methods, addresses, other alphabets: all of it can be sent."""
    assert flaw_of(Request(method, url, (("X-A", "caf\xe9"), ("x-a", ""), ("Content-Length", "0")))) == ""
