"""Promises of ``proxy/flowfile.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from mitmproxy import flow as mitmflow
from mitmproxy import http
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow

from tapehiss.cassettes.coding import encode
from tapehiss.cassettes.errors import UnsupportedFormat
from tapehiss.cassettes.exchange import Ending, Exchange
from tapehiss.cassettes.importing import is_flow_file
from tapehiss.cassettes.source import Refusal
from tapehiss.proxy.flowfile import read_flows

if TYPE_CHECKING:
    from pathlib import Path


def written(path: Path, *flows: Any) -> Path:
    """A flow file as mitmproxy itself writes it."""
    with path.open("wb") as file:
        for one in flows:
            FlowWriter(file).add(one)
    return path


def only(path: Path, flow: http.HTTPFlow) -> Exchange:
    """The one exchange of a file with one flow."""
    (exchange,) = read_flows(written(path, flow))
    assert isinstance(exchange, Exchange)
    return exchange


def answered(**response: Any) -> http.HTTPFlow:
    flow = tflow.tflow(resp=True)
    flow.response = http.Response.make(**response)
    flow.response.timestamp_start, flow.response.timestamp_end = 946681202.0, 946681203.0
    return flow


def test_a_flow_is_read_as_it_was_on_the_wire(tmp_path: Path) -> None:
    """Method, URL, pairs of headers with duplicates, body and times."""
    flow = answered(
        status_code=201, content=b"made", headers=[(b"Set-Cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"X", b"\xe9")]
    )
    flow.request.url = "https://api.vendor.example/v1/things?a=1"
    exchange = only(tmp_path / "flows", flow)
    assert exchange.response is not None
    assert (exchange.request.method, exchange.request.url) == ("GET", "https://api.vendor.example/v1/things?a=1")
    assert exchange.request.body == b"content"
    assert (exchange.response.status, exchange.response.body) == (201, b"made")
    assert exchange.response.headers[:3] == (("Set-Cookie", "a=1"), ("set-cookie", "b=2"), ("X", "é"))
    assert (exchange.started_at, exchange.timings.first_byte_s, exchange.timings.end_s) == (946681200.0, 1.0, 2.0)


def test_the_content_is_decoded(tmp_path: Path) -> None:
    """mitmproxy keeps bodies as on the wire; a tape holds their content."""
    flow = answered(status_code=200, content=b"", headers=[(b"content-encoding", b"gzip")])
    flow.response.raw_content = encode("gzip", b"hiss")
    exchange = only(tmp_path / "flows", flow)
    assert exchange.response is not None
    assert (exchange.response.body, exchange.response.undecoded) == (b"hiss", False)


@pytest.mark.parametrize(
    ("words", "tcp", "ending"),
    [
        ("Server disconnected before sending a response; connection closed", True, Ending.RESET),
        ("[Errno 111] Connect call failed ('127.0.0.1', 9)", False, Ending.REFUSED),
    ],
)
def test_a_failed_flow_is_a_failed_exchange(tmp_path: Path, words: str, tcp: bool, ending: Ending) -> None:
    """How it ended, in mitmproxy's words and in ours."""
    flow = tflow.tflow(err=True)
    flow.error = mitmflow.Error(words, timestamp=946681207.0)
    flow.server_conn.tls = False
    flow.server_conn.timestamp_tcp_setup = 946681200.5 if tcp else None
    exchange = only(tmp_path / "flows", flow)
    assert (exchange.response, exchange.ending, exchange.detail) == (None, ending, words)


def test_websocket_messages_are_kept(tmp_path: Path) -> None:
    """Who said what, text or binary, in order."""
    exchange = only(tmp_path / "flows", tflow.twebsocketflow())
    assert [(one.from_client, one.text, one.content) for one in exchange.messages] == [
        (True, False, b"hello binary"),
        (True, True, b"hello text"),
        (False, True, b"it's me"),
    ]


def test_a_streamed_body_is_known_to_be_missing(tmp_path: Path) -> None:
    """A body that mitmproxy let pass is not an empty body."""
    flow = answered(status_code=200)
    flow.response.headers["content-length"] = "4096"
    flow.response.raw_content = None
    exchange = only(tmp_path / "flows", flow)
    assert exchange.response is not None
    assert exchange.response.cut is not None
    assert (exchange.response.cut.size, exchange.replayable) == (4096, False)


def test_an_address_gives_way_to_the_name_that_the_client_used(tmp_path: Path) -> None:
    """Transparent modes know the vendor's address only; the Host header knows its name."""
    flow = tflow.tflow(resp=True)
    flow.request.host, flow.request.port, flow.request.scheme = "192.0.2.7", 443, "https"
    flow.request.headers["host"] = "api.vendor.example"
    assert only(tmp_path / "flows", flow).request.url == "https://api.vendor.example/path"


def test_flows_that_are_not_http_are_refused_by_name(tmp_path: Path) -> None:
    """One of them does not lose the others."""
    first, second = read_flows(written(tmp_path / "flows", tflow.ttcpflow(), tflow.tflow(resp=True)))
    assert isinstance(first, Refusal)
    assert (first.where, first.what) == (f"{tmp_path}/flows#0", "a TCP flow; a tape holds HTTP")
    assert isinstance(second, Exchange)


def test_a_torn_end_loses_nothing_before_it(tmp_path: Path) -> None:
    """mitmproxy that was killed leaves half a flow; the whole ones before it are read."""
    path = written(tmp_path / "flows", tflow.tflow(resp=True), tflow.tflow(resp=True))
    path.write_bytes(path.read_bytes()[:-100])
    first, second = read_flows(path)
    assert isinstance(first, Exchange)
    assert isinstance(second, Refusal)
    assert second.where == f"{path}#1"


def test_a_file_without_a_flow_is_no_recording(tmp_path: Path) -> None:
    """Not even one flow: the file is something else."""
    path = tmp_path / "flows"
    path.write_bytes(b"12:not a flow.,")
    with pytest.raises(UnsupportedFormat, match="no flow"):
        list(read_flows(path))


def test_a_flow_file_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    """What the importer looks at to tell flows from everything else."""
    assert is_flow_file(written(tmp_path / "flows", tflow.tflow()).read_bytes()[:100])
    assert not is_flow_file(b"version: 1\ninteractions:\n")
