"""What happened at a mock, as it is told."""

from __future__ import annotations

from tapehiss.cli.account import account, done_twice, hints, moving_line, summary
from tapehiss.mocks.journal import Journal, Totals
from tapehiss.mocks.ledger import Effect
from tapehiss.mocks.shorthand import rule_from_text


def test_the_moving_line_is_one_line():
    """Requests and their rate, answers, and what was done to them; never wider than a terminal."""
    assert moving_line(Journal().totals()) == "0 requests"
    assert moving_line(Totals(3, {"miss": 1}, {"200": 2, "404": 1})) == "3 requests  2 200  1 404  1 missed"
    busy = Totals(5000, {}, {"200": 5000}, {"503": 4, "reset": 3}, {"burst": 2})
    assert moving_line(busy, 1234.5) == "5000 requests (1,234/s)  5000 200  7 struck  2 limited"
    assert len(moving_line(Totals(1, {}, {str(status): 1 for status in range(100, 600)}))) == 100


def test_nothing_and_much_are_told_apart():
    """No request is said so; more missed paths than fit are counted."""
    assert account(Totals(), ()) == ["no request came"]
    missed = {("GET", f"/{number}"): 1 for number in range(12)}
    lines = account(Totals(12, {"miss": 12}, {"404": 12}, missed=missed), ())
    assert lines[-2] == "missed     and 2 other paths"
    assert lines[-1].startswith("look       `missed`")


def test_what_was_done_twice_is_said():
    """And what a key kept from being done again; nothing of operations that were done once each."""
    assert done_twice(Effect("POST /v1/orders", carried_out=3)) == []
    assert done_twice(Effect("POST /v1/orders", carried_out=3, doubled=2, replayed=1, conflicts=4)) == [
        "again      2 × POST /v1/orders: done before; 3 × in all",
        "replayed   1 × POST /v1/orders: the key was known, nothing was done",
        "conflict   4 × POST /v1/orders: the key of another request",
    ]
    effects = tuple(Effect(f"POST /{number}", doubled=1) for number in range(20))
    assert sum(line.startswith("again") for line in account(Totals(), (), effects)) == 10


def test_what_to_look_at_is_said_only_where_there_is_something():
    """Each kind of trouble has its line; a good run has none."""
    assert hints(missed=False, never=False, doubled=False) == []
    assert len(hints(missed=True, never=True, doubled=True)) == 3
    rule = rule_from_text("503 on=GET /x")
    good = Totals(1, {"exact": 1}, {"503": 1}, {"503 on=GET /x": 1})
    assert account(good, (rule,)) == ["1 request: 1 exact", "answers    1 503", "struck     1 × 503 on=GET /x"]


def test_a_program_gets_the_same_as_data():
    """Every sum, and the effects as they are."""
    told = summary(Totals(1, {"miss": 1}, {"404": 1}, missed={("GET", "/x"): 1}), (Effect("POST /y", carried_out=1),))
    assert (told["requests"], told["missed"]) == (1, [{"method": "GET", "path": "/x", "count": 1}])
    assert told["effects"][0]["carried_out"] == 1
