"""Reports of every kind, for the tests of their formats: ``from reporting import reports``."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from strategies import texts
from tapehiss.contracts.acceptance import Decided, Entry
from tapehiss.contracts.findings import Finding, Severity, Witness, gathered
from tapehiss.contracts.report import Report
from tapehiss.contracts.wording import RULES

NASTY = st.sampled_from(
    ["", "a", "<b>&\"'", "]]>", "\x00\x1b[31m", "\ud800", "a\r\nb", "%0A::error::x", "a|b`c``d", "é😀", "a:b,c"]
)


def _arguments(name: str, said: str) -> tuple[tuple[str, str], ...]:
    return tuple((argument, said) for argument in sorted(RULES[name].arguments))


def findings() -> st.SearchStrategy[Finding]:
    """Any finding, with text in it that formats stumble over."""
    return st.builds(
        lambda name, severity, place, said, witness, count: Finding(
            name, severity, f"GET https://h/{place[0]}", *place, _arguments(name, said), witness, count
        ),
        st.sampled_from(sorted(RULES)),
        st.sampled_from(Severity),
        st.tuples(NASTY, NASTY, NASTY | texts(4)),
        NASTY,
        st.one_of(
            st.just(Witness()),
            st.builds(Witness, st.sampled_from(["tapes/a b.yaml", "https://h/x y"]), st.integers(0, 9), NASTY),
        ),
        st.integers(1, 3),
    )


def reports() -> st.SearchStrategy[Report]:
    """Any report."""
    entry = st.builds(Entry, NASTY, st.just("ab"), until=st.sampled_from([None, date(2026, 1, 1)]))
    pairs = st.lists(st.tuples(findings(), entry), max_size=2).map(tuple)
    decided = st.builds(
        Decided, st.lists(findings(), max_size=4).map(gathered), pairs, pairs, st.lists(entry, max_size=1).map(tuple)
    )
    return st.builds(
        Report,
        st.just("check"),
        NASTY,
        decided,
        st.sampled_from(Severity),
        st.just((("exchange", 3), ("operation", 1))),
        st.lists(NASTY, max_size=2, unique=True).map(tuple),
        st.lists(NASTY, max_size=1).map(tuple),
        st.just(datetime(2026, 11, 21, 10, 0, 5, tzinfo=UTC)),
    )


MISSING = Finding(
    "member-missing",
    Severity.ERROR,
    "GET https://h/v1/a",
    "response 200 application/json",
    "/data/~*/b",
    '"b"',
    (("seen", 412), ("of", 412), ("chance", "0.25 %")),
    Witness("tapes/a.yaml", 33, "/data/3"),
    12,
)
UNKNOWN = Finding("operation-unknown", Severity.INFO, "GET https://h/v2")
REPORT = Report(
    "check",
    "vendor.json",
    Decided((MISSING, UNKNOWN)),
    Severity.WARN,
    (("exchange", 300), ("operation", 2)),
    (MISSING.operation, "GET https://h/v1/c"),
    at=datetime(2026, 11, 21, 10, 0, 5, tzinfo=UTC),
    version="1.2.3",
)
"""A small report with one error and one remark."""
