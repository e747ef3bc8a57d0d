"""A vendor that is being asked."""

from __future__ import annotations

import pytest
from shop import HOST, SHOP

from tapehiss.cassettes.exchange import Request
from tapehiss.mocks.faults import Status
from tapehiss.mocks.live import LiveVendor, addressed
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import State, Vendor

ORDER = Request("GET", HOST + "/v1/orders/1?limit=1")


def live(*schedule: Rule) -> LiveVendor:
    return LiveVendor(Vendor.of(SHOP, schedule))


def test_the_state_moves_on_and_the_journal_knows():
    """Each answer is the next one; the journal has the path and no query."""
    mock = live()
    order = SHOP[0].request
    assert [mock.answer(order, 1.0)[0].recording for _ in range(2)] == [0, 1]
    mock.answer(Request("GET", HOST + "/v1/x?secret=hush"), 2.0)
    assert [(entry.at_s, entry.path) for entry in mock.journal.entries][-1] == (2.0, "/v1/x")


def test_a_new_schedule_begins_now():
    """Windows and attempts are counted from the moment when the schedule was set; the seed stays unless given."""
    mock = live(Rule(Status(503), first=1))
    order = SHOP[0].request
    assert [mock.answer(order, 0.0)[0].response.status for _ in range(2)] == [503, 200]
    mock.play((Rule(Status(500), first=1, to_s=5.0),), 100.0)
    assert [mock.answer(order, 104.0)[0].response.status for _ in range(2)] == [500, 200]
    mock.play((), 200.0, seed=7)
    assert (mock.vendor.schedule, mock.vendor.seed) == ((), 7)


def test_a_reset_begins_the_tapes_anew():
    """After a reset the first recording plays again and the journal is empty."""
    mock = live()
    mock.answer(SHOP[0].request, 0.0)
    mock.reset(9.0)
    assert (mock.state, mock.journal.totals().requests) == (State(began_s=9.0), 0)
    assert mock.answer(SHOP[0].request, 9.0)[0].recording == 0


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("http://m/_host/api.shop.example/v1/a?b", "https://api.shop.example/v1/a?b"),
        ("http://m/_host/api.shop.example", "https://api.shop.example"),
        ("http://m/_host/api.shop.example?b", "https://api.shop.example?b"),
        ("http://m/_host/", "http://m/_host/"),
        ("http://m/v1/_host/x", "http://m/v1/_host/x"),
    ],
)
def test_a_path_can_name_the_host(url, meant):
    """``/_host/<host>/`` is for clients that cannot set a Host header."""
    assert addressed(Request("GET", url)).url == meant
