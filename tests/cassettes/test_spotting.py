"""Where a secret may stand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.rules import Rules
from tapehiss.cassettes.secretnames import Names, Strength
from tapehiss.cassettes.spotting import Spotter, Within, spotter_of


def spotted(view: bytes, rules: Rules | None = None, within: Within | None = None) -> set[tuple[str, bytes]]:
    finds = spotter_of(rules or Rules()).finds(view, within or Within())
    return {(find.rule, view[find.start : find.end]) for find in finds if find.strength}


@pytest.mark.parametrize(
    ("view", "find"),
    [
        (b'{"apiKey": "hush"}', ("name:apikey", b"hush")),
        (b"https://x/?sig=hush&a=1", ("name:sig", b"hush")),
        (b"curl -H 'Authorization: Bearer abcdefghijklmnop'", ("bearer", b"abcdefghijklmnop")),
        (b"Proxy: Basic dXNlcjpwYXNz", ("basic", b"dXNlcjpwYXNz")),
        (b"postgres://app:hush@db.example/x", ("userinfo", b"hush")),
        (b"https://hush@api.example/x", ("userinfo", b"hush")),
        (
            b"-----BEGIN PRIVATE KEY-----\nMIIabcdefghijklmnopqrstuvwxyz0123456789\nDEFghi\n-----END",
            ("private-key", b"DEFghi"),
        ),
        (
            b"-----BEGIN RSA PRIVATE KEY-----\\nMIIabcdefghijklmnopqrstuvwxyz0123456789\\nDEFghi\\n-----END",
            ("private-key", b"DEFghi"),
        ),
        (
            b"https://api.telegram.example/bot12345678:AAabcdefghijklmnopqrstuvwxyz/getMe",
            ("telegram-bot", b"12345678:AAabcdefghijklmnopqrstuvwxyz"),
        ),
        (b"eyJhbGciOiJub25lIn0.eyJhIjoxfQ.", ("jwt", b"eyJhbGciOiJub25lIn0.eyJhIjoxfQ.")),
    ],
)
def test_a_place_is_found_by_name_shape_or_neighbourhood(view, find):
    """Wherever it stands in a text."""
    assert find in spotted(view)
    assert find in spotted(b'{"x": "' + view + b'"}\n')


@pytest.mark.parametrize(
    "view",
    [
        b"mailto:jane@example.org",
        b"a@b, see http://x/ and y@z",
        b'{"monkey": "x"}',
        b"/bottles/of:beer",
        b"eyJhIjoxfQ.eyJhIjoxfQ.x",
    ],
)
def test_ordinary_texts_hold_no_place(view):
    """Addresses, words, JSON in base64."""
    assert spotted(view) == set()


def test_a_key_inside_something_longer_is_none():
    """A vendor's prefix in the middle of base64 is chance."""
    key = b"AI" + b"za" + b"x9" * 17 + b"Q"
    assert spotted(b'"' + key + b'"')
    assert spotted(b"abc" + key) == set()


def test_what_a_project_adds_is_found():
    """Fields and parameters in any spelling, globs, paths, patterns, e-mail addresses when asked for."""
    rules = Rules(
        names=Names(query=("q",), fields=("tax_number", "acme_*")),
        paths=(re.compile(rb"/hooks/([a-z0-9]+)"),),
        patterns=(re.compile(rb"ACME-[0-9]{4}"),),
        emails=True,
    )
    url = b"https://x.example/hooks/hush7?q=hush8"
    view = (
        url
        + b'\n{"taxNumber": "hush1", "acme_any": "hush2", "m": "ACME-1234 jane@example.org", "next": "/hooks/other"}'
    )
    assert spotted(view, rules, Within(url_end=len(url), strict=((0, len(url)),))) == {
        ("path:/hooks/([a-z0-9]+)", b"hush7"),
        ("name:q", b"hush8"),
        ("name:taxnumber", b"hush1"),
        ("name:acmeany", b"hush2"),
        ("pattern:ACME-[0-9]{4}", b"ACME-1234"),
        ("email", b"jane"),
    }


def test_a_refusal_says_so():
    """In the body of an error response, words under a password's name are told apart."""
    assert spotted(b'{"password": "is too short"}', within=Within(refusal=(0, 99))) == {
        ("refused:password", b"is too short")
    }


def test_names_in_messagepack_are_judged_as_everywhere():
    """A name with its length before it has a value; an ordinary name that only contains one of ours has none."""
    whole = Within(binary=((0, 99),))
    assert spotted(b"\x81\xa8password\xa4hush", within=whole) == {("name:password", b"hush")}
    assert spotted(b"\x81\xafcookie_settings\xa4hush", within=whole) == set()
    assert spotted(b"no length before password here", within=whole) == set()


@pytest.mark.parametrize(
    "view",
    [
        b'{"kind":"secrets of cooking","data":{"salt":"sea"}}',
        b"-----BEGIN CERTIFICATE-----\nMIIabc\n-----BEGIN it says",
        b"https://@x.example and https://:@x.example",
        b'{"kind":"secret","data":{"salt":"sea"}}',
    ],
)
def test_what_only_begins_like_a_place(view):
    """Neither a manifest nor userinfo."""
    assert spotted(view) == set()


def test_a_pattern_that_matches_nothing_is_no_place():
    """A project's pattern may match the empty text."""
    assert spotted(b"ab", Rules(patterns=(re.compile(rb"x*"),))) == set()


def test_one_spotter_serves_equal_rules():
    """Building its automaton costs milliseconds."""
    assert spotter_of(Rules()) is spotter_of(Rules())


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(view):
    """Finds lie within the view."""
    finds = Spotter(Rules(emails=True)).finds(view, Within(binary=((0, len(view)),), strict=((0, len(view) // 2),)))
    assert all(0 <= find.start <= find.end <= len(view) for find in finds)


def test_the_weak_are_marked():
    """Whoever judges must look at the value."""
    (find,) = spotter_of(Rules()).finds(b'{"token": "x"}', Within())
    assert find.strength is Strength.WEAK


def test_what_says_that_it_is_sealed():
    """The value beside such a type, in the same object and before or behind it."""
    assert spotted(b'{"Name": "n", "Type": "SecureString", "Value": "hush"}') == {("sealed-value", b"hush")}
    assert ("sealed-value", b"hush") in spotted(b'{"text": "hush", "type": "secret_text"}')
    assert spotted(b'{"Value": "loud"}, {"Type": "SecureString"}') == set()
