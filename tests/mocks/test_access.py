"""Who may steer a mock."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.access import Access, nearby, shows

TOKENS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@given(TOKENS, TOKENS)
def test_the_token_opens_and_nothing_else_does(token, other):
    """As Bearer or as the password of Basic; another token, another scheme and no token do not."""
    assert shows(f"Bearer {token}", token)
    assert shows(basic(f"anybody:{token}"), token)
    assert shows(f"bearer {other}", token) == (other == token)
    assert not shows(token, token)
    assert not shows(f"Digest {token}", token)
    assert not shows("", token)


@given(st.text())
def test_no_header_is_too_odd(text):
    """Whatever a client sends is a yes or a no."""
    assert not shows(text, "t0ken-that-nobody-has")
    assert not shows(f"Basic {text}", "t0ken-that-nobody-has")
    assert nearby(text) in {True, False}


def test_without_the_token_nobody_steers():
    """401, with what to send; and a value never shows its token."""
    access = Access("made-up")
    refused = access.refusal("GET", (("host", "127.0.0.1"),))
    assert (refused.status, refused.title) == (401, "Unauthorized")
    assert access.refusal("GET", (("host", "mock.example"), ("authorization", "Bearer made-up"))) is None
    assert "made-up" not in repr(access)


def test_a_page_of_another_site_does_not_steer():
    """With or without a token; to read is harmless, because the page does not get the answer."""
    across = (("host", "localhost:8000"), ("sec-fetch-site", "cross-site"), ("authorization", "Bearer x"))
    for access in (Access(), Access("x")):
        assert access.refusal("POST", across).title == "Forbidden"
        assert access.refusal("GET", across) is None
    assert Access().refusal("POST", (("host", "localhost:8000"), ("sec-fetch-site", "same-origin"))) is None


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("192.168.7.7", True),
        ("localhost", True),
        ("shop.localhost:80", True),
        ("mock:8000", True),
        ("host.docker.internal:8000", True),
        ("", True),
        ("evil.example:8000", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
    ],
)
def test_a_name_that_somebody_else_can_point_here_needs_a_token(host, near):
    """DNS rebinding: the page's own name, resolved to this machine."""
    assert nearby(host) == near
    assert (Access().refusal("GET", (("host", host),)) is None) == near
