"""Recorded instants as if the recording began now: dates, expiries, resets and request ids of an answer.

The law of this file: pure, told the time. Only what is an instant changes, in the form that it has, and everything else stays byte for byte. All
instants move by the same time, from the beginning of the tape to the beginning of the mock, so that what was equal stays equal; what lay
ahead of the recorded answer and would be over lies as far ahead of this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Response, header
from tapehiss.cassettes.media import is_event_stream, is_json, is_json_lines, media_type
from tapehiss.cassettes.volatile import IDS
from tapehiss.contracts.http_dates import instant_of
from tapehiss.mocks.synthesis import fresh_like

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from tapehiss.cassettes.exchange import Exchange

PAST_MAX_S = 366 * 86_400.0
"""What is older than the recorded answer by more is history (a birthday, a founding) and stays."""
FUTURE_MAX_S = 20 * 366 * 86_400.0
BODY_MAX_BYTES = 4_000_000
"""Longer bodies stay as they are."""
_HTTP = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")
_ISO = re.compile(
    r"(?<![0-9A-Za-z])(\d{4}-\d{2}-\d{2})([T ])(\d{2}:\d{2}:\d{2})((?:[.,]\d{1,9})?)(Z|[+-]\d{2}:?\d{2}|)(?![0-9A-Za-z:])"
)
_NAMED = re.compile(
    r'("(?P<name>[A-Za-z0-9_.-]{1,60})"\s*:\s*"?)(?P<number>\d{10}(?:\d{3}|\d{6})?)(?P<rest>(?:\.\d+)?"?\s*[,}\]])'
)
_TIMES = re.compile(
    r"(?:.*_)?(?:at|on|time|timestamp|date|created|updated|modified|expires?|expiry|expiration|exp|iat|nbf|since|until|starts?|ends?|reset|due|start_date"
    r"|due_date|start_time|end_time|period_start|period_end|last_modified|retry_after)(?:_(?:at|ms|time|date|utc|epoch|unix))?"
)
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_RESET = re.compile(r"(?:.*-)?(?:reset|expires?|expiry|retry-after|timestamp)(?:-.*)?")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?=(?:\.\d+)?$)")
_UNIT_OF = {10: 1.0, 13: 1e3, 16: 1e6}


@dataclass(frozen=True, slots=True)
class Shift:
    """How instants move."""

    recorded_s: float
    """When the answer was recorded ..."""
    now_s: float
    """... and when it is given."""
    by_s: float
    """From the beginning of the tape to the beginning of the mock."""

    def of(self, instant_s: float) -> float | None:
        """Where an instant moves; ``None`` for one that stays."""
        ahead_s = instant_s - self.recorded_s
        if not -PAST_MAX_S <= ahead_s <= FUTURE_MAX_S:
            return None
        moved_s = instant_s + self.by_s
        return self.now_s + ahead_s if ahead_s > 0 and moved_s <= self.now_s else moved_s


def began_at(recordings: Iterable[Exchange]) -> float:
    """When a tape begins: the first time that it knows, 0 if none."""
    return min((when for each in recordings if (when := recorded_at(each))), default=0.0)


def recorded_at(exchange: Exchange) -> float:
    """When an exchange was recorded: as the recorder has it, else by the answer's own Date; 0 if nobody knows."""
    told = header(exchange.response.headers, "date") if exchange.response and not exchange.started_at else None
    return exchange.started_at or instant_of(told) or 0.0


def renewed(response: Response, shift: Shift, dice: Random) -> Response:
    """The answer as it would be given now."""
    headers = tuple((name, _header(name.lower(), value, shift, dice)) for name, value in response.headers)
    body = response.body
    kind = media_type(response.headers)
    readable = is_json(kind) or is_json_lines(kind) or is_event_stream(kind)
    if readable and not response.undecoded and len(body) <= BODY_MAX_BYTES:
        body = _text(body.decode("latin-1"), shift).encode("latin-1")
    if body == response.body:
        return response if headers == response.headers else replace(response, headers=headers)
    return replace(
        response, headers=headers, body=body, chunks=response.chunks if len(body) == len(response.body) else ()
    )


def sent_at(response: Response, unix_s: float) -> Response:
    """An answer that was made before, sent now: what it says is as it was, but for its ``Date``."""
    date = format_datetime(_when(unix_s), usegmt=True)
    headers = tuple((name, date if name.lower() == "date" else value) for name, value in response.headers)
    return response if headers == response.headers else replace(response, headers=headers)


def _header(name: str, value: str, shift: Shift, dice: Random) -> str:
    if name == "date":
        return format_datetime(_when(shift.now_s), usegmt=True)
    if name in IDS:
        return fresh_like(value, dice)
    value = _ISO.sub(lambda found: _iso(found, shift), _HTTP.sub(lambda found: _http(found[0], shift), value))
    return _EPOCH.sub(lambda found: _number(found[0], shift), value) if _RESET.fullmatch(name) else value


def _text(text: str, shift: Shift) -> str:
    text = _ISO.sub(lambda found: _iso(found, shift), text)
    text = _HTTP.sub(lambda found: _http(found[0], shift), text)
    return _NAMED.sub(lambda found: _named(found, shift), text)


def _named(found: re.Match[str], shift: Shift) -> str:
    name = _CAPITAL.sub("_", found["name"]).lower().replace("-", "_").replace(".", "_")
    if _TIMES.fullmatch(name) is None:
        return found[0]
    return f"{found[1]}{_number(found['number'], shift)}{found['rest']}"


def _number(digits: str, shift: Shift) -> str:
    """An instant in seconds, or smaller units, since 1970."""
    unit = _UNIT_OF[len(digits)]
    moved_s = shift.of(int(digits) / unit)
    if moved_s is None:
        return digits
    told = str(int(digits) + round((moved_s - int(digits) / unit) * unit))
    return told if len(told) == len(digits) else digits


def _http(text: str, shift: Shift) -> str:
    instant_s = instant_of(text)
    moved_s = None if instant_s is None else shift.of(instant_s)
    return text if moved_s is None else format_datetime(_when(moved_s), usegmt=True)


def _iso(found: re.Match[str], shift: Shift) -> str:
    """An instant of RFC 3339 in its own spelling: its separator, its fraction, its zone."""
    day, mark, clock, fraction, zone = found.groups()
    try:
        instant = datetime.fromisoformat(f"{day}T{clock}{zone if zone not in {'Z', ''} else '+00:00'}")
        moved_s = shift.of(instant.timestamp())
        if moved_s is None:
            return found[0]
        moved = instant + timedelta(seconds=round(moved_s - instant.timestamp()))
    except (ValueError, OverflowError):
        return found[0]
    return f"{moved:%Y-%m-%d}{mark}{moved:%H:%M:%S}{fraction}{zone}"


def _when(unix_s: float) -> datetime:
    return datetime.fromtimestamp(max(unix_s, 0.0), UTC)
