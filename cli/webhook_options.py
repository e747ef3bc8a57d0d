"""The options of ``tapehiss serve`` about webhooks, and what is said of them at the end."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli.console import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.mocks.postbox import Postbox, PostTotals

F = TypeVar("F", bound="Callable[..., Any]")


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Which webhooks are to be sent, and where to."""

    file: Path | None = None
    to: str | None = None
    anywhere: bool = False

    def postbox(self, seed: int) -> Postbox | None:
        """What sends them; ``None`` if none are wanted. Raises ``Misuse``, and ``BadWebhooks`` for the file."""
        if self.file is None and self.to is None:
            return None
        if self.file is None or self.to is None:
            option = "--webhooks FILE" if self.file is None else "--webhook-to URL"
            raise Misuse("which webhooks, and where to: both are needed", "--webhooks, --webhook-to", f"add {option}")
        from tapehiss.mocks.postbox import Postbox
        from tapehiss.mocks.webhook_file import read_plan
        from tapehiss.mocks.webhooks import endpoint

        url = endpoint(self.to, anywhere=self.anywhere)
        return Postbox(read_plan(self.file, os.environ), url, seed=seed)


def webhook_options(function: F) -> F:
    """Give a command ``--webhooks``, ``--webhook-to`` and ``--webhook-anywhere``, as one argument ``webhooks``."""

    @functools.wraps(function)
    def gathered(*args: Any, webhooks: Path | None, webhook_to: str | None, webhook_anywhere: bool, **more: Any) -> Any:
        return function(*args, webhooks=Webhooks(webhooks, webhook_to, webhook_anywhere), **more)

    options = (
        click.option(
            "--webhooks",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="A YAML file: which webhooks follow what.",
        ),
        click.option("--webhook-to", metavar="URL", help="The endpoint that gets them; on this machine."),
        click.option("--webhook-anywhere", is_flag=True, help="The endpoint may be on another machine."),
    )
    wrapped: Any = gathered
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]


def webhook_account(totals: PostTotals | None) -> list[str]:
    """What became of the webhooks, for a person; nothing if there were none."""
    if totals is None or not totals.events:
        return []
    fates = ", ".join(f"{count} {fate}" for fate, count in totals.fates)
    lines = [
        f"webhooks   {counted(totals.events, 'event')}, {counted(totals.attempts, 'attempt')}: {fates or 'none yet'}"
    ]
    told = (
        (totals.dropped, "never sent, as planned"),
        (totals.exhausted, "given up: not taken by any attempt"),
        (totals.pending, "still to be sent"),
        (totals.overflowed, "not sent: too many were waiting"),
    )
    lines += [f"webhooks   {count} {what}" for count, what in told if count]
    if totals.forged:
        believed = f"{totals.believed} BELIEVED: the endpoint does not verify" if totals.believed else "none believed"
        lines.append(f"forged     {totals.forged}, {believed}")
    return [*lines, "webhooks   the endpoint said 410 and gets no more"] if totals.disabled else lines
