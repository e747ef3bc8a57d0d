"""One attempt over real sockets: whatever the vendor does, the outcome is a value that says what it was."""

from __future__ import annotations

import asyncio
import ssl
import threading

import httpx
import pytest
import trustme
from vendors import closed_port, vendor

from tapehiss.cassettes.coding import encode
from tapehiss.cassettes.exchange import Ending, Request, Response, header
from tapehiss.clients import errors
from tapehiss.clients.effects import Failure, Send
from tapehiss.clients.httpx_wire import Wire, asend, send

BODY_MAX_BYTES = 1_000_000


def attempt_sync(request, timeout_s=5.0, verify=None, most=BODY_MAX_BYTES):
    with Wire(verify) as transport:
        return send(transport, Send(request, timeout_s), most)


def attempt_async(request, timeout_s=5.0, verify=None, most=BODY_MAX_BYTES):
    async def main():
        async with httpx.AsyncHTTPTransport(verify=verify or True) as transport:
            return await asend(transport, Send(request, timeout_s), most)

    return asyncio.run(main())


@pytest.fixture(params=[attempt_sync, attempt_async], ids=["sync", "async"])
def attempt(request):
    return request.param


def test_what_is_said_is_sent(attempt):
    """Method, target, headers in order with duplicates, and body reach the vendor; the answer comes back whole and decoded."""
    seen = []

    def serve(visit):
        seen.append((visit.head, visit.body))
        visit.answer(encode("gzip", b'{"a": 1}'), "Content-Encoding: gzip", "X-A: 1", "x-a: caf\xe9", status="201 Made")

    headers = (("X-B", "1"), ("x-b", "2"), ("Content-Type", "application/json"))
    with vendor(serve) as there:
        found = attempt(Request("POST", f"{there.url}/v1/a%20b?x=1&x=2", headers, b"[1]"))
    assert isinstance(found, Response)
    assert (found.status, found.reason, found.body, found.http_version) == (201, "Made", b'{"a": 1}', "HTTP/1.1")
    assert [pair for pair in found.headers if pair[0].lower() == "x-a"] == [("X-A", "1"), ("x-a", "café")]
    [(head, body)] = seen
    assert head.startswith(b"POST /v1/a%20b?x=1&x=2 HTTP/1.1\r\n")
    assert (body, head.index(b"X-B: 1") < head.index(b"x-b: 2")) == (b"[1]", True)


def in_part(data):
    """A vendor that sends these bytes and closes the connection."""

    def serve(visit):
        visit.send(data)
        return True

    return serve


@pytest.mark.parametrize(
    ("data", "ending", "status"),
    [
        (b"", Ending.RESET, None),
        (b"HTTP/1.1 200 OK\r\nContent-Le", Ending.RESET, None),
        (b"this is no HTTP\r\n\r\n", Ending.MALFORMED, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123", Ending.TRUNCATED, 200),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Ending.TRUNCATED, 200),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", Ending.TRUNCATED, 200),
        (b"HTTP/1.1 200 OK\r\n\r\nabc", Ending.TRUNCATED, 200),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08", Ending.TRUNCATED, 200),
    ],
)
def test_half_an_answer_is_none(attempt, data, ending, status):
    """No answer, half a head, nonsense, a short body, chunks without an end, a body without a length, half a gzip stream (V1)."""
    with vendor(in_part(data)) as there:
        found = attempt(Request("GET", f"{there.url}/"))
    assert isinstance(found, Failure)
    assert (found.ending, found.sent) == (ending, True)
    assert status == (found.response.status if found.response else None)


def test_a_reset_is_ambiguous(attempt):
    """A connection that is reset after the request was read: it was sent."""

    def serve(visit):
        visit.reset()
        return True

    with vendor(serve) as there:
        found = attempt(Request("POST", f"{there.url}/", (), b"x"))
    assert isinstance(found, Failure)
    assert (found.ending, found.sent, found.detail) == (Ending.RESET, True, "ReadError: Connection reset by peer")


def test_nobody_listens(attempt):
    """A refused connection: nothing was sent."""
    found = attempt(Request("POST", f"http://127.0.0.1:{closed_port()}/", (), b"x"))
    assert isinstance(found, Failure)
    assert (found.ending, found.sent) == (Ending.REFUSED, False)


def test_nobody_has_that_name(attempt):
    """A name that does not exist: nothing was sent."""
    found = attempt(Request("GET", "http://nobody.invalid/"))
    assert isinstance(found, Failure)
    assert (found.ending, found.sent) == (Ending.REFUSED, False)


def test_a_stranger_is_not_spoken_to(attempt):
    """A certificate of nobody we trust, and a server that does not speak TLS at all: nothing was sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with vendor(lambda visit: visit.answer(b"x"), context) as there:
        stranger = attempt(Request("POST", f"{there.url}/", (), b"x"))
    with vendor(lambda visit: visit.answer(b"x")) as there:
        deaf = attempt(Request("POST", there.url.replace("http", "https"), (), b"x"), 1.0)
    assert isinstance(stranger, Failure)
    assert isinstance(deaf, Failure)
    assert (stranger.ending, stranger.sent) == (Ending.TLS_FAILURE, False)
    assert not deaf.sent


def test_tls_works(attempt):
    """With the authority trusted, the answer comes."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with vendor(lambda visit: visit.answer(b"x"), context) as there:
        found = attempt(Request("GET", f"{there.url}/"), verify=trusting)
    assert isinstance(found, Response)


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\nX", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"])
def test_a_drip_does_not_outlast_the_attempt(attempt, begin):
    """Silence, a head or a body that comes byte by byte: the attempt ends when its time is over, not the drip's (D1)."""
    over = threading.Event()

    def serve(visit):
        visit.send(begin)
        for _ in range(100 if begin else 0):
            if over.wait(0.04):
                break
            visit.send(b"x")
        over.wait(4)
        return True

    with vendor(serve) as there:
        clock = asyncio.new_event_loop()
        began = clock.time()
        found = attempt(Request("GET", f"{there.url}/"), 0.3)
        took_s = clock.time() - began
        clock.close()
        over.set()
    assert isinstance(found, Failure)
    assert (found.ending, found.sent) == (Ending.TIMED_OUT, True)
    assert 0.29 < took_s < 3.0


def test_a_body_that_is_too_long_is_not_kept(attempt):
    """More bytes than we want: the call ends; another attempt would bring the same."""
    with vendor(lambda visit: visit.answer(b"x" * 100_000)) as there, pytest.raises(errors.BodyTooLong):
        attempt(Request("GET", f"{there.url}/"), most=99_999)


def test_no_body_after_head(attempt):
    """A HEAD answer names a length that does not come."""
    with vendor(in_part(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")) as there:
        found = attempt(Request("HEAD", f"{there.url}/"))
    assert isinstance(found, Response)
    assert header(found.headers, "content-length") == "5"


CANARY = "s3cr" + "et-canary"


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "http://127.0.0.1:9/", (("Authorization", f"Bearer {CANARY}\nX: y"),)),
        Request("GET", "http://127.0.0.1:9/", (("X-Snowman", f"{CANARY} ☃"),)),
        Request("GET", f"ftp://127.0.0.1/?{CANARY}"),
        Request("GET", f"http://[half?{CANARY}"),
        Request("GET", f"/relative?{CANARY}"),
        Request("GE T", f"http://127.0.0.1:9/?{CANARY}"),
        Request("GET", f"http://{'x' * 70}.\xad.example/?{CANARY}"),
    ],
    ids=["newline", "snowman", "ftp", "bracket", "relative", "method", "idna"],
)
def test_what_cannot_be_sent_is_ours(attempt, request_):
    """A header that smuggles, a URL that is none: an error of the caller, which repeats nothing of it (L1)."""
    with pytest.raises(errors.InvalidRequest) as caught:
        attempt(request_)
    told: list[BaseException | None] = [caught.value, caught.value.__cause__]
    assert not any(CANARY in f"{each} {each!r}" for each in told)


def test_connections_are_kept_and_closed():
    """Two requests share a connection; a timeout in between does not poison the transport (D4)."""
    over = threading.Event()

    def serve(visit):
        if visit.path == "/slow":
            over.wait(5)
            return True
        visit.answer(b"x")
        return False

    with vendor(serve) as there, Wire() as transport:
        outcomes = [
            send(transport, Send(Request("GET", f"{there.url}{path}"), 0.2 if path == "/slow" else 5.0), 100)
            for path in ("/", "/", "/slow", "/")
        ]
        over.set()
        assert [isinstance(each, Response) for each in outcomes] == [True, True, False, True]
        assert there.accepted == 2


def test_large_bodies_pass_both_ways(attempt):
    """Megabytes are sent in pieces and come back whole."""
    with vendor(lambda visit: visit.answer(visit.body)) as there:
        found = attempt(Request("POST", f"{there.url}/", (), b"x" * 3_000_000), most=4_000_000)
    assert isinstance(found, Response)
    assert len(found.body) == 3_000_000


def test_any_transport_will_do():
    """A transport of somebody else's (an application in process, a double) is used as it is; its failures count as sent."""

    def broken(request):
        if request.url.path == "/gone":
            raise httpx.ReadError("gone")
        return httpx.Response(200, json={"a": 1})

    transport = httpx.MockTransport(broken)
    fine, gone = (send(transport, Send(Request("GET", f"http://h/{path}"), 1.0), 100) for path in ("", "gone"))
    assert isinstance(fine, Response)
    assert isinstance(gone, Failure)
    assert gone.sent


def test_a_transport_that_never_ends_is_left():
    """A transport that bounds nothing itself is left between two pieces when the attempt is over."""

    def forever():
        for _ in range(1_000_000):
            yield b""

    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=forever()))
    found = send(transport, Send(Request("GET", "http://h/"), 0.05), 100)
    assert isinstance(found, Failure)
    assert (found.ending, found.sent) == (Ending.TIMED_OUT, True)
