"""The budget for retries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.errors import Misuse
from tapehiss.clients.budget import SLICES, Budget, RetryBudget


@given(
    st.lists(st.tuples(st.floats(0, 3), st.booleans()), max_size=120),
    st.sampled_from([Budget(0.2, 0.0), Budget(0.5, 0.3), Budget(0.0, 1.0), Budget(1.0, 0.0, 1.0)]),
)
def test_retries_are_a_share_of_requests(steps, budget):
    """In the window that ends with a retry, retries are at most the share of the requests and the floor (G1)."""
    account, now, requests, retries = RetryBudget(budget), 0.0, [], []
    for pause_s, asks in steps:
        now += pause_s
        if asks:
            account.asked(now)
            requests.append(now)
        elif account.spend(now):
            retries.append(now)
            recent = [len([at for at in each if now - budget.window_s < at <= now]) for each in (requests, retries)]
            assert recent[1] <= budget.ratio * recent[0] + budget.floor_per_s * budget.window_s


@given(st.integers(1, 50), st.floats(0, 1e9))
def test_a_budget_that_is_there_can_be_spent(calls, now):
    """Right after so many calls, the whole share of them can be spent, and no more."""
    account = RetryBudget(Budget(0.2, 0.0))
    for _ in range(calls):
        account.asked(now)
    assert [account.spend(now) for _ in range(calls)].count(True) == calls // 5


def test_it_comes_back():
    """What was spent a window ago is no matter any more, and neither is what was asked."""
    account = RetryBudget(Budget(0.0, 0.1, 10.0))
    assert [account.spend(at) for at in (0.0, 1.0, 9.9, 10.6, 11.0)] == [True, False, False, True, False]


def test_what_is_partly_over_is_over():
    """A request that may lie before the window gives no retry any more; a retry that may lie in it still counts."""
    account = RetryBudget(Budget(1.0, 0.0, 10.0))
    account.asked(0.0)
    assert not account.spend(10.2)
    account = RetryBudget(Budget(0.0, 0.1, 10.0))
    assert (account.spend(0.4), account.spend(10.3)) == (True, False)


def test_memory_is_bounded():
    """However many calls there are, no more than the slices of one window are kept."""
    account = RetryBudget(Budget())
    for tick in range(10_000):
        account.asked(tick * 0.01)
    assert len(account._slices) <= SLICES + 1


@pytest.mark.parametrize(
    "given_", [{"ratio": -1}, {"floor_per_s": float("nan")}, {"window_s": 0}, {"window_s": float("inf")}]
)
def test_what_cannot_be_meant_is_refused(given_):
    """Negative shares, windows without a length."""
    with pytest.raises(Misuse):
        Budget(**given_)
