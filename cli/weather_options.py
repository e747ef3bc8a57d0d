"""The options of ``tapehiss serve`` about faults and limits, and the files behind them, which may change."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tapehiss.cli.console import counted
from tapehiss.cli.watching import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tapehiss.mocks.profile import Profile
    from tapehiss.mocks.schedule import Schedule
    from tapehiss.mocks.server import Server

F = TypeVar("F", bound="Callable[..., Any]")


@dataclass(frozen=True, slots=True)
class Weather:
    """What is to go wrong, and which limits are kept."""

    file: Path | None = None
    names: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    limits: str | None = None
    seed: int = 0

    def rules(self) -> Schedule:
        """The rules of a file, of ready scenarios and of the command line, in this order; raises ``BadSchedule``."""
        from tapehiss.mocks.scenario import read_scenario, scenario

        schedule: Schedule = read_scenario(self.file).rules if self.file else ()
        for name in self.names:
            schedule += scenario(name).rules
        return schedule + tuple(self._faults())

    def _faults(self) -> Iterator[Any]:
        from tapehiss.mocks.errors import BadSchedule, Flaw
        from tapehiss.mocks.shorthand import rule_from_text

        for text in self.faults:
            rule = rule_from_text(text)
            if isinstance(rule, Flaw):
                what = f"{rule.field}: {rule.what}" if rule.field else rule.what
                raise BadSchedule(what, f"--fault {text!r}", rule.remedy)
            yield rule

    def profile(self) -> Profile | None:
        """The limits; raises ``BadProfile``."""
        from tapehiss.mocks.profile import profile

        return None if self.limits is None else profile(self.limits)

    def sources(self, server: Server) -> Iterator[Source]:
        """The files that decide what the mock does, and how it does otherwise when they change."""

        def play() -> str:
            schedule = self.rules()
            server.play(schedule)
            return f"{counted(len(schedule), 'rule')} from now on; the schedule begins anew"

        def limit() -> str:
            server.limit(self.profile())
            return "kept from now on; the counters begin anew"

        if self.file is not None:
            yield Source("rules", [self.file], play)
        if self.limits is not None and (file := profile_file(self.limits)):
            yield Source("limits", [file], limit)


def profile_file(text: str) -> Path | None:
    """The file in ``mine.yaml`` or ``mine.yaml:big``; none in ``klaviyo:XS``."""
    for name in (text, text.rpartition(":")[0]):
        if name.endswith((".yaml", ".yml")):
            return Path(name)
    return None


def weather_options(function: F) -> F:
    """Give a command ``--schedule``, ``--scenario``, ``--fault``, ``--limits`` and ``--seed``, as one argument ``weather``."""

    @functools.wraps(function)
    def gathered(
        *args: Any,
        file: Path | None,
        names: tuple[str, ...],
        faults: tuple[str, ...],
        limits: str | None,
        seed: int,
        **more: Any,
    ) -> Any:
        return function(*args, weather=Weather(file, names, faults, limits, seed), **more)

    path = click.Path(path_type=Path)
    rule = (
        "A rule in short form: '429 retry-after=2 first=2 on=POST /v1/*', 'latency=1.5 p=0.1', 'truncate=100', 'reset'."
    )
    limits = "Limits of a vendor: klaviyo, klaviyo:XS, github, stripe, ietf, ..., or a YAML file."
    options = (
        click.option("--schedule", "file", type=path, help="A YAML file with rules: which fault strikes when."),
        click.option("--scenario", "names", multiple=True, metavar="NAME", help="A ready schedule: see tapehiss scenario ls."),
        click.option("--fault", "faults", multiple=True, metavar="RULE", help=rule),
        click.option("--limits", metavar="PROFILE[:PLAN]", help=limits),
        click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=0, show_default=True, help="Decides rules with p=."),
    )  # fmt: skip
    return functools.reduce(lambda so_far, option: option(so_far), reversed(options), gathered)  # type: ignore[return-value]
