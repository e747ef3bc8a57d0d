"""mitmproxy's flow files (``mitmdump -w``) as exchanges, with the same eyes with which the recorder looks at live flows."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.errors import UnsupportedFormat
from tapehiss.cassettes.exchange import Cut, header
from tapehiss.cassettes.source import Refusal
from tapehiss.proxy.endings import Mishap, Stage, ending_of
from tapehiss.proxy.snapshot import Reply, Snapshot, exchange_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mitmproxy import http

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.cassettes.source import Recorded


def read_flows(path: Path) -> Iterator[Recorded]:
    """The HTTP flows of a file in their order; other flows are refused by name, and so is a torn end.

    Raises ``UnsupportedFormat`` if not even the first flow can be read, ``OSError`` if the file cannot.
    """
    from mitmproxy.exceptions import FlowReadException
    from mitmproxy.io import FlowReader

    with path.open("rb") as file:
        flows = enumerate(FlowReader(file).stream())
        index = -1
        while True:
            try:
                index, flow = next(flows)
            except StopIteration:
                return
            except (FlowReadException, ValueError, TypeError, KeyError, AttributeError) as error:
                if index < 0:
                    raise UnsupportedFormat(f"no flow can be read from it ({error})", str(path)) from error
                yield Refusal(f"{path}#{index + 1}", f"the file ends here: {error}", "record the rest anew")
                return
            yield _recorded(flow, f"{path}#{index}")


def _recorded(flow: Any, where: str) -> Recorded:
    if flow.type != "http":
        return Refusal(where, f"a {flow.type.upper()} flow; a tape holds HTTP")
    return exchange_of_flow(flow)


def exchange_of_flow(flow: http.HTTPFlow) -> Exchange:
    """The exchange that a finished flow was."""
    exchange = exchange_of(_snapshot(flow))
    response = exchange.response
    if flow.request.raw_content is None:
        exchange = replace(exchange, request=replace(exchange.request, cut=Cut(_length(exchange.request.headers), "")))
    if response is not None and flow.response is not None and flow.response.raw_content is None:
        exchange = replace(exchange, response=replace(response, cut=Cut(_length(response.headers), "")))
    return exchange


def _length(headers: tuple[tuple[str, str], ...]) -> int:
    """The size of a body that was streamed past mitmproxy, as far as anybody said it."""
    said = header(headers, "content-length") or ""
    return int(said) if said.isdecimal() and len(said) < 19 else 0


def _snapshot(flow: http.HTTPFlow) -> Snapshot:
    asked = flow.request
    started_at = asked.timestamp_start or flow.timestamp_created
    began = asked.timestamp_end or started_at
    connect_s, tls_s = _handshakes(flow, started_at)
    messages = flow.websocket.messages if flow.websocket else []
    return Snapshot(
        method=asked.data.method,
        scheme=asked.data.scheme,
        host=_host(asked),
        port=asked.port,
        path=asked.data.path,
        version=asked.data.http_version,
        fields=asked.headers.fields,
        body=asked.raw_content or b"",
        trailers=asked.trailers.fields if asked.trailers else (),
        reply=_reply(flow.response) if flow.response else None,
        ending=_ending(flow),
        detail=flow.error.msg if flow.error else "",
        started_at=started_at,
        began=began,
        first_byte=flow.response.timestamp_start if flow.response else None,
        ended=_ended(flow, began),
        connect_s=connect_s,
        tls_s=tls_s,
        label="",
        messages=tuple((one.from_client, one.is_text, one.content, one.timestamp) for one in messages),
    )


def _host(asked: http.Request) -> str:
    """The vendor's name; transparent modes know its address only, and the client's Host header the name."""
    try:
        ipaddress.ip_address(asked.host.strip("[]"))
    except ValueError:
        return asked.host
    return asked.pretty_host or asked.host


def _reply(answered: http.Response) -> Reply:
    return Reply(
        status=answered.status_code,
        reason=answered.data.reason,
        version=answered.data.http_version,
        fields=answered.headers.fields,
        body=answered.raw_content or b"",
        trailers=answered.trailers.fields if answered.trailers else (),
        chunks=(),
    )


def _ended(flow: http.HTTPFlow, began: float) -> float:
    if flow.response and flow.response.timestamp_end:
        return flow.response.timestamp_end
    return flow.error.timestamp if flow.error else began


def _ending(flow: http.HTTPFlow) -> str:
    if flow.error is None:
        return "complete"
    server = flow.server_conn
    failed = Stage.NONE
    if server.address and server.timestamp_start and not server.timestamp_tcp_setup:
        failed = Stage.CONNECT
    elif server.tls and not server.timestamp_tls_setup:
        failed = Stage.TLS
    return ending_of(Mishap(flow.error.msg, failed=failed, response_began=flow.response is not None)).value


def _handshakes(flow: http.HTTPFlow, started_at: float) -> tuple[float | None, float | None]:
    """TCP and TLS, on the flow that opened the connection: another one began after it stood."""
    server = flow.server_conn
    start, tcp, tls = server.timestamp_start, server.timestamp_tcp_setup, server.timestamp_tls_setup
    if not start or not tcp or (tls or tcp) < started_at:
        return None, None
    return tcp - start, tls - tcp if tls else None
