"""How verbs that find something tell it: the options they share, decisions applied, formats written, the exit code."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tapehiss.cassettes.errors import Misuse, Weather
from tapehiss.cli import console
from tapehiss.cli.output import STDOUT, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tapehiss.contracts.acceptance import Decided
    from tapehiss.contracts.findings import Finding, Severity
    from tapehiss.contracts.report import Report

F = TypeVar("F", bound="Callable[..., Any]")
NAMES = ("text", "json", "junit", "sarif", "github", "markdown")
WORDS = ("info", "warn", "error")
_COLOURS = {"error": "bold red", "warn": "yellow", "info": "cyan"}
_file = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, slots=True)
class Telling:
    """What a user wants to be told, how, and what of it is to fail."""

    form: str = "text"
    output: Path = STDOUT
    also: tuple[tuple[str, Path], ...] = ()
    fail_on: str = "warn"
    show: str | None = None
    accept: Path | None = None
    group: Callable[[Iterable[Finding]], tuple[Finding, ...]] = tuple
    """What puts findings together for people; formats for programs hold each of them."""

    @property
    def threshold(self) -> Severity:
        """The severity that fails."""
        from tapehiss.contracts.findings import Severity

        return Severity.of(self.fail_on)

    def decided(self, findings: Iterable[Finding]) -> Decided:
        """The findings after the decisions in the file that was named; without one all count."""
        from tapehiss.contracts.acceptance import Acceptance, acceptance

        known = Acceptance()
        if self.accept is not None:
            known = acceptance(_text(self.accept), where=str(self.accept))
        return known.decide(findings, date.today())  # noqa: DTZ011 (an entry holds to the end of its day where the user lives)

    def tell(self, report: Report) -> int:
        """Write the report in every format that was asked for, and give the exit code: 1 when something fails."""
        stamped = replace(report, at=datetime.now(UTC), version=version("tapehiss"))
        for form, path in ((self.form, self.output), *self.also):
            self._write(stamped, form, path)
        if self.form == "github":
            _tell_github(self._shown(stamped, "github"))
        return 1 if report.failing else 0

    def _write(self, report: Report, form: str, path: Path) -> None:
        from tapehiss.contracts.reports import FORMATS

        told = self._shown(report, form)
        if form == "text" and path == STDOUT and console.interactive():
            _tell_person(told)
        else:
            write_whole(path, [FORMATS[form](told)])

    def _shown(self, report: Report, form: str) -> Report:
        from tapehiss.contracts.findings import Severity
        from tapehiss.contracts.reports import FOR_PROGRAMS

        told = report.at_least(Severity.of(self.show or ("info" if form in FOR_PROGRAMS else "warn")))
        if form in FOR_PROGRAMS:
            return told
        return replace(told, decided=replace(told.decided, findings=self.group(told.findings)))


def telling_options(function: F) -> F:
    """The options of every verb that finds something; the verb gets them as ``telling``."""

    @functools.wraps(function)
    def told(*args: Any, form: str, output: Path, also: tuple[str, ...], fail_on: str, show: str | None,
             accept: Path | None, **rest: Any) -> Any:  # fmt: skip
        pairs = tuple(_pair(text) for text in also)
        return function(*args, telling=Telling(form, output, pairs, fail_on, show, accept), **rest)

    options = (
        click.option("--format", "-f", "form", type=click.Choice(NAMES), default="text", help="How to tell it.  [text]"),
        click.option("--output", "-o", type=_file, default=STDOUT, metavar="FILE", help="Write it here.  [standard output, as -]"),
        click.option("--report", "also", multiple=True, metavar="FORMAT=FILE", help="Write it in this format, too (repeatable)."),
        click.option("--fail-on", type=click.Choice(WORDS), default="warn", help="Exit with 1 from this severity on.  [warn]"),
        click.option("--show", type=click.Choice(WORDS), help="Leave out what is milder.  [warn; json and sarif: info]"),
        click.option("--accept", type=_file, metavar="FILE", help="Accepted findings and other severities (TOML; see docs/contracts.md)."),
    )  # fmt: skip
    return functools.reduce(lambda so_far, option: option(so_far), reversed(options), told)  # type: ignore[return-value]


def _pair(text: str) -> tuple[str, Path]:
    form, equals, path = text.partition("=")
    if form not in NAMES or not equals or not path:
        remedy = f"write FORMAT=FILE, such as junit=report.xml; formats are {', '.join(NAMES)}"
        raise Misuse(f"{text!r} names no format and file", "--report", remedy)
    return form, Path(path)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Misuse(f"cannot be read: {error.strerror}", str(path), "check the path given to --accept") from error
    except UnicodeDecodeError as error:
        raise Misuse("is not UTF-8", str(path), "save it as UTF-8") from error


def _tell_person(report: Report) -> None:
    """A few lines for each finding, its severity in colour."""
    from rich.console import Console
    from rich.text import Text

    from tapehiss.contracts.report_text import lines_of, notes_of

    screen = Console(highlight=False)
    for finding in report.findings:
        first, *rest = lines_of(finding)
        severity, _, about = first.partition(" ")
        screen.print(Text.assemble((severity, _COLOURS[severity]), " ", (about, "bold")), soft_wrap=True)
        screen.print(Text("\n".join(rest)), soft_wrap=True)
    for note in notes_of(report):
        screen.print(Text(console.visible(note), "dim"), soft_wrap=True)
    screen.print(Text(report.summary, "bold red" if report.failing else "bold green"))


def _tell_github(report: Report) -> None:
    """The summary of the job and the outputs of the step, where GitHub says that they go."""
    from tapehiss.contracts.report_github import outputs_of
    from tapehiss.contracts.report_markdown import as_markdown

    for name, text in (("GITHUB_STEP_SUMMARY", as_markdown(report)), ("GITHUB_OUTPUT", outputs_of(report))):
        path = os.environ.get(name)
        if path:
            try:
                with Path(path).open("a", encoding="utf-8") as file:
                    file.write(text)
            except OSError as error:
                raise Weather(f"cannot write ({error.strerror})", path, f"unset {name}") from error
