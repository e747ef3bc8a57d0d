"""What check and drift find: a value with a stable id, a severity, a place, arguments, a witness and a fingerprint.

A finding holds no prose: ``tapehiss.contracts.wording`` is the one table that turns it into words. It is told once for each
thing that is wrong, not once for each item that shows it: places are paths of the contract, in which ``~*`` stands for every
item of an array and ``~+`` for every member of a map, and ``count`` says how many exchanges showed it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Argument = str | int | float | None
"""What prose is made of; values are bounded by whoever puts them here (``shown``)."""

SHOWN_LENGTH_MAX = 80
"""The longest value that a finding shows, in characters."""


class Severity(IntEnum):
    """How bad a finding is; they compare."""

    INFO = 1
    """Not seen so before, and to be expected of a vendor that did not change."""
    WARN = 2
    """Hardly to be expected of a vendor that did not change, on the evidence there is."""
    ERROR = 3
    """A client that relied on what was recorded breaks."""

    @property
    def word(self) -> str:
        """How users write it: ``info``, ``warn``, ``error``."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Severity:
        """The severity of a word; ``ValueError`` for any other."""
        try:
            return cls[word.upper()]
        except KeyError:
            raise ValueError(f"not a severity: {word!r}") from None


class Witness(NamedTuple):
    """One exchange that shows a finding."""

    tape: str = ""
    """Path of the tape, or what stands for one (a URL when it was live); empty when there is none."""
    line: int = 0
    """Line of the tape, counted from 1; 0 for unknown."""
    pointer: str = ""
    """JSON Pointer (RFC 6901) to the very value."""

    def __str__(self) -> str:
        """``file:line``, as editors open it."""
        return f"{self.tape}:{self.line}" if self.line else self.tape


NOWHERE = Witness()
"""There is no witness."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the contract has it; ``id`` is a row of ``wording.RULES``."""

    id: str
    severity: Severity
    operation: str = ""
    part: str = ""
    """Name of the part (``tapehiss.contracts.reading``); empty when the operation as a whole is meant."""
    pointer: str = ""
    """Path of the contract inside the part."""
    subject: str = ""
    """What at that place, where several things can be wrong there: a member, a kind, a status, a value."""
    arguments: tuple[tuple[str, Argument], ...] = ()
    """Names and values for the prose: what was expected, on what evidence, what came."""
    witness: Witness = NOWHERE
    count: int = 1
    """How many exchanges showed it."""

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that stay the same as long as the same thing is wrong at the same place."""
        identity = f"{self.id}:{self.operation}:{self.part}:{self.pointer}:{self.subject}"
        return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def place(self) -> str:
        """Operation, part and path on one line, with nothing in it that steers a terminal."""
        return visible(" ".join(piece for piece in (self.operation, self.part, self.pointer) if piece))

    @property
    def in_schema(self) -> Finding:
        """The same at its place in a published schema (argument ``schema``), which all operations share; itself where there is none."""
        schema = dict(self.arguments).get("schema")
        if schema is None:
            return self
        name, slash, path = str(schema).partition("/")
        return replace(self, operation=f"schema {name}", part="", pointer=slash + path)

    def to_json(self) -> dict[str, Any]:
        """The finding as JSON, without prose."""
        return {
            "id": self.id,
            "severity": self.severity.word,
            "fingerprint": self.fingerprint,
            "operation": self.operation,
            "part": self.part,
            "pointer": self.pointer,
            "subject": self.subject,
            "arguments": dict(self.arguments),
            "witness": self.witness._asdict(),
            "count": self.count,
        }


def shown(value: Any) -> str:
    """A value as a finding shows it: short JSON text of a scalar, and only the kind and size of anything larger."""
    if isinstance(value, dict):
        return f"an object of {len(value)} members"
    if isinstance(value, list):
        return f"an array of {len(value)} items"
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    text = json.dumps(value[:SHOWN_LENGTH_MAX] if isinstance(value, str) else value)
    return text if len(text) <= SHOWN_LENGTH_MAX else f"{text[: SHOWN_LENGTH_MAX - 1]}…"


def visible(text: str) -> str:
    """Text without line breaks, and without characters that could steer a terminal or that UTF-8 cannot hold."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class Ledger:
    """Findings as they come, each kept once: with the sum of its counts, its worst severity and its first witness."""

    def __init__(self, most: int) -> None:
        self._known: dict[str, Finding] = {}
        self._most = most
        self.dropped = 0
        """How many findings (of however many kinds) came when there were ``most`` different ones."""

    def add(self, findings: Iterable[Finding]) -> None:
        """Take these down."""
        for finding in findings:
            mark = finding.fingerprint
            before = self._known.get(mark)
            if before is not None:
                self._known[mark] = _joined(before, finding)
            elif len(self._known) < self._most:
                self._known[mark] = finding
            else:
                self.dropped += 1

    def findings(self) -> tuple[Finding, ...]:
        """What was taken down, the worst first."""
        return tuple(
            sorted(
                self._known.values(),
                key=lambda each: (-each.severity, each.operation, each.part, each.pointer, each.id, each.subject),
            )
        )


def gathered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, the worst first."""
    ledger = Ledger(sys.maxsize)
    ledger.add(findings)
    return ledger.findings()


def _joined(a: Finding, b: Finding) -> Finding:
    worst = max(a, b, key=lambda each: each.severity)
    return replace(worst, count=a.count + b.count)
