"""By which way a request came."""

from __future__ import annotations

import pytest

from tapehiss.cassettes.exchange import Request
from tapehiss.mocks.doors import FRONT, Door, through


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("http://m/_host/api.shop.example/v1/a?b", "https://api.shop.example/v1/a?b"),
        ("http://m/_host/api.shop.example", "https://api.shop.example"),
        ("http://m/_host/api.shop.example?b", "https://api.shop.example?b"),
        ("http://m/_host/", "http://m/_host/"),
        ("http://m/v1/_host/x", "http://m/v1/_host/x"),
    ],
)
def test_a_path_can_name_the_host(url, meant):
    """``/_host/<host>/`` is for clients that cannot set a Host header."""
    assert through(Request("GET", url))[0].url == meant


def test_a_path_can_name_the_state_and_then_the_host():
    """Only where states are told apart so; the client's links lead back the same way."""
    request = Request("GET", "http://m/_state/t-1/_host/api.shop.example/v1/a?b")
    came, door = through(request, by_path=True)
    assert came.url == "https://api.shop.example/v1/a?b"
    assert door == Door("api.shop.example", "t-1", ("_state", "t-1", "_host", "api.shop.example"))
    assert through(request) == (request, FRONT)


@pytest.mark.parametrize(("rest", "meant"), [("", ""), ("?x=1", "?x=1"), ("/", "/")])
def test_the_root_has_a_state_too(rest, meant):
    """With a query and without a slash at its end."""
    came, door = through(Request("GET", "http://m/_state/t" + rest), by_path=True)
    assert (came.url, door.state) == ("https://m" + meant, "t")


@pytest.mark.parametrize("path", ["/_state/", "/_state//x", "/_state/a%20b/x", f"/_state/{'k' * 101}/x"])
def test_what_is_no_key_is_a_path_like_any_other(path):
    """Keys in a path are short and need no escapes."""
    request = Request("GET", "http://m" + path)
    assert through(request, by_path=True) == (request, FRONT)


def test_a_port_can_name_the_host_and_the_state():
    """What a path says goes first."""
    door = Door("api.shop.example", "p")
    assert through(Request("GET", "http://m:81/v1"), door) == (Request("GET", "https://api.shop.example/v1"), door)
    other = Door("auth.shop.example", "p", ("_host", "auth.shop.example"))
    assert through(Request("GET", "http://m:81/_host/auth.shop.example/v1"), door)[1] == other
