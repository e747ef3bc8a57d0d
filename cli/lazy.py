"""A click group whose verbs live in one file each and are imported when they are used: help imports none of them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


class LazyGroup(click.Group):
    """Verb ``name`` is the object ``command`` of the module ``<module><name>``; ``summaries`` maps verb to one line of help."""

    def __init__(self, *args: Any, module: str = "", summaries: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.module = module
        self.summaries = dict(summaries or {})

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """The verbs, in alphabetical order."""
        return sorted(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        """The verb's command object, or ``None`` for a verb that we do not have."""
        if cmd_name not in self.summaries:
            return None
        command = importlib.import_module(self.module + cmd_name).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's signature)
        """The list of verbs with their summaries."""
        with formatter.section("Verbs"):
            formatter.write_dl(sorted(self.summaries.items()))
