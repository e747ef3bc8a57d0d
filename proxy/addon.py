"""Shell: the recorder as a mitmproxy addon: hooks that collect, hand over, and let the traffic pass.

It works inside ``tapehiss record`` (``proxy.master``) and under any mitmproxy: ``mitmdump -s .../tapehiss/proxy/addon.py --set
tapehiss_into=cassettes``. Every hook is guarded: what goes wrong here is counted and written on the tape as a gap, and
never stops the traffic.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.errors import TapehissError, Weather
from tapehiss.cassettes.exchange import Ending
from tapehiss.cassettes.line import Gap
from tapehiss.proxy import depths, options
from tapehiss.proxy.connections import Connections
from tapehiss.proxy.endings import Mishap, ending_of
from tapehiss.proxy.guard import guarded
from tapehiss.proxy.http1 import RESET
from tapehiss.proxy.journal import Journal
from tapehiss.proxy.live import Live
from tapehiss.proxy.take import Take
from tapehiss.proxy.tally import Tally
from tapehiss.proxy.tee import Budget, Piped, Tee, passing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mitmproxy import http
    from mitmproxy.addonmanager import Loader
    from mitmproxy.tcp import TCPFlow

    from tapehiss.proxy.scribe import Orders
    from tapehiss.proxy.settings import Settings

logger = logging.getLogger(__name__)
AWAITED_MAX_BYTES = 256 * 1024
AWAITED_MAX_S = 0.05
"""Many servers send the head of a response and its body in two packets: a known, short rest is worth a moment."""
STREAM_FROM_BYTES = 64 * 1024
"""Request bodies from here on, and those of unknown length, pass as they come; smaller ones arrive in one piece anyway."""


class Recorder:
    """The hooks. With ``settings`` it is embedded; without, it takes mitmproxy's options and opens its own journal."""

    name = "tapehiss"

    def __init__(self, settings: Settings | None = None, tally: Tally | None = None) -> None:
        self.tally = Tally() if tally is None else tally
        self._embedded = settings is not None
        self._settings = settings
        self._journal: Journal | None = None
        self._live: Live | None = None
        self._budget = Budget(0)
        self._open: dict[str, tuple[Any, Take]] = {}
        self._closed = asyncio.Event()
        self._begun = asyncio.Event()
        self.connections = Connections(self.tally, self.stumbled)
        self.addons = [self.connections]
        self._clock = time.monotonic
        self._watching: asyncio.Task[None] | None = None

    # -- life ---------------------------------------------------------------------------------------------------------

    def load(self, loader: Loader) -> None:
        """Declare the options, for those who come without settings."""
        if not self._embedded:
            options.declare(loader)

    def configure(self, updated: set[str]) -> None:
        """Turn the options into settings; nonsense is refused as mitmproxy refuses its own."""
        if self._embedded or not any(name.startswith("tapehiss_") for name in updated | {"tapehiss_"}):
            return
        self._settings = options.settings_from_context()

    async def running(self) -> None:
        """Under a foreign mitmproxy: open the journal, or say why not and end the program."""
        if self._embedded:
            return
        assert self._settings is not None
        options.suit_recording()
        try:
            await self.begin(options.orders(self._settings))
        except TapehissError as error:
            options.refuse(error)
        self._watching = asyncio.create_task(self._end_when_failed())

    async def _end_when_failed(self) -> None:
        """A tape that cannot be written any more ends a foreign mitmproxy, too: nothing may pass unrecorded unnoticed."""
        await self.failed().wait()
        options.end(Weather(*(self.tally.failure or ("the tape cannot be written", "", ""))))

    async def begin(self, orders: Orders) -> None:
        """Start writing. Raises what keeps the tape from being written."""
        assert self._settings is not None
        settings = self._settings
        self._budget.left = settings.spool_max_bytes
        if settings.to is not None and settings.rewrite:
            self._live = Live(settings.to.origin)
            self.connections.vendor_host = settings.to.origin.host.strip("[]")
        journal = Journal(orders, self.tally, settings.queue_max_bytes)
        await journal.open()
        self._journal = journal
        self._begun.set()

    async def done(self) -> None:
        """Under a foreign mitmproxy: finish what is open, write everything."""
        if self._embedded:
            return
        await self.end()
        if self.tally.failure is not None or (
            self._settings is not None and self._settings.strict and self.tally.incomplete
        ):
            options.leave(self.tally.gap_reasons)

    async def end(self) -> None:
        """Stop accepting, give what is open some time, record the rest as it stands, and write everything."""
        if self._watching is not None:
            self._watching.cancel()
        if self._journal is None:
            return
        assert self._settings is not None
        await depths.stop_listening()
        await self._wait_for_open(self._settings.drain_max_s)
        journal, self._journal, left, self._open = self._journal, None, self._open, {}
        for flow, take in left.values():
            await journal.put(self._snapshot(flow, take, Ending.CLIENT_GONE, "the recording was stopped"))
        await journal.close()
        if self._embedded:
            await depths.hang_up(1.0)

    async def _wait_for_open(self, limit_s: float) -> None:
        deadline = self._clock() + limit_s
        while self._open and (left := deadline - self._clock()) > 0:
            self._closed.clear()
            try:
                await asyncio.wait_for(self._closed.wait(), left)
            except TimeoutError:
                return

    def failed(self) -> asyncio.Event:
        """Set when nothing can be written any more. No property: mitmproxy reads every attribute before there is a journal."""
        assert self._journal is not None
        return self._journal.failed

    # -- an exchange ---------------------------------------------------------------------------------------------------

    def requestheaders(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        """An exchange begins. A foreign mitmproxy listens before there is a journal: what comes meanwhile waits for it."""
        return self._begin_exchange(flow) if self._begun.is_set() else self._begin_later(flow)

    async def _begin_later(self, flow: http.HTTPFlow) -> None:
        await self._begun.wait()
        self._begin_exchange(flow)

    @guarded
    def _begin_exchange(self, flow: http.HTTPFlow) -> None:
        """The exchange is open from now on, if it is wanted."""
        if self._journal is None or self._settings is None:
            flow.kill()  # the recording is over: nothing passes unrecorded
            return
        self._prepare(flow)
        data = flow.request.data
        if not self._settings.selection.wants(data.host, data.path.decode("latin-1")):
            self.tally.passed_over += 1
            return
        take = Take(self._clock(), self._settings.label)
        self._open[flow.id] = (flow, take)
        self.tally.open += 1
        if depths.streams_well(flow):
            take.request_tee = self._tee(depths.announced(data.headers.fields))
            filtering = None if self._live is None else self._live.request_stream(flow)
            flow.request.stream = take.request_tee if filtering is None else Piped(filtering, take.request_tee)

    @guarded
    def request(self, flow: http.HTTPFlow) -> None:
        """The request is complete."""
        depths.frame_for_http1(flow)
        if self._live is not None:
            self._live.request_body(flow)
        if found := self._open.get(flow.id):
            found[1].sent = self._clock()

    @guarded
    def responseheaders(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        """The vendor begins to answer: what has not arrived yet passes as it comes."""
        assert flow.response is not None
        found = self._open.get(flow.id)
        fields = flow.response.data.headers.fields
        length = depths.announced(fields)
        if found is not None:
            found[1].begins(self._clock(), fields, self.connections.setup(flow.server_conn))
        assert self._settings is not None
        if found is not None and (length or 0) > self._settings.body_max_bytes:
            self._stream_response(flow, length)  # only the tee cuts
            return None
        if depths.is_here(flow, length):
            return None
        if (
            length is not None
            and length <= AWAITED_MAX_BYTES
            and self._live is not None
            and self._live.may_change(flow)
        ):
            return self._await_body(flow, length)
        self._stream_response(flow, length)
        return None

    async def _await_body(self, flow: http.HTTPFlow, length: int) -> None:
        """A short body that may change: wait a moment for the rest of it, so that the client can be told its length."""
        with depths.arrivals(flow) as arrived:
            deadline = self._clock() + AWAITED_MAX_S
            while not (here := depths.is_here(flow, length)) and arrived is not None and flow.server_conn.connected:
                arrived.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(arrived.wait(), max(0.0, deadline - self._clock()))
                if self._clock() >= deadline:
                    break
        if not here:
            self._stream_response(flow, length)

    def _stream_response(self, flow: http.HTTPFlow, length: int | None) -> None:
        """From now on the body passes piece by piece."""
        assert flow.response is not None
        rewriter = None if self._live is None else self._live.response_begins(flow)
        if found := self._open.get(flow.id):
            found[1].reply_tee = flow.response.stream = self._tee(length, rewriter)
        else:
            flow.response.stream = True if rewriter is None else passing(rewriter)

    @guarded
    def response(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        """The response is complete (a WebSocket's exchange only begins)."""
        assert flow.response is not None
        found = self._open.get(flow.id)
        if found is not None:
            found[1].reply_content = flow.response.data.content
        if self._live is not None and not flow.response.stream:
            self._live.response_whole(flow)
        if found is None or flow.websocket is not None:
            return None
        depths.keep_trailers(flow, found[1])
        if not self._embedded:
            found[1].show(flow.response.data)
        return self._finish(flow, Ending.COMPLETE)

    @guarded
    def error(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        """Something broke: record it, and let the client see what the vendor did instead of a page by mitmproxy."""
        assert flow.error is not None
        message = flow.error.msg
        found = self._open.get(flow.id)
        ending = None if found is None else self._ending(flow, found[1], message)
        waiting = None
        if found is not None and ending is not None:
            whole = ending is Ending.CLIENT_GONE and found[1].is_whole
            waiting = self._finish(flow, *((Ending.COMPLETE, "") if whole else (ending, message)))
        if ending is not Ending.CLIENT_GONE and flow.killable:
            if message == RESET:
                depths.shut_hard(flow)
            flow.kill()
        return waiting

    @guarded
    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """One message; mitmproxy would keep all of them until the end."""
        assert flow.websocket is not None
        if found := self._open.get(flow.id):
            assert self._settings is not None
            found[1].message(flow.websocket.messages[-1], self._settings.body_max_bytes)
        del flow.websocket.messages[:-1]

    @guarded
    def websocket_end(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        """The connection is closed, in whichever way."""
        if flow.id not in self._open or flow.websocket is None:
            return None
        code, by_client = flow.websocket.close_code, flow.websocket.closed_by_client
        if code in {1000, 1001, 1005}:
            return self._finish(flow, Ending.COMPLETE)
        who = "the client" if by_client else "the vendor"
        return self._finish(
            flow, Ending.CLIENT_GONE if by_client else Ending.RESET, f"closed by {who} with code {code}"
        )

    @guarded
    def tcp_start(self, flow: TCPFlow) -> None:
        """Something that is not HTTP passes unrecorded, and the tape says so."""
        address = flow.server_conn.address
        self._gap(f"a connection that is not HTTP passed unrecorded: {address[0] if address else '?'}", lost=0)

    # -- inside --------------------------------------------------------------------------------------------------------

    def stumbled(self, hook: str, event: Any, error: Exception) -> None:
        """A hook failed: count it, and if an exchange is lost by it, say so on the tape."""
        logger.error("tapehiss: %s failed: %r", hook, error)
        found = self._open.pop(getattr(event, "id", ""), None)
        if found is not None:
            self.tally.open -= 1
            found[1].release()
            self._closed.set()
        lost = int(found is not None or hook == "_begin_exchange")
        self._gap(f"the recorder failed in {hook}: {type(error).__name__}", lost=lost)

    def _gap(self, reason: str, *, lost: int) -> None:
        now = time.time()
        if self._journal is not None:
            self._journal.gap(Gap(now, now, lost, reason))

    def _prepare(self, flow: http.HTTPFlow) -> None:
        """What has to be done to every request, recorded or not."""
        if self.connections.meet(flow.client_conn.id):
            depths.prepare(flow)
        if self._live is not None:
            self._live.request_headers(flow)
        depths.drop_ours(flow)

    def _tee(self, length: int | None, rewriter: Callable[[bytes], bytes] | None = None) -> Tee:
        assert self._settings is not None
        limit = self._settings.body_max_bytes
        return Tee(self._budget, self._clock, limit, expected_bytes=length or 0, rewriter=rewriter)

    def _ending(self, flow: http.HTTPFlow, take: Take, message: str) -> Ending:
        mishap = Mishap(
            message,
            failed=self.connections.stage(flow.client_conn.id, message),
            by_client=depths.client_failed(flow, message, request_complete=take.sent is not None),
            response_began=flow.response is not None,
            idle_s=self._clock() - take.last_seen,
            timeout_s=depths.timeout_s(),
        )
        return ending_of(mishap)

    def _snapshot(self, flow: http.HTTPFlow, take: Take, ending: Ending, detail: str) -> Any:
        snapshot = take.snapshot(flow, ending.value, detail[:500], self._clock())
        take.release()
        self.tally.open -= 1
        self.tally.request_bytes += snapshot.size
        if snapshot.reply is not None:
            self.tally.response_bytes += snapshot.reply.size
        return snapshot

    def _finish(self, flow: http.HTTPFlow, ending: Ending, detail: str = "") -> Awaitable[None] | None:
        """The exchange has ended: hand it over; the answer is to be awaited only if the queue is full."""
        snapshot = self._snapshot(flow, self._open[flow.id][1], ending, detail)
        del self._open[flow.id]
        if not self._open:
            self._closed.set()
        assert self._journal is not None
        return None if self._journal.offer(snapshot) else self._journal.put(snapshot)


addons = [Recorder()]
"""What ``mitmdump -s`` looks for."""
