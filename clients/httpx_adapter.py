"""Shell: the reference client on httpx: ``Client`` for threads, ``AsyncClient`` for an event loop, both thin.

They own a transport and dice; everything that is decided is decided by the flow of ``calling``, and waiting is the drivers' work.
"""

from __future__ import annotations

import asyncio
import functools
import random
import time
import uuid
from collections.abc import Awaitable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, Self, TypedDict, TypeVar, Unpack

import httpx

from tapehiss.cassettes.errors import Misuse
from tapehiss.clients.answer import Answer
from tapehiss.clients.breaker import Breaker, BreakerPolicy
from tapehiss.clients.budget import Budget, RetryBudget
from tapehiss.clients.calling import Asked, Settings, calling, request_of
from tapehiss.clients.drivers import adrive, drive, nobody
from tapehiss.clients.httpx_stream import AsyncStream, Stream
from tapehiss.clients.httpx_wire import Wire, asend, send
from tapehiss.clients.limiter import Limiter, LimitPolicy
from tapehiss.clients.paging import AsyncWalk, Walk
from tapehiss.clients.retry import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from tapehiss.clients.effects import Event, Flow
    from tapehiss.clients.paging import Paging
    from tapehiss.clients.signing import Auth
    from tapehiss.contracts.conformance import Conformance
    from tapehiss.contracts.evidence import Contract

R = TypeVar("R")
T = TypeVar("T")

BODY_MAX_BYTES = 64 * 1024 * 1024
"""Longer bodies are refused unless more is asked for."""


class Options(TypedDict, total=False):
    """What a client can be told beside its base URL and its transport."""

    headers: Mapping[str, str]
    """Sent with every request (to the base URL's origin only)."""
    policy: RetryPolicy
    key_header: str
    """The header by which this vendor knows a repeated write; if given, every write gets a key of its own."""
    auth: Auth
    """Puts a credential on every attempt."""
    limits: LimitPolicy | None
    """What the vendor allows; ``None`` keeps to nothing, not even to what its answers say."""
    breaker: BreakerPolicy | None
    """When to leave the vendor alone; ``None`` never does."""
    budget: Budget | None
    """How many retries there may be over all calls; ``None`` is no bound."""
    contract: Contract
    """What every answer is checked against."""
    listen: Callable[[Event], object]
    """Is told what happens, in the thread or task in which it happens."""
    body_max_bytes: int
    dice: random.Random
    """For the jitter of waits."""


class _Verbs(Generic[R]):
    """What both clients say; they differ in what a call returns: an ``Answer``, or something to await for one."""

    def __init__(self, base_url: str, options: Options) -> None:
        _check(base_url, options)
        headers = tuple((str(name), str(value)) for name, value in options.get("headers", {}).items())
        limits, breaker = options.get("limits", LimitPolicy()), options.get("breaker", BreakerPolicy())
        budget, contract = options.get("budget", Budget()), options.get("contract")
        self.settings = Settings(
            base_url,
            headers,
            options.get("policy", RetryPolicy()),
            options.get("key_header", ""),
            auth=options.get("auth"),
            limiter=Limiter(limits) if limits else None,
            breaker=Breaker(breaker) if breaker else None,
            budget=RetryBudget(budget) if budget else None,
            contract=_judge(contract) if contract is not None else None,
        )
        self._listen = options.get("listen")
        self._body_max_bytes = options.get("body_max_bytes", BODY_MAX_BYTES)
        self._dice = options.get("dice") or random.Random()  # noqa: S311 (jitter guards no secret)

    def request(self, method: str, path: str = "", **asked: Unpack[Asked]) -> R:
        """Send a request as often as the policy allows and return the complete answer; ``ApiError`` otherwise."""
        raise NotImplementedError

    def get(self, path: str = "", **asked: Unpack[Asked]) -> R:
        """``request("GET", ...)``."""
        return self.request("GET", path, **asked)

    def post(self, path: str = "", **asked: Unpack[Asked]) -> R:
        """``request("POST", ...)``: sent again only if it certainly was not processed, or if it has an idempotency key."""
        return self.request("POST", path, **asked)

    def put(self, path: str = "", **asked: Unpack[Asked]) -> R:
        """``request("PUT", ...)``."""
        return self.request("PUT", path, **asked)

    def patch(self, path: str = "", **asked: Unpack[Asked]) -> R:
        """``request("PATCH", ...)``."""
        return self.request("PATCH", path, **asked)

    def delete(self, path: str = "", **asked: Unpack[Asked]) -> R:
        """``request("DELETE", ...)``."""
        return self.request("DELETE", path, **asked)

    def _flow(self, method: str, path: str, asked: Asked, now: float, *, whole: bool = True) -> Flow[Answer]:
        """A whole call; or one whose body is not read yet, which therefore nobody can judge or decode."""
        if not whole:
            asked = asked | Asked(headers={"Accept-Encoding": "identity", **asked.get("headers", {})}, check=True)
        settings = self.settings if whole else replace(self.settings, contract=None)
        request = request_of(settings, method, path, asked, lambda: str(uuid.uuid4()))
        call = str(uuid.uuid4()) if self._listen else ""
        return calling(request, settings, asked, now=now, dice=self._dice, call=call)


KINDS: dict[str, tuple[type, str]] = {
    "policy": (RetryPolicy, "give a RetryPolicy(...); with attempts_max=1 everything is sent once"),
    "limits": (LimitPolicy, "give LimitPolicy((Window(100, 60.0),)), or None for no limits"),
    "breaker": (BreakerPolicy, "give a BreakerPolicy(...), or None for no breaker"),
    "budget": (Budget, "give a Budget(...), or None for no budget"),
}
"""What some settings have to be, and what to give; all but the first can be ``None``."""


def _check(base_url: str, options: Options) -> None:
    """Refuse what would be lost in silence, or found out by the first call only."""
    unknown = sorted(options.keys() - Options.__optional_keys__)
    if unknown:
        remedy = f"give some of {', '.join(Options.__annotations__)}"
        raise Misuse("a client has no such setting: nothing would come of it", unknown[0], remedy)
    for name, (kind, remedy) in KINDS.items():
        value = options.get(name, None if name != "policy" else RetryPolicy())
        if not isinstance(value, kind) and (value is not None or name == "policy"):
            raise Misuse(f"a {type(value).__name__} is no {kind.__name__}", name, remedy)
    auth = options.get("auth")
    if auth is not None and not callable(getattr(auth, "over", None)):
        remedy = "give bearer(...), basic(...), api_key(...) or OAuth(...)"
        raise Misuse(f"a {type(auth).__name__} is no credential", "auth", remedy)
    if auth is not None and not base_url:
        what = "without a base URL the credential would go to whatever host a call names"
        raise Misuse(what, "base_url", "give the vendor's: a credential is for one origin")


def _judge(contract: Contract) -> Conformance:
    """Imported by those only who have a contract: it brings a compiler of schemas."""
    from tapehiss.contracts.conformance import Conformance

    return Conformance(contract)


class Client(_Verbs[Answer]):
    """A client of one vendor, for any number of threads.

    ``with Client("https://api.vendor.example") as vendor: customer = vendor.get("/v1/customers/42").json()``
    """

    def __init__(
        self, base_url: str = "", *, transport: httpx.BaseTransport | None = None, **options: Unpack[Options]
    ) -> None:
        super().__init__(base_url, options)
        self._transport = transport or Wire()

    def request(self, method: str, path: str = "", **asked: Unpack[Asked]) -> Answer:
        """Send a request as often as the policy allows and return the complete answer; ``ApiError`` otherwise."""
        return self.run(self._flow(method, path, asked, time.monotonic()))

    def walk(self, path: str, paging: Paging, *, place: str = "", **asked: Unpack[Asked]) -> Walk:
        """The items of a list, page by page, from the beginning or from ``place``; each page is a call of its own."""
        return Walk(functools.partial(self._page, path, asked), paging, dict(asked.get("params", {})), place)

    def _page(self, path: str, asked: Asked, url: str, params: dict[str, Any]) -> Answer:
        return self.request("GET", url or path, **(asked | Asked(params=params)))

    @contextmanager
    def stream(self, method: str, path: str = "", **asked: Unpack[Asked]) -> Iterator[Stream]:
        """An answer whose body is read while it comes; the connection goes back when the ``with`` ends."""
        now, opened = time.monotonic(), list[httpx.Response]()
        one = functools.partial(send, self._transport, body_max_bytes=self._body_max_bytes, opened=opened.append)
        try:
            answer = drive(self._flow(method, path, asked, now, whole=False), one, listen=self._listen or nobody)
            yield Stream(answer, opened[-1], now + asked.get("deadline_s", float("inf")))
        finally:
            for response in opened:
                response.close()

    def run(self, flow: Flow[T]) -> T:
        """The result of any flow, over this client's connections."""
        one = functools.partial(send, self._transport, body_max_bytes=self._body_max_bytes)
        return drive(flow, one, listen=self._listen or nobody)

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(_Verbs[Awaitable[Answer]]):
    """A client of one vendor, for any number of tasks of one event loop.

    ``async with AsyncClient("https://api.vendor.example") as vendor: answer = await vendor.get("/v1/customers/42")``
    """

    def __init__(
        self, base_url: str = "", *, transport: httpx.AsyncBaseTransport | None = None, **options: Unpack[Options]
    ) -> None:
        super().__init__(base_url, options)
        self._transport = transport or httpx.AsyncHTTPTransport(trust_env=True)

    async def request(self, method: str, path: str = "", **asked: Unpack[Asked]) -> Answer:
        """Send a request as often as the policy allows and return the complete answer; ``ApiError`` otherwise."""
        return await self.run(self._flow(method, path, asked, asyncio.get_running_loop().time()))

    def walk(self, path: str, paging: Paging, *, place: str = "", **asked: Unpack[Asked]) -> AsyncWalk:
        """The items of a list, page by page, from the beginning or from ``place``; each page is a call of its own."""
        return AsyncWalk(functools.partial(self._page, path, asked), paging, dict(asked.get("params", {})), place)

    async def _page(self, path: str, asked: Asked, url: str, params: dict[str, Any]) -> Answer:
        return await self.request("GET", url or path, **(asked | Asked(params=params)))

    @asynccontextmanager
    async def stream(self, method: str, path: str = "", **asked: Unpack[Asked]) -> AsyncIterator[AsyncStream]:
        """An answer whose body is read while it comes; the connection goes back when the ``async with`` ends."""
        now, opened = asyncio.get_running_loop().time(), list[httpx.Response]()
        one = functools.partial(asend, self._transport, body_max_bytes=self._body_max_bytes, opened=opened.append)
        try:
            flow = self._flow(method, path, asked, now, whole=False)
            answer = await adrive(flow, one, listen=self._listen or nobody)
            yield AsyncStream(answer, opened[-1], now + asked.get("deadline_s", float("inf")))
        finally:
            for response in opened:
                await response.aclose()

    async def run(self, flow: Flow[T]) -> T:
        """The result of any flow, over this client's connections."""
        one = functools.partial(asend, self._transport, body_max_bytes=self._body_max_bytes)
        return await adrive(flow, one, listen=self._listen or nobody)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
