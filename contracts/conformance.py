"""Does an exchange fit a contract? Each thing that does not is a finding with a stable id, a place, evidence and what came.

The first law of contracts is told here: an exchange that a contract was learnt from has no finding. Most exchanges fit, so that
they are only asked whether they do: a JSON body goes through a validator of jsonschema-rs. Only what it refuses is walked
and explained (``judging``); a test holds it equal to that walk and to jsonschema, the reference.

What a vendor turned down says nothing about how it is to be asked (``reading``), and a request that was taken is never wrong:
findings about requests are remarks. Beyond a bound that the contract reached nothing is known, so nothing is judged there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Ending
from tapehiss.contracts.catalogue import Catalogue, catalogue
from tapehiss.contracts.findings import NOWHERE, Finding, Severity, Witness
from tapehiss.contracts.grading import graded
from tapehiss.contracts.judges import Judge, judge_of
from tapehiss.contracts.judging import listed
from tapehiss.contracts.reading import NO_BODY, media_of, status_of
from tapehiss.contracts.shortcut import Shortcut
from tapehiss.contracts.statistics import in_words, novelty
from tapehiss.contracts.wording import CHECK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.contracts.counts import Evidence, Seen
    from tapehiss.contracts.evidence import Contract
    from tapehiss.contracts.findings import Argument
    from tapehiss.contracts.reading import Reading

FINDINGS_MAX = 100
"""How many findings one exchange can have."""
_HEADERS = ("request-headers", "response-headers")

NODES_MAX = 200_000
"""How many paths the judges that are kept may have together; beyond it they are made anew as they are needed."""


@dataclass(frozen=True)
class Conformance:
    """A contract that is ready to judge exchanges; what judging needs is made once, when it is first needed."""

    known: Contract | Catalogue
    _catalogue: Catalogue = field(init=False, repr=False, compare=False)
    _judges: dict[tuple[str, str], Judge] = field(default_factory=dict, init=False, repr=False, compare=False)
    _known: Shortcut = field(default_factory=Shortcut, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        seen = self.known if isinstance(self.known, Catalogue) else catalogue(self.known)
        object.__setattr__(self, "_catalogue", seen)

    def findings(self, exchange: Exchange, witness: Witness = NOWHERE) -> tuple[Finding, ...]:
        """What does not fit, each thing once; empty for every exchange that the contract was learnt from."""
        return () if self._known.accepts(exchange) else self.explained(exchange, witness)

    def explained(self, exchange: Exchange, witness: Witness = NOWHERE) -> tuple[Finding, ...]:
        """The same as ``findings``, the long way: everything of the exchange is read and judged."""
        once: dict[tuple[str, ...], Finding] = {}
        for found in self._found(exchange, witness):
            once.setdefault((found.id, found.part, found.pointer, found.subject), found)
            if len(once) == FINDINGS_MAX:
                break
        return tuple(once.values())

    def operation(self, exchange: Exchange) -> str:
        """The line of the operation that an exchange called, whether it is known or not."""
        return self._known.operation(exchange.request) or str(self._catalogue.read(exchange).operation)

    def knows(self, line: str) -> bool:
        """Whether an operation is in the contract."""
        return line in self._catalogue

    def evidence(self, line: str) -> Evidence:
        """What was learnt about an operation; none where it is not in the contract."""
        return self._catalogue.evidence(line)

    def witnesses(self, finding: Finding) -> tuple[Seen | None, Seen | None]:
        """The first and the last exchange in which what a finding is about was as expected."""
        evidence = self._catalogue.evidence(finding.operation)
        part = evidence.parts.get(finding.part)
        if part is None:
            return evidence.first, evidence.last
        seen = self.judge(finding.operation, finding.part).seen(finding.pointer)
        return (seen.first, seen.last) if seen else (part.first, part.last)

    def judge(self, line: str, part: str) -> Judge:
        """The judge of a part of an operation that was seen."""
        judge = self._judges.get((line, part))
        if judge is None:
            names_only = part.startswith(_HEADERS)
            judge = judge_of(self._catalogue.evidence(line).parts[part], names_only=names_only)
            if judge.nodes + sum(each.nodes for each in self._judges.values()) > NODES_MAX:
                self._judges.clear()
                self._known.forget()
            self._judges[line, part] = judge
        return judge

    def _found(self, exchange: Exchange, witness: Witness) -> Iterator[Finding]:
        account = self._catalogue.read(exchange)
        line = str(account.operation)
        if line not in self._catalogue:
            yield Finding("operation-unknown", CHECK["operation-unknown"].severity, line, witness=witness)
            return
        yield from _ended(line, self._catalogue.evidence(line), account.ending, witness)
        wrong = False
        for reading in account.readings:
            found = tuple(self._of_part(line, reading, witness))
            yield from found
            if not reading.part.startswith("response "):
                wrong = wrong or bool(found)
            elif not wrong and reading.documents and reading.part in self._catalogue.evidence(line).parts:
                self._known.remember(exchange, line, self.judge(line, reading.part))

    def _of_part(self, line: str, reading: Reading, witness: Witness) -> Iterator[Finding]:
        evidence = self._catalogue.evidence(line)
        if reading.part not in evidence.parts:
            yield from _unknown(line, evidence, reading, witness)
        elif reading.unread:
            yield from _unread(line, evidence, reading, witness)
        elif reading.documents:
            yield from self._deviating(line, reading, witness)

    def _deviating(self, line: str, reading: Reading, witness: Witness) -> Iterator[Finding]:
        judge = self.judge(line, reading.part)
        for document in reading.documents:
            for each in judge.deviations(document):
                once = judge.once if each.once is None else each.once
                chance = novelty(once, each.exchanges)
                severity = graded(worst(each.id, reading.part), chance, words=each.id == "value-new")
                said = (*each.arguments, *_odds(chance, once, each.exchanges))
                at = witness._replace(pointer=each.pointer)
                yield Finding(each.id, severity, line, reading.part, each.path, each.subject, said, at)


def worst(name: str, part: str) -> Severity:
    """The worst that a finding can be at a part: how others ask is a remark; a header, and how a vendor turns down, a warning at most."""
    status = status_of(part.replace("response-headers", "response"))
    if status is None or (status >= 400 and name == "status-unknown"):
        return Severity.INFO
    whole = status < 400 and not part.startswith(_HEADERS)
    return min(CHECK[name].severity, Severity.ERROR if whole else Severity.WARN)


def _ended(line: str, evidence: Evidence, ending: Ending, witness: Witness) -> Iterator[Finding]:
    """An ending that was never seen, unless it is the client's own doing."""
    if ending.value not in evidence.endings and ending is not Ending.CLIENT_GONE:
        said: tuple[tuple[str, Argument], ...] = (("of", evidence.exchanges),)
        yield Finding("ending-unknown", CHECK["ending-unknown"].severity, line, "", "", ending.value, said, witness)


def _unread(line: str, evidence: Evidence, reading: Reading, witness: Witness) -> Iterator[Finding]:
    part = evidence.parts[reading.part]
    if reading.unread not in part.unread and "reasons" not in part.bounds:
        of = part.exchanges - sum(part.unread.values())
        yield _judged("body-unread", line, reading.part, reading.unread, part.unread, of, witness)


def _unknown(line: str, evidence: Evidence, reading: Reading, witness: Witness) -> Iterator[Finding]:
    """What it means that a part was never seen: a status, or a media type."""
    status = status_of(reading.part)
    seen = _statuses(evidence)
    alike = {name: part.exchanges for name, part in evidence.parts.items() if _is_alike(name, reading.part)}
    if "parts" in evidence.bounds:
        return
    if status is not None and str(status) not in seen:
        of = sum(seen.values())
        yield _judged("status-unknown", line, reading.part, str(status), seen, of, witness)
    elif alike:
        known = {_media_said(name): count for name, count in alike.items()}
        of = sum(known.values())
        yield _judged("media-unknown", line, reading.part, _media_said(reading.part), known, of, witness)


def _judged(
    name: str, line: str, part: str, subject: str, known: Mapping[str, int], of: int, witness: Witness
) -> Finding:
    """A finding about something that is none of what was known, each with its count."""
    once = sum(count == 1 for count in known.values())
    chance = novelty(once, of)
    said: tuple[tuple[str, Argument], ...] = (("of", of), ("known", listed(sorted(known))), *_odds(chance, once, of))
    return Finding(name, graded(worst(name, part), chance), line, part, "", subject, said, witness)


def _odds(chance: float, once: int, learnt: int) -> tuple[tuple[str, Argument], ...]:
    """What grades a finding, alone or in a whole run (``runs``): how many exchanges its evidence is, and what was rare in it."""
    return ("chance", in_words(chance)), ("once", once), ("learnt", learnt)


def _statuses(evidence: Evidence) -> dict[str, int]:
    """Status -> how many exchanges were answered with it."""
    found: dict[str, int] = {}
    for name, part in evidence.parts.items():
        status = status_of(name)
        if status is not None:
            found[str(status)] = found.get(str(status), 0) + part.exchanges
    return found


def _is_alike(name: str, other: str) -> bool:
    """Whether two parts are bodies that differ in nothing but their media type."""
    return name.startswith(("request ", "response ")) and name.rpartition(" ")[0] == other.rpartition(" ")[0]


def _media_said(part: str) -> str:
    return "empty" if media_of(part) == NO_BODY else media_of(part)
