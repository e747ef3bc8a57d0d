"""The options of ``tapehiss serve`` about who shares what: states of tests, and ports of their own."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.cassettes.redaction import Redactor
    from tapehiss.mocks.server import Server
    from tapehiss.mocks.vendor import Vendor

F = TypeVar("F", bound="Callable[..., Any]")


@dataclass(frozen=True, slots=True)
class States:
    """What tells clients apart."""

    by: str = "nothing"
    port_per_host: bool = False

    def server(self, vendor: Vendor, **more: Any) -> Server:
        """A server for them, whose journal is exported with the project's rules and key; raises ``BadStateKey``."""
        from tapehiss.mocks.server import Server
        from tapehiss.mocks.statekeys import state_by

        return Server(vendor, by=state_by(self.by), port_per_host=self.port_per_host, redactor=door, **more)


def door() -> Redactor:
    """Made when the journal is exported first: to import it takes as long as to read thousands of recordings."""
    from tapehiss.cli import tape_import

    return tape_import.door()


def ports(server: Server) -> dict[str, int]:
    """The further ports: by state, or by vendor."""
    return {door.state or door.host: number for door, number in server.ports.items()}


def state_options(function: F) -> F:
    """Give a command ``--state-by`` and ``--port-per-host``, as one argument ``states``."""

    @functools.wraps(function)
    def gathered(*args: Any, state_by: str, port_per_host: bool, **more: Any) -> Any:
        return function(*args, states=States(state_by, port_per_host), **more)

    options = (
        click.option(
            "--state-by",
            default="nothing",
            metavar="header:NAME|key|path|port:N|nothing",
            help="Tests that run at the same time get states of their own, by this.",
        ),
        click.option("--port-per-host", is_flag=True, help="Each vendor on the tapes gets a further port of its own."),
    )
    wrapped: Any = gathered
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]
