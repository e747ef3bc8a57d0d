"""How often check and drift cry wolf, and what they find: on real recordings, split by chance.

    python benchmarks/drift.py DIR [VENDOR...] [--splits N] [--jobs N]     (make corpus CORPUS=DIR)

False alarms: learn from n exchanges of a random half of a vendor's recordings, and
    check    exchanges of the other half: how many have a finding at warn or above when judged alone (target: at most 1 % from n = 30 on),
             and how many runs of n exchanges have one (target: at most 5 %)
    drift    against n exchanges of the other half: in how many runs anything is decided (target: at most alpha)

Mutations (``mutations``): change one thing in held-out exchanges, as a vendor who drifts would, where the learnt ones contradict it
without exception. ``check`` sees one such exchange, ``drift`` all held-out exchanges of the operation:
    told     check has a finding that it has not without the mutation, of any severity
    warned   ... at warn or above, of those whose place was learnt from at least 30 exchanges, and of which one is no accident
             (a single refusal, server error or new word is to be expected: a remark)
    decided  drift decides it within the alpha of the whole run, where both sides have at least 15 exchanges that show the place;
             with fewer it says *undecided*

Exit code: 0 all targets met, 1 one is missed, 2 there is nothing to measure.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from laws import taken
from mutations import OPERATORS, Operator, Target
from recordings import by_vendor
from rows import Row, progress, told

from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.drift import drift
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.findings import Severity
from tapehiss.contracts.runs import Run
from tapehiss.contracts.statistics import ALPHA, share_at_least

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.cassettes.exchange import Clean
    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.drift import Drift

SIZES = (10, 30, 100, 300)
SPLITS = 20
FRESH_MAX = 60
"""How many exchanges of the other half are checked in each split."""
FLAGGED_MAX = 0.01
FLAGGED_FROM = 30
RUNS_FLAGGED_MAX = 0.05
FINDINGS_MAX = 10_000
MUTATED_SPLITS = 1
LEARNT_MAX = 500
HELD_OUT_MAX = 250
CHECKED_MAX = 30
"""How many exchanges of a split each operator changes for ``check``."""
OPERATIONS_MAX = 2
"""How many operations of a split each operator changes for ``drift``."""
WARNED_FROM = 30
DECIDED_FROM = 15
FOUND_MIN = 0.95
CAUSES = 8


@dataclass
class Found:
    """What one vendor's recordings showed."""

    vendor: str
    exchanges: int = 0
    alarms: Counter[tuple[int, str]] = field(default_factory=Counter)
    """(n, what) -> how many; what: fresh, warn, error, runs, decided, checked."""
    causes: Counter[tuple[int, str]] = field(default_factory=Counter)
    """(n, finding's id) -> how many fresh exchanges had it at warn or above."""
    mutants: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(operator, what) -> how many; what: seen, told, solid, warned, runs, decided."""
    missed: list[str] = field(default_factory=list)


def measured(root: Path, vendor: str, paths: list[Path], splits: int = SPLITS) -> Found:
    """Everything, for one vendor."""
    known = taken(root, paths)
    found = Found(vendor, len(known))
    for seed in range(splits):
        halves = split(known, f"{vendor} {seed}")
        for n in SIZES:
            if len(halves[0]) >= n:
                false_alarms(found, n, *halves)
        if seed < MUTATED_SPLITS and len(known) > 1:
            mutate(found, halves[0][:LEARNT_MAX], halves[1][:HELD_OUT_MAX], random.Random(seed))
    return found


def split(known: list[Clean], seed: str) -> tuple[list[Clean], list[Clean]]:
    """Two random halves."""
    shuffled = random.Random(seed).sample(known, len(known))
    return shuffled[: len(known) // 2], shuffled[len(known) // 2 :]


def false_alarms(found: Found, n: int, learnt: list[Clean], held_out: list[Clean]) -> None:
    """Nothing changed: what is found all the same."""
    old = learn(learnt[:n])
    judge = Conformance(old)
    for exchange in held_out[:FRESH_MAX]:
        findings = [each for each in judge.findings(exchange) if each.severity >= Severity.WARN]
        found.alarms[n, "fresh"] += 1
        found.alarms[n, "warn"] += bool(findings)
        found.alarms[n, "error"] += any(each.severity >= Severity.ERROR for each in findings)
        found.causes.update({(n, each.id) for each in findings})
    found.alarms[n, "runs"] += 1
    found.alarms[n, "decided"] += bool(decided(drift(old, learn(held_out[:n]))))
    found.alarms[n, "checked"] += bool(alarmed(judge, held_out[:n]))


def alarmed(judge: Conformance, exchanges: Iterable[Clean]) -> set[str]:
    """The fingerprints of what a run of check finds at warn or above."""
    run = Run(judge, FINDINGS_MAX)
    for exchange in exchanges:
        run.add(exchange)
    return {each.fingerprint for each in run.findings() if each.severity >= Severity.WARN}


def decided(result: Drift) -> set[str]:
    """The fingerprints of what is decided."""
    return {each.fingerprint for each in result.findings if dict(each.arguments).get("verdict") == "decided"}


# --- mutations --------------------------------------------------------------------------------------------------------


@dataclass
class Split:
    """A split that operators work on."""

    known: Catalogue
    judge: Conformance
    held_out: list[Clean]
    lines: list[str]
    """The operation of each held-out exchange."""
    dice: random.Random
    _targets: dict[tuple[str, str], list[Target]] = field(default_factory=dict)

    def targets(self, operator: Operator, line: str) -> list[Target]:
        """Where an operator can change the answers of an operation."""
        key = (operator.name, line)
        if key not in self._targets:
            self._targets[key] = list(operator.targets(self.known.evidence(line)))
        return self._targets[key]

    def support(self, line: str, target: Target) -> int:
        """In how many learnt exchanges the target was."""
        evidence = self.known.evidence(line)
        if target.detail in evidence.conduct.signs:
            return evidence.conduct.signs[target.detail].count
        if not target.part:
            return sum(evidence.conduct.latency.values())
        part = evidence.parts[target.part]
        return part.fields[target.path].exchanges if target.path else part.exchanges


def mutate(found: Found, learnt: list[Clean], held_out: list[Clean], dice: random.Random) -> None:
    """Every operator, for check and for drift."""
    old = learn(learnt)
    known = catalogue(old)
    lines = [str(known.read(exchange).operation) for exchange in held_out]
    here = Split(known, Conformance(known), held_out, lines, dice)
    for operator in OPERATORS:
        if operator.checked:
            check_mutants(found, here, operator)
    undrifted = decided(drift(old, learn(held_out)))
    unalarmed = alarmed(here.judge, held_out)
    for operator in OPERATORS:
        drift_mutants(found, here, operator, undrifted, unalarmed)


def check_mutants(found: Found, here: Split, operator: Operator) -> None:
    """Single exchanges, changed."""
    places = [at for at, line in enumerate(here.lines) if here.targets(operator, line)]
    for at in here.dice.sample(places, min(len(places), CHECKED_MAX)):
        targets = here.targets(operator, here.lines[at])
        for target in here.dice.sample(targets, min(len(targets), 10)):
            mutant = operator.apply(here.held_out[at], target)
            if mutant is not None:
                told_of(found, here, operator, at, target, mutant)
                break


def told_of(found: Found, here: Split, operator: Operator, at: int, target: Target, mutant: Clean) -> None:
    """Whether check sees one mutant."""
    before = {each.fingerprint for each in here.judge.findings(here.held_out[at])}
    findings = [each for each in here.judge.findings(mutant) if each.fingerprint not in before]
    worst = max((each.severity for each in findings), default=0)
    count = found.mutants
    count[operator.name, "seen"] += 1
    count[operator.name, "told"] += bool(findings)
    if operator.harmless:
        count[operator.name, "warned"] += worst >= Severity.WARN
    elif not operator.remarked and here.support(here.lines[at], target) >= WARNED_FROM:
        count[operator.name, "solid"] += 1
        count[operator.name, "warned"] += worst >= Severity.WARN
    if not findings and not operator.harmless:
        found.missed.append(f"{found.vendor}: {operator.name}: {here.lines[at]} {target.part} {target.path}")


def drift_mutants(found: Found, here: Split, operator: Operator, undrifted: set[str], unalarmed: set[str]) -> None:
    """All held-out exchanges of an operation, changed at one place; check judges them as one run."""
    often = [line for line, count in Counter(here.lines).items() if count >= DECIDED_FROM]
    here.dice.shuffle(often)
    runs = 0
    for line in often:
        targets = [each for each in here.targets(operator, line) if here.support(line, each) >= DECIDED_FROM]
        if not targets or runs == OPERATIONS_MAX:
            continue
        target = here.dice.choice(targets)
        mutants = [
            operator.apply(exchange, target) if other == line else None
            for exchange, other in zip(here.held_out, here.lines, strict=True)
        ]
        if sum(each is not None for each in mutants) < DECIDED_FROM:
            continue
        runs += 1
        changed = [mutant or exchange for mutant, exchange in zip(mutants, here.held_out, strict=True)]
        result = drift(here.known.contract, learn(changed))
        if operator.checked and not operator.remarked and not operator.harmless:
            found.mutants[operator.name, "run"] += 1
            found.mutants[operator.name, "alarmed"] += bool(alarmed(here.judge, changed) - unalarmed)
        count_drift(found, operator, result, undrifted, f"{line} {target.part} {target.path} {target.detail}")


def count_drift(found: Found, operator: Operator, result: Drift, undrifted: set[str], place: str) -> None:
    """Whether drift decides one mutation."""
    new = [each for each in result.findings if each.fingerprint in decided(result) - undrifted]
    alarmed = [each for each in new if each.severity >= Severity.WARN]
    found.mutants[operator.name, "runs"] += 1
    found.mutants[operator.name, "decided"] += bool(alarmed if operator.harmless else new)
    if operator.harmless is bool(alarmed if operator.harmless else new):
        found.missed.append(f"{found.vendor}: drift: {operator.name}: {place}")


# --- telling ----------------------------------------------------------------------------------------------------------


def rows(several: Iterable[Found]) -> Iterator[Row]:
    """The tables."""
    several = [one for one in several if one.exchanges]
    total = Found("all")
    for one in several:
        total.exchanges += one.exchanges
        total.alarms += one.alarms
        total.causes += one.causes
        total.mutants += one.mutants
    yield from alarm_rows(several, total)
    yield from mutant_rows(total)


def alarm_rows(several: list[Found], total: Found) -> Iterator[Row]:
    """False alarms, by how much was learnt."""
    for n in SIZES:
        fresh, warned, failed = (total.alarms[n, what] for what in ("fresh", "warn", "error"))
        if fresh:
            worst = sorted(
                ((one.alarms[n, "warn"] / max(1, one.alarms[n, "fresh"]), one.vendor) for one in several), reverse=True
            )
            note = ", ".join(f"{vendor} {part:.1%}" for part, vendor in worst[:3] if part)
            asked = n >= FLAGGED_FROM
            met = warned <= FLAGGED_MAX * fresh if asked else None
            vendors = sum(bool(one.alarms[n, "fresh"]) for one in several)
            target = f"at most {FLAGGED_MAX:.0%}" if asked else ""
            yield Row(
                f"check, n = {n}: flagged of {fresh} ({vendors} vendors)",
                f"{warned / fresh:.2%}",
                target,
                met,
                f"worst: {note}",
            )
            yield Row(f"check, n = {n}: of these errors", f"{failed / fresh:.2%}", note=causes(total, n))
    for n in SIZES:
        runs, alarms = total.alarms[n, "runs"], total.alarms[n, "decided"]
        if runs:
            met = share_at_least(alarms, runs) <= ALPHA
            yield Row(
                f"drift, n = {n}: runs of {runs} that decide",
                f"{alarms} ({alarms / runs:.2%})",
                f"at most {ALPHA:.0%}",
                met,
            )
            checked = total.alarms[n, "checked"]
            yield Row(
                f"check, n = {n}: runs of {runs} that warn",
                f"{checked} ({checked / runs:.2%})",
                f"at most {RUNS_FLAGGED_MAX:.0%}",
                share_at_least(checked, runs) <= RUNS_FLAGGED_MAX,
            )


def causes(total: Found, n: int) -> str:
    """The findings that were false alarms."""
    counted = Counter({id_: count for (size, id_), count in total.causes.items() if size == n})
    return ", ".join(f"{id_} {count}" for id_, count in counted.most_common(CAUSES))


def mutant_rows(total: Found) -> Iterator[Row]:
    """One row for each operator and way of looking; the last are the sums that have a target."""
    sums: Counter[str] = Counter()
    for operator in OPERATORS:
        count = {
            what: total.mutants[operator.name, what]
            for what in ("seen", "told", "solid", "warned", "runs", "decided", "run", "alarmed")
        }
        if not operator.harmless:
            sums.update(count)
            warned = "a remark" if operator.remarked else f"{share(count['warned'], count['solid'])} warned"
            found = f"{share(count['told'], count['seen'])} told, {warned}" if operator.checked else ""
            yield Row(operator.name, f"{share(count['decided'], count['runs'])} decided", note=found)
        else:
            found = f"{count['warned']} of {count['seen']} / {count['decided']} of {count['runs']}"
            yield Row(f"{operator.name}: check / drift", found, "none", not count["warned"] + count["decided"])
    for hits, of, what in (
        ("told", "seen", "check: told"),
        ("warned", "solid", "check: warned"),
        ("decided", "runs", "drift: decided"),
    ):
        met = sums[hits] >= FOUND_MIN * sums[of] if sums[of] else None
        yield Row(f"mutations found, {what}", share(sums[hits], sums[of]), f"at least {FOUND_MIN:.0%}", met)
    yield Row("mutations of an operation found, check of a run: warned", share(sums["alarmed"], sums["run"]))


def share(hits: int, of: int) -> str:
    """A share in words."""
    return f"{hits / of:.1%} of {of}" if of else "none"


def main() -> int:
    """Measure the folder that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("vendors", nargs="*", help="only these")
    parser.add_argument("--splits", type=int, default=SPLITS, help=f"random halves of each vendor  [{SPLITS}]")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--missed", action="store_true", help="name what was not found")
    given = parser.parse_args()
    root = given.folder.resolve()
    groups = by_vendor(root, given.vendors)
    several = []
    with ProcessPoolExecutor(max_workers=given.jobs) as pool:
        for one in pool.map(partial(measured, root, splits=given.splits), groups, groups.values()):
            progress(f"drift: {one.vendor}")
            several.append(one)
    if not any(one.exchanges for one in several):
        print("there is nothing to measure")
        return 2
    status = told(rows(several))
    for line in sorted(line for one in several for line in one.missed) if given.missed else ():
        print(line)
    return status


if __name__ == "__main__":
    sys.exit(main())
