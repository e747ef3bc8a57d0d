"""Values of path parameters as evidence."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.desk import Desk, seen_at
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.levels import operation_at, steps_of
from tapehiss.contracts.overrides import overrides_of
from tapehiss.contracts.places import kept_as, may_hold, moved, named, part_at, place_of, respelled
from tapehiss.contracts.reading import call_of, read
from traffic import answer

HOST = "https://h"
NAMES = st.lists(st.sampled_from(["ada", "bob", "true", "7a", "Ab-" * 40]), min_size=1, max_size=6)


def evidence_of(several):
    """The only operation's evidence."""
    [evidence] = learn(several).operations.values()
    return evidence


@given(NAMES)
def test_what_becomes_a_rest_later_is_what_was_a_rest_at_once(names):
    """A value that is made from an operation's name is exactly what counting it would have given."""
    rest = ("https://h", "GET", "users", "~+", "keys")
    desk, later = Desk(), []
    for number, name in enumerate(names):
        exchange = answer(number, url=f"{HOST}/users/{name}/keys", status=200 + 200 * (number == 2))
        call = call_of(exchange.request)
        [(_, evidence)] = learn([exchange])
        later.append(moved(evidence, steps_of(call.operation), rest))
        desk.take("GET https://h/users/~+/keys", exchange, kept_as(call, operation_at(rest)), seen_at(exchange))
    [at_once] = desk.evidence().values()
    assert reduce(lambda a, b: a + b, later) == at_once
    assert at_once.parts["path 2"].exchanges == len(names) - (len(names) > 2)


def test_an_operation_that_stays_is_left_alone():
    """Nothing is made where nothing moved, nor where nobody told how it was asked."""
    call = call_of(answer({}, url=f"{HOST}/users/ada").request)
    assert kept_as(call, call.operation) is call
    refused = evidence_of([answer({}, url=f"{HOST}/users/ada", status=404)])
    assert moved(refused, ("https://h", "GET", "users", "ada"), ("https://h", "GET", "users", "~+")) is refused
    lost = answer({}, url=f"{HOST}/users/ada", status=404)
    assert read(lost, kept_as(call, operation_at(("https://h", "GET", "users", "~+")))).readings == read(lost).readings


def test_parameters_are_one_object_by_their_names():
    """Values of forms, of names, and extensions that are no part of them."""
    evidence = evidence_of([answer({}, url=f"{HOST}/users/ada.json/keys/7")] * 2)
    told = named(
        evidence, {2: ("login", ".json"), 4: ("key_id", "")}, ("https://h", "GET", "users", "ada.json", "keys", "{id}")
    )
    fields = told.parts["path"].fields
    assert {path: (seen.kinds, dict(seen.values)) for path, seen in fields.items()} == {
        "": ({"object": 2}, {}),
        "/login": ({"string": 2}, {'"ada"': 2}),
        "/key_id": ({"integer": 2}, {"7": 2}),
    }
    assert not any(place_of(name) for name in told.parts)
    assert "path" not in named(evidence, {}, ()).parts


def test_a_segment_that_a_user_wants_literal_is_spelled():
    """It goes back into the operation, and out of the values."""
    call = call_of(answer({}, url=f"{HOST}/reports/2024/7.json").request)
    told = respelled(call, overrides_of(["/reports/2024"], "https://h"))
    assert (told.operation.path, told.values) == ("/reports/2024/{id}.json", {"3": "7"})
    assert respelled(call, overrides_of(["/reports/2025"], "https://h")) is call
    whole = respelled(call, overrides_of(["/reports/{year}/7.json"], "https://h"))
    assert whole.operation.path == "/reports/{id}/7.json"
    stopped = call_of(answer({}, url=f"{HOST}/jobs/2024:stop").request)
    action = respelled(stopped, overrides_of(["/jobs/2024"], "https://h"))
    assert action.operation.path == "/jobs/2024:stop"


@pytest.mark.parametrize("count", [3, 200])
def test_whether_a_value_may_have_been_there(count):
    """What was seen may; of many, what would have been kept and was not, may not."""
    evidence = evidence_of([answer({}, url=f"{HOST}/reports/{number}") for number in range(1_000, 1_000 + count)])
    assert all(may_hold(evidence, 2, str(number)) for number in range(1_000, 1_000 + count))
    assert not all(may_hold(evidence, 2, str(number)) for number in range(5_000, 5_200))
    assert not may_hold(evidence, 3, "1000")


def test_names_of_parts():
    """A part's place, and no place for parts of other things."""
    assert place_of(part_at(12)) == 12
    assert place_of("path") is place_of("query") is None
