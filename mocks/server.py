"""Shell: a mock vendor on a port, in a thread of its own or in the foreground.

::

    with Server(vendor) as server:
        httpx.get(server.url + "/v1/charges")
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import secrets
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Self, TypeVar

from tapehiss.cassettes.origins import Address
from tapehiss.mocks.access import Access
from tapehiss.mocks.asgi import App
from tapehiss.mocks.bounds import Bounds
from tapehiss.mocks.courier import Courier
from tapehiss.mocks.doors import FRONT, Door
from tapehiss.mocks.errors import PortTaken
from tapehiss.mocks.journal import coverage
from tapehiss.mocks.live import LiveVendor, dated
from tapehiss.mocks.plane import DataPlane
from tapehiss.mocks.reel import fresh_redactor
from tapehiss.mocks.statekeys import ONE

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping
    from types import TracebackType

    from tapehiss.cassettes.redaction import Redactor
    from tapehiss.mocks.journal import Entry, Totals
    from tapehiss.mocks.ledger import Effect
    from tapehiss.mocks.postbox import Delivery, Postbox, PostTotals
    from tapehiss.mocks.profile import Profile
    from tapehiss.mocks.renewal import Renewal
    from tapehiss.mocks.schedule import Schedule
    from tapehiss.mocks.spying import Forward
    from tapehiss.mocks.statekeys import StateBy
    from tapehiss.mocks.vendor import Vendor

T = TypeVar("T")

BACKLOG = 2048
START_MAX_S = 30.0
CONTROL_DRAIN_S = 2.0
"""How long control answers may take to end when the server does."""
DRAIN_LOOK_S = 0.02
HANDSHAKE_MAX_S = 10.0
LOOPS_TO_CLOSE = 3
"""Turns of the loop in which an aborted connection is closed."""
TOKEN_BYTES = 24
SETTLED_MAX_S = 30.0


class Server:
    """One vendor on one port. ``port`` 0 lets the system choose; loopback unless told otherwise.

    On any other address the control plane needs ``token``, which is made if none is given. ``start`` raises ``PortTaken``. All state
    belongs to the loop's thread; the methods here may be called from any other.
    """

    def __init__(
        self,
        vendor: Vendor,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        tls: ssl.SSLContext | None = None,
        bounds: Bounds | None = None,
        by: StateBy = ONE,
        port_per_host: bool = False,
        webhooks: Postbox | None = None,
        redactor: Callable[[], Redactor] | None = None,
        forward: Forward | None = None,
    ) -> None:
        self.host, self.port = host, port
        self.token = token or (None if Address(host, port).loopback else secrets.token_urlsafe(TOKEN_BYTES))
        self._tls = tls
        self._began_s: float | None = None
        self._plane = DataPlane(
            LiveVendor(dated(vendor, time.time()), by=by),
            self._clock,
            scheme="http" if tls is None else "https",
            bounds=bounds or Bounds(),
            forward=forward,
        )
        self._plane.live.redactor = redactor or fresh_redactor
        self._courier = None
        if webhooks is not None:
            self._plane.live.post(webhooks)
            self._courier = Courier(webhooks, self._clock)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stop: asyncio.Event | None = None
        self._drain_s = 0.0
        self._doors = doors_of(by, vendor.index.hosts if port_per_host else ())
        self.ports: dict[Door, int] = {}
        """The further ports on which it listens, and what it means to come in there."""
        self.connections: set[Any] = set()
        """Those that are open."""

    def _clock(self) -> float:
        """Seconds since it began to listen; what is set before is set for the beginning."""
        return 0.0 if self._began_s is None else time.monotonic() - self._began_s

    @property
    def url(self) -> str:
        """The base URL to give to a client on this machine; without a slash at its end."""
        origin = Address(self.host, self.port).origin(self.port)
        return f"{self._plane.scheme}://{origin.host}:{self.port}"

    def start(self) -> Self:
        """Listen, in a thread; returns when connections are accepted."""
        assert self._thread is None, "a server is started once"
        listeners = self._listeners()
        self.port, *others = (each.getsockname()[1] for each in listeners)
        self.ports = dict(zip(self._doors, others, strict=True))
        ready = threading.Event()
        run = functools.partial(_run, self._serve(dict(zip(listeners, (FRONT, *self._doors), strict=True)), ready))
        self._thread = threading.Thread(target=run, name=f"tapehiss-mock-{self.port}", daemon=True)
        self._thread.start()
        if not ready.wait(START_MAX_S):
            raise PortTaken("the server did not start", self.url, "try again; is the machine very busy?")
        return self

    def _listeners(self) -> list[socket.socket]:
        """One for the front, and one for each further door: the ports that follow, or any."""
        with contextlib.ExitStack() as opened:
            ports = [self.port and self.port + number for number in range(len(self._doors) + 1)]
            made = [opened.enter_context(contextlib.closing(listening(self.host, port))) for port in ports]
            opened.pop_all()  # all are there: they stay open
        return made

    def stop(self, *, drain_s: float = 0.0) -> None:
        """Stop listening, give what is being answered so many seconds, cut the rest, and wait for the thread to end."""
        if self._thread is None or self._loop is None or self._stop is None:
            return
        self._drain_s = drain_s
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    # ---- from other threads

    def ask(self, question: Callable[[LiveVendor, float], T]) -> T:
        """What ``question`` says of the live vendor and the time, asked in the loop's thread (or here, once it has ended)."""
        if self._loop is None or self._thread is None or not self._thread.is_alive():
            return question(self._plane.live, self._clock())
        answer = asyncio.run_coroutine_threadsafe(self._ask(question), self._loop)
        return answer.result(START_MAX_S)

    async def _ask(self, question: Callable[[LiveVendor, float], T]) -> T:
        return question(self._plane.live, self._clock())

    def play(self, schedule: Schedule, *, seed: int | None = None) -> None:
        """Another schedule, which begins now."""
        self.ask(lambda live, now_s: live.play(schedule, now_s, seed=seed))

    def limit(self, profile: Profile | None) -> None:
        """Other limits from now on, or none."""
        self.ask(lambda live, now_s: live.limit(profile, now_s))

    def reload(self, vendor: Vendor) -> Renewal:
        """Other tapes from now on, in between two requests; the weather, the limits and what still means the same stay."""
        return self.ask(lambda *_: self._plane.reload(vendor))

    def reset(self) -> None:
        """Forget what was asked, and begin the tapes and the schedule anew."""
        self.ask(lambda live, now_s: live.reset(now_s))

    def totals(self) -> Totals:
        """Sums over all requests."""
        return self.ask(lambda live, _: live.journal.totals())

    def coverage(self) -> dict[str, int]:
        """How often each rule of the schedule struck; 0 for what was planned and never reached."""
        return self.ask(lambda live, _: coverage(live.vendor.schedule, live.journal.totals().struck))

    def journal(self) -> tuple[Entry, ...]:
        """The last requests."""
        return self.ask(lambda live, _: tuple(live.journal.entries))

    def effects(self) -> tuple[Effect, ...]:
        """What was done at the vendor, by operation: writes that were carried out, and how many of them again."""
        return self.ask(lambda live, _: live.effects())

    def webhooks(self) -> PostTotals | None:
        """Sums over all webhooks; ``None`` if this mock sends none."""
        return self.ask(lambda live, _: None if live.webhooks is None else live.webhooks.totals())

    def deliveries(self) -> tuple[Delivery, ...]:
        """The last attempts to deliver a webhook."""
        return self.ask(lambda live, _: tuple(live.webhooks.log) if live.webhooks else ())

    def settled(self, within_s: float = SETTLED_MAX_S) -> bool:
        """Whether every webhook that was brought about so far was taken or given up; waits so long for it at most."""
        return self._courier is None or self._courier.settled.wait(within_s)

    async def _serve(self, listeners: Mapping[socket.socket, Door], ready: threading.Event) -> None:
        self._loop, self._stop, self._began_s = asyncio.get_running_loop(), asyncio.Event(), time.monotonic()
        access, drain_s = Access(self.token), lambda: self._drain_s
        carrying = self._courier.carrying() if self._courier else contextlib.nullcontext()
        serve = serving(self._plane, listeners, access=access, tls=self._tls, drain_s=drain_s)
        async with carrying, serve as connections:
            self.connections = connections
            self._loop.set_exception_handler(_complained)
            sweeping = asyncio.create_task(_sweep(connections, self._plane.bounds.sweep_s))
            ready.set()
            await self._stop.wait()
            sweeping.cancel()


@contextlib.asynccontextmanager
async def serving(
    plane: DataPlane,
    listeners: Mapping[socket.socket, Door],
    *,
    access: Access | None = None,
    tls: ssl.SSLContext | None = None,
    drain_s: Callable[[], float] = float,
) -> AsyncIterator[set[Any]]:
    """Serve in the running loop, on sockets that listen; afterwards nothing is left open. Gives the open connections.

    At the end nobody new is let in, and what is being answered gets ``drain_s()`` seconds.
    """
    from uvicorn import Config
    from uvicorn.server import ServerState

    from tapehiss.mocks.protocol import MockProtocol

    app = App(plane, access or Access())
    config = Config(app, interface="asgi3", log_config=None, lifespan="off", ws="none", proxy_headers=False)
    config.load()  # now: the first connection may come when no file can be opened to import anything
    state = ServerState()
    patience_s = None if tls is None else HANDSHAKE_MAX_S
    servers = []
    for listener, door in listeners.items():
        connect = functools.partial(MockProtocol, plane, door, config=config, server_state=state, app_state={})
        server = await asyncio.get_running_loop().create_server(
            connect, sock=listener, backlog=BACKLOG, ssl=tls, ssl_handshake_timeout=patience_s
        )
        servers.append(server)
    try:
        yield state.connections
    finally:
        for server in servers:
            server.close()
        plane.live.feed.close()
        await _drained(state.connections, drain_s)
        await _end(state)


def doors_of(by: StateBy, hosts: Iterable[str]) -> tuple[Door, ...]:
    """The further ways in: one for every state that has a port, and one for every vendor."""
    states = (Door(state=f"port-{number}") for number in range(1, by.ports + 1))
    return (*states, *(Door(host=host) for host in sorted(hosts)))


def _complained(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What the loop complains of is told, but for new connections that find no open file left: they wait until others end.

    asyncio tries again after a second, and complains of that, too, if the listener was closed meanwhile.
    """
    error = context.get("exception")
    crowded = isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}
    late = isinstance(error, ValueError) and str(error).startswith("Invalid file descriptor")
    if not (crowded or late):
        loop.default_exception_handler(context)


async def _sweep(connections: set[Any], every_s: float) -> None:
    """Look at every connection from time to time: those that wait too long for their clients end."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(every_s)
        for connection in list(connections):
            connection.sweep(loop.time())


async def _drained(connections: set[Any], within_s: Callable[[], float]) -> None:
    """Let what is being answered end, for so many seconds at most; who asks meanwhile may have become impatient."""
    if within_s() <= 0:
        return
    loop = asyncio.get_running_loop()
    begun_s = loop.time()
    for connection in list(connections):
        connection.shutdown()
    while connections and loop.time() < begun_s + within_s():  # noqa: ASYNC110 (uvicorn's protocol tells nobody that it has ended)
        await asyncio.sleep(DRAIN_LOOK_S)


async def _end(state: Any) -> None:
    """Let control answers end for a moment, then cut every connection."""
    if state.tasks:
        await asyncio.wait(state.tasks, timeout=CONTROL_DRAIN_S)
    for connection in list(state.connections):
        connection.transport.abort()
    for _ in range(LOOPS_TO_CLOSE):
        await asyncio.sleep(0)


def _run(main: Any) -> None:
    """On uvloop where it is installed: twice as many requests a second."""
    new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with contextlib.suppress(ImportError):
        import uvloop

        new_loop = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens, or ``PortTaken``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio does not for what such a socket accepts
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OverflowError:
        listener.close()
        raise PortTaken(
            "there is no such port", f"{host}:{port}", "begin with a lower one: the others follow it"
        ) from None
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        what = "the port is taken" if taken else f"cannot listen: {error.strerror or error}"
        raise PortTaken(what, f"{host}:{port}", "choose another with --listen, or port 0 for any free one") from None
    listener.setblocking(False)
    return listener
