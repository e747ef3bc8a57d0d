"""The live side of rewriting: mitmproxy's flows in, the same flows with headers and filters changed for who is to read them.

Decisions are in ``cassettes.rewriting``; here they are applied. Nothing that is recorded is touched: the tape has what the vendor sent
and what the vendor was sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitmproxy.http import Headers

from tapehiss.cassettes.origins import Origin, origin_of
from tapehiss.cassettes.rewriting import Plan, Rewriting

if TYPE_CHECKING:
    from collections.abc import Callable

    from mitmproxy.connection import Client
    from mitmproxy.http import HTTPFlow

VIEWS_MAX = 256
"""Names by which clients call the recorder; more than that is no client but a scan."""


class Live:
    """Reverse mode's view of a vendor."""

    def __init__(self, vendor: Origin) -> None:
        self.vendor = vendor
        self._views: dict[tuple[str, str], Rewriting] = {}

    def view(self, flow: HTTPFlow) -> Rewriting:
        """How this client calls the recorder: by its Host header, or else by the address that it reached."""
        scheme = "https" if flow.client_conn.tls else "http"
        reached = _authority(flow.client_conn)
        called = flow.metadata.get("tapehiss_host", reached)
        found = self._views.get((scheme, called))
        if found is None:
            if len(self._views) >= VIEWS_MAX:
                self._views.clear()
            here = origin_of(scheme, called) or origin_of(scheme, reached) or Origin("http", "127.0.0.1", 80)
            others = (Origin(scheme, name, here.port) for name in ("127.0.0.1", "localhost", "[::1]"))
            found = Rewriting(self.vendor, here, tuple(other for other in others if other != here))
            self._views[scheme, called] = found
        return found

    def request_headers(self, flow: HTTPFlow) -> None:
        """Target and headers, for the vendor."""
        called = flow.request.host_header
        if called and called != self.vendor.authority:
            flow.metadata["tapehiss_host"] = called
            flow.request.host_header = self.vendor.authority
        view, data = self.view(flow), flow.request.data
        data.path = view.request_target(data.path)
        fields = view.request_headers(data.headers.fields)
        if fields != data.headers.fields:
            data.headers = Headers(fields)

    def request_stream(self, flow: HTTPFlow) -> Callable[[bytes], bytes] | None:
        """A filter for the chunks of a request body of unknown length."""
        view = self.view(flow)
        return view.request_stream() if view.request_plan(flow.request.data.headers.fields) is Plan.STREAM else None

    def request_body(self, flow: HTTPFlow) -> None:
        """A request body that is whole, for the vendor."""
        content = flow.request.data.content
        if not content or flow.request.stream:
            return
        view = self.view(flow)
        if view.request_plan(flow.request.data.headers.fields) is Plan.LEAVE:
            return
        changed = view.request_whole(content)
        if changed != content:
            flow.request.data.content = changed
            if "content-length" in flow.request.headers:
                flow.request.headers["content-length"] = str(len(changed))

    def response_begins(self, flow: HTTPFlow) -> Callable[[bytes], bytes] | None:
        """Headers for the client, and a filter for the chunks of a body that is to pass as it comes."""
        assert flow.response is not None
        view, data = self.view(flow), flow.response.data
        fields = data.headers.fields
        recoder = view.response_body(flow.request.method, data.status_code, fields)
        changes = recoder is not None or (flow.request.method == "HEAD" and view.recoder(fields) is not None)
        chunked = recoder is not None and flow.request.data.http_version == b"HTTP/1.1"
        data.headers = Headers(view.response_headers(fields, body_changes=changes, chunked=chunked))
        return recoder

    def response_whole(self, flow: HTTPFlow) -> None:
        """The same for a body that is all there: its length is known, and what need not change does not."""
        assert flow.response is not None
        view, data = self.view(flow), flow.response.data
        content, fields = data.content or b"", data.headers.fields
        recoder = view.response_body(flow.request.method, data.status_code, fields) if content else None
        shown = content if recoder is None else recoder(content) + recoder(b"")
        changes = shown != content
        headers = view.response_headers(fields, body_changes=changes, chunked=False)
        if changes:
            headers = (*headers, (b"Content-Length", b"%d" % len(shown)))
            data.content = shown
        data.headers = Headers(headers)


def _authority(client: Client) -> str:
    host, port = client.sockname[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
