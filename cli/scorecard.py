"""What a storm brought to light, as lines to read and as data: promises kept, broken and not seen, each broken one with its smallest outage."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tapehiss.cli.console import counted, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tapehiss.mocks.arena import Arena
    from tapehiss.mocks.judge import Verdict
    from tapehiss.mocks.storm import Counterexample, Findings
    from tapehiss.mocks.trace import Trace

KEPT, BROKEN, INCONCLUSIVE = 0, 1, 3
COLOURS = {"broken": "red", "unsure": "yellow", "kept": "green", "missed": "yellow"}
WORD_CHARS = 10
FILE = "{file}"


@dataclass(frozen=True)
class Scorecard:
    """The findings, and what is needed to tell them."""

    findings: Findings
    arena: Arena
    took_s: float
    files: Mapping[str, Path]
    """Of each broken promise."""
    again: tuple[str, ...]
    """The command line that replays a file."""

    def lines(self) -> Iterator[tuple[str, str]]:
        """Each with the word at its beginning."""
        from tapehiss.mocks.promises import PROMISES

        found, arena = self.findings, self.arena
        yield "storm", f"{counted(found.runs, 'run')} in {self.took_s:.0f} s; {self._reach()}"
        for each in found.broken:
            yield "", ""
            yield "broken", f"{each.verdict.promise}: {PROMISES[each.verdict.promise].says}"
            yield from (("", text) for text in told(each.case.run, each.verdict))
            yield "weather", weather(each)
            yield "replay", self.replay(each.verdict.promise)
        if found.broken:
            yield "", ""
        if found.hurried:
            yield "", "Smaller outages may break it: there was no time to look. Give more with --shrink."
        for each in found.unsure:
            yield "unsure", f"{each.verdict.promise}: once under {weather(each)}, and not each time again"
        for word, names in (("kept", found.kept), ("not seen", found.unseen)):
            if names:
                yield word, ", ".join(name for name in PROMISES if name in names)
        yield from (("missed", text) for text in arena.missed)

    def _reach(self) -> str:
        arena = self.arena
        struck = f"{arena.reached} of {arena.planned} faults struck"
        return f"{struck}; at most {arena.most:.3g} times the requests of fair weather"

    def replay(self, promise: str) -> str:
        """The one command that plays it again."""
        return shlex.join(str(self.files[promise]) if word == FILE else word for word in self.again)

    def as_data(self) -> dict[str, Any]:
        """The same for a program."""
        from tapehiss.mocks.schedule import schedule_to_json
        from tapehiss.mocks.story import story

        found, arena = self.findings, self.arena
        return {
            "broken": [
                {
                    "promise": each.verdict.promise,
                    "story": list(story(each.case.run, each.verdict)),
                    "schedule": schedule_to_json(each.schedule),
                    "file": str(self.files[each.verdict.promise]),
                    "replay": self.replay(each.verdict.promise),
                }
                for each in found.broken
            ],
            "unsure": [each.verdict.promise for each in found.unsure],
            "kept": sorted(found.kept),
            "not_seen": sorted(found.unseen),
            "runs": found.runs,
            "seed": arena.seed,
            "faults_planned": arena.planned,
            "faults_struck": arena.reached,
            "amplification": round(arena.most, 3),
            "missed": list(arena.missed),
            "smallest": not found.hurried,
        }


def exit_code(findings: Findings) -> int:
    """1 if a promise was broken for sure; 3 if nobody knows."""
    if findings.broken:
        return BROKEN
    return INCONCLUSIVE if findings.unsure or not findings.kept else KEPT


def told(run: Trace, verdict: Verdict) -> Iterator[str]:
    """The story and the attempts that show it."""
    from tapehiss.mocks.story import story, timeline

    yield from story(run, verdict)
    yield from timeline(run, verdict.attempts)


def weather(found: Counterexample) -> str:
    """The schedule in short form."""
    from tapehiss.mocks.shorthand import rule_to_text

    return ", ".join(map(rule_to_text, found.schedule)) or "fair"


def styled(word: str, text: str) -> str:
    """One line: its word, in colour where a person reads it, and its text."""
    head = word.ljust(WORD_CHARS)
    head = click.style(head, fg=COLOURS[word], bold=True) if word in COLOURS else head
    return f"{head} {visible(text)}".rstrip()
