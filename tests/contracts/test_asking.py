"""A request that can be copied."""

from __future__ import annotations

import json
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
FORM = ("Content-Type", "application/x-www-form-urlencoded")
TOKEN = Credential("header", "Authorization", "bearer", "a token")


def call(method: str, url: str, headers: tuple[tuple[str, str], ...] = (), body: bytes = b"") -> Clean:
    return Clean(Exchange(Request(method, url, headers, body), Response(200, "", (JSON,), b"{}")))


def ran(curl: str, environment: dict[str, str]) -> list[str]:
    """The words that a shell gives to curl."""
    script = f'curl() {{ for word; do printf "%s\\0" "$word"; done; }}\n{curl}'
    return subprocess.run(["/bin/sh", "-c", script], env=environment, capture_output=True, check=True).stdout.decode().split("\0")  # fmt: skip


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
    words = ran(curl, {"TOKEN": "secret"})
    assert f"x: {text}" in words
    assert "Authorization: Bearer secret" in words


def test_bodies_by_media_type():
    """Forms have a field each, brackets for what is in something; what cannot be written is a file."""
    form = as_curl(Asking("POST", URL, media="application/x-www-form-urlencoded", body={"a": {"b": [1, True]}}))
    assert shlex.split(form.replace("\\\n", ""))[-4:] == ["--data-urlencode", "a[b]=1", "--data-urlencode", "a[b]=true"]
    assert "-F 'a=1'" in as_curl(Asking("POST", URL, media="multipart/form-data", body={"a": 1}))
    assert "--data-binary @body" in as_curl(Asking("PUT", URL, media="text/csv", body=""))


def test_a_file_is_uploaded():
    """A file of a form is read by curl, with the type that was sent; texts that curl would read otherwise are told literally."""
    files = {
        "file": {"filename": "a.txt", "media": "text/plain"},
        "more[]": [{"filename": "b;c.png", "media": "image/png"}],
    }
    curl = as_curl(Asking("POST", URL, media="multipart/form-data", body={**files, "at": "@me", "a": {"b": "x"}}))
    assert shlex.split(curl.replace("\\\n", ""))[-8:] == [
        "-F", "file=@a.txt;type=text/plain", "-F", 'more[]=@"b;c.png";type=image/png', "--form-string", "at=@me", "-F", "a[b]=x",
    ]  # fmt: skip


def test_the_upload_that_was_recorded_can_be_copied():
    """From a recorded multipart body to the command."""
    form = ("Content-Type", "multipart/form-data; boundary=xyz")
    body = (
        b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="small.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n'
        b'--xyz\r\nContent-Disposition: form-data; name="title"\r\n\r\nA\r\n--xyz--\r\n'
    )
    curl = as_curl(asked(call("POST", URL, (form,), body)))
    assert "-F 'file=@small.txt;type=text/plain'" in curl
    assert "-F 'title=A'" in curl


def test_credentials_in_bodies_are_variables():
    """A member whose name says that it is a credential is never shown, in JSON and in forms, and is said to be needed."""
    body = b'{"api_key": "hselti316", "profiles": [{"email": "a@b.example"}], "note": "it\'s $HOME", "mode": "off"}'
    request = asked(call("POST", URL, (JSON,), body))
    assert [credential.label for credential in request.credentials] == ["API_KEY"]
    told = ran(as_curl(request), {"API_KEY": "mine"})
    assert json.loads(told[told.index("-d") + 1]) == {**json.loads(body), "api_key": "mine"}
    form = asked(call("POST", URL, (FORM,), b"client_secret=hselti316&user[password]=12345&name=Ada"))
    told = ran(as_curl(form), {"CLIENT_SECRET": "mine", "PASSWORD": "x y"})
    assert {"client_secret=mine", "name=Ada", "user[password]=x y"} <= {*told}


def test_a_body_comes_from_one_call():
    """Members that exclude each other are never mixed, however deep they stand, and no boolean is made up."""
    pages = [{"parent": {"type": "page", "page_id": "p"}, "archived": False}] * 2
    bases = [{"parent": {"type": "base", "base_id": "b"}, "archived": False, "schema": {"p": {"q": {"r": {"s": {"t": {"u": "v"}}}}}}}] * 2  # fmt: skip
    request = asked(*(call("POST", URL, (JSON,), json.dumps(body).encode()) for body in [*bases, *pages]))
    assert request.body == pages[0]
    assert not request.pieced
    request = asked(*(call("POST", URL, (JSON,), json.dumps(body).encode()) for body in bases))
    assert request.body == bases[0]


def test_what_no_document_is_known_of_is_a_file():
    """A body of another media type is there, and nothing is known of it."""
    assert asked(call("PUT", URL, (("Content-Type", "text/csv"),), b"a,b")).body == ""
    assert "--data-binary @body" in as_curl(asked(call("PUT", URL, (("Content-Type", "text/csv"),), b"a,b")))


def test_a_body_that_is_put_together_is_called_so():
    """Of bodies that are too long to be kept, the members are known one by one."""
    assert asked(call("POST", URL, (JSON,), json.dumps({"a": "x" * 5_000}).encode())).pieced


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
