"""Shell: the pytest plugin: ``tapehiss_server`` serves tapes to a test.

pytest loads this file in every run of every project that has us installed, so it imports nothing but pytest; the room is imported
inside the fixture.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.mocks.schedule import Rule, Schedule
    from tapehiss.mocks.server import Server


class ServeTapes(Protocol):
    """What the fixture ``tapehiss_server`` gives: a function that starts a mock vendor.

    ``tapes`` are files or folders, relative to the test's file or to pytest's root folder. ``schedule`` holds rules, as values or
    in short form (``"429 retry-after=1 first=2 on=POST /v1/*"``). ``limits`` are kept as with ``--limits`` (``"klaviyo:XS"``). ``webhooks``
    is a file, found like a tape: what it plans is sent to ``webhook_to``, and ``server.settled()`` waits for it. The server stops when the test ends.
    """

    def __call__(
        self,
        *tapes: str | Path,
        schedule: Iterable[str | Rule] = (),
        seed: int | None = None,
        limits: str | None = None,
        latency: float = 0.0,
        webhooks: str | Path | None = None,
        webhook_to: str | None = None,
    ) -> Server:
        """A running server: give ``.url`` to the client."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--tapehiss-seed``: the seed of every schedule that is given none."""
    group = parser.getgroup("tapehiss", "mock vendors made of tapes")
    group.addoption(
        "--tapehiss-seed",
        type=int,
        default=0,
        metavar="N",
        help="seed of the schedules of tapehiss_server (default: 0)",
    )


@pytest.fixture
def tapehiss_server(request: pytest.FixtureRequest) -> Iterator[ServeTapes]:
    """Start mock vendors made of tapes: ``tapehiss_server("tapes/charges.yaml", schedule=["429 first=2"]).url``."""
    from tapehiss.cli.webhook_options import Webhooks
    from tapehiss.mocks.loading import load_vendor
    from tapehiss.mocks.profile import profile
    from tapehiss.mocks.server import Server

    with ExitStack() as running:

        def serve(
            *tapes: str | Path,
            schedule: Iterable[str | Rule] = (),
            seed: int | None = None,
            limits: str | None = None,
            latency: float = 0.0,
            webhooks: str | Path | None = None,
            webhook_to: str | None = None,
        ) -> Server:
            paths = [_found(Path(tape), request) for tape in tapes]
            seed = request.config.getoption("--tapehiss-seed") if seed is None else seed
            vendor = load_vendor(paths, _rules(schedule), seed=seed, latency=latency)
            file = None if webhooks is None else _found(Path(webhooks), request)
            server = running.enter_context(Server(vendor, webhooks=Webhooks(file, webhook_to).postbox(seed)))
            server.limit(profile(limits) if limits else None)
            return server

        yield serve


def _found(path: Path, request: pytest.FixtureRequest) -> Path:
    """A tape beside the test's file, or below pytest's root folder."""
    beside = request.path.parent / path
    return beside if beside.exists() else request.config.rootpath / path


def _rules(given: Iterable[str | Rule]) -> Schedule:
    """Rules as values; raises ``BadSchedule``."""
    from tapehiss.mocks.errors import BadSchedule, Flaw
    from tapehiss.mocks.shorthand import rule_from_text

    rules: Schedule = ()
    for each in given:
        rule = rule_from_text(each) if isinstance(each, str) else each
        if isinstance(rule, Flaw):
            raise BadSchedule(str(rule), f"schedule {each!r}", "see docs/serving.md")
        rules += (rule,)
    return rules
