"""What rules that speak of order remember."""

from __future__ import annotations

import pytest

from tapehiss.mocks.past import NOTHING, PARAMETERS_MAX, credential_of, where_pattern

ONE, OTHER = credential_of((("Authorization", "Bearer one"),)), credential_of((("Authorization", "Bearer other"),))
RULE = "rule"


def after(past, *, credential=None, expiring=(), renewed=False, meant=(), happened=()):
    return past.after(meant, happened, expiring, credential, renewed=renewed)


def test_calls_are_counted_by_whom_they_are_about():
    """Each pair of operation and client has its own number; what happened stays happened."""
    past = after(after(NOTHING, meant=[("GET *", "")]), meant=[("GET *", ""), ("*", "X: 1")], happened=["POST /a"])
    assert [past.came("GET *", ""), past.came("*", "X: 1"), past.came("*", "")] == [2, 1, 0]
    assert (past.happened("POST /a"), past.happened("POST /b"), past.calls) == (True, False, 2)


def test_a_credential_in_use_expires_and_a_new_one_does_not():
    """What came before the rule began, or begins it, is stale; what comes later is not; who proves nothing never is."""
    before = after(NOTHING, credential=ONE)
    assert before.stale(RULE, ONE, renewable=True)
    begun = after(before, credential=ONE, expiring=[RULE])
    assert begun.begun(RULE)
    assert begun.stale(RULE, ONE, renewable=True)
    assert not begun.stale(RULE, OTHER, renewable=True)
    assert not after(begun, credential=OTHER, expiring=[RULE]).stale(RULE, OTHER, renewable=True)
    assert not begun.stale(RULE, None, renewable=True)


def test_who_proves_nothing_does_not_begin_it():
    """A request without a credential leaves the expiry to the first that has one."""
    assert not after(NOTHING, expiring=[RULE]).begun(RULE)


def test_a_renewal_heals_what_expired_and_not_what_was_revoked():
    """After a new token was given the old text may stand for the new token, for tapes have one text for both."""
    past = after(after(NOTHING, credential=ONE, expiring=[RULE]), renewed=True)
    assert not past.stale(RULE, ONE, renewable=True)
    assert past.stale(RULE, ONE, renewable=False)


@pytest.mark.parametrize(
    ("headers", "query", "proves"),
    [
        ((("authorization", "Bearer a"),), "", True),
        ((("X-Api-Key", "a"),), "", True),
        ((("Cookie", "sid=a"),), "", True),
        ((), "api_key=a&x=1", True),
        ((("Accept", "*/*"),), "page=2", False),
    ],
)
def test_what_is_a_credential(headers, query, proves):
    """Tokens, keys and sessions, wherever they are sent."""
    assert (credential_of(headers, query) is not None) is proves


@pytest.mark.parametrize(
    ("where", "meets"),
    [
        ("X-Account: 42", True),
        ("x-account: 4*", True),
        ("X-Account: 4", False),
        ("X-Other: *", False),
        ("?api_key: ab*", True),
        ("?page: 2", False),
        ("X-List: [a]", True),
    ],
)
def test_whom_a_rule_is_about(where, meets):
    """A header or a parameter, with ``*`` for any characters and nothing else special."""
    assert where_pattern(where)((("X-Account", "42"), ("X-List", "[a]")), "api_key=abc&page=1") is meets


def test_a_query_with_too_many_parameters_means_nobody():
    """It costs no more than to look."""
    assert not where_pattern("?a: *")((), "&".join(["a=1"] * (PARAMETERS_MAX + 1)))
