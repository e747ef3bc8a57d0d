"""From the raw pieces that a hook takes to the Exchange."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.coding import encode
from tapehiss.cassettes.exchange import Cut, Ending, Message
from tapehiss.proxy.snapshot import Reply, Snapshot, exchange_of, flat, raised, url_of

FIELDS = st.lists(st.tuples(st.binary(min_size=1, max_size=8), st.binary(max_size=8)), max_size=4).map(tuple)
REPLIES = st.builds(
    Reply,
    status=st.integers(100, 599),
    reason=st.binary(max_size=8),
    version=st.sampled_from([b"HTTP/1.1", b"HTTP/2.0"]),
    fields=FIELDS,
    body=st.binary(max_size=20),
    trailers=FIELDS,
    chunks=st.lists(st.tuples(st.floats(0, 9), st.integers(0, 99)), max_size=3).map(tuple),
)
SNAPSHOTS = st.builds(
    Snapshot,
    method=st.sampled_from([b"GET", b"POST"]),
    scheme=st.sampled_from([b"http", b"https"]),
    host=st.sampled_from(["api.vendor.example", "::1", "[::1]"]),
    port=st.sampled_from([80, 443, 8080]),
    path=st.sampled_from([b"/", b"/a?b=%20", b"*", b"/\xff"]),
    version=st.sampled_from([b"HTTP/1.1", b"HTTP/2.0"]),
    fields=FIELDS,
    body=st.binary(max_size=20),
    trailers=FIELDS,
    ending=st.sampled_from([each.value for each in Ending]),
    detail=st.text(max_size=5),
    started_at=st.floats(0, 2e9),
    began=st.floats(0, 9),
    first_byte=st.none() | st.floats(0, 9),
    ended=st.floats(0, 9),
    connect_s=st.none() | st.floats(0, 9),
    tls_s=st.none() | st.floats(0, 9),
    label=st.text(max_size=5),
    messages=st.just(()) | st.just(((True, False, b"x", 5.0),)),
    reply=st.none() | REPLIES,
)


@given(SNAPSHOTS)
def test_a_snapshot_survives_the_way_to_the_writer(snapshot: Snapshot) -> None:
    """Flat, pickled, and raised again."""
    assert raised(pickle.loads(pickle.dumps(flat(snapshot)))) == snapshot


@given(SNAPSHOTS)
def test_nothing_is_lost_in_the_exchange(snapshot: Snapshot) -> None:
    """Every header byte has one character, bodies are bytes, times count from the complete request."""
    exchange = exchange_of(snapshot)

    back = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in exchange.request.headers)
    assert back == snapshot.fields
    assert exchange.ending.value == snapshot.ending
    assert (exchange.response is None) == (snapshot.reply is None)
    assert exchange.timings.end_s == round(snapshot.ended - snapshot.began, 6)
    assert len(exchange.messages) == len(snapshot.messages)


PLAIN = Snapshot(
    method=b"GET", scheme=b"https", host="api.vendor.example", port=443, path=b"/a?b", version=b"HTTP/1.1", fields=(),
    body=b"", trailers=(), ending="complete", detail="", started_at=100.0, began=5.0, first_byte=5.5, ended=6.0,
    connect_s=None, tls_s=None, label="",
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, "https://api.vendor.example/a?b"),
        ({"port": 8443}, "https://api.vendor.example:8443/a?b"),
        ({"scheme": b"http"}, "http://api.vendor.example:443/a?b"),
        ({"scheme": b"http", "port": 80}, "http://api.vendor.example/a?b"),
        ({"host": "::1"}, "https://[::1]/a?b"),
        ({"host": "[::1]", "port": 1}, "https://[::1]:1/a?b"),
        ({"method": b"OPTIONS", "path": b"*"}, "https://api.vendor.example/*"),
    ],
)
def test_the_url_is_the_vendors(changes: dict[str, object], url: str) -> None:
    """A default port goes without saying."""
    assert url_of(PLAIN._replace(**changes)) == url


def test_content_codings_are_undone_on_both_sides() -> None:
    """The headers stay as they were sent."""
    wire = encode("gzip", b"content")
    headers = ((b"Content-Encoding", b"gzip"),)
    exchange = exchange_of(
        PLAIN._replace(fields=headers, body=wire, reply=Reply(200, b"OK", b"HTTP/1.1", headers, wire)),
    )

    assert exchange.response is not None
    assert (exchange.request.body, exchange.response.body) == (b"content", b"content")
    assert exchange.response.headers == (("Content-Encoding", "gzip"),)


def test_a_cut_body_is_a_beginning() -> None:
    """With the length and the digest of the whole; decoded as far as it goes."""
    wire = encode("gzip", b"content " * 1000)
    headers = ((b"Content-Encoding", b"gzip"),)
    reply = Reply(200, b"OK", b"HTTP/1.1", headers, wire[:-10], size=len(wire), sha256="ab")
    exchange = exchange_of(PLAIN._replace(reply=reply))

    assert exchange.response is not None
    assert exchange.response.cut == Cut(len(wire), "ab")
    assert exchange.response.body.startswith(b"content content")


def test_versions_and_messages() -> None:
    """HTTP/2 has no minor version, and messages count from the handshake."""
    exchange = exchange_of(PLAIN._replace(version=b"HTTP/2.0", messages=((True, True, b"hi", 101.5),)))

    assert exchange.request.http_version == "HTTP/2"
    assert exchange.messages == (Message(from_client=True, text=True, content=b"hi", at_s=1.5),)
