"""What counts as the same request."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import requests
from tapehiss.cassettes.exchange import Request
from tapehiss.mocks.keys import (
    exact_key,
    keys_of,
    normal_path,
    operation_named,
    split_url,
)

URL = "https://api.shop.example/v1/a"
JSON = (("Content-Type", "application/json"),)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def keys(request: Request):
    return keys_of(request, "", split_url(request.url).target)


def same(one: Request, other: Request) -> bool:
    return keys(one) == keys(other)


@given(requests())
def test_every_request_has_keys(request):
    """No request, however broken, is without keys, and the same request has the same ones."""
    assert keys(request) == keys(request)
    target = split_url(request.url).target
    assert exact_key(request, "", target) == exact_key(request, "", target)


@given(
    st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=5, unique_by=lambda pair: pair[0]),
    st.randoms(),
)
def test_the_order_of_the_query_does_not_matter(pairs, dice):
    """Names in another order ask the same."""
    from urllib.parse import urlencode

    shuffled = dice.sample(pairs, len(pairs))
    assert same(Request("GET", f"{URL}?{urlencode(pairs)}"), Request("GET", f"{URL}?{urlencode(shuffled)}"))


@given(DATA, st.sampled_from([None, 2]), st.booleans())
def test_the_spelling_of_json_does_not_matter(data, indent, ascii_only):
    """Spaces, order and escapes of JSON are not part of what is asked."""
    plain = json.dumps(data).encode()
    try:
        spelt = json.dumps(data, indent=indent, ensure_ascii=ascii_only).encode()
    except UnicodeEncodeError:
        return
    assert same(Request("POST", URL, JSON, plain), Request("POST", URL, JSON, spelt))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Request("GET", f"{URL}?a=1&api_key=x"), Request("GET", f"{URL}?api_key=y&a=1")),
        (Request("GET", f"{URL}?a=1&access_token=x"), Request("GET", f"{URL}?a=1")),
        (Request("GET", f"{URL}/%7Ea%2fb"), Request("GET", f"{URL}/~a%2Fb")),
        (Request("POST", URL, JSON, b'{"n": 1.0}'), Request("POST", URL, JSON, b'{"n": 1}')),
        (Request("POST", URL, JSON, b'{"a": {"Idempotency-Key": "x"}}'), Request("POST", URL, JSON, b'{"a": {}}')),
        (
            Request("POST", URL, FORM, b"b=2&a=1&client_secret=x"),
            Request("POST", URL, FORM, b"a=1&b=2&client_secret=y"),
        ),
        (
            Request(
                "POST", URL, (("Content-Type", "multipart/form-data; boundary=aXb"),), b"--aXb\r\n\r\n1\r\n--aXb--"
            ),
            Request("POST", URL, (("Content-Type", 'multipart/form-data; boundary="q"'),), b"--q\r\n\r\n1\r\n--q--"),
        ),
        (
            Request("POST", URL, JSON, b'{"queue": "http://127.0.0.1:8080/q"}'),
            Request("POST", URL, JSON, b'{"queue": "http://localhost:39393/q"}'),
        ),
    ],
)
def test_what_is_the_same_request(one, other):
    """Credentials, idempotency keys, boundaries, escapes and where the mock listens are not part of what is asked."""
    assert same(one, other)
    assert exact_key(one, "", "/v1/a") != exact_key(other, "", "/v1/a") or one.url != other.url


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Request("GET", f"{URL}?a=1"), Request("GET", f"{URL}?a=2")),
        (Request("GET", f"{URL}?a=1&a=2"), Request("GET", f"{URL}?a=2&a=1")),
        (Request("GET", URL), Request("DELETE", URL)),
        (Request("GET", f"{URL}/%2F"), Request("GET", f"{URL}//")),
        (Request("POST", URL, JSON, b'{"key": "a"}'), Request("POST", URL, JSON, b'{"key": "b"}')),
        (
            Request("POST", URL, (("X-Amz-Target", "S.A"),), b"{}"),
            Request("POST", URL, (("X-Amz-Target", "S.B"),), b"{}"),
        ),
        (Request("GET", URL, (("Range", "bytes=0-1"),)), Request("GET", URL)),
        (Request("POST", URL, (), b"a"), Request("POST", URL, (), b"b")),
        (Request("POST", URL, JSON, b"{"), Request("POST", URL, JSON, b"{{")),
        (
            Request("POST", URL, JSON, b'{"u": "http://localhost.evil.example/"}'),
            Request("POST", URL, JSON, b'{"u": "http://127.0.0.1/"}'),
        ),
    ],
)
def test_what_is_another_request(one, other):
    """Values, methods, named operations and ranges are part of what is asked."""
    assert keys(one).normalised != keys(other).normalised


def test_operations_are_named_by_path_header_or_body():
    """Bodies of the same operation share a key; bodies that name different ones do not."""

    def operation(body: bytes, *headers: tuple[str, str]):
        return keys(Request("POST", "https://aws.example/", headers, body)).operation

    assert operation(b"Action=A&x=1", *FORM) == operation(b"Action=A&x=2", *FORM) != operation(b"Action=B&x=1", *FORM)
    assert operation(b'{"query": "{a}"}', *JSON) != operation(b'{"query": "{b}"}', *JSON)
    assert operation(b'{"jsonrpc": "2.0", "method": "a"}', *JSON) != operation(
        b'{"jsonrpc": "2.0", "method": "b"}', *JSON
    )
    assert operation(b'{"method": "card"}', *JSON) == operation(b'{"method": "cash"}', *JSON)
    assert operation(b"{}", ("X-Amz-Target", "A")) != operation(b"{}", ("X-Amz-Target", "B"))


def test_ranges_and_conditions_are_in_one_key_only():
    """A vendor may ignore a range or a condition, so there is a key without them, and the fingerprint has none."""
    plain, asked = keys(Request("GET", URL)), keys(Request("GET", URL, (("If-None-Match", '"a"'),)))
    assert (asked.unselected, asked.fingerprint) == (plain.unselected, plain.fingerprint)
    assert asked.normalised != plain.normalised


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://api.shop.example/v1/a?b#c", ("api.shop.example", "/v1/a?b")),
        ("https://u:p@API.shop.example:443", ("api.shop.example", "/")),
        ("http://h:80?a", ("h", "/?a")),
        ("http://h:443/", ("h:443", "/")),
        ("https://[::1]:8443/a", ("[::1]:8443", "/a")),
        ("/v1/a", ("", "/v1/a")),
        ("", ("", "/")),
    ],
)
def test_urls_are_taken_apart(url, parts):
    """Authority without user and default port, and target without fragment."""
    assert split_url(url)[:2] == parts
    assert split_url(url).path == parts[1].partition("?")[0]


def test_an_operation_has_parameters_in_place_of_identifiers():
    """So that ten payments are one line."""
    one, other = (operation_named("POST", f"/v1/orders/{number}/cancel") for number in (17, 18))
    assert one == other


def test_a_long_url_is_one_like_others():
    """It is only not kept in mind."""
    assert split_url(f"{URL}/{'x' * 2000}?y").path == f"/v1/a/{'x' * 2000}"


def test_escapes_of_unreserved_characters_are_undone():
    """RFC 3986 section 6.2.2: only those, and the others in upper case."""
    assert normal_path("/%41%2f%e9%7e") == "/A%2F%E9~"
