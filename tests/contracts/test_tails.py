"""What follows a segment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.tails import levelled

TAILS = st.lists(st.sampled_from(["a", "b", "c", "{}"]), max_size=3).map(
    lambda steps: "".join(f"/{step}" for step in steps)
)
CALLS = st.dictionaries(
    st.sampled_from(["ada", "bob", "eve"]),
    st.lists(st.tuples(st.tuples(st.sampled_from(["GET", "PUT"]), TAILS), st.integers()), max_size=4),
)


def test_what_only_one_sibling_has_is_taken_for_a_value():
    """``/issues`` is what repositories have in common; which issue it was is not."""
    calls = {
        "ada": [(("GET", "/issues/x/labels"), 1)],
        "bob": [(("GET", "/issues/y/labels"), 2), (("PUT", "/issues"), 3)],
    }
    assert levelled(calls) == {
        "ada": [(("GET", "/issues/{}/labels"), 1)],
        "bob": [(("GET", "/issues/{}/labels"), 2), (("PUT", "/{}"), 3)],
    }


def test_without_siblings_everything_is_said():
    """One segment alone has nothing in common with others."""
    calls = {"ada": [(("GET", "/issues/x"), 1)]}
    assert levelled(calls) == calls


@given(CALLS)
def test_calls_stay_where_they_are(calls):
    """Every call stays with its sibling, its method and its depth."""
    found = levelled(calls)
    assert found.keys() == calls.keys()
    for sibling, those in calls.items():
        told = sorted((method, tail.count("/"), what) for (method, tail), what in found[sibling])
        assert told == sorted((method, tail.count("/"), what) for (method, tail), what in those)
