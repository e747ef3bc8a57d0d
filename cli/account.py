"""What happened at a mock, as a person or a program is told it: the line that moves, and the account at the end."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tapehiss.cli.console import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.mocks.journal import Totals
    from tapehiss.mocks.ledger import Effect
    from tapehiss.mocks.schedule import Schedule

MISSES_SHOWN_MAX = 10
EFFECTS_SHOWN_MAX = 10
LINE_MAX_CHARS = 100


def moving_line(totals: Totals, per_s: float = 0.0) -> str:
    """The line that moves: requests, answers, and what was done to them."""
    rate = f" ({per_s:,.0f}/s)" if per_s >= 1 else ""
    parts = [counted(totals.requests, "request") + rate]
    parts += [f"{count} {name}" for name, count in sorted(totals.statuses.items())]
    done = (("struck", sum(totals.struck.values())), ("limited", sum(totals.limited.values())))
    parts += [f"{count} {what}" for what, count in (*done, ("missed", totals.rungs.get("miss", 0))) if count]
    return "  ".join(parts)[:LINE_MAX_CHARS]


def summary(totals: Totals, effects: tuple[Effect, ...] = ()) -> dict[str, Any]:
    """What happened, for a program."""
    return {
        "requests": totals.requests,
        "matches": dict(totals.rungs),
        "statuses": dict(totals.statuses),
        "struck": dict(totals.struck),
        "limited": dict(totals.limited),
        "missed": [{"method": method, "path": path, "count": count} for (method, path), count in totals.missed.items()],
        "effects": [asdict(each) for each in effects],
    }


def account(totals: Totals, schedule: Schedule, effects: tuple[Effect, ...] = ()) -> list[str]:
    """What happened, for a person."""
    from tapehiss.mocks.journal import coverage

    lines = [
        f"{counted(totals.requests, 'request')}: {_summed(totals.rungs)}" if totals.requests else "no request came"
    ]
    if totals.requests:
        lines.append(f"answers    {_summed(totals.statuses)}")
    lines += [f"struck     {count} × {rule}" for rule, count in totals.struck.items()]
    lines += [f"limited    {count} × {name}" for name, count in totals.limited.items()]
    never = [rule for rule, count in coverage(schedule, totals.struck).items() if not count]
    lines += [f"never      {rule}: planned, and no request met it" for rule in never]
    missed = sorted(totals.missed.items(), key=lambda item: -item[1])
    lines += [f"missed     {count} × {method} {path}" for (method, path), count in missed[:MISSES_SHOWN_MAX]]
    if len(missed) > MISSES_SHOWN_MAX:
        lines.append(f"missed     and {len(missed) - MISSES_SHOWN_MAX} other paths")
    lines += [line for each in effects[:EFFECTS_SHOWN_MAX] for line in done_twice(each)]
    doubled = any(each.doubled for each in effects)
    return lines + [f"look       {line}" for line in hints(missed=bool(missed), never=bool(never), doubled=doubled)]


def hints(*, missed: bool, never: bool, doubled: bool) -> list[str]:
    """What to look at next."""
    found = []
    if doubled:
        found.append("`again`: the client sent a write anew after it had been done; give it an idempotency key")
    if missed:
        found.append("`missed`: on no tape; the 404 named the nearest recordings and what differed")
    if never:
        found.append("`never`: does its on= name the path as the client sends it, and did its time come?")
    return found


def done_twice(effect: Effect) -> list[str]:
    """What of one operation was done again, or was not because of a key."""
    found = []
    if effect.doubled:
        found.append(f"again      {effect.doubled} × {effect.operation}: done before; {effect.carried_out} × in all")
    if effect.replayed:
        found.append(f"replayed   {effect.replayed} × {effect.operation}: the key was known, nothing was done")
    if effect.conflicts:
        found.append(f"conflict   {effect.conflicts} × {effect.operation}: the key of another request")
    return found


def _summed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))
