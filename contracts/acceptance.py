"""What a team has decided about findings: those that are accepted, and those that are to be more or less severe; check and drift share it.

A TOML file, every entry with its reason, so that the next reader knows why::

    [[accept]]
    fingerprint = "7bbfa4cce96b"                      # this one finding, wherever it is reported
    reason = "announced by the vendor for 2027"
    until = 2027-01-31                                # optional: from the next day on it counts again

    [[accept]]
    id = "member-missing"                             # or every finding of a kind at some places
    place = "GET https://api.vendor.example/v1/*"     # as reports print it; * stands for anything
    reason = "we do not read these"

    [[severity]]
    id = "member-unknown"
    severity = "warn"
    reason = "we want to learn of new members"

Entries are tried in the order of the file; the first that fits decides. What no finding needs any more is told, so that the file does not
rot.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.errors import DamagedAcceptance
from tapehiss.contracts.findings import Severity
from tapehiss.contracts.wording import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tapehiss.contracts.findings import Finding

ENTRIES_MAX = 10_000
"""How many entries a file may have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision; empty fields fit everything."""

    reason: str
    fingerprint: str = ""
    id: str = ""
    place: str = ""
    """Operation, part and path as ``Finding.place`` says them; ``*`` stands for any characters."""
    severity: Severity | None = None
    """What the finding is to be; ``None`` when it is accepted."""
    until: date | None = None
    """The last day on which the entry holds; ``None`` for always."""

    def fits(self, finding: Finding) -> bool:
        """Whether the entry is about this finding, by its own place or by the one in a published schema."""
        return self._fits(finding) or self._fits(finding.in_schema)

    def _fits(self, finding: Finding) -> bool:
        return (
            self.fingerprint in {"", finding.fingerprint}
            and self.id in {"", finding.id}
            and (not self.place or _pattern(self.place).fullmatch(finding.place) is not None)
        )

    def __str__(self) -> str:
        """The entry as its file says it, on one line."""
        fields = (("fingerprint", self.fingerprint), ("id", self.id), ("place", self.place))
        return " ".join(f"{name} = {value!r}" for name, value in fields if value)


@dataclass(frozen=True, slots=True)
class Decided:
    """Findings after the decisions."""

    findings: tuple[Finding, ...]
    """Those that count."""
    accepted: tuple[tuple[Finding, Entry], ...] = ()
    expired: tuple[tuple[Finding, Entry], ...] = ()
    """Those that count again, and the entry that held until it ran out."""
    unused: tuple[Entry, ...] = ()
    """Entries that no finding needed."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The decisions of a file; ``Acceptance()`` decides nothing."""

    entries: tuple[Entry, ...] = ()

    def decide(self, findings: Iterable[Finding], today: date) -> Decided:
        """What remains of the findings on this day."""
        kept: list[Finding] = []
        accepted: list[tuple[Finding, Entry]] = []
        expired: list[tuple[Finding, Entry]] = []
        used: set[int] = set()
        for finding in findings:
            fitting = [(number, entry) for number, entry in enumerate(self.entries) if entry.fits(finding)]
            used.update(number for number, _ in fitting)
            holds = next((entry for _, entry in fitting if entry.until is None or today <= entry.until), None)
            expired += [(finding, entry) for _, entry in fitting[:1] if holds is None]
            if holds is None:
                kept.append(finding)
            elif holds.severity is None:
                accepted.append((finding, holds))
            else:
                kept.append(replace(finding, severity=holds.severity))
        unused = tuple(entry for number, entry in enumerate(self.entries) if number not in used)
        return Decided(tuple(kept), tuple(accepted), tuple(expired), unused)


def acceptance(text: str, *, where: str = "") -> Acceptance:
    """The decisions of a TOML text; ``DamagedAcceptance`` names ``where``, the entry, and what is wrong with it."""
    try:
        saved = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DamagedAcceptance(f"not TOML: {error}", where, "see docs/contracts.md for the form") from error
    try:
        return Acceptance(tuple(_entries(saved)))
    except ValueError as error:
        raise DamagedAcceptance(str(error), where, "see docs/contracts.md for the form") from error


def _entries(saved: Mapping[str, Any]) -> Iterator[Entry]:
    for kind, entries in saved.items():
        if kind not in {"accept", "severity"} or not isinstance(entries, list) or len(entries) > ENTRIES_MAX:
            raise ValueError(f"{kind!r} is no list of [[accept]] or [[severity]] entries")
        for number, entry in enumerate(entries, 1):
            place = f"[[{kind}]] number {number}"
            if not isinstance(entry, dict):
                raise ValueError(f"{place} is no table")  # noqa: TRY004 (one error for everything that is wrong with the file)
            yield _entry(entry, place, accepts=kind == "accept")


def _entry(entry: Mapping[str, Any], place: str, *, accepts: bool) -> Entry:
    texts = {name: entry.get(name, "") for name in ("reason", "fingerprint", "id", "place")}
    known = texts.keys() | {"until"} | (set() if accepts else {"severity"})
    if unknown := sorted(entry.keys() - known):
        raise ValueError(f"{place} has an unknown field {unknown[0]!r}")
    if wrong := [name for name, value in texts.items() if not isinstance(value, str)]:
        raise ValueError(f"{place}: {wrong[0]} is no text")
    if not texts["reason"].strip():
        raise ValueError(f"{place} has no reason")
    if not any(texts[name] for name in ("fingerprint", "id", "place")):
        raise ValueError(f"{place} says neither fingerprint nor id nor place")
    if texts["id"] and texts["id"] not in RULES:
        raise ValueError(f"{place}: there is no finding called {texts['id']!r}")
    return Entry(
        **texts, severity=None if accepts else Severity.of(str(entry.get("severity"))), until=_day(entry, place)
    )


def _day(entry: Mapping[str, Any], place: str) -> date | None:
    day = entry.get("until")
    if day is None:
        return None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise ValueError(f"{place}: until is no date, such as 2027-01-31 without quotes")  # noqa: TRY004 (see above)
    return day


def _pattern(place: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, place.split("*"))), re.DOTALL)
