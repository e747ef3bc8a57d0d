"""Did the whole body come?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.coding import CODINGS, encode
from tapehiss.cassettes.exchange import Ending, Response
from tapehiss.clients.completeness import has_body, received
from tapehiss.clients.effects import Failure


def response(body: bytes, *headers: tuple[str, str], status: int = 200, version: str = "HTTP/1.1") -> Response:
    return Response(status, "", headers, body, version)


@given(
    st.binary(min_size=1, max_size=200), st.sampled_from([name for name in CODINGS if name != "identity"]), st.data()
)
def test_a_cut_body_is_never_success(content, coding, data):
    """Whole, a body is decoded; without its last bytes it is a failure, whether a length or only the coding tells."""
    wire = encode(coding, content)
    coded = ("Content-Encoding", coding)
    whole = received("GET", response(wire, coded, ("Content-Length", str(len(wire)))), 1000)
    assert isinstance(whole, Response)
    assert content == whole.body
    cut = wire[: data.draw(st.integers(1, len(wire) - 1))]
    for header in (("Content-Length", str(len(wire))), ("Transfer-Encoding", "chunked")):
        found = received("GET", response(cut, coded, header), 1000)
        assert isinstance(found, Failure)
        assert (found.ending, found.sent) == (Ending.TRUNCATED, True)


@pytest.mark.parametrize(
    "headers",
    [
        (("Content-Length", "2"),),
        (("Content-Length", "4"),),
        (("Content-Length", "3"), ("Content-Length", "4")),
        (("Content-Length", "x"),),
        (),
    ],
)
def test_a_body_whose_end_nobody_knows_is_a_failure(headers):
    """Too short, too long, two lengths, no length: it could be half of it (V1)."""
    assert isinstance(received("GET", response(b"abc", *headers), 1000), Failure)


@pytest.mark.parametrize(
    ("method", "whole"),
    [
        ("GET", response(b"abc", ("Content-Length", "3"))),
        ("GET", response(b"abc", ("Content-Length", "3"), ("content-length", "3"))),
        ("GET", response(b"abc", ("Transfer-Encoding", "chunked"))),
        ("GET", response(b"abc", version="HTTP/2")),
        ("HEAD", response(b"", ("Content-Length", "3"))),
        ("GET", response(b"", status=204)),
        ("GET", response(b"", ("Content-Length", "3"), status=304)),
        ("GET", response(b"", ("Content-Length", "0"))),
    ],
)
def test_whole_bodies_pass(method, whole):
    """A length that is right, chunks, a protocol with frames, and responses that have no body."""
    assert received(method, whole, 1000) == whole


def test_a_bomb_is_not_unpacked():
    """A body that would decode to more than the limit is a failure, and keeps what came."""
    wire = encode("gzip", b"0" * 100_000)
    found = received("GET", response(wire, ("Content-Encoding", "gzip"), ("Content-Length", str(len(wire)))), 1000)
    assert isinstance(found, Failure)
    assert found.response is not None
    assert (found.response.body, found.response.undecoded) == (wire, True)


def test_no_body_where_none_can_be():
    """Nothing follows a HEAD, an interim answer, 204 and 304."""
    assert [has_body("head", 200), has_body("GET", 103), has_body("GET", 204), has_body("GET", 304)] == [False] * 4
