"""The data plane: bytes of a request in, a script out."""

from __future__ import annotations

import gzip
import itertools
from dataclasses import replace

import pytest
from shop import HOST, SHOP, get, post
from wires import read

from tapehiss.cassettes.exchange import Request
from tapehiss.mocks.doors import FRONT, Door
from tapehiss.mocks.faults import Latency
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.plane import HEAD_KEPT_MAX_BYTES, DataPlane, accepted_by, head_of, request_of
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.statekeys import state_by
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.wire import Then

HOSTED = ((b"Host", b"127.0.0.1:8000"),)


def plane(*exchanges, schedule=()) -> DataPlane:
    ticks = itertools.count()
    return DataPlane(LiveVendor(Vendor.of(exchanges or SHOP, schedule)), lambda: float(next(ticks)))


def play(data_plane: DataPlane, url: str, method: str = "GET", headers=HOSTED, body: bytes = b"", door=FRONT):
    script, delay_s = data_plane.play(method, url.encode(), headers, body, keep_alive=True, http_10=False, door=door)
    return read(b"".join(content for _, content in script.pieces), method), delay_s


def test_a_request_is_answered_from_the_tapes():
    """Target and Host make the URL, the answer is the recorded one."""
    (head, body, whole), delay_s = play(plane(), "/v1/orders/1")
    assert (head.status_code, body, whole, delay_s) == (200, b'{"status": "new"}', True, 0.0)


def test_scripts_are_made_once():
    """The second time the same bytes are written; a fault's delay does not get into them."""
    data_plane = plane(get("/a"), schedule=(Rule(Latency(3.0), first=1),))
    assert play(data_plane, "/a")[1] == 3.0
    assert play(data_plane, "/a")[1] == 0.0
    first = data_plane.play("GET", b"/a", HOSTED, b"", keep_alive=True, http_10=False)[0]
    assert data_plane.play("GET", b"/a", HOSTED, b"", keep_alive=True, http_10=False)[0] is first
    other = data_plane.play("GET", b"/a", ((b"host", b"mock:1"),), b"", keep_alive=True, http_10=False)[0]
    assert other is not first


def test_prepared_scripts_are_bounded():
    """When they take too much memory they are made anew; one that is larger than the limit is not kept."""
    data_plane = plane(*(get(f"/{number}", body=b"x" * 100) for number in range(5)), get("/big", body=b"x" * 500))
    data_plane.prepared_max_bytes = 300
    for url in (*(f"/{number}" for number in range(5)), "/big"):
        play(data_plane, url)
        assert data_plane.prepared_bytes <= 300
    assert len(data_plane.prepared) <= 1


def test_a_compressed_request_is_compared_by_its_content():
    """The tape has content, so a client that compresses finds its recording."""
    recorded = post("/a", b'{"a": 1}')
    headers = (*HOSTED, (b"Content-Type", b"application/json"), (b"Content-Encoding", b"gzip"))
    (head, _, _), _ = play(plane(recorded), "/a", "POST", headers, gzip.compress(b'{"a": 1}'))
    assert dict(head.headers)[b"x-tapehiss-match"] == b"exact"


def test_targets_in_absolute_form_are_urls():
    """RFC 9112 section 3.2.2: a proxy's client sends the whole URL; a URL in the query is none."""
    assert request_of("GET", b"http://a.example/x", (), b"").url == "http://a.example/x"
    assert request_of("GET", b"/x?u=http://b", ((b"HOST", b"h"),), b"").url == "http://h/x?u=http://b"


def test_every_accept_encoding_counts():
    """RFC 9110 section 5.3: several lines are one list."""
    request = Request("GET", HOST, (("accept-encoding", "gzip"), ("accept-encoding", "br")))
    assert accepted_by(request) == "gzip, br"


def test_framing_depends_on_the_client():
    """An old client gets no chunks, one that closes is told so, and neither gets the other's script."""
    data_plane = plane()
    kept, old = (
        data_plane.play("GET", b"/v1/events", HOSTED, b"", keep_alive=keep, http_10=not keep)[0]
        for keep in (True, False)
    )
    assert [b"chunked" in script.pieces[0][1] for script in (kept, old)] == [True, False]
    assert [script.then for script in (kept, old)] == [Then.KEEP, Then.CLOSE]


def test_the_way_in_says_whose_state_is_meant():
    """By a segment of the path, or by a port of its own; scripts with links are each client's own."""
    link = get("/v1/a", 200, f'"{HOST}/v1/b"'.encode())
    live = LiveVendor(Vendor.of([link, get("/v1/a", 200, b"2")]), by=state_by("path"))
    front, side = DataPlane(live, lambda: 0.0), Door(state="side")
    assert [play(front, f"/_state/{key}/v1/a")[0][1] for key in "aab"] == [
        b'"http://127.0.0.1:8000/_state/a/v1/b"',
        b"2",
        b'"http://127.0.0.1:8000/_state/b/v1/b"',
    ]
    assert [play(front, "/v1/a", door=door)[0][1] for door in (side, FRONT, side)] == [
        b'"http://127.0.0.1:8000/v1/b"',
        b'"http://127.0.0.1:8000/v1/b"',
        b"2",
    ]
    assert list(live.states) == ["a", "b", "side"]


def test_the_way_in_says_which_vendor_is_meant():
    """Of two vendors with the same path; what the path says goes before the port."""
    other = replace(get("/v1/a", body=b'"other"'), request=Request("GET", "https://auth.shop.example/v1/a"))
    live = LiveVendor(Vendor.of([get("/v1/a", body=b'"shop"'), other]))
    data_plane, at_auth = DataPlane(live, lambda: 0.0), Door(host="auth.shop.example")
    assert play(data_plane, "/v1/a", door=at_auth)[0][1] == b'"other"'
    assert play(data_plane, "/_host/api.shop.example/v1/a", door=at_auth)[0][1] == b'"shop"'


@pytest.mark.parametrize("padding", [0, HEAD_KEPT_MAX_BYTES + 1])
def test_headers_are_read_alike_remembered_or_not(padding):
    """Names in lower case, the first host and scheme count, and every coding that is accepted; long headers are read anew."""
    headers = [(b"Host", b"h"), (b"host", b"other"), (b"Accept-Encoding", b"gzip"), (b"X", b"\xe9" * padding)]
    headers += [(b"x-forwarded-proto", b"https"), (b"accept-encoding", b"br")]
    for head in (head_of(headers), head_of(tuple(headers))):
        assert (head.host, head.scheme, head.accepted) == ("h", "https", "gzip, br")
        assert head.pairs[:2] == (("host", "h"), ("host", "other"))
        assert head.pairs[3] == ("x", "\xe9" * padding)
