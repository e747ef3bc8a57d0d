"""The data plane without its socket: a request as bytes goes in, a script and a delay come out.

It is told the time through ``clock``, so that the same plane serves real and virtual time, and keeps the scripts that it made: a
repeated answer costs no framing and no compression.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from tapehiss.cassettes.coding import decode
from tapehiss.cassettes.exchange import Request, header
from tapehiss.mocks.bounds import Bounds
from tapehiss.mocks.doors import FRONT, Door
from tapehiss.mocks.links import here_of, to_client, to_vendor
from tapehiss.mocks.spying import spied
from tapehiss.mocks.wire import Asked, Script, announced, script_of, without

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tapehiss.cassettes.exchange import Headers
    from tapehiss.cassettes.origins import Origin
    from tapehiss.mocks.live import LiveVendor
    from tapehiss.mocks.outcome import Outcome, Rung
    from tapehiss.mocks.renewal import Renewal
    from tapehiss.mocks.spying import Forward
    from tapehiss.mocks.vendor import Vendor

PREPARED_MAX_BYTES = 256 * 1024 * 1024
FORWARDED = "x-forwarded-proto"
"""How a front that ends TLS for us was reached: links lead back to it."""
DECODED_MAX_BYTES = 256 * 1024 * 1024
HEAD_KEPT_MAX_BYTES = 2000
"""Longer headers are read anew every time."""

How: TypeAlias = tuple[str, str, bool, bool, float, str, str, tuple[str, ...]]
"""The fields of ``Asked``, the Host header, the scheme and what is below them: a tuple, because it is looked up for every request."""


Prepared: TypeAlias = "tuple[int, Rung, How, tuple[str, ...]]"
"""Under what a script is kept: the recording, how it was matched, what framing depends on, names of the headers that change."""


@dataclass(slots=True)
class DataPlane:
    """What the connections of one server share; owned by one thread."""

    live: LiveVendor
    clock: Callable[[], float]
    """Seconds since the server began."""
    prepared: dict[Prepared, Script] = field(default_factory=dict)
    prepared_bytes: int = 0
    prepared_max_bytes: int = PREPARED_MAX_BYTES
    """When the kept scripts would take more, they are forgotten and made anew."""
    scheme: str = "http"
    """How clients reach it, unless a front says otherwise."""
    bounds: Bounds = field(default_factory=Bounds)
    """What is taken from clients."""
    forward: Forward | None = None
    """Asks the real vendor what is on no tape."""
    held_bytes: int = 0
    """Request bodies of all connections that wait for their end or their turn."""

    def play(
        self,
        method: str,
        url: bytes,
        headers: Sequence[tuple[bytes, bytes]],
        body: bytes,
        *,
        keep_alive: bool,
        http_10: bool,
        door: Door = FRONT,
    ) -> tuple[Script, float]:
        """What to write for one request, and after how many seconds to begin; ``door`` is the port by which it came."""
        head = head_of(headers)
        host, scheme = head.host, head.scheme or self.scheme
        outcome, delay_s, door = self.answer(request_with(head, method, url, body), here_of(host, scheme), door)
        how = (method, head.accepted, keep_alive, not http_10, self.live.vendor.latency, host, scheme, door.below)
        return self._script(outcome, how), delay_s

    def refuse(
        self, method: str, url: bytes, headers: Sequence[tuple[bytes, bytes]], *, http_10: bool, door: Door = FRONT
    ) -> tuple[Script, float] | None:
        """The same for a request of which only the head was read, if that is decided already; the connection ends with it."""
        head = head_of(headers)
        request, door = self.live.entered(request_with(head, method, url, b""), door)
        here = here_of(head.host, head.scheme or self.scheme)
        request = to_vendor(request, self.live.vendor.index, here, door.below)
        refused = self.live.refuse(request, self.clock(), door)
        if refused is None:
            return None
        outcome, delay_s = refused
        return script_of(outcome, Asked(method, keep_alive=False, chunking=not http_10)), delay_s

    def answer(self, request: Request, here: Origin | None, door: Door = FRONT) -> tuple[Outcome, float, Door]:
        """What becomes of a request that was sent to the mock under this name, as the vendor has it; and how it came in."""
        request, door = self.live.entered(request, door)
        request = to_vendor(request, self.live.vendor.index, here, door.below)
        return *self.live.answer(request, self.clock(), door), door

    def trodden(self) -> int | None:
        """The number of the last step on the trail, if one is kept."""
        trail = self.live.trail
        return len(trail.steps) - 1 if trail is not None else None

    def abandoned(self, number: int | None) -> None:
        """The client left before it had the answer of this step."""
        if number is not None and self.live.trail is not None:
            self.live.trail.abandoned(number, self.clock())

    async def forwarded(self, request: Request, here: Origin | None, door: Door = FRONT) -> Outcome | None:
        """What the real vendor says to a request that was sent to the mock under this name; ``None`` if it is not asked."""
        request, door = self.live.entered(request, door)
        request = to_vendor(request, self.live.vendor.index, here, door.below)
        exchange = None if self.forward is None else await self.forward(request)
        if exchange is None:
            return None
        outcome = spied(exchange)
        if outcome.response is None:
            return outcome
        return replace(outcome, response=to_client(outcome.response, exchange, here, (), door.below))

    def reload(self, read: Vendor) -> Renewal:
        """Other tapes from now on; the next request is answered from them."""
        self.prepared.clear()
        self.prepared_bytes = 0
        return self.live.reload(read, self.clock())

    def localised(self, outcome: Outcome, here: Origin | None, below: tuple[str, ...] = ()) -> Outcome:
        """The outcome with the mock's URLs in the recorded answer: those of one who came in ``below``."""
        recordings = self.live.vendor.index.recordings
        if not outcome.known or outcome.response is None or not recordings:
            return outcome
        exchange = recordings[outcome.recording or 0]
        origins = self.live.vendor.index.origins
        others = origins if len(origins) > 1 else ()
        return replace(outcome, response=to_client(outcome.response, exchange, here, others, below))

    def _script(self, outcome: Outcome, how: How) -> Script:
        """The script, made once for every recording that is played as it is."""
        if outcome.recording is None or not outcome.preparable:
            return self._made(outcome, how)
        key = (outcome.recording, outcome.rung, how, tuple([name for name, _ in outcome.told]))
        script = self.prepared.get(key)
        if script is None:
            script = self._made(_untold(outcome), how)
            self._keep(key, script)
        return announced(script, outcome.told)

    def _made(self, outcome: Outcome, how: How) -> Script:
        method, accepted, keep_alive, chunking, pace, host, scheme, below = how
        asked = Asked(method, accepted, keep_alive=keep_alive, chunking=chunking, pace=pace)
        return script_of(self.localised(outcome, here_of(host, scheme), below), asked)

    def _keep(self, key: Prepared, script: Script) -> None:
        size = sum(len(content) for _, content in script.pieces)
        if self.prepared_bytes + size > self.prepared_max_bytes:
            self.prepared.clear()
            self.prepared_bytes = 0
        if size <= self.prepared_max_bytes:
            self.prepared[key] = script
            self.prepared_bytes += size


def _untold(outcome: Outcome) -> Outcome:
    """The outcome without the headers that change from answer to answer."""
    if not outcome.told or outcome.response is None:
        return outcome
    kept = replace(outcome.response, headers=without(outcome.response.headers, outcome.told))
    return replace(outcome, response=kept, told=())


def accepted_by(request: Request) -> str:
    """Every ``Accept-Encoding`` in one; names are in lower case here."""
    return ", ".join([value for name, value in request.headers if name == "accept-encoding"])


def request_of(method: str, url: bytes, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> Request:
    """The request as a value, with names of headers in lower case."""
    return request_with(head_of(headers), method, url, body)


class Head(NamedTuple):
    """What the headers of a request say, once they are text."""

    pairs: Headers
    """Names in lower case."""
    host: str
    scheme: str
    """By which a front was reached that ends TLS for us; empty without one."""
    accepted: str
    """Every ``Accept-Encoding`` in one."""


def head_of(headers: Sequence[tuple[bytes, bytes]]) -> Head:
    """What headers say; a client mostly says the same again, so that it is remembered."""
    sent = tuple(headers)
    return _known_head(sent) if sum([len(value) for _, value in sent]) <= HEAD_KEPT_MAX_BYTES else _head(sent)


def _head(headers: tuple[tuple[bytes, bytes], ...]) -> Head:
    pairs = tuple([(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers])
    accepted = ", ".join([value for name, value in pairs if name == "accept-encoding"])
    return Head(pairs, header(pairs, "host") or "", header(pairs, FORWARDED) or "", accepted)


_known_head = lru_cache(maxsize=4096)(_head)


def request_with(head: Head, method: str, url: bytes, body: bytes) -> Request:
    """The request as a value: its URL from the target or the Host header (RFC 9112 section 3.3), its body as content."""
    target = url.decode("latin-1")
    absolute = target if "://" in target.partition("?")[0] else f"http://{head.host}{target}"
    content, undecoded = decode(head.pairs, body, limit_bytes=DECODED_MAX_BYTES) if body else (body, False)
    return Request(method, absolute, head.pairs, content, undecoded=undecoded)
