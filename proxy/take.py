"""One exchange while it is still going on: what the hooks have seen of it so far.

The law of this file: no clock (times come in) and nothing that costs: pieces are collected here and understood in ``proxy.snapshot``.
``flow`` is mitmproxy's ``HTTPFlow``; only its plain data is read, so nothing here imports mitmproxy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tapehiss.proxy.endings import LAST_EVENT_MAX_BYTES, is_whole
from tapehiss.proxy.snapshot import Reply, Snapshot

if TYPE_CHECKING:
    from tapehiss.proxy.snapshot import Fields
    from tapehiss.proxy.tee import Tee

MESSAGES_MAX = 100_000
SHOWN_MAX_BYTES = 1024 * 1024
NO_FIELDS: Fields = ()


class Take:
    """What has been seen of one flow."""

    def __init__(self, began: float, label: str) -> None:
        self.began = began
        self.label = label
        self.sent: float | None = None
        self.first_byte: float | None = None
        self.request_tee: Tee | None = None
        self.reply_tee: Tee | None = None
        self.reply_fields: Fields | None = None
        """The vendor's, before anything was rewritten for the client."""
        self.reply_content: bytes | None = None
        """The vendor's, where it came in one piece."""
        self.trailers: Fields = NO_FIELDS
        """Of the response, where mitmproxy cannot pass them on."""
        self.setup: tuple[float | None, float | None] = (None, None)
        """How long TCP and TLS took, if this exchange opened the connection."""
        self.messages: list[tuple[bool, bool, bytes, float]] = []
        self.message_bytes = 0
        self.messages_dropped = 0
        self.notes: list[tuple[str, str]] = []

    def begins(self, at: float, fields: Fields, setup: tuple[float | None, float | None]) -> None:
        """The response's head."""
        self.first_byte, self.reply_fields, self.setup = at, fields, setup

    def show(self, response: Any) -> None:
        """Give a small body that has passed to addons that look at it afterwards, such as mitmproxy's ``save``."""
        tee = self.reply_tee
        if tee is not None and tee.size <= SHOWN_MAX_BYTES and not tee.sha256:
            response.content = tee.body

    def message(self, message: Any, limit_bytes: int) -> None:
        """One WebSocket message, as long as all of them together stay within the limit."""
        content = message.content
        self.message_bytes += len(content)
        if self.message_bytes > limit_bytes or len(self.messages) >= MESSAGES_MAX:
            self.messages_dropped += 1
        else:
            self.messages.append((message.from_client, message.is_text, content, message.timestamp))

    @property
    def last_seen(self) -> float:
        """When something passed last."""
        chunks = self.reply_tee.chunks if self.reply_tee is not None and self.reply_tee.chunks else ()
        times = [self.began, self.sent or 0.0, self.first_byte or 0.0, chunks[-1][0] if chunks else 0.0]
        return max(times)

    @property
    def is_whole(self) -> bool:
        """Whether the answer had come to its end when its client left."""
        tee, fields = self.reply_tee, self.reply_fields
        return tee is not None and fields is not None and is_whole(fields, tee.tail(LAST_EVENT_MAX_BYTES), tee.size)

    def snapshot(self, flow: Any, ending: str, detail: str, ended: float) -> Snapshot:
        """Everything, for the writer."""
        request = flow.request.data
        body, size, sha256 = _body(self.request_tee, request.content)
        return Snapshot(
            method=request.method,
            scheme=request.scheme,
            host=request.host,
            port=request.port,
            path=request.path,
            version=request.http_version,
            fields=request.headers.fields,
            body=body,
            trailers=request.trailers.fields if request.trailers else NO_FIELDS,
            ending=ending,
            detail=detail,
            started_at=request.timestamp_start,
            began=self.began if self.sent is None else self.sent,
            first_byte=self.first_byte,
            ended=ended,
            connect_s=self.setup[0],
            tls_s=self.setup[1],
            label=self.label,
            messages=tuple(self.messages),
            notes=self._notes(),
            complete_request=self.sent is not None,
            size=size,
            sha256=sha256,
            reply=None if flow.response is None else self._reply(flow.response.data),
        )

    def _reply(self, response: Any) -> Reply:
        content = response.content if self.reply_content is None else self.reply_content
        body, size, sha256 = _body(self.reply_tee, content)
        return Reply(
            status=response.status_code,
            reason=response.reason,
            version=response.http_version,
            fields=response.headers.fields if self.reply_fields is None else self.reply_fields,
            body=body,
            trailers=response.trailers.fields if response.trailers else self.trailers,
            chunks=self._chunks(),
            size=size,
            sha256=sha256,
        )

    def _chunks(self) -> tuple[tuple[float, int], ...]:
        if self.reply_tee is not None:
            return tuple(self.reply_tee.chunks)
        return ((self.first_byte or self.began, len(self.reply_content)),) if self.reply_content else ()

    def _notes(self) -> tuple[tuple[str, str], ...]:
        if self.messages_dropped:
            self.notes.append(("messages_dropped", str(self.messages_dropped)))
        return tuple(self.notes)

    def release(self) -> None:
        """Forget the bodies."""
        for tee in (self.request_tee, self.reply_tee):
            if tee is not None:
                tee.release()


def _body(tee: Tee | None, content: bytes | None) -> tuple[bytes, int, str]:
    """What the tee kept, or what mitmproxy did where nothing was streamed; the whole's size, and its digest if it was cut."""
    if tee is None or not tee.size:
        return content or b"", len(content or b""), ""
    return tee.body, tee.size, tee.sha256
