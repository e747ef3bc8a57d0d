"""Answers made of siblings and contracts."""

from __future__ import annotations

import json
from random import Random

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st
from shelf import BOOKS, STYLES, ask, recorded, written

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.views import json_schema
from tapehiss.mocks.asking import knowledge_of
from tapehiss.mocks.making import from_contract, from_sibling, with_document
from tapehiss.mocks.outcome import Rung

KNOWN = {style: knowledge_of(catalogue(learn(recorded(style))), tuple(recorded(style))) for style in STYLES}
XML = "<book><id>bk_4Qx7mA4rT9zK4</id></book>"


def requests(style: str) -> st.SearchStrategy[Request]:
    """Requests of the vendor's operations, most of them for things that it does not have."""
    names = st.sampled_from(["bk_1Qx7mA1rT9zK4", "bk_9Zz7mA9rT9zK4", "bk_8Yy7mA9rT1zK3"])
    values = st.one_of(st.text(max_size=5), st.integers(), st.none(), st.lists(st.integers(), max_size=2))
    bodies = st.dictionaries(st.sampled_from(["title", "pages", "state", "id", "other"]), values, max_size=4)
    return st.one_of(
        st.builds(lambda body: ask("POST", BOOKS, written(style, body)), bodies),
        st.builds(lambda name: ask("GET", f"{BOOKS}/{name}"), names),
        st.builds(lambda name, body: ask("PATCH", f"{BOOKS}/{name}", written(style, body)), names, bodies),
        st.builds(lambda size: ask("GET", f"{BOOKS}?limit={size}"), st.integers(1, 20)),
    )


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(STYLES), st.integers(0, 99))
def test_what_is_made_is_valid_and_the_same_again(data, style, seed):
    """Whatever is asked, the body fits the contract's schema for its operation and status, and the same dice make it again."""
    known, request = KNOWN[style], data.draw(requests(style))
    asking = known.asking(request)
    schemas = knowledge_of(catalogue(learn(recorded(style))), ()).catalogue
    made = [from_sibling(known, asking, known.sibling(asking)), from_contract(known, asking, Random(seed))]
    for each in made:
        schema = json_schema(schemas, asking.operation, each.response.status)
        assert jsonschema_rs.is_valid(schema, json.loads(each.response.body))
    again = [from_sibling(known, asking, known.sibling(asking)), from_contract(known, asking, Random(seed))]
    assert [each.response for each in again] == [each.response for each in made]
    assert [each.rung for each in made] == [Rung.SIBLING, Rung.SYNTHESISED]


@given(st.sampled_from(STYLES), st.text("abc", min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_an_answer_repeats_what_was_asked(style, title):
    """The id of the path and the fields of the body, by a sibling or by the contract alone."""
    known = KNOWN[style]
    asking = known.asking(ask("PATCH", f"{BOOKS}/bk_9Zz7mA9rT9zK4", written(style, {"title": title})))
    for made in (from_sibling(known, asking, known.sibling(asking)), from_contract(known, asking, Random(1))):
        entity = made.document.get("data", made.document)
        assert (entity["id"], entity.get("attributes", entity)["title"]) == ("bk_9Zz7mA9rT9zK4", title)


def test_a_body_that_is_no_json_has_the_id_that_was_asked_for():
    """XML and pages, too."""
    session = [
        Exchange(
            Request("GET", f"https://x.example/v1/books/bk_{n}Qx7mA{n}rT9zK4"),
            Response(
                200,
                "OK",
                (("Content-Type", "application/xml"), ("Location", f"/v1/books/bk_{n}Qx7mA{n}rT9zK4")),
                XML.encode(),
            ),
        )
        for n in (4, 5)
    ]
    known = knowledge_of(catalogue(learn(session)), tuple(session))
    made = from_sibling(known, known.asking(Request("GET", "https://x.example/v1/books/bk_9Zz7mA9rT9zK4")), 0)
    assert made.response.body == XML.replace("bk_4Qx7mA4rT9zK4", "bk_9Zz7mA9rT9zK4").encode()
    assert dict(made.response.headers)["Location"] == "/v1/books/bk_9Zz7mA9rT9zK4"


def test_an_operation_without_bodies_has_none():
    """204 stays 204; of what the contract knows no document nothing is made."""
    known = KNOWN["page"]
    asking = known.asking(ask("DELETE", f"{BOOKS}/bk_9Zz7mA9rT9zK4"))
    made = from_contract(known, asking, Random(0))
    assert (made.response.status, made.response.body) == (204, b"")
    assert from_contract(known, known.asking(ask("GET", "/v9/else")), Random(0)) is None


def test_digests_of_a_changed_body_are_true():
    """An ETag is counted anew, other digests are left out."""
    response = Response(200, "OK", (("ETag", '"a"'), ("Content-MD5", "x"), ("X-A", "b")), b"{}")
    one, other = with_document(response, {"n": 1}), with_document(response, {"n": 2})
    assert [name for name, _ in one.headers] == ["ETag", "X-A", "Content-Type"]
    assert one.headers[0] != other.headers[0]


def test_what_the_contract_knows_no_document_of():
    """A page of text is passed over; JSON of which nothing was read cannot be made."""
    kind = (("Content-Type", "text/plain"),)
    broken = (("Content-Type", "application/json"),)
    session = [Exchange(Request("GET", f"https://x.example/v1/{word}"), Response(200, "OK", headers, b"hello"))
               for word, headers in (("text", kind), ("broken", broken))]  # fmt: skip
    known = knowledge_of(catalogue(learn(session)), ())
    for word in ("text", "broken"):
        assert from_contract(known, known.asking(Request("GET", f"https://x.example/v1/{word}")), Random(0)) is None
