"""The live side of rewriting: mitmproxy's flows in, the same flows with headers and filters changed for who is to read them.

Decisions are in ``cassettes.rewriting``; here they are applied. Nothing that is recorded is touched: the tape has what the vendor sent
and what the vendor was sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.origins import Origin, origin_of
from tapehiss.cassettes.rewriting import Plan, Rewriting

if TYPE_CHECKING:
    from collections.abc import Callable

    from mitmproxy.connection import Client
    from mitmproxy.http import HTTPFlow

    from tapehiss.cassettes.rewriting import Fields

CALLED = "tapehiss_called"
"""Where a flow remembers by which name its client called."""
VIEWS_MAX = 256
"""Names by which clients call the recorder; more than that is no client but a scan."""


class Live:
    """Reverse mode's view of a vendor."""

    def __init__(self, vendor: Origin) -> None:
        self.vendor = vendor
        self._authority = vendor.authority.encode("ascii")
        self._views: dict[tuple[Any, ...], Rewriting] = {}

    def view(self, flow: HTTPFlow) -> Rewriting:
        """How this client calls the recorder: by its Host header, or else by the address that it reached."""
        client = flow.client_conn
        called = flow.metadata.get(CALLED)
        found = self._views.get((client.tls, called, client.sockname))
        if found is None:
            found = self._view("https" if client.tls else "http", called, _authority(client))
            if len(self._views) >= VIEWS_MAX:
                self._views.clear()
            self._views[client.tls, called, client.sockname] = found
        return found

    def _view(self, scheme: str, called: bytes | None, reached: str) -> Rewriting:
        named = origin_of(scheme, called.decode("latin-1")) if called else None
        here = named or origin_of(scheme, reached) or Origin("http", "127.0.0.1", 80)
        others = (Origin(scheme, name, here.port) for name in ("127.0.0.1", "localhost", "[::1]"))
        return Rewriting(self.vendor, here, tuple(other for other in others if other != here))

    def request_headers(self, flow: HTTPFlow) -> None:
        """Target and headers, for the vendor."""
        data = flow.request.data
        fields, at = data.headers.fields, _host_at(data.headers.fields)
        host = () if at < 0 else (fields[at],)
        called = data.authority or (host[0][1] if host else b"")
        if called and called != self._authority:
            flow.metadata[CALLED] = called
        view = self.view(flow)
        data.path = view.request_target(data.path)
        fields = view.request_headers((*fields[:at], *fields[at + 1 :]) if host else fields)
        data.headers.fields = (*fields[:at], (host[0][0], self._authority), *fields[at:]) if host else fields
        if data.authority:
            data.authority = self._authority

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

    def may_change(self, flow: HTTPFlow) -> bool:
        """Whether the body of this response is of a kind that is rewritten."""
        assert flow.response is not None
        data = flow.response.data
        return self.view(flow).response_body(flow.request.method, data.status_code, data.headers.fields) is not None

    def response_begins(self, flow: HTTPFlow) -> Callable[[bytes], bytes] | None:
        """Headers for the client, and a filter for the chunks of a body that is to pass as it comes."""
        assert flow.response is not None
        view, data = self.view(flow), flow.response.data
        fields = data.headers.fields
        recoder = view.response_body(flow.request.method, data.status_code, fields)
        changes = recoder is not None or (flow.request.method == "HEAD" and view.recoder(fields) is not None)
        chunked = recoder is not None and flow.request.data.http_version == b"HTTP/1.1"
        data.headers.fields = view.response_headers(fields, body_changes=changes, chunked=chunked)
        return recoder

    def response_whole(self, flow: HTTPFlow) -> None:
        """The same for a body that is all there: its length is known, and what need not change does not."""
        assert flow.response is not None
        view, data = self.view(flow), flow.response.data
        content, fields = data.content or b"", data.headers.fields
        recoder = None
        if content and not view.leaves(fields, content):
            recoder = view.response_body(flow.request.method, data.status_code, fields)
        shown = content if recoder is None else recoder.whole(content)
        changes = shown != content
        unsure = flow.request.method == "HEAD" and view.recoder(fields) is not None
        headers = view.response_headers(fields, body_changes=changes or unsure, chunked=False)
        if changes:
            headers = (*headers, (b"Content-Length", b"%d" % len(shown)))
            data.content = shown
        data.headers.fields = headers


def _host_at(fields: Fields) -> int:
    """Where the Host header is, or -1."""
    for at, (name, _) in enumerate(fields):
        if len(name) == len(b"host") and name.lower() == b"host":
            return at
    return -1


def _authority(client: Client) -> str:
    host, port = client.sockname[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
