"""``tapehiss check --live``: the safe requests of tapes, asked again at the vendor, and the answers as exchanges to check."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from tapehiss.cassettes.errors import Misuse, Weather
from tapehiss.cassettes.exchange import Ending
from tapehiss.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.clients.effects import Outcome, Send
    from tapehiss.clients.replaying import Pace, Replayed
    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.findings import Witness
    from tapehiss.contracts.liveplan import Ask, Credentials, Plan

BODY_MAX_BYTES = 10_000_000
"""A longer answer is not checked."""


@dataclass(frozen=True, slots=True)
class Live:
    """What a user wants asked, and how."""

    url: str
    origin: str = ""
    methods: tuple[str, ...] = ()
    most: int = 50
    headers: tuple[str, ...] = ()
    """``NAME=VARIABLE``: a header, and the environment variable that holds its value."""
    query: tuple[str, ...] = ()
    config: Path | None = None

    def plan(self, exchanges: Iterable[Exchange], known: Catalogue) -> Plan:
        """What is to be asked."""
        from tapehiss.cassettes.origins import target
        from tapehiss.contracts.liveplan import SAFE, plan

        methods = frozenset(map(str.upper, self.methods)) or SAFE
        return plan(
            exchanges,
            target(self.url, "--live"),
            lambda exchange: str(known.read(exchange).operation),
            methods=methods,
            most=self.most,
            origin=self.origin.rstrip("/"),
            credentials=self.credentials(os.environ),
        )

    def credentials(self, environ: Mapping[str, str]) -> Credentials:
        """Headers and parameters with the values that the environment holds; ``Misuse`` names a variable that is not set."""
        from tapehiss.contracts.liveplan import Credentials

        return Credentials(
            dict(_given(self.headers, "--header", environ)), dict(_given(self.query, "--query", environ))
        )


def _given(pairs: Sequence[str], option: str, environ: Mapping[str, str]) -> list[tuple[str, str]]:
    found = []
    for pair in pairs:
        name, equals, variable = pair.partition("=")
        if not (name and equals and variable):
            remedy = "write NAME=VARIABLE, where VARIABLE is an environment variable that holds the value"
            raise Misuse("a name without a variable", option, remedy)
        if not environ.get(variable):
            raise Misuse(f"the environment variable {variable} is not set", option, f"export {variable}")
        found.append((name, environ[variable]))
    return found


def asked(plan: Plan, pace: Pace) -> Replayed:
    """Ask the vendor; no word of an answer is said here."""
    from tapehiss.clients.drivers import drive
    from tapehiss.clients.httpx_wire import Wire
    from tapehiss.clients.replaying import replaying

    with Wire() as wire:
        flow = replaying([ask.live for ask in plan.asks], pace, time.monotonic())
        return drive(flow, partial(_sent, wire))


def _sent(wire: object, effect: Send) -> Outcome:
    """One attempt; a request that cannot be sent and an answer that is too long are nobody's drift."""
    from tapehiss.clients.effects import Failure
    from tapehiss.clients.errors import ApiError
    from tapehiss.clients.httpx_wire import send

    try:
        return send(wire, effect, BODY_MAX_BYTES)  # type: ignore[arg-type]  # click's help imports no httpx to name it
    except ApiError as error:
        return Failure(Ending.CLIENT_GONE, detail=type(error).__name__)


def redacted(live: Live, plan: Plan, replayed: Replayed) -> tuple[list[tuple[Exchange, Witness]], list[str]]:
    """The answers without secrets, as answers to what was recorded, and what is to be said beside them."""
    from tapehiss.cassettes.redaction import Quarantined, Redactor
    from tapehiss.cassettes.rulefile import project_rules
    from tapehiss.contracts.findings import Witness

    credentials = live.credentials(os.environ)
    known = [*credentials.headers.values(), *credentials.query.values()]
    known += [word for value in known for word in value.split() if len(word) >= 8]
    redactor = Redactor(project_rules(live.config, os.environ), key=os.urandom(32), known=known)
    found: list[tuple[Exchange, Witness]] = []
    quarantined = 0
    for ask, exchange in zip(plan.asks, replayed.exchanges, strict=False):
        clean = redactor.clean(exchange)
        if isinstance(clean, Quarantined):
            quarantined += 1
        else:
            found.append((replace(clean, request=ask.recorded), Witness(clean.request.url)))
    notes = [f"{console.counted(quarantined, 'answer')} may hold secrets and were not checked"] if quarantined else []
    return found, [*_notes(plan, replayed), *notes]


def _notes(plan: Plan, replayed: Replayed) -> list[str]:
    """How much was asked, what was turned down, and what was not asked."""
    turned_down = Counter(
        each.response.status for each in replayed.exchanges if each.response and each.response.status >= 400
    )
    broken = Counter(each.ending.value for each in replayed.exchanges if each.ending is not Ending.COMPLETE)
    if replayed.exchanges and broken.total() == len(replayed.exchanges):
        raise Weather(f"no request was answered ({_listed(broken)})", "--live", "check the URL and the network")
    if replayed.exchanges and turned_down.total() == len(replayed.exchanges):
        remedy = "give credentials, such as --header Authorization=VARIABLE"
        raise Misuse(f"the vendor turned down every request ({_listed(turned_down)})", "--live", remedy)
    return [
        f"asked {console.counted(len(replayed.exchanges), 'request')} at the vendor",
        *([f"turned down, and nothing follows from that: {_listed(turned_down)}"] if turned_down else []),
        *([f"not answered: {_listed(broken)}"] if broken else []),
        *([f"stopped early: {replayed.stopped}"] if replayed.stopped else []),
        *([f"not asked: {_listed(plan.left_out)}"] if plan.left_out else []),
    ]


def _listed(counts: Mapping[str, int] | Mapping[int, int]) -> str:
    return ", ".join(f"{name} ×{count}" for name, count in counts.items())


def preview(asks: Sequence[Ask], live: Live) -> list[str]:
    """What would be sent, without credentials: method and recorded path, and where it would go."""
    from tapehiss.contracts.operations import split

    return [f"{ask.recorded.method} {live.url.rstrip('/')}{split(ask.recorded.url)[1]}" for ask in asks]
