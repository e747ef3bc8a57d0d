"""What the client is shown instead of the vendor's URL, and the vendor instead of ours."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.origins import Origin, target
from tapehiss.cassettes.rewriting import WHOLE_MAX_BYTES, Plan, Rewriting

VENDOR = target("https://api.vendor.example").origin
HERE = Origin("http", "localhost", 8080)
VIEW = Rewriting(VENDOR, HERE, (Origin("http", "127.0.0.1", 8080),))
OVER_TLS = Rewriting(VENDOR, Origin("https", "localhost", 8080))


def shown(
    *fields: tuple[bytes, bytes], changes: bool = False, chunked: bool = True, view: Rewriting = VIEW
) -> tuple[tuple[bytes, bytes], ...]:
    """Response headers as the client gets them."""
    return view.response_headers(fields, body_changes=changes, chunked=chunked)


NAMES = st.sampled_from(
    [
        b"Location",
        b"Link",
        b"Content-Location",
        b"Refresh",
        b"X-Next",
        b"Operation-Location",
        b"Referer",
        b"Origin",
        b"ETag",
        b"Authorization",
    ]
)
VALUES = st.sampled_from(
    [
        b"https://api.vendor.example/x",
        b"/relative",
        b'<https://api.vendor.example/?page=2>; rel="next"',
        b"5; url=https://api.vendor.example/",
        b"https://login.vendor.example/?to=https%3A%2F%2Fapi.vendor.example%2F",
        b"anything",
    ],
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6))
def test_headers_that_come_back_are_the_vendors_again(fields: list[tuple[bytes, bytes]]) -> None:
    """Back undoes forth for every header that a client may echo."""
    assert tuple(fields) == VIEW.request_headers(shown(*fields))


@given(
    st.sampled_from([b"__Host-", b"__Secure-", b"__host-", b"", b"tapehiss"]),
    st.from_regex(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}", fullmatch=True),
)
def test_a_cookie_comes_back_under_its_own_name(prefix: bytes, name: bytes) -> None:
    """Whatever prefix it has, over plain HTTP and over TLS."""
    for view in (VIEW, OVER_TLS):
        ((_, given_to_client),) = shown((b"Set-Cookie", prefix + name + b"=1; Secure; Path=/"), view=view)
        sent = b"other=2; " + given_to_client.partition(b";")[0]
        assert ((b"Cookie", b"other=2; " + prefix + name + b"=1"),) == view.request_headers(((b"Cookie", sent),))


@pytest.mark.parametrize(
    ("name", "theirs", "ours"),
    [
        (b"Location", b"https://api.vendor.example/x", b"http://localhost:8080/x"),
        (b"Location", b"//api.vendor.example/x", b"//localhost:8080/x"),
        (b"location", b"/x", b"/x"),
        (b"Link", b'<https://api.vendor.example/?page=2>; rel="next"', b'<http://localhost:8080/?page=2>; rel="next"'),
        (b"Content-Location", b"https://api.vendor.example/x/1", b"http://localhost:8080/x/1"),
        (b"Refresh", b"5; url=https://api.vendor.example/", b"5; url=http://localhost:8080/"),
        (
            b"WWW-Authenticate",
            b'Bearer realm="https://api.vendor.example/token"',
            b'Bearer realm="http://localhost:8080/token"',
        ),
        (b"Access-Control-Allow-Origin", b"https://api.vendor.example", b"http://localhost:8080"),
        (
            b"Location",
            b"https://idp.example/?to=https%3A%2F%2Fapi.vendor.example",
            b"https://idp.example/?to=https%3A%2F%2Fapi.vendor.example",
        ),
        (
            b"Location",
            b"https://api.vendor.example/?to=https%3A%2F%2Fapi.vendor.example",
            b"http://localhost:8080/?to=http%3A%2F%2Flocalhost%3A8080",
        ),
        (
            b"Content-Security-Policy",
            b"img-src api.vendor.example",
            b"img-src api.vendor.example http://localhost:8080",
        ),
        (b"ETag", b'"https://api.vendor.example"', b'"https://api.vendor.example"'),
        (
            b"Set-Cookie",
            b"a=1; Domain=.vendor.example; Path=/; Secure; HttpOnly; SameSite=None",
            b"a=1; Path=/; HttpOnly",
        ),
    ],
)
def test_a_response_header_for_the_client(name: bytes, theirs: bytes, ours: bytes) -> None:
    """Places become ours; what is meant for somebody else, or is only a mark, stays."""
    assert ((name, ours),) == shown((name, theirs))


@pytest.mark.parametrize("name", [b"Strict-Transport-Security", b"alt-svc", b"Public-Key-Pins"])
def test_a_header_that_leads_past_the_recorder_is_dropped(name: bytes) -> None:
    """The client would go to the vendor itself, or insist on TLS."""
    assert shown((name, b"x")) == ()


def test_a_body_that_may_change_has_no_length_and_no_digest() -> None:
    """An HTTP/1.1 client gets chunks instead; other clients see the end of the stream."""
    fields = (
        (b"Content-Length", b"10"),
        (b"Content-MD5", b"x"),
        (b"x-amz-checksum-crc32", b"x"),
        (b"Transfer-Encoding", b"chunked"),
        (b"X", b"1"),
    )
    assert shown(*fields, changes=True) == ((b"X", b"1"), (b"Transfer-Encoding", b"chunked"))
    assert shown(*fields, changes=True, chunked=False) == ((b"Transfer-Encoding", b"chunked"), (b"X", b"1"))
    assert fields == shown(*fields)


@pytest.mark.parametrize(
    ("kind", "coding", "changes"),
    [
        (b"application/json", b"", True),
        (b"application/hal+json; charset=utf-8", b"gzip", True),
        (b"text/event-stream", b"br", True),
        (b"TEXT/HTML", b"ZSTD", True),
        (b"application/xml", b"identity", True),
        (b"application/json", b"gzip, br", False),
        (b"application/json", b"aws-chunked", False),
        (b"image/png", b"", False),
        (b"application/octet-stream", b"gzip", False),
        (b"application/grpc", b"", False),
        (b"multipart/mixed; boundary=x", b"", False),
        (b"", b"", False),
    ],
)
def test_text_changes_and_everything_else_does_not(kind: bytes, coding: bytes, changes: bool) -> None:
    """By media type and content coding."""
    fields = ((b"Date", b"x"), (b"Content-Length", b"9"), (b"Content-Type", kind))
    fields += ((b"Content-Encoding", coding),) if coding else ()
    assert changes == (VIEW.response_body("GET", 200, fields) is not None)


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", 200), ("CONNECT", 200), ("GET", 101), ("GET", 204), ("GET", 206), ("GET", 304)]
)
def test_what_has_no_body_or_half_of_one_is_left_alone(method: str, status: int) -> None:
    """A range counts bytes: a changed one would lie."""
    assert VIEW.response_body(method, status, ((b"Content-Type", b"application/json"),)) is None


def test_an_empty_body_does_not_change() -> None:
    """S3 answers PUT with the checksum of what was put beside ``Content-Length: 0``: clients compare it."""
    assert VIEW.response_body("PUT", 200, ((b"Content-Type", b"text/html"), (b"Content-Length", b"0"))) is None


def test_a_head_request_is_not_told_a_length_that_a_get_would_not_have() -> None:
    """For HEAD it is the headers alone that tell."""
    assert VIEW.recoder(((b"Content-Type", b"application/json"),)) is not None
    assert VIEW.recoder(((b"Content-Type", b"image/png"),)) is None


def test_a_compressed_body_arrives_changed_and_compressed() -> None:
    """The whole way of one response body."""
    recoder = VIEW.response_body("GET", 200, ((b"Content-Type", b"application/json"), (b"Content-Encoding", b"gzip")))
    assert recoder is not None
    out = recoder(gzip.compress(b'{"next": "https:\\/\\/api.vendor.example\\/x"}')) + recoder(b"")
    assert gzip.decompress(out) == b'{"next": "http:\\/\\/localhost:8080\\/x"}'


JSON = (b"Content-Type", b"application/json")


@pytest.mark.parametrize(
    ("fields", "plan"),
    [
        ((JSON, (b"Content-Length", b"10")), Plan.WHOLE),
        (((b"content-type", b"application/x-www-form-urlencoded"), (b"Content-Length", b"10")), Plan.WHOLE),
        ((JSON,), Plan.STREAM),
        ((JSON, (b"Transfer-Encoding", b"chunked")), Plan.STREAM),
        ((JSON, (b"Content-Length", b"0")), Plan.LEAVE),
        ((JSON, (b"Content-Length", str(WHOLE_MAX_BYTES + 1).encode())), Plan.LEAVE),
        ((JSON, (b"Content-Length", b"ten")), Plan.LEAVE),
        ((JSON, (b"Content-Encoding", b"gzip"), (b"Content-Length", b"10")), Plan.LEAVE),
        ((JSON, (b"Content-MD5", b"x"), (b"Content-Length", b"10")), Plan.LEAVE),
        ((JSON, (b"Authorization", b"AWS4-HMAC-SHA256 Credential=x"), (b"Content-Length", b"10")), Plan.WHOLE),
        ((JSON, (b"Authorization", b"OAuth oauth_signature=x"), (b"Content-Length", b"10")), Plan.LEAVE),
        ((JSON, (b"X-Hub-Signature-256", b"sha256=x"), (b"Content-Length", b"10")), Plan.LEAVE),
        (((b"Content-Type", b"multipart/form-data; boundary=x"), (b"Content-Length", b"10")), Plan.LEAVE),
        (((b"Content-Length", b"10"),), Plan.LEAVE),
    ],
)
def test_which_request_bodies_change(fields: tuple[tuple[bytes, bytes], ...], plan: Plan) -> None:
    """Text of known length is held until it is whole; what is signed, packed or in parts is left alone."""
    assert plan is VIEW.request_plan(fields)


def test_a_link_that_the_client_follows_or_echoes_is_the_vendors_again() -> None:
    """In the target, in headers and in bodies, by whichever name the client calls the recorder."""
    assert (
        VIEW.request_target(b"/login?to=http%3A%2F%2Flocalhost%3A8080%2Fcb")
        == b"/login?to=https%3A%2F%2Fapi.vendor.example%2Fcb"
    )
    assert VIEW.request_headers(((b"Referer", b"http://127.0.0.1:8080/a"),)) == (
        (b"Referer", b"https://api.vendor.example/a"),
    )
    assert VIEW.request_whole(b'{"cursor": "http://localhost:8080/x"}') == b'{"cursor": "https://api.vendor.example/x"}'
    stream = VIEW.request_stream()
    assert stream(b'"http://local') + stream(b'host:8080/x"') + stream(b"") == b'"https://api.vendor.example/x"'


def test_credentials_and_marks_are_sent_as_they_are() -> None:
    """A signature covers the bytes that it covers."""
    fields = (
        (b"Authorization", b'OAuth realm="http://localhost:8080/"'),
        (b"If-None-Match", b'"http://localhost:8080/"'),
    )
    assert fields == VIEW.request_headers(fields)
