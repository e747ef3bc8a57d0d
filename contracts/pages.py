"""What a person reads of a contract: how to call a vendor, what comes back, and how well each statement is founded.

``overview`` is the page of a vendor, ``operation_page`` that of one operation. A page is made of blocks (``tapehiss.contracts.blocks``).
Everything on it was seen; what rests on little is called so.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tapehiss.cassettes.media import is_form
from tapehiss.contracts.asking import as_curl, asking
from tapehiss.contracts.blocks import Code, Heading, Lines, Table
from tapehiss.contracts.counts import Part
from tapehiss.contracts.fieldtable import COLUMNS, field_rows
from tapehiss.contracts.nextpage import next_page, paging_lines
from tapehiss.contracts.pairtable import pair_rows
from tapehiss.contracts.provenance import NOWHERE, Provenance, parameter_values
from tapehiss.contracts.reading import NO_BODY, media_of, status_of
from tapehiss.contracts.schemas import evidence_tree
from tapehiss.contracts.values import instant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from tapehiss.contracts.asking import Asking
    from tapehiss.contracts.blocks import Block, Page
    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.counts import Evidence
    from tapehiss.contracts.facts import Fact
    from tapehiss.contracts.operations import Operation

THIN = 5
"""What fewer exchanges show is called thinly evidenced."""
READING_WEIGHT = 4
"""Reading is a better first request than writing that is done so many times as often."""
PIECED = "No body is kept as a whole: each value was seen at its place, but not all of them in one call (… is what is not kept)."
READS = frozenset({"GET", "HEAD"})
TOPICS = ("auth", "pagination", "idempotency", "limits", "caching", "latency")
_ANYTHING = "always */*"
"""What a header holds that asks for nothing."""
_TITLES = {"auth": "Authentication", "limits": "Rate limits", "pagination": "Paging"}


def overview(known: Catalogue, facts: Sequence[Fact]) -> Page:
    """A vendor: what it is called with, a first request, and its operations."""
    entries = [(operation, evidence) for operation, evidence in known.entries if evidence.parts]
    origins = sorted({operation.origin for operation, _ in entries})
    short = len(origins) == 1
    return (
        Heading(", ".join(origins) or "No vendor", 1),
        Lines((_extent(known),)),
        *_first_request(entries, facts),
        *facts_blocks([fact for fact in facts if not _is_of_operation(fact)], 2, by_origin=not short),
        *_paging(entries, facts, short=short),
        Heading("Operations"),
        *_operations(entries, origins),
        *_weaknesses(known),
    )


def _is_of_operation(fact: Fact) -> bool:
    return " " in fact.operation


def _extent(known: Catalogue) -> str:
    total = sum(evidence.exchanges for _, evidence in known.entries)
    firsts = [evidence.first.at_s for _, evidence in known.entries if evidence.first and evidence.first.at_s > 0]
    lasts = [evidence.last.at_s for _, evidence in known.entries if evidence.last and evidence.last.at_s > 0]
    span = f", recorded from {instant(min(firsts))[:10]} to {instant(max(lasts))[:10]}" if firsts and lasts else ""
    return f"{total} exchanges of {len(known.entries)} operations{span}."


def _first_request(entries: Sequence[tuple[Operation, Evidence]], facts: Sequence[Fact]) -> Iterator[Block]:
    """The easiest call to the origin that was called most: it reads, needs the fewest values, and was answered well most often."""
    totals: Counter[str] = Counter()
    for operation, evidence in entries:
        totals[operation.origin] += evidence.exchanges
    known = [each for each in entries if _successes(each[1])]
    if known:
        easiest = min(known, key=lambda each: (-totals[each[0].origin], each[0].origin, *_effort(*each), str(each[0])))
        yield Heading("A first request")
        yield from _asked(asking(*easiest, facts), _unseen(easiest[0], facts))


def _successes(evidence: Evidence) -> int:
    return sum(part.exchanges for name, part in evidence.parts.items() if (status_of(name) or 500) < 300)


def _effort(operation: Operation, evidence: Evidence) -> tuple[int, ...]:
    """Reading what needs no id, then what most callers do, rather reading than writing; what deletes comes last."""
    reads = operation.method == "GET"
    simple = reads and not operation.parameters
    weight = _successes(evidence) * (READING_WEIGHT if reads else 1)
    return (not simple, operation.method == "DELETE", "#" in operation.path and simple, -weight)


def _paging(entries: Sequence[tuple[Operation, Evidence]], facts: Sequence[Fact], *, short: bool) -> Iterator[Block]:
    """How lists are paged, and the second page of the one that was read most often."""
    lines = tuple(paging_lines(facts, short=short))
    if not lines:
        return
    yield Heading(_TITLES["pagination"])
    yield Lines(lines)
    known = {str(operation): (operation, evidence) for operation, evidence in entries}
    proven = [fact for fact in facts if fact.topic == "pagination" and fact["parameter"] and fact.operation in known]
    if proven:
        best = max(proven, key=lambda fact: (fact.operation.startswith("GET "), fact.seen))
        operation, evidence = known[best.operation]
        yield from _next_page(asking(operation, evidence, facts), evidence, [best])


def _next_page(first: Asking, evidence: Evidence, about: Sequence[Fact]) -> Iterator[Block]:
    """The request for the second page, where it is known."""
    found = next_page(first, evidence, about)
    if found is not None:
        asked, note = found
        yield Lines(("The second page:",))
        yield Code(as_curl(asked), "sh")
        if note:
            yield Lines((f"{note}.",))


def _unseen(operation: Operation, facts: Sequence[Fact]) -> list[str]:
    """That no credential was seen at this origin, if so."""
    about = (fact for fact in facts if fact.id == "auth-unseen" and fact["origin"] == operation.origin)
    return [f"{fact.words[:1].upper()}{fact.words[1:]}." for fact in about]


def _asked(asked: Asking, otherwise: Sequence[str]) -> Iterator[Block]:
    """The request, and what one must have to send it; ``otherwise`` where that is nothing."""
    yield Code(as_curl(asked), "sh")
    told = [f"{credential.label}: {credential.words}." for credential in asked.credentials] or list(otherwise)
    if asked.pieced:
        told.append(PIECED)
    if told:
        yield Lines(tuple(told))


def _operations(entries: Sequence[tuple[Operation, Evidence]], origins: Sequence[str]) -> Iterator[Block]:
    """A table for each origin, which is said once."""
    for origin in origins:
        if len(origins) > 1:
            yield Heading(origin, 3)
        rows = tuple(
            (
                f"{operation.method} {operation.path}",
                " ".join(statuses(evidence)),
                str(evidence.exchanges),
                "thin" if evidence.exchanges < THIN else "",
            )
            for operation, evidence in entries
            if operation.origin == origin
        )
        yield Table(("operation", "answers", "exchanges", "evidence"), rows, wide="operation")


def statuses(evidence: Evidence) -> list[str]:
    """``200×12``, and endings that brought no answer."""
    counted: Counter[str] = Counter()
    for name, part in evidence.parts.items():
        status = status_of(name)
        if status is not None:
            counted[str(status)] += part.exchanges
    counted.update({ending: count for ending, count in evidence.endings.items() if ending != "complete"})
    return [f"{name}×{count}" for name, count in sorted(counted.items())]


def _weaknesses(known: Catalogue) -> Iterator[Block]:
    thin = sum(evidence.exchanges < THIN for _, evidence in known.entries)
    lines = (
        [
            f"{thin} of {len(known.entries)} operations were seen fewer than {THIN} times: what is said of them may be chance."
        ]
        if thin
        else []
    )
    lines += [f"A bound was reached, and nothing is known beyond it: {bound}." for bound in known.contract.reached[:10]]
    if lines:
        yield Heading("What is thinly evidenced")
        yield Lines(tuple(lines))


def facts_blocks(facts: Iterable[Fact], level: int, *, by_origin: bool = False) -> Iterator[Block]:
    """Facts by topic, each with its support."""
    known = list(facts)
    for topic in (*TOPICS, *sorted({fact.topic for fact in known} - set(TOPICS))):
        lines = dict.fromkeys(_fact_line(fact, by_origin=by_origin) for fact in known if fact.topic == topic)
        if lines:
            yield Heading(_TITLES.get(topic, topic.capitalize()), level)
            yield Lines(tuple(lines))


def _fact_line(fact: Fact, *, by_origin: bool) -> str:
    support = f" ({fact.seen} of {fact.of})" if fact.of else ""
    where = f", at {fact['origin']}" if by_origin and fact["origin"] else ""
    return f"{fact.words[:1].upper()}{fact.words[1:]}{where}{support}"


def title_of(page: Page) -> str:
    """What a page is called: its first heading."""
    return next((block.text for block in page if isinstance(block, Heading)), "")


def report(known: Catalogue, facts: Sequence[Fact], sources: Provenance) -> Page:
    """Everything: the vendor, then every operation."""
    pages = (
        operation_page(operation, evidence, facts, sources, level=2)
        for operation, evidence in known.entries
        if evidence.parts
    )
    return (*overview(known, facts), *(block for page in pages for block in page))


def operation_page(
    operation: Operation,
    evidence: Evidence,
    facts: Sequence[Fact] = (),
    sources: Provenance = NOWHERE,
    level: int = 1,
) -> Page:
    """One operation: how to call it, what comes back, and what else is known."""
    asked = asking(operation, evidence, facts)
    about = [fact for fact in facts if fact.operation == str(operation)]
    return (
        Heading(f"{operation.method} {operation.origin}{operation.path}", level),
        Lines((_support(evidence),)),
        Heading("Request", level + 1),
        *_asked(asked, _unseen(operation, facts)),
        *_next_page(asked, evidence, about),
        *_sources(operation, evidence, sources),
        *_parameters(evidence, {credential.name.lower() for credential in asked.credentials}),
        *_bodies(operation, evidence, level),
        *_answers(evidence, level),
        *facts_blocks(about, level + 1),
        *_doubts(evidence, level),
    )


def _support(evidence: Evidence) -> str:
    thin = " Thinly evidenced: what follows may be chance." if evidence.exchanges < THIN else ""
    last = f", last on {instant(evidence.last.at_s)[:10]}" if evidence.last and evidence.last.at_s > 0 else ""
    witness = f" ({evidence.last.tape}:{evidence.last.line})" if evidence.last and evidence.last.tape else ""
    seen = "once" if evidence.exchanges == 1 else f"{evidence.exchanges} times"
    return f"Seen {seen}: {', '.join(statuses(evidence))}{last}{witness}.{thin}"


def _sources(operation: Operation, evidence: Evidence, sources: Provenance) -> Iterator[Block]:
    """Where to get the values of path parameters."""
    lines = []
    for name, values in parameter_values(evidence).items():
        source = sources.source(operation, values)
        if source is not None:
            support = f"{source.shared} of {source.of} known values were there"
            lines.append(
                f"{name}: as in {source.path} of {source.operation.method} {source.operation.path} ({support})."
            )
    if lines:
        yield Lines(tuple(lines))


def _parameters(evidence: Evidence, apart: Collection[str]) -> Iterator[Block]:
    """Path and query parameters and the headers that matter, in one table, without credentials."""
    rows: list[tuple[str, ...]] = []
    for part, place in (("path", "path"), ("query", "query"), ("request-headers", "header")):
        tree = evidence_tree(evidence.parts.get(part, Part()))
        known = pair_rows(tree) if tree is not None else []
        rows += [(row[0], place, *row[1:]) for row in known if row[0].lower() not in apart and row[-1] != _ANYTHING]
    if rows:
        yield Table((COLUMNS[0], "in", *COLUMNS[1:]), tuple(rows), wide="values")


def _bodies(operation: Operation, evidence: Evidence, level: int) -> Iterator[Block]:
    for name, part in sorted(evidence.parts.items()):
        idle = operation.method in READS and _is_empty(part)
        if name.startswith("request ") and media_of(name) != NO_BODY and not idle:
            media = media_of(name)
            yield Heading(f"Request body, {media}: sent {part.exchanges} times", level + 2)
            yield from fields_blocks(part, pairs=is_form(media) or media == "multipart/form-data")


def _is_empty(part: Part) -> bool:
    """Whether there never was more than an empty object, which some clients send with everything."""
    return part.fields.keys() <= {""} and not part.unread


def _answers(evidence: Evidence, level: int) -> Iterator[Block]:
    for name, part in sorted(evidence.parts.items(), key=lambda each: (status_of(each[0]) or 0, -each[1].exchanges)):
        status = status_of(name)
        if status is not None:
            media = media_of(name)
            what = "no body" if media == NO_BODY else media
            yield Heading(f"Answer {status}, {what}: seen {part.exchanges} times", level + 1)
            yield from fields_blocks(part)


def fields_blocks(part: Part, *, pairs: bool = False) -> Iterator[Block]:
    """The members of a part's documents, or the names of its pairs; why some bodies could not be read."""
    tree = evidence_tree(part)
    if tree is not None:
        yield Table(COLUMNS, tuple(pair_rows(tree) if pairs else field_rows(tree)), wide="values")
    if part.unread:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(part.unread.items()))
        yield Lines((f"Could not be read: {reasons}.",))


def _doubts(evidence: Evidence, level: int) -> Iterator[Block]:
    lines = [f"A bound was reached: {bound}." for bound in sorted(evidence.bounds)]
    lines += [
        f"{name}: a bound was reached ({bound})."
        for name, part in sorted(evidence.parts.items())
        for bound in sorted(part.bounds)
    ]
    once = [
        name for name, part in sorted(evidence.parts.items()) if part.exchanges == 1 and status_of(name) is not None
    ]
    lines += [f"Seen once only: {', '.join(once)}."] if once and evidence.exchanges >= THIN else []
    if lines:
        yield Heading("What is thinly evidenced", level + 1)
        yield Lines(tuple(lines))
