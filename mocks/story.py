"""A counterexample told in a few lines that anybody understands, and the attempts of the run that shows it, numbered.

The law of this file: nothing is told that is not in the trace.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Ending
from tapehiss.mocks.trace import REFUSAL, Fate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tapehiss.mocks.judge import Verdict
    from tapehiss.mocks.trace import Attempt, Trace

ATTEMPTS_MAX = 24
"""So many lines a timeline has at most; what is left out is said."""
ABOUT_KEYS = frozenset({"no-unsafe-resend", "effects-once", "same-key", "same-body"})
"""Promises where it matters whether an attempt had an idempotency key."""
WAITS_MAX = 4
"""So many pauses are told one by one."""


def story(run: Trace, verdict: Verdict) -> tuple[str, ...]:
    """What the weather did and what the client made of it; then what was wrong with that."""
    told = _told(run, verdict)
    lines = []
    if told:
        first, *again = told
        lines.append(_sentence(f"{happened(first)}, and your client {_made_of_it(run, verdict, first, again)}"))
    lines.append(_sentence(str(verdict)))
    return tuple(lines)


def _told(run: Trace, verdict: Verdict) -> list[Attempt]:
    """The first attempt that went wrong, and those at the same that came after it: the shown ones, if some are shown."""
    shown = [run.attempts[number] for number in verdict.attempts] or list(run.attempts)
    cause = next((each for each in shown if each.fate is not Fate.DONE), None)
    if cause is None:
        refused = (each for each in shown if (each.status or 0) >= REFUSAL)
        cause = next(refused, shown[0] if verdict.attempts else None)
    if cause is None:
        return []
    place = run.attempts.index(cause)
    return [cause, *(each for each in run.attempts[place + 1 :] if each.call == cause.call)]


def _made_of_it(run: Trace, verdict: Verdict, first: Attempt, again: Sequence[Attempt]) -> str:
    if again:
        keyed = _keyed(first, again) if verdict.promise in ABOUT_KEYS else ""
        return f"sent it again{_times(len(again))} {_after(first, again)}{keyed}"
    if run.end.stopped:
        return "did not end"
    if run.end.ok:
        return "reported success"
    return f"ended in {run.end.crash}" if run.end.crash else "gave up"


def _times(count: int) -> str:
    return "" if count == 1 else f" {count} times,"


def _after(first: Attempt, again: Sequence[Attempt]) -> str:
    waits = [max(after.at_s - before.known_at_s, 0.0) for before, after in pairwise((first, *again))]
    told = [f"{wait_s:.3g}" for wait_s in waits[:WAITS_MAX]]
    if len(waits) > WAITS_MAX:
        return f"after {', '.join(told)} ... s"
    return f"after {', '.join(told[:-1])}{' and ' if told[1:] else ''}{told[-1]} s"


def _keyed(first: Attempt, again: Sequence[Attempt]) -> str:
    keys = {each.key for each in (first, *again)}
    if keys == {""}:
        return " without an idempotency key"
    return " with the same key" if len(keys) == 1 else " with another key"


def happened(attempt: Attempt) -> str:
    """What became of one attempt, as a clause."""
    operation, done = attempt.operation, attempt.carried_out
    match attempt.ending:
        case Ending.COMPLETE:
            return _answered(attempt)
        case Ending.TIMED_OUT:
            waited = f"no answer to {operation} came within {attempt.known_at_s - attempt.at_s:.3g} s"
            return f"{waited}, though the vendor had carried it out" if done else waited
        case Ending.REFUSED:
            return f"nobody took {operation}"
        case Ending.TRUNCATED:
            return f"the answer to {operation} broke off"
        case _:
            what = "carried out" if done else "read"
            return f"the connection was reset after the vendor had {what} {operation}"


def _answered(attempt: Attempt) -> str:
    operation, status = attempt.operation, attempt.status
    if status is None or status < REFUSAL:
        good = attempt.fate is Fate.DONE
        return (
            f"{operation} was answered with {status}"
            if good
            else f"the answer to {operation} was not what it should be"
        )
    asked = f" and asked to wait {attempt.wait_s:g} s" if attempt.wait_s is not None else ""
    return f"{operation} was answered with {status}{asked}{' and not to come again' if attempt.forbidden else ''}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def timeline(run: Trace, shown: Collection[int] = ()) -> tuple[str, ...]:
    """One line for each attempt, numbered from 1, those that are shown with a mark; then how the client ended."""
    lines = [_line(number, attempt, number in shown) for number, attempt in enumerate(run.attempts)]
    return (*_fewer(lines), f"  {run.end.at_s:9.3f} s  {_ended(run)}")


def _fewer(lines: Sequence[str]) -> Iterator[str]:
    half = ATTEMPTS_MAX // 2
    if len(lines) <= ATTEMPTS_MAX:
        yield from lines
        return
    yield from lines[:half]
    yield f"  ... {len(lines) - 2 * half} more ..."
    yield from lines[-half:]


def _line(number: int, attempt: Attempt, shown: bool) -> str:  # noqa: FBT001 (a mark)
    outcome = str(attempt.status) if attempt.status is not None else ""
    ending = "" if attempt.ending is Ending.COMPLETE else attempt.ending.value.replace("_", " ")
    spoiled = (
        "not as it should be"
        if not ending and attempt.fate is Fate.AMBIGUOUS and (attempt.status or 0) < REFUSAL
        else ""
    )
    wait = f"wait {attempt.wait_s:g} s" if attempt.wait_s is not None else ""
    done = "carried out" if attempt.writes and attempt.carried_out else ""
    words = ", ".join(word for word in (f"{outcome} {ending}".strip(), spoiled, wait, done) if word)
    return f"{'>' if shown else ' '} {attempt.at_s:9.3f} s  {number + 1:>3}  {attempt.operation}  {words}"


def _ended(run: Trace) -> str:
    if run.end.stopped:
        return "the client was stopped"
    if run.end.ok:
        return "the client reported success"
    return f"the client ended in {run.end.crash}" if run.end.crash else "the client failed"
