"""Whether a client did what it should."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tapehiss.mocks.journal import Entry
from tapehiss.mocks.outcome import Rung
from tapehiss.mocks.selection import Selection
from tapehiss.mocks.verification import Evidence, Expectation, Verdict, judged

OPERATIONS = ("POST /a", "POST /b", "GET /a")
CAME = st.lists(
    st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 5), st.sampled_from(["", "", "1", "3", "soon", "302 4"])),
    max_size=8,
)
COUNT = st.none() | st.integers(0, 5)
WANTED = st.builds(
    Expectation,
    exactly=COUNT,
    at_least=COUNT,
    at_most=COUNT,
    min_gap_s=st.none() | st.integers(0, 3),
    max_gap_s=st.none() | st.integers(0, 3),
    order=st.lists(st.sampled_from(OPERATIONS), max_size=3).map(tuple),
    waits_as_told=st.booleans(),
)


def entries(came) -> list[Entry]:
    """Each so many seconds after the one before it; refused where it was told to wait. An answer to GET takes a second."""
    made, at_s = [], 0.0
    for number, (operation, gap_s, wait) in enumerate(came):
        at_s += gap_s
        method, path = operation.split(" ")
        status = 302 if wait.startswith("302") else 429 if wait else 200
        told = wait.removeprefix("302 ")
        answer = (Rung.EXACT, status, "complete", float(method == "GET"), 0, (), "", told)
        made.append(Entry(number, at_s, method, path, *answer))
    return made


def verdict(found, wanted, on="*", forgotten=0, total=None) -> Verdict:
    return judged(Selection(on), wanted, Evidence(found, forgotten, lambda _: None, 1e9, total))


@given(CAME, WANTED, st.sampled_from(["*", "POST *", "/a"]))
@settings(max_examples=300)
def test_it_is_ok_exactly_when_everything_holds(came, wanted, on):
    """Counts, gaps, order and waits, written down once more in the plainest way."""
    found = [each for each in entries(came) if on in {"*", each.path} or (on == "POST *" and each.method == "POST")]
    gaps = [b.at_s - a.at_s for a, b in pairwise(found)]
    names = iter([f"{each.method} {each.path}" for each in found])
    holds = (
        wanted.exactly in {None, len(found)}
        and len(found) >= (wanted.at_least or 0)
        and (wanted.at_most is None or len(found) <= wanted.at_most)
        and (wanted.min_gap_s is None or all(gap >= wanted.min_gap_s - 0.001 for gap in gaps))
        and (wanted.max_gap_s is None or all(gap <= wanted.max_gap_s + 0.001 for gap in gaps))
        and all(each in names for each in wanted.order)
        and not (
            wanted.waits_as_told
            and any(
                a.status == 429 and a.retry_after.isdigit() and b.at_s < a.at_s + a.delay_s + int(a.retry_after)
                for place, a in enumerate(found)
                for b in found[place + 1 :]
            )
        )
    )
    told = verdict(entries(came), wanted, on)
    assert (told.ok, told.count) == (holds, len(found))
    assert sum(told.by_status.values()) == len(found)


@given(CAME, WANTED, st.integers(0, 8))
def test_what_is_forgotten_is_never_taken_for_not_done(came, wanted, forgotten):
    """If it is ok with some entries forgotten, it would be ok with all of them."""
    whole = entries(came)
    gone = min(forgotten, len(whole))
    if verdict(whole[gone:], wanted, forgotten=gone).ok:
        assert verdict(whole, wanted).ok


def test_where_the_count_is_known_forgetting_does_not_matter_to_it():
    """The totals count everything."""
    found = entries([("POST /a", 0, "")])
    assert verdict(found, Expectation(exactly=5), forgotten=4, total=5).ok
    assert [each.what for each in verdict(found, Expectation(exactly=5), forgotten=4).violations] == ["forgotten"]
    assert [each.what for each in verdict(found, Expectation(min_gap_s=1), forgotten=4, total=5).violations] == [
        "forgotten"
    ]


def test_a_violation_says_what_was_seen():
    """With the numbers of the entries."""
    found = entries([("POST /a", 0, "3"), ("POST /a", 1, ""), ("GET /a", 9, "")])
    told = verdict(found, Expectation(waits_as_told=True, order=("GET /a", "POST /a")), "/a")
    assert [(each.what, each.seen, each.numbers) for each in told.violations] == [
        ("order", "it came only before", (2, 0, 1)),
        ("early", "2.000 s too early", (0, 1)),
    ]
    assert verdict(found, Expectation(order=("PUT /a",))).violations[0].seen == "it never came"


def test_near_misses_are_the_last_that_differ_in_one_thing():
    """None where all is well."""
    found = entries([("POST /a", 0, ""), ("POST /b", 1, ""), ("GET /a", 1, "")])
    told = verdict(found, Expectation(exactly=2), "POST /a")
    assert [(each.entry.number, each.differs) for each in told.near] == [(2, ("on",)), (1, ("on",))]
    assert verdict(found, Expectation(exactly=1), "POST /a").near == ()
    later = judged(
        Selection("POST /x", since=2, key="other"),
        Expectation(exactly=1),
        Evidence(found, 0, lambda _: None, 0.0),
    )
    assert later.near == ()


def test_near_misses_are_few():
    """The last five."""
    found = entries([("POST /b", 0, "")] * 8)
    assert [each.entry.number for each in verdict(found, Expectation(exactly=1), "POST /a").near] == [7, 6, 5, 4, 3]


def test_a_wait_counts_from_when_the_answer_came_and_the_longest_counts():
    """A second refusal with a shorter wait does not shorten the first."""
    slow = entries([("GET /a", 0, "3"), ("GET /a", 3, "")])
    assert [each.numbers for each in verdict(slow, Expectation(waits_as_told=True)).violations] == [(0, 1)]
    twice = entries([("POST /a", 0, "3"), ("POST /a", 0, "1"), ("POST /a", 2, "")])
    assert [each.numbers for each in verdict(twice, Expectation(waits_as_told=True)).violations] == [(0, 1), (0, 2)]
