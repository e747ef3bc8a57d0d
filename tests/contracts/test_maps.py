"""Records and maps."""

from __future__ import annotations

import re

import pytest
from gathered import tree
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.counts import REST
from tapehiss.contracts.maps import KEY_PATTERN
from tapehiss.contracts.names import step_of


@given(st.one_of(st.text(max_size=8), st.from_regex(r"[a-z]{0,4}_?[0-9a-fA-F]{0,20}\n?", fullmatch=True)))
def test_the_pattern_for_keys_is_the_one_that_counted_them(name):
    """A schema says of a name that it is a key exactly when it was counted as one."""
    assert (re.search(KEY_PATTERN, name) is not None) == (step_of(name) == REST)


def test_codes_are_keys():
    """Many names that are all currencies make a map, even if each is always there."""
    rates = dict.fromkeys(("USD", "EUR", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK"), 1.5)
    root = tree({"rates": rates}, {"rates": rates})
    assert root.members["rates"].members == {}
    assert root.members["rates"].rest is not None


def test_labels_that_users_choose_are_keys():
    """Many words, no one of them usual, many of them seen once: more are to come."""
    root = tree(
        *({f"team-{'abcdefghijklmnop'[number]}": "x", f"env-{'abcdefghijklmnop'[number]}": "y"} for number in range(16))
    )
    assert root.members == {}


@pytest.mark.parametrize(
    "documents",
    [
        [dict.fromkeys("abcdefghijklmn", 1)] * 3,
        [{"id": 1, "USD": 2}],
        [{f"word{letter}": letter if number % 2 else 1} for number, letter in enumerate("abcdefghijklmnop")],
    ],
)
def test_everything_else_is_a_record(documents):
    """Members that are usual, few, or of several kinds are told apart."""
    assert tree(*documents).members != {}
