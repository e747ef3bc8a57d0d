"""What answers repeat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shelf import BOOKS, HOST, recorded

from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn
from tapehiss.mocks.echoes import Echo, at, changed, echoed, echoes_of, renamed, spelt_as


def echoes(style: str, line: str, part: str) -> set[tuple[str, str, str]]:
    evidence = catalogue(learn(recorded(style))).evidence(f"{line.partition(' ')[0]} {HOST}{line.partition(' ')[2]}")
    return {(echo.source, echo.asked, echo.told) for echo in echoes_of(evidence, evidence.parts[part])}


def test_ids_and_fields_are_found():
    """The path's identifier and the body's fields, wherever answers repeat them."""
    line = f"PATCH {BOOKS}/{{book_id}}"
    assert echoes("last-id", line, "response 200 application/json") == {
        ("path", "/book_id", "/id"),
        ("request", "/title", "/title"),
    }
    assert {
        ("path", "/book_id", "/data/id"),
        ("request", "/data/id", "/data/id"),
        ("request", "/data/attributes/title", "/data/attributes/title"),
    } <= echoes("json-api", line, "response 200 application/json")


def test_where_a_page_begins_is_no_echo():
    """A cursor stood in the answer before it was asked for: the next answer has another one."""
    assert echoes("cursor", f"GET {BOOKS}", "response 200 application/json") == set()


@given(st.dictionaries(st.text(max_size=3), st.integers(), min_size=1), st.data())
def test_what_is_changed_is_there(document, data):
    """``at`` finds what ``changed`` put; a place that is not there stays so."""
    name = data.draw(st.sampled_from(sorted(document)))
    other = changed(document, [name], "new")
    assert (other[name], other.keys()) == ("new", document.keys())
    assert changed(document, [name + "?!?!"], "new") == document
    assert changed(document, [], 1) == 1


def test_an_echo_that_does_not_fit_is_left_out():
    """What the contract refuses is not said, and other echoes still are."""
    told = (Echo("request", "/n", "/n"), Echo("request", "/t", "/t"), Echo("query", "/x", "/y"))
    asked = {"request": {"n": "no number", "t": 5}}
    accepts = lambda document: isinstance(document["n"], int)  # noqa: E731
    assert echoed({"n": 1, "t": "old", "y": 2}, told, asked, accepts) == {"n": 1, "t": "5", "y": 2}
    assert at({"a": [{"b": 1}]}, "/a/0/b") == 1


@pytest.mark.parametrize(
    ("old", "value", "spelt"),
    [("text", 5, "5"), (5, "7", 7), (5, "seven", "seven"), (True, "false", False), (1.5, "2", "2"), (None, "x", "x")],
)
def test_a_value_takes_the_kind_of_the_old_one(old, value, spelt):
    """Forms know texts alone."""
    assert spelt_as(old, value) == spelt


def test_identifiers_are_renamed_where_it_is_no_accident():
    """Long ones everywhere, links and texts included; short ones as segments of links, and where something near the top is called an id."""
    names = {"7": "8", "cus_1234": "cus_9876"}
    document = {"id": 7, "order_id": "7", "owner": "cus_1234", "pages": 7, "grade": "7", "about": "7 of cus_1234",
                "url": "https://x.example/v1/7/cus_1234", "deep": {"a": [{"id": 7}]}, "l": [None, True, 1.5]}  # fmt: skip
    assert renamed(document, names) == {
        "id": 8, "order_id": "8", "owner": "cus_9876", "pages": 7, "grade": "7", "about": "7 of cus_9876",
        "url": "https://x.example/v1/8/cus_9876", "deep": {"a": [{"id": 7}]}, "l": [None, True, 1.5]
    }  # fmt: skip
    assert renamed("7", {"7": "8"}) == "7"


def test_what_was_not_always_repeated_is_no_echo():
    """One value that was asked and not told is enough to say that answers have their own."""
    session = [each for each in recorded("last-id") if each.request.method == "PATCH"]
    request = replace(session[0].request, body=b'{"title": "Evelina"}')
    known = catalogue(learn([*session[1:], replace(session[0], request=request)]))
    evidence = known.evidence(f"PATCH {HOST}{BOOKS}/{{book_id}}")
    assert {echo.asked for echo in echoes_of(evidence, evidence.parts["response 200 application/json"])} == {"/book_id"}
