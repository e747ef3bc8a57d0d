"""Inside knowledge of mitmproxy, held where it is used: on running connections, in test_traffic, test_http2 and test_recording.

Here are the parts that need no connection.
"""

from __future__ import annotations

import pytest
from mitmproxy.http import Headers
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow

from tapehiss.proxy import depths
from tapehiss.proxy.take import Take


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        (((b"Content-Length", b"12"),), 12),
        (((b"content-length", b"0"),), 0),
        (((b"Content-Length", b"many"),), None),
        (((b"Content-Type", b"12"),), None),
        ((), None),
    ],
)
def test_the_announced_length(fields: tuple[tuple[bytes, bytes], ...], length: int | None) -> None:
    """Content-Length, if it is one."""
    assert depths.announced(fields) == length


@pytest.mark.parametrize(
    ("fields", "streams"),
    [
        ([], False),
        ([(b"Content-Length", b"10")], False),
        ([(b"Content-Length", b"10000000")], True),
        ([(b"Transfer-Encoding", b"chunked")], True),
    ],
)
def test_large_and_endless_requests_pass_as_they_come(fields: list[tuple[bytes, bytes]], streams: bool) -> None:
    """Small ones arrive in one piece anyway."""
    flow = tflow.tflow()
    flow.request.headers = Headers(fields)

    assert depths.streams_well(flow) is streams


def test_http1_gets_the_framing_that_it_needs() -> None:
    """A request that came over HTTP/2 has no length and may have trailers; HTTP/1 needs the one and cannot send the other."""
    flow = tflow.tflow()
    flow.request.http_version = "HTTP/2.0"
    flow.request.headers = Headers()
    flow.request.trailers = Headers([(b"a", b"b")])
    depths.frame_for_http1(flow)

    assert flow.request.trailers is None
    assert flow.request.headers["content-length"] == str(len(flow.request.raw_content or b""))


def test_http2_stays_as_it_is() -> None:
    """Where the vendor speaks it, too."""
    flow = tflow.tflow()
    flow.request.http_version, flow.server_conn.alpn = "HTTP/2.0", b"h2"
    flow.request.trailers = Headers([(b"a", b"b")])
    depths.frame_for_http1(flow)

    assert flow.request.trailers is not None


def test_trailers_go_on_the_tape_where_they_cannot_go_to_the_client() -> None:
    """An HTTP/1 client of mitmproxy gets none."""
    flow, take = tflow.tflow(resp=True), Take(0.0, "")
    assert flow.response is not None
    flow.response.trailers = Headers([(b"x-sum", b"42")])
    depths.keep_trailers(flow, take)

    assert flow.response.trailers is None
    assert take.trailers == ((b"x-sum", b"42"),)


@pytest.mark.parametrize(
    ("url", "said", "passed_on"),
    [
        ("http://api.vendor.example:8080/", "127.0.0.1:9999", "api.vendor.example:8080"),
        ("http://api.vendor.example/", "proxy.example", "api.vendor.example"),
        ("http://[::1]:8080/", "proxy.example", "[::1]:8080"),
        ("http://api.vendor.example/", "API.vendor.example", "API.vendor.example"),
        ("http://api.vendor.example/", "api.vendor.example:80", "api.vendor.example:80"),
        ("http://api.vendor.example:8080/", "api.vendor.example", "api.vendor.example:8080"),
        ("https://192.0.2.1/", "api.vendor.example", "api.vendor.example"),
    ],
)
def test_the_target_says_whom_a_request_is_for(url: str, said: str, passed_on: str) -> None:
    """A client may tell a proxy the proxy's own name as the Host; the vendor is told its own (RFC 9112 section 3.2.2)."""
    flow = tflow.tflow()
    flow.client_conn.proxy_mode = ProxyMode.parse("regular")
    flow.request.url, flow.request.headers = url, Headers(host=said, proxy_connection="keep-alive")
    depths.drop_ours(flow)
    assert dict(flow.request.headers) == {"host": passed_on}


def test_a_request_without_a_host_stays_without() -> None:
    """HTTP/1.0 has none; and behind a reverse proxy it is mitmproxy's business."""
    flow = tflow.tflow()
    flow.client_conn.proxy_mode = ProxyMode.parse("regular")
    flow.request.headers = Headers()
    depths.drop_ours(flow)
    assert not flow.request.headers
    flow.client_conn.proxy_mode = ProxyMode.parse("reverse:http://api.vendor.example")
    flow.request.headers = Headers(host="other.example")
    depths.drop_ours(flow)
    assert flow.request.headers["host"] == "other.example"
