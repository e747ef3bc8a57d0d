"""``tapehiss drift``: what has changed at a vendor between two contracts?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli.knowledge import contract_of, templates_of
from tapehiss.cli.telling import Telling, telling_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.contracts.acceptance import Decided
    from tapehiss.contracts.drift import Drift
    from tapehiss.contracts.evidence import Contract

ALPHA_MIN, ALPHA_MAX = 1e-9, 0.5

_path = click.Path(path_type=Path)


@click.command()
@click.argument("old", type=_path)
@click.argument("new", type=_path)
@click.option(
    "--alpha", type=click.FloatRange(ALPHA_MIN, ALPHA_MAX), default=0.01, metavar="CHANCE",
    help="The chance of any false alarm in the whole run.  [0.01]",
)  # fmt: skip
@click.option(
    "--overrides", type=_path, metavar="FILE", help="Templates that you know better (TOML; see docs/contracts.md)."
)
@telling_options
def command(old: Path, new: Path, alpha: float, overrides: Path | None, telling: Telling) -> int:
    """Tell what has changed from OLD to NEW: saved contracts, tapes, or folders of tapes.

    Each change is counted in exchanges and decided by an exact test, or said to be undecided: then it is a remark, whatever it
    would break. --alpha bounds the whole run: the chance that any of its decisions is wrong. Another kind of use (other
    objects, another client) can look like a change of the vendor; record both sides alike. Exit code 0: nothing at or above
    --fail-on; 1: something; 2: it could not be tried.
    """
    from tapehiss.contracts.drift import drift
    from tapehiss.contracts.report import Report

    templates = templates_of(overrides)
    was, now = _known(old), _known(new)
    found = drift(was, now, alpha=alpha, overrides=templates)
    if not found.common:
        what = f"{old} and {new} have no operation in common: nothing could be compared"
        raise Misuse(what, remedy="give two contracts of one vendor, recorded at the same origin")
    scope = (("exchange", found.new_exchanges), ("operation", len(found.operations)))
    decided, notes = _remarked(telling.decided(found.findings)), tuple(_notes(found))
    return telling.tell(Report("drift", f"{old} -> {new}", decided, telling.threshold, scope, found.operations, notes))


def _remarked(decided: Decided) -> Decided:
    """The decisions of a file, but for this: what is undecided stays a remark."""
    from tapehiss.contracts.drift import is_undecided
    from tapehiss.contracts.findings import Severity

    told = (replace(each, severity=Severity.INFO) if is_undecided(each) else each for each in decided.findings)
    return replace(decided, findings=tuple(told))


def _known(path: Path) -> Contract:
    contract = contract_of(path)
    if not contract.exchanges:
        raise Misuse("there is no exchange in it", str(path), "record something first: tapehiss record --help")
    return contract


def _notes(found: Drift) -> Iterator[str]:
    """What a reader should know beside the findings."""
    from tapehiss.contracts.report import counted
    from tapehiss.contracts.statistics import in_words

    yield (
        f"compared with {found.old_exchanges} exchanges of OLD, in {counted(found.common, 'operation')} that both called; "
        f"if the vendor changed nothing, at most {in_words(found.alpha)} of such runs report a change"
    )
    if found.undecided:
        yield f"undecided for want of evidence: {found.undecided} (--show info tells them)"
