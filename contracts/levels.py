"""The bound on operations: a path has many names at one place (100,000 logins), and what is counted must stay small.

Operations are a tree: origin, method, segments, selector. Each level keeps its names as long as there are few. Where there are
more, the ``SAMPLES`` names with the smallest hash stay and all others are one, the *rest* (``~+``): their counts are summed, so that
nothing that was learnt is forgotten. Beyond some thousand operations the number of names that a level may have shrinks with every
operation more, and with every fork above it, which bounds the whole tree.

What is kept is a function of the set of operations that were seen, whatever the order and the grouping: how many different names a
level has only grows, its limit only shrinks, and of a set of names the smallest are among the smallest of every part in which they
occur. So a name that goes into the rest could never have come back. How many operations were seen is known of summed ones, too:
``marks`` are the smallest hashes of them all, and the smaller the greatest of these is, the more there were.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from tapehiss.contracts.operations import Operation, parse
from tapehiss.contracts.sums import rank_of_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REST = "~+"
"""The step that stands for every name that a level does not keep; no segment is written so."""
NAMES_MAX = 1_000
"""How many names a level may have before only samples of them are kept."""
SAMPLES = 8
"""How many names stay where there were too many."""
FREE = 5_000
"""Up to so many different operations nothing else is bounded."""
BUDGET = 1 << 34
"""Divided by the number of different operations, and by every fork above a level: how many names a level may have at most."""
FORK_MAX = 12
"""The most that one fork divides the budget by."""
MARKS = 64
"""How many hashes tell how many operations there were."""

Steps = tuple[str, ...]
"""Origin, method, segments, and at the end the selector behind its ``#``, if there is one."""


def steps_of(operation: Operation) -> Steps:
    """The steps of an operation."""
    path, mark, selector = operation.path.partition("#")
    origin = REST if operation.origin == _OF_RESTS else operation.origin
    return (origin, operation.method, *path.split("/")[1:], *([mark + selector] if mark else ()))


def operation_at(steps: Steps) -> Operation:
    """The operation of these steps."""
    origin, method, *names = steps
    selector = names.pop() if names[-1][:1] == "#" else ""
    return Operation(method, _OF_RESTS if origin == REST else origin, f"/{'/'.join(names)}{selector}")


def marks(lines: Iterable[str], known: Iterable[int] = ()) -> tuple[int, ...]:
    """The smallest hashes of these operations and of all that are known by their marks: at most ``MARKS``, sorted."""
    return tuple(sorted({*known, *map(_mark, lines)})[:MARKS])


def marked(line: str, known: tuple[int, ...]) -> tuple[int, ...]:
    """The marks with one more operation; made for being asked for every exchange."""
    mark = _mark(line)
    return known if mark in known or (len(known) == MARKS and mark > known[-1]) else marks((line,), known)


@lru_cache(maxsize=1_000)
def _mark(line: str) -> int:
    return int.from_bytes(blake2b(line.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def number_of(known: tuple[int, ...]) -> int:
    """How many operations these are the marks of: exact where there are few, else an estimate that never falls when more come.

    The estimator of Bar-Yossef et al. (RANDOM 2002): its relative standard error is 1 / sqrt(MARKS).
    """
    return len(known) if len(known) < MARKS else (MARKS - 1) * (1 << 64) // max(1, known[-1])


def bounded(lines: Iterable[str], number: int = 0) -> dict[str, str]:
    """Operation (its line) -> the operation under which it is kept: itself, or one in which some steps are the rest.

    ``number`` is how many different operations were seen, those counted that are summed already.
    """
    found = [(steps_of(parse(line)), line) for line in lines]
    budget = BUDGET // number if number > FREE else BUDGET
    return {line: str(operation_at(kept)) for line, kept in _kept(found, (), budget)}


def _kept(entries: list[tuple[Steps, str]], above: Steps, budget: int) -> Iterator[tuple[str, Steps]]:
    """The lines of one level, each with the steps that are kept."""
    at = len(above)
    below: dict[str, list[tuple[Steps, str]]] = {}
    for steps, line in entries:
        if len(steps) == at:
            yield line, above
        else:
            below.setdefault(steps[at], []).append((steps, line))
    _evict(below, min(budget, NAMES_MAX), min(budget, SAMPLES))
    forks = FORK_MAX if REST in below or f"#{REST}" in below else min(FORK_MAX, max(1, len(below)))
    for step, held in below.items():
        yield from _kept(held, (*above, step), max(1, budget // forks))


def _evict(below: dict[str, list[tuple[Steps, str]]], most: int, samples: int) -> None:
    """Move what a level cannot keep into its rest; selectors have a rest of their own."""
    for mark in ("", "#"):
        names = [step for step in below if _is_name(step) and (step[:1] == "#") == bool(mark)]
        rest = mark + REST
        if rest in below or len(names) > most:
            for name in sorted(names, key=rank_of_text)[samples:]:
                below.setdefault(rest, []).extend(below.pop(name))


def _is_name(step: str) -> bool:
    """Whether a step is one of many that there may be: not a form (``{id}.json``), and not a rest."""
    return step not in {REST, f"#{REST}"} and (step[:1] != "{" or ":" in step)


class _Level(dict[str, "_Level"]):
    """The names of one level and what is below each."""


class Routes:
    """Under which of the kept operations something is found that was seen, or might have been."""

    __slots__ = ("_tree", "full")

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._tree = _Level()
        self.full = False
        """Whether any level has a rest: otherwise every operation stays as it is."""
        for line in lines:
            self.full = self.full or REST in line
            level = self._tree
            for step in steps_of(parse(line)):
                level = level.setdefault(step, _Level())

    def of(self, operation: Operation, *, seen: bool = True) -> Operation:
        """The operation as it is kept: names that a full level does not have are its rest.

        An operation that was not ``seen`` yet may have a name that belongs to the samples; it stays then.
        """
        if not self.full:
            return operation
        level: _Level | None = self._tree
        steps: list[str] = []
        for step in steps_of(operation):
            steps.append(step if level is None or step in level else _rest_of(level, step, seen=seen))
            level = None if level is None else level.get(steps[-1])
        return operation_at(tuple(steps))


def _rest_of(level: _Level, step: str, *, seen: bool) -> str:
    """The rest of a level, if it has one and this name must be in it."""
    mark = "#" if step[:1] == "#" else ""
    rest = mark + REST
    if rest not in level or not _is_name(step):
        return step
    names = [name for name in level if _is_name(name) and (name[:1] == "#") == bool(mark)]
    return rest if seen or rank_of_text(step) > max(map(rank_of_text, names)) else step


_OF_RESTS = f"://{REST}"
"""How the rest of all origins is written."""
