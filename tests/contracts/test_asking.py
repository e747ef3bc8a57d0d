"""A request that can be copied."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response
from tapehiss.contracts.asking import Asking, as_curl, asking
from tapehiss.contracts.behaviour import facts
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.security import Credential

JSON = ("Content-Type", "application/json")
URL = "https://api.vendor.example/v1/things"
TOKEN = Credential("header", "Authorization", "bearer", "a token")


def call(method: str, url: str, headers: tuple[tuple[str, str], ...] = (), body: bytes = b"") -> Clean:
    return Clean(Exchange(Request(method, url, headers, body), Response(200, "", (JSON,), b"{}")))


def asked(*exchanges: Clean) -> Asking:
    known = catalogue(learn(exchanges))
    [(operation, evidence)] = known.entries
    return asking(operation, evidence, facts(known))


def test_what_is_needed_is_asked_for():
    """Required parameters with values that were seen, the constant header, the smallest body; nothing optional."""
    several = [
        call("POST", f"{URL}/4242?dry=true{more}", (JSON, ("Vendor-Version", "2026-01-01"), ("User-Agent", "x")), body)
        for more, body in (("", b'{"name": "a"}'), ("", b'{"name": "a"}'), ("&page=2", b'{"name": "b", "tags": ["t"]}'))
    ]
    request = asked(*several)
    assert request.url == f"{URL}/4242?dry=true"
    assert request.headers == (("vendor-version", "2026-01-01"),)
    assert (request.media, request.body) == ("application/json", {"name": "a"})


def test_credentials_are_variables():
    """A bearer token is asked for and not shown."""
    headers = (("Authorization", "Bearer " + "abcdefghij" * 3),)
    curl = as_curl(asked(*[call("GET", URL, headers)] * 3))
    assert '-H "Authorization: Bearer $TOKEN"' in curl
    assert "abcdefghij" not in curl


def test_a_key_that_makes_retries_safe_is_new_each_time():
    """Somebody else's idempotency key would get somebody else's answer."""
    several = [
        call("POST", URL, (JSON, ("Idempotency-Key", f"47887e59-e328-745c-c241-6b5a3abf6a6{number}")), b"{}")
        for number in range(3)
    ]
    curl = as_curl(asked(*several))
    assert '-H "idempotency-key: $(uuidgen)"' in curl
    assert "47887e59" not in curl


@pytest.mark.parametrize(
    ("credential", "expected"),
    [
        (Credential("header", "Authorization", "basic", ""), '-u "$USERNAME:$PASSWORD"'),
        (Credential("header", "x-api-key", "key", ""), '-H "x-api-key: $X_API_KEY"'),
        (Credential("query", "api_key", "key", ""), '"?api_key=$API_KEY"'),
        (Credential("cookie", "session", "key", ""), '-b "session=$SESSION"'),
        (Credential("header", "x`id`", "key", ""), "-H 'x`id`: '\"$X_ID\""),
    ],
)
def test_a_credential_goes_where_it_belongs(credential, expected):
    """Headers, queries, cookies, and curl's own way for passwords."""
    assert expected in as_curl(Asking("GET", URL, credentials=(credential,)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
def test_a_shell_takes_every_value_literally(text):
    """Quotes, dollars and line ends of what was seen reach curl as they are; only variables are variables."""
    curl = as_curl(Asking("POST", URL, (("x", text),), "application/json", text, (TOKEN,)))
    words = subprocess.run(
        ["/bin/sh", "-c", f'curl() {{ for word; do printf "%s\\0" "$word"; done; }}\n{curl}'],
        env={"TOKEN": "secret"}, capture_output=True, check=True,
    ).stdout.decode().split("\0")  # fmt: skip
    assert f"x: {text}" in words
    assert "Authorization: Bearer secret" in words


def test_bodies_by_media_type():
    """Forms have a field each, brackets for what is in something; what cannot be written is a file."""
    form = as_curl(Asking("POST", URL, media="application/x-www-form-urlencoded", body={"a": {"b": [1, True]}}))
    assert shlex.split(form.replace("\\\n", ""))[-4:] == ["--data-urlencode", "a[b]=1", "--data-urlencode", "a[b]=true"]
    assert "-F 'a=1'" in as_curl(Asking("POST", URL, media="multipart/form-data", body={"a": 1}))
    assert "--data-binary @body" in as_curl(Asking("PUT", URL, media="text/csv", body=""))


def test_an_action_in_a_header_is_sent():
    """Where one URL serves many operations, the header that chooses is in the request."""
    request = asked(call("POST", "https://h/", (JSON, ("X-Amz-Target", "Db.Put")), b"{}"))
    assert ("X-Amz-Target", "Db.Put") in request.headers
    assert request.url == "https://h/"


def test_reading_needs_no_empty_object():
    """Some clients send {} with everything; that is not needed to read."""
    assert asked(call("GET", URL, (JSON,), b"{}")).body is None


def test_headers_that_exclude_each_other_are_not_mixed():
    """A request has headers that came together; of two ways the commoner one."""
    several = [
        call("PUT", f"{URL}/4242", (JSON, *more), b'{"a": 1}')
        for more in [(("X-Version", "6"),)] * 3 + [(("X-Copy-Of", "master"),)] * 2
    ]
    assert [name for name, _ in asked(*several).headers] == ["x-version"]
