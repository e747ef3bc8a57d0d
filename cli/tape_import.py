"""``tapehiss tape import``: other recorders' recordings as tapes, through the redaction door."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tapehiss.cassettes import origins
from tapehiss.cassettes.errors import UnsupportedFormat, missing_extra
from tapehiss.cassettes.exchange import Exchange
from tapehiss.cassettes.importing import EXPECTED, NO_RECORDING, is_flow_file, read_recording
from tapehiss.cassettes.quarantine import quarantine
from tapehiss.cassettes.redaction import Quarantined, Redactor, project_key
from tapehiss.cassettes.rulefile import project_rules
from tapehiss.cassettes.source import Refusal
from tapehiss.cli import console
from tapehiss.cli.import_plan import RECORDINGS, Job, plan
from tapehiss.cli.tape_merge import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.cassettes.exchange import Clean
    from tapehiss.cassettes.source import Recorded
    from tapehiss.cassettes.writer import TapeWriter

EPILOG = """\b
Reads: vcrpy (YAML, JSON, old httpx cassettes), Ruby VCR, betamax, R vcr, go-vcr, HAR 1.2 and Polly.JS, mitmproxy flow files,
EasyVCR, WireMock mappings, PyGithub replay data, requre storages, and tapes. What a file is is seen from its content.

\b
Examples:
  tapehiss tape import tests/cassettes --into tapes
  tapehiss tape import session.har --into session.yaml
  tapehiss tape import stubs/mappings --base-url https://api.vendor.example --into tapes

Exit code: 0 everything imported, 1 something refused or quarantined, 2 nothing to import.
"""


@dataclass(slots=True)
class Tally:
    """What became of everything so far."""

    tapes: dict[Path, int] = field(default_factory=dict)
    """How many exchanges each tape got."""
    refused: list[Refusal] = field(default_factory=list)
    quarantined: list[Path] = field(default_factory=list)
    passed_over: list[Path] = field(default_factory=list)
    """Files in the folders that are no recordings."""
    taken_out: dict[str, int] = field(default_factory=dict)
    """Secrets, by the rule that found them."""
    unfinished: bool = True
    """Whether there is more to import, which a full disk may prevent."""


@click.command(epilog=EPILOG)
@click.argument("sources", metavar="SRC...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--into",
    required=True,
    type=click.Path(path_type=Path),
    help="A folder for a tape each, or one tape (*.yaml) for all.",
)
@click.option("--base-url", metavar="URL", help="Where it was recorded, for recordings that name no host (WireMock).")
@click.option("--label", metavar="TEXT", help="A name for the recording, on every exchange.  [where each file lay]")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
def command(sources: tuple[Path, ...], into: Path, base_url: str | None, label: str | None, as_json: bool) -> int:
    """Turn recordings that you already have into tapes.

    Every exchange goes through the redaction door: secrets are replaced by pseudonyms, the same in all the files; what may
    still hold one goes to quarantine/ beside the tape. The sources stay as they are.
    """
    if base_url is not None:
        origins.target(base_url, "--base-url")
    jobs = plan(sources, into)
    redactor = door()
    for job in console.progress(jobs, "looking for secrets", len(jobs)):
        learn(job, redactor, base_url)
    before = dict(redactor.taken_out)
    tally = Tally()
    try:
        for target, group in groupby(console.progress(jobs, "importing", len(jobs)), key=lambda job: job.target):
            write(target, (one for job in group for one in outcomes(job, redactor, tally, base_url, label)), tally)
        tally.unfinished = False
    finally:  # a full disk: what was written whole is said all the same
        tally.taken_out = {rule: count - before.get(rule, 0) or count for rule, count in redactor.taken_out.items()}
        console.say_json(summary(tally)) if as_json else say(tally)
    return exit_code(tally)


def door() -> Redactor:
    """The redaction door with the project's rules and key."""
    return Redactor(project_rules(None, os.environ), key=project_key(Path.cwd(), os.environ))


def recorded(job: Job, base_url: str | None) -> Iterator[Recorded]:
    """What one file holds."""
    with job.path.open("rb") as file:
        flows = is_flow_file(file.read(100))
    if not flows:
        yield from read_recording(job.path, base_url=base_url, root=job.root)
        return
    try:
        from tapehiss.proxy.flowfile import read_flows
    except ImportError as error:
        raise missing_extra("mitmproxy", "proxy") from error
    yield from read_flows(job.path)


def learn(job: Job, redactor: Redactor, base_url: str | None) -> None:
    """Show the redactor everything before anything is written: a secret may first be known for one in the last file."""
    with suppress(UnsupportedFormat, OSError):
        for one in recorded(job, base_url):
            if isinstance(one, Exchange):
                redactor.clean(one)


def outcomes(
    job: Job, redactor: Redactor, tally: Tally, base_url: str | None, label: str | None
) -> Iterator[Clean | Quarantined]:
    """What may be written of one file; what was refused is noted."""
    try:
        for one in recorded(job, base_url):
            if isinstance(one, Refusal):
                tally.refused.append(one)
            else:
                yield redactor.clean(_labelled(one, label or job.label))
    except UnsupportedFormat as error:
        if job.named or (job.path.suffix in RECORDINGS and error.what != NO_RECORDING):
            tally.refused.append(Refusal(error.where or str(job.path), error.what, error.remedy))
        else:
            tally.passed_over.append(job.path)
    except OSError as error:
        tally.refused.append(Refusal(str(job.path), f"cannot be read ({error.strerror})"))


def _labelled(exchange: Exchange, label: str) -> Exchange:
    """With a label, and without the note that an earlier quarantine left."""
    notes = tuple(note for note in exchange.notes if note[0] != "quarantined")
    return replace(exchange, label=exchange.label or label, notes=notes)


def write(target: Path, results: Iterable[Clean | Quarantined], tally: Tally) -> None:
    """One tape, made when there is something to write, whole or not at all; quarantine lies beside it."""
    count = 0
    with ExitStack() as stack:
        writer: TapeWriter | None = None
        for result in results:
            if isinstance(result, Quarantined):
                tally.quarantined.append(quarantine(target.parent, result))
                continue
            if writer is None:
                target.parent.mkdir(parents=True, exist_ok=True)
                writer = stack.enter_context(whole(target))
            writer.append(result)
            count += 1
    if count:
        tally.tapes[target] = count


# --- telling ----------------------------------------------------------------------------------------------------------


def exit_code(tally: Tally) -> int:
    """0 everything imported, 1 something refused or quarantined, 2 nothing to import."""
    if not tally.tapes and not tally.quarantined:
        return 2
    return 1 if tally.refused or tally.quarantined else 0


def summary(tally: Tally) -> dict[str, Any]:
    """The result for a program."""
    return {
        "imported": sum(tally.tapes.values()),
        "tapes": {str(path): count for path, count in tally.tapes.items()},
        "refused": [asdict(refusal) for refusal in tally.refused],
        "quarantined": [str(path) for path in tally.quarantined],
        "passed_over": [str(path) for path in tally.passed_over],
        "taken_out": tally.taken_out,
    }


def say(tally: Tally) -> None:
    """The result for a person: a line for each tape, for each refusal, for each file in quarantine, and the sums."""
    for path, count in tally.tapes.items():
        console.say(f"{path}: {count} exchanges")
    for refusal in tally.refused:
        console.say(f"refused: {refusal}")
    for path in tally.quarantined:
        console.say(f"quarantined: {path}")
    for rule, count in sorted(tally.taken_out.items()):
        console.say(f"taken out: {count} x {rule}")
    imported = sum(tally.tapes.values())
    words = f"{imported} exchanges imported to {len(tally.tapes)} tapes, {len(tally.refused)} refused, "
    words += f"{len(tally.quarantined)} quarantined, {len(tally.passed_over)} files passed over"
    nothing = not (tally.unfinished or tally.tapes or tally.refused or tally.quarantined)
    console.say(f"{words}: give {EXPECTED}" if nothing else words)
