"""The options of ``tapehiss serve`` about what it answers: what matches, what is made that no tape has, and whose dates it tells."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from tapehiss.cli.opening import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tapehiss.cassettes.exchange import Clean
    from tapehiss.mocks.vendor import Vendor

F = TypeVar("F", bound="Callable[..., Any]")


@dataclass(frozen=True, slots=True)
class Answers:
    """What decides the answers beside the tapes."""

    matchers: Path | None = None
    synthesise: bool = False
    contract: Path | None = None
    dates_now: bool = False

    def vendor(self, paths: tuple[Path, ...], *, skip_damaged: bool, seed: int, latency: float) -> Vendor:
        """The vendor on these tapes; raises ``NothingToServe``, ``BadMatchers``, and what opening a contract raises."""
        from tapehiss.mocks.instants import began_at
        from tapehiss.mocks.loading import vendor_on
        from tapehiss.mocks.matcher_file import read_matchers
        from tapehiss.mocks.matchers import NONE

        matchers = NONE if self.matchers is None else read_matchers(self.matchers)
        tapes = opened(paths, skip_damaged=skip_damaged)
        vendor = vendor_on(tapes, seed=seed, latency=latency, matchers=matchers)
        if self.dates_now:
            vendor = replace(vendor, tape_began_s=began_at(vendor.index.recordings))
        return self._beyond(vendor) if self.synthesise or self.contract is not None else vendor

    def _beyond(self, vendor: Vendor) -> Vendor:
        """The vendor with a contract: the one that is given, or what its own tapes prove."""
        from tapehiss.cli.knowledge import contract_of
        from tapehiss.contracts.catalogue import catalogue
        from tapehiss.contracts.evidence import learn
        from tapehiss.mocks.beyond import beyond

        recordings = vendor.index.recordings
        taped = cast("tuple[Clean, ...]", recordings)  # what a tape holds went through redaction
        contract = learn(taped) if self.contract is None else contract_of(self.contract)
        return replace(vendor, contract=contract, beyond=beyond(catalogue(contract), recordings))

    @property
    def files(self) -> Iterator[Path]:
        """What is read beside the tapes."""
        yield from (path for path in (self.matchers, self.contract) if path is not None)


def answer_options(function: F) -> F:
    """Give a command ``--matchers``, ``--synthesise``, ``--contract`` and ``--dates``, as one argument ``answers``."""

    @functools.wraps(function)
    def gathered(
        *args: Any, matchers: Path | None, synthesise: bool, contract: Path | None, dates: str, **more: Any
    ) -> Any:
        return function(*args, answers=Answers(matchers, synthesise, contract, dates == "now"), **more)

    path = click.Path(path_type=Path)
    options = (
        click.option(
            "--matchers", type=path, metavar="FILE", help="A YAML file: what of a request is compared, by operation."
        ),
        click.option(
            "--synthesise",
            is_flag=True,
            help="Answer what is on no tape from siblings and from what the tapes prove; what clients create is held.",
        ),
        click.option(
            "--contract",
            type=path,
            metavar="FILE",
            help="The same, from a contract (see infer) in place of the tapes'.",
        ),
        click.option(
            "--dates",
            type=click.Choice(["recorded", "now"]),
            default="recorded",
            show_default=True,
            help="Instants in answers as recorded, or as if the recording began now.",
        ),
    )
    wrapped: Any = gathered
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]
