"""``tapehiss check``: does traffic fit a contract?"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli import console
from tapehiss.cli.knowledge import catalogue_of
from tapehiss.cli.live import Live, asked, preview, redacted
from tapehiss.cli.opening import opened, tapes_argument
from tapehiss.cli.telling import Telling, telling_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.cassettes.tape import Tape
    from tapehiss.clients.replaying import Pace
    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.findings import Witness
    from tapehiss.contracts.report import Report

FINDINGS_MAX = 10_000
"""How many different findings are told; more are a different vendor."""

F = TypeVar("F", bound="Callable[..., Any]")
_path = click.Path(path_type=Path)


def live_options(function: F) -> F:
    """The options of asking again; the verb gets them as ``live`` and ``pace``."""

    @functools.wraps(function)
    def told(*args: Any, url: str | None, origin: str, methods: tuple[str, ...], most: int, seconds: float, per_second: float,
             headers: tuple[str, ...], query: tuple[str, ...], config: Path | None, **rest: Any) -> Any:  # fmt: skip
        from tapehiss.clients.replaying import Pace

        live = Live(url, origin, methods, most, headers, query, config) if url else None
        return function(*args, live=live, pace=Pace(per_second, seconds_max=seconds), **rest)

    count, amount = click.IntRange(1, 10_000), click.FloatRange(0, 1e6, min_open=True)
    options = (
        click.option("--live", "url", metavar="URL", help="Ask the vendor again what the tapes asked, and check the answers instead."),
        click.option("--origin", default="", metavar="URL", help="The recorded origin that --live stands for.  [the only one]"),
        click.option("--method", "methods", multiple=True, metavar="METHOD", help="Ask with this method (repeatable).  [GET and HEAD]"),
        click.option("--max-requests", "most", type=count, default=50, metavar="N", help="Ask at most so often.  [50]"),
        click.option("--max-seconds", "seconds", type=amount, default=60, metavar="S", help="Begin no request later.  [60]"),
        click.option("--per-second", "per_second", type=amount, default=2, metavar="N", help="Ask at most so often a second.  [2]"),
        click.option("--header", "headers", multiple=True, metavar="NAME=VARIABLE", help="Send a header with the value of an environment variable."),
        click.option("--query", multiple=True, metavar="NAME=VARIABLE", help="Send a query parameter likewise."),
        click.option("--config", type=_path, metavar="FILE", help="Where [redaction] is.  [tapehiss.toml]"),
    )  # fmt: skip
    return functools.reduce(lambda so_far, option: option(so_far), reversed(options), told)  # type: ignore[return-value]


@click.command()
@tapes_argument
@click.option("--contract", "-c", "source", type=_path, required=True, metavar="CONTRACT",
              help="A file of `tapehiss infer --into`, a tape, or a folder of tapes.")  # fmt: skip
@click.option(
    "--overrides", type=_path, metavar="FILE", help="Templates that you know better (TOML; see docs/contracts.md)."
)
@telling_options
@live_options
@click.option("--dry-run", is_flag=True, help="With --live: print what would be asked, and ask nothing.")
def command(
    paths: tuple[Path, ...], skip_damaged: bool, source: Path, overrides: Path | None, dry_run: bool,
    telling: Telling, live: Live | None, pace: Pace,
) -> int:  # fmt: skip
    """Check every exchange on tapes (files, or folders of them) against a contract.

    A finding is an error, a warning or a remark, by what it breaks and by how much evidence there is against it. Exit code 0:
    nothing at or above --fail-on; 1: something; 2: it could not be tried.

    With --live the safe requests of the tapes are asked again at the vendor, slowly, and the answers are checked. Credentials come from the
    environment; answers are redacted before anything is said of them.
    """
    known = catalogue_of(source, overrides)
    tapes = opened(paths, skip_damaged=skip_damaged)
    total = sum(len(tape) for tape in tapes)
    if not total:
        raise Misuse("there is no exchange on these tapes", remedy="record something first: tapehiss record --help")
    if live is None:
        return telling.tell(checked(console.progress(_placed(tapes), "checking", total), known, source, telling))
    plan = live.plan((exchange for exchange, _ in _placed(tapes)), known)
    if not plan.asks:
        raise Misuse(
            "there is no request that could be asked again", "--live", "allow more with --method, if that is safe"
        )
    if dry_run:
        console.say("\n".join(preview(plan.asks, live)))
        return 0
    answers, notes = redacted(live, plan, asked(plan, pace))
    return telling.tell(checked(answers, known, source, telling, notes))


def checked(
    exchanges: Iterable[tuple[Exchange, Witness]],
    known: Catalogue,
    source: Path,
    telling: Telling,
    notes: Sequence[str] = (),
) -> Report:
    """The report about these exchanges, each with the place where it stands."""
    from tapehiss.contracts.conformance import Conformance
    from tapehiss.contracts.report import Report
    from tapehiss.contracts.runs import Run

    run = Run(Conformance(known), FINDINGS_MAX)
    for exchange, witness in exchanges:
        run.add(exchange, witness)
    operations = run.operations
    if operations and not any(operation in known for operation in operations):
        what = f"{source} knows none of the {len(operations)} operations that these tapes call: nothing could be judged"
        raise Misuse(what, remedy="give the contract of this vendor, or learn one: tapehiss infer --help")
    scope = (("exchange", run.exchanges), ("operation", len(operations)))
    more = [f"more than {FINDINGS_MAX} different findings: {run.dropped} were not told"] if run.dropped else []
    decided = telling.decided(run.findings())
    return Report("check", str(source), decided, telling.threshold, scope, tuple(sorted(operations)), (*more, *notes))


def _placed(tapes: Sequence[Tape]) -> Iterator[tuple[Exchange, Witness]]:
    from tapehiss.contracts.findings import Witness

    for tape in tapes:
        for entry in tape.index:
            yield tape.read(entry), Witness(str(tape.path), entry.line)
