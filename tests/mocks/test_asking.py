"""Requests as a contract understands them."""

from __future__ import annotations

from dataclasses import replace

from shelf import BOOKS, HOST, ask, recorded

from tapehiss.cassettes.exchange import Ending, Request
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import Contract, learn
from tapehiss.mocks.asking import knowledge_of

SESSION = tuple(recorded("offset"))
KNOWN = knowledge_of(catalogue(learn(SESSION)), SESSION)


def test_a_request_is_read_as_the_vendor_has_it():
    """The mock's own origin makes way for the vendor's; ids, query and body are documents."""
    request = Request(
        "PATCH",
        f"http://127.0.0.1:8000{BOOKS}/bk_9Zz7mA9rT9zK4?x=1",
        (("Content-Type", "application/json"),),
        b'{"a":1}',
    )
    asking = KNOWN.asking(request)
    assert asking.request.url == f"{HOST}{BOOKS}/bk_9Zz7mA9rT9zK4?x=1"
    assert (asking.collection, asking.name) == (f"{HOST}{BOOKS}", "bk_9Zz7mA9rT9zK4")
    assert asking.documents == {"path": {"book_id": "bk_9Zz7mA9rT9zK4"}, "query": {"x": 1}, "request": {"a": 1}}
    assert asking.values == {"book_id": "bk_9Zz7mA9rT9zK4"}


def test_the_most_alike_sibling_is_found():
    """Of the recordings of an operation the one with the most fields in common; none with a status that was never told."""
    asking = KNOWN.asking(ask("POST", BOOKS, {"title": "Villette", "pages": 7}))
    assert b"Villette" in SESSION[KNOWN.sibling(asking)].request.body
    assert KNOWN.sibling(asking, (404,)) is None


def test_answers_of_success_come_first():
    """And every answer has the echoes that its evidence shows."""
    asking = KNOWN.asking(ask("GET", f"{BOOKS}/bk_9Zz7mA9rT9zK4"))
    assert [(each.status, each.media) for each in KNOWN.answers(asking.operation)] == [
        (200, "application/json"),
        (404, "application/json"),
    ]
    assert [echo.told for echo in KNOWN.answers(asking.operation)[0].echoes] == ["/id"]


def test_a_recording_that_the_contract_never_saw_has_no_evidence():
    """As with a contract that was learnt elsewhere."""
    nothing = knowledge_of(catalogue(Contract()), SESSION)
    assert nothing.answer(0) is None
    assert nothing.asking(SESSION[0].request).request == SESSION[0].request


def test_only_whole_answers_are_siblings():
    """Not one that was cut, or never came."""
    torn = replace(SESSION[0], ending=Ending.TRUNCATED)
    found = knowledge_of(catalogue(learn(SESSION)), (torn, SESSION[1], replace(SESSION[2], response=None)))
    assert list(found.siblings.values()) == [(1,)]
