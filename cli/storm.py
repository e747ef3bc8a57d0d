"""Shell: ``tapehiss storm``: a program in bad weather, and the smallest outage that breaks it."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.errors import Misuse, remedy_for
from tapehiss.cli.console import progress, say, say_json
from tapehiss.cli.opening import opened, tapes_argument
from tapehiss.cli.output import write_whole
from tapehiss.cli.scorecard import BROKEN, INCONCLUSIVE, KEPT, Scorecard, exit_code, styled, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tapehiss.mocks.arena import Arena
    from tapehiss.mocks.judge import Case
    from tapehiss.mocks.schedule import Schedule
    from tapehiss.mocks.storm import Findings
    from tapehiss.mocks.stormfile import StormFile

INTO = Path(".tapehiss", "storms")
TOUR_MAX = 200
"""So many small outages are tried before any is drawn."""
EPILOG = """\b
Examples:
  tapehiss storm tapes/shop.yaml -- python app.py {url}
  tapehiss storm tapes --promise effects-once --examples 200 -- node app.js {url}
  tapehiss storm tapes --replay .tapehiss/storms/effects-once.storm.json -- node app.js {url}

Exit code: 0 every promise that was put to the test was kept, 1 one was broken, and again in three replays, 2 it could not be tried,
3 nobody knows: what broke a promise did not do so again, or nothing was put to the test.
"""


class StormCommand(click.Command):
    """Everything after ``--`` is the command of the user."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep it apart before click looks at the rest."""
        cut = args.index("--") if "--" in args else len(args)
        ctx.obj = tuple(args[cut + 1 :])
        return super().parse_args(ctx, args[:cut])


@click.command(cls=StormCommand, epilog=EPILOG)
@tapes_argument
@click.option("--promise", "promises", multiple=True, metavar="NAME", help="Look at this one only. Repeatable.  [all]")
@click.option(
    "--examples", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many schedules are tried."
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**64 - 1),
    default=0,
    show_default=True,
    help="The same seed brings the same storm.",
)
@click.option(
    "--attempts", type=click.IntRange(1), default=12, show_default=True, help="How often a call may be tried."
)
@click.option(
    "--deadline", type=click.FloatRange(0, 86_400, min_open=True), default=30.0, show_default=True, metavar="SECONDS",
    help="When the command must have ended; it is ended then.",
)  # fmt: skip
@click.option(
    "--latency", type=click.FloatRange(0, 3600), default=3.0, show_default=True, metavar="SECONDS",
    help="How long an answer may be late: longer than the command's timeouts.",
)  # fmt: skip
@click.option(
    "--at-once", type=click.IntRange(1, 1000), metavar="N", help="So many runs at a time.  [four for each processor]"
)
@click.option(
    "--shrink", type=click.FloatRange(0), default=60.0, show_default=True, metavar="SECONDS",
    help="How long to look for smaller outages.",
)  # fmt: skip
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    default=INTO,
    show_default=True,
    metavar="DIR",
    help="Folder for what is found.",
)
@click.option(
    "--replay", type=click.Path(path_type=Path), metavar="FILE", help="Play what was found before, three times."
)
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON line.")
@click.pass_obj
def command(
    words: tuple[str, ...], paths: tuple[Path, ...], *, skip_damaged: bool, promises: tuple[str, ...], examples: int, seed: int,
    attempts: int, deadline: float, latency: float, at_once: int | None, shrink: float, into: Path, replay: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Run a command again and again against a mock of TAPE..., each time in other bad weather, and tell which promises it breaks.

    The command follows after --. {url} in it stands for the mock's URL, which is in TAPEHISS_URL, too; it has to do the same each time
    and to end with exit code 0 if it got what it wanted. For each promise that it breaks, the smallest outage that makes it do so is
    told, and written to a file that --replay plays again.
    """
    from tapehiss.mocks.arena import Arena
    from tapehiss.mocks.contestant import Contestant
    from tapehiss.mocks.judge import Terms
    from tapehiss.mocks.loading import vendor_on

    if not words:
        raise Misuse("there is no command", "storm", "write it after --, for example: -- python app.py {url}")
    wanted = known(promises)
    vendor = vendor_on(opened(paths, skip_damaged=skip_damaged))
    terms = Terms(attempts_max=attempts, amplification_max=float(attempts), deadline_s=deadline)
    arena = Arena(vendor, Contestant(words, deadline), terms, seed)
    again = ["tapehiss", "storm", *map(str, paths), "--replay", "{file}", "--", *words]
    with interruptible():
        if replay is not None:
            return _replayed(arena, replay, as_json=as_json)
        begun_s = time.monotonic()
        findings = _stormed(arena, wanted, examples, latency, at_once or 4 * (os.cpu_count() or 1), shrink)
        took_s = time.monotonic() - begun_s
    card = Scorecard(findings, arena, took_s, _written(arena, findings, into), tuple(again))
    if as_json:
        say_json(card.as_data())
    else:
        for word, text in card.lines():
            say(styled(word, text))
    return exit_code(findings)


def known(promises: Sequence[str]) -> tuple[str, ...]:
    """The promises that are meant, in the order of the table; raises ``Misuse`` for a name that is none."""
    from tapehiss.mocks.promises import PROMISES

    stray = next((name for name in promises if name not in PROMISES), None)
    if stray is not None:
        raise Misuse(f"no promise is called {stray!r}", "--promise", f"choose of {', '.join(PROMISES)}")
    return tuple(name for name in PROMISES if not promises or name in promises)


def _stormed(
    arena: Arena, promises: Sequence[str], examples: int, latency_s: float, at_once: int, shrink_s: float
) -> Findings:
    """The search: what was drawn up front runs at once, what breaks is made smaller one by one."""
    from tapehiss.mocks.storm import storm
    from tapehiss.mocks.strategies import storms, tour

    until_s: list[float] = []

    def ahead(schedules: Sequence[Schedule]) -> Sequence[Case]:
        cases = arena.many(schedules, at_once, lambda runs: progress(runs, "through the storm", len(schedules)))
        until_s.append(time.monotonic() + shrink_s)
        return cases

    operations = arena.operations
    return storm(
        arena.play,
        storms(operations, latency_max_s=latency_s),
        promises,
        examples=examples,
        seed=arena.seed,
        first=tour(operations, latency_max_s=latency_s)[:TOUR_MAX],
        ahead=ahead,
        enough=lambda: time.monotonic() > until_s[0],
    )


def _written(arena: Arena, findings: Findings, into: Path) -> dict[str, Path]:
    """A file for each counterexample, by promise."""
    from tapehiss.mocks.stormfile import SUFFIX, digest_of_recordings, storm_file, storm_to_json

    files = {}
    tape = digest_of_recordings(arena.vendor.index.recordings) if findings.broken else ""
    for each in findings.broken:
        into.mkdir(parents=True, exist_ok=True)
        path = into / f"{each.verdict.promise}{SUFFIX}"
        data = storm_to_json(storm_file(each, tape=tape, seed=arena.seed, versions=versions()))
        write_whole(path, [json.dumps(data, indent=1), "\n"])
        files[each.verdict.promise] = path
    return files


def versions() -> dict[str, str]:
    """What looked for it: the same seed brings the same storm with these."""
    import platform
    from importlib.metadata import version

    return {"hypothesis": version("hypothesis"), "python": platform.python_version(), "tapehiss": version("tapehiss")}


def read_storm(path: Path, arena: Arena) -> StormFile:
    """The counterexample in a file, about these tapes; raises ``BadStormFile``."""
    from tapehiss.mocks.errors import BadStormFile
    from tapehiss.mocks.stormfile import digest_of_recordings, storm_from_json

    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise BadStormFile(f"cannot be read ({error.strerror})", str(path), remedy_for(error)) from None
    except (ValueError, RecursionError):
        raise BadStormFile("is no JSON", str(path), "give a file that tapehiss storm has written") from None
    read = storm_from_json(data)
    if isinstance(read, tuple):
        more = f" (and {len(read) - 1} more)" if read[1:] else ""
        where = f"{path}: {read[0].field}" if read[0].field else str(path)
        raise BadStormFile(f"{read[0].what}{more}", where, read[0].remedy or "look for the storm again")
    if read.tape != digest_of_recordings(arena.vendor.index.recordings):
        raise BadStormFile("is about other tapes", str(path), "give the tapes that it was found with, all of them")
    return read


def _replayed(arena: Arena, path: Path, *, as_json: bool) -> int:
    """Play a file three times: 1 if it breaks each time, 0 if never, 3 otherwise."""
    from tapehiss.mocks.judge import judge
    from tapehiss.mocks.storm import REPLAYS

    file = read_storm(path, arena)
    arena.terms, arena.seed = file.terms, file.seed
    arena.contestant = replace(arena.contestant, deadline_s=min(file.terms.deadline_s, arena.contestant.deadline_s))
    cases = [arena.play(file.schedule) for _ in range(REPLAYS)]
    verdicts = [next(each for each in judge(case) if each.promise == file.promise) for case in cases]
    broken = [(case, verdict) for case, verdict in zip(cases, verdicts, strict=True) if verdict.kept is False]
    code = BROKEN if len(broken) == REPLAYS else INCONCLUSIVE if broken else KEPT
    if as_json:
        say_json({"promise": file.promise, "replays": REPLAYS, "broken": len(broken)})
        return code
    word = {BROKEN: "broken", KEPT: "kept", INCONCLUSIVE: "unsure"}[code]
    say(styled(word, f"{file.promise}: {len(broken)} of {REPLAYS} times"))
    for text in told(broken[-1][0].run, broken[-1][1]) if broken else ():
        say(styled("", text))
    return code


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM interrupts as Ctrl-C does, so that nothing is left running."""

    def heard(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, heard)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
