"""Numbers add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.proxy.tally import ENDPOINTS_MAX, THE_REST, Row, Tally, Written, outcome_of

ROWS = st.builds(
    Row,
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(["https://a/", "https://b/"]),
    st.sampled_from(["2xx", "reset"]),
    st.integers(0, 99),
    st.integers(0, 99).map(float),
    st.just(()),
)


def _summed(rows: list[Row]) -> list[Row]:
    sums: dict[tuple[str, ...], Row] = {}
    for row in rows:
        sums[row[:3]] = sums[row[:3]] + row if row[:3] in sums else row
    return list(sums.values())


@given(st.lists(ROWS, max_size=20))
def test_summed_rows_count_like_single_ones(rows: list[Row]) -> None:
    """The writer may sum before it reports."""
    one, other = Tally(), Tally()
    for row in rows:
        one.add(Written(exchanges=1, rows=(row,)))
    other.add(Written(exchanges=len(rows), rows=tuple(_summed(rows))))

    for tally in (one, other):
        for totals in tally.endpoints.values():
            totals.durations_s.sort()
    assert one == other
    assert sum(one.outcomes.values()) == len(rows)
    assert sum(totals.count for totals in one.endpoints.values()) == len(rows)


def test_everything_that_is_reported_is_counted() -> None:
    """Differences are added, paths are kept once, the first failure stays."""
    tally = Tally()
    report = Written(1, 2, 3, (), (("bearer", 4),), 5, 6, 7, ("why",), ("tape",), ("what", "where", "remedy"))
    tally.add(report)
    tally.add(report._replace(failure=("later", "", "")))

    assert (tally.exchanges, tally.durable, tally.secrets) == (4, 6, 8)
    assert (tally.quarantined, tally.passed_over, tally.gaps) == (10, 12, 14)
    assert tally.gap_reasons == {"why": 2}
    assert tally.paths == ("tape",)
    assert tally.failure == ("what", "where", "remedy")


def test_endpoints_are_bounded() -> None:
    """A vendor with an identifier in every path does not fill the memory."""
    tally = Tally()
    rows = tuple(Row("GET", f"https://a/{number}", "2xx", 1, 1.0) for number in range(ENDPOINTS_MAX + 5))
    tally.add(Written(rows=rows))

    assert len(tally.endpoints) == ENDPOINTS_MAX + 1
    assert tally.endpoints[THE_REST].count == 5


def test_an_outcome_is_a_class_or_an_ending() -> None:
    """A truncated 200 is no success."""
    assert outcome_of(204, "complete") == "2xx"
    assert outcome_of(200, "truncated") == "truncated"
    assert outcome_of(None, "refused") == "refused"
