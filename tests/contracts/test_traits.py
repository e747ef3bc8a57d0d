"""What the evidence shows of one segment."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.evidence import learn
from tapehiss.contracts.traits import PATHS_MAX, Traits, members_beside, of_owner, summed, traits_of
from traffic import answer

TRAITS = st.builds(
    Traits,
    st.dictionaries(st.tuples(st.sampled_from(["GET", "PUT"]), st.sampled_from(["", "/a"])), st.frozensets(st.sampled_from(["/x", "/y"]))),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.sampled_from(["id", "login"])),
)  # fmt: skip


def calls(*told):
    """Calls with their evidence: method and tail, body, status."""
    return [
        ((method, tail), evidence)
        for method, tail, body, status in told
        for _, evidence in learn([answer(body, method=method, status=status)])
    ]


@given(st.lists(TRAITS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_traits_add_in_any_order(several, dice):
    """The traits of several segments do not depend on their order or grouping."""
    assert summed(several) == summed(dice.sample(several, len(several)))
    assert summed(several) == reduce(lambda total, each: each + total, several)


@pytest.mark.parametrize(
    ("tail", "body", "repeated"),
    [
        ("", {"login": "ada"}, {"login"}),
        ("", {"data": {"Login": "Ada"}}, {"login"}),
        ("", {"type": "ada", "url": "ada", "other": "ada"}, set()),
        ("", {"a": {"b": {"c": {"id": "ada"}}}}, set()),
        ("", [{"login": "ada"}], set()),
        ("", {"ids": ["ada"]}, set()),
        ("/keys", {"login": "ada"}, {"login"}),
        ("/keys", {"owner": {"login": "ada"}}, set()),
        ("/keys", {"user": {"profile": {"login": "ada"}}}, {"login"}),
        ("/keys", {"user_id": "ada"}, {"user_id"}),
        ("/keys", {"user": "ada"}, {"user"}),
    ],
)
def test_who_repeats_a_segment(tail, body, repeated):
    """At the segment itself any identifying member may; further down only what is called after its owner, or the top of a document."""
    assert traits_of("ada", "users", calls(("GET", tail, body, 200)), {}).repeated == repeated


def test_what_was_sent_repeats_it_too():
    """An update that names the thing, and the list that holds it."""
    beside = members_beside(
        "users", calls(("GET", "", [{"login": "ada"}], 200), ("GET", "", {"items": [{"name": "bob"}]}, 200))
    )
    assert [traits_of(word, "users", (), beside).repeated for word in ("ada", "bob", "eve")] == [
        {"login"},
        {"name"},
        set(),
    ]
    assert members_beside("v1", calls(("GET", "", [{"id": "ada"}], 200))) == {}
    assert traits_of("ada.json", "users", calls(("GET", "", {"id": "ada"}, 200)), {}).repeated == {"id"}


def test_refused_and_missing():
    """Whether anything but a refusal ever came."""
    told = [traits_of("x", "", calls(*those), {}) for those in (
        [("GET", "", 1, 404)], [("GET", "", 1, 404), ("GET", "", 1, 400)], [("GET", "", 1, 404), ("GET", "", 1, 200)], [],
    )]  # fmt: skip
    assert [(each.refused, each.missing) for each in told] == [
        (True, True),
        (True, False),
        (False, False),
        (False, False),
    ]


def test_answers_are_compared_near_the_top():
    """Of a very wide document the first paths are enough."""
    [(way, paths)] = traits_of("x", "", calls(("GET", "", {f"m{n}": n for n in range(900)}, 200)), {}).ways.items()
    assert (way, len(paths)) == (("GET", ""), PATHS_MAX)


def test_what_the_things_of_a_collection_call_themselves():
    """After their owner's name; a version or an action is none."""
    assert {"user", "user_id", "user_name"} <= of_owner("users")
    assert of_owner("v1") == of_owner("search") == of_owner("") == frozenset()
