"""Tokens as values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.errors import Misuse
from tapehiss.clients.tokens import Token, from_text, good_for_s, to_text, token_of

TOKENS = st.builds(
    Token,
    st.text(min_size=1, max_size=9),
    st.text(max_size=9),
    st.just("Bearer"),
    st.none() | st.floats(0, 1e6),
    st.floats(0, 2e9),
    st.text(max_size=9),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["access_token", "expires_in", "token_type", "refresh_token", "access", "life_s"]), inner),
)  # fmt: skip


@given(TOKENS)
def test_what_was_kept_comes_back(token):
    """A token survives being text, and says nothing of itself aloud."""
    assert from_text(to_text(token)) == token
    assert "access" not in repr(token)


@given(st.text(max_size=40) | JSON.map(str))
def test_what_is_no_token_is_refused(text):
    """Any other text is an error of ours, or a sound token."""
    try:
        token = from_text(text)
    except Misuse:
        return
    assert isinstance(token.access, str)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"access": 1}', '{"access": "a", "life_s": "x"}', '{"access": "a", "issued_s": NaN}',
             '{"access": "a", "life_s": -1}', '{"access": "a", "life_s": true, "kind": 3}', "[" * 100_000],
)  # fmt: skip
def test_damaged_text(text):
    """A store that somebody wrote into."""
    with pytest.raises(Misuse):
        from_text(text)


@given(JSON)
def test_any_answer(document):
    """Whatever a token endpoint answers, there is a sound token or none; nothing raises."""
    token = token_of(document, 5.0)
    if token is not None:
        assert token.access.isascii()
        assert " " not in token.access
        assert token.life_s is None or math.isfinite(token.life_s)


@pytest.mark.parametrize(
    ("said", "life_s"),
    [
        (3600, 3600),
        ("3600", 3600),
        (0, 0),
        (-1, None),
        ("soon", None),
        (None, None),
        (1e30, None),
        (math.inf, None),
        ([], None),
    ],
)
def test_how_long_it_lives(said, life_s):
    """Numbers, also as text; what is no number of seconds counts as not said."""
    assert token_of({"access_token": "a", "expires_in": said}, 0.0).life_s == life_s


def test_a_refresh_token_that_is_not_replaced_stays_good():
    """RFC 6749 section 6: a new one may come with the answer, or not."""
    before = Token("a", "r1")
    assert token_of({"access_token": "b"}, 0.0, before).refresh == "r1"
    assert token_of({"access_token": "b", "refresh_token": "r2"}, 0.0, before).refresh == "r2"
    assert token_of({"access_token": "b", "token_type": "bearer"}, 0.0).kind == "Bearer"
    assert token_of({"access_token": "b", "token_type": "a b"}, 0.0) is None


@given(st.floats(0, 1e6), st.floats(0, 1e3))
def test_the_margin_is_at_most_half(life_s, margin_s):
    """A short-lived token serves for half its life at least (A5)."""
    good_s = good_for_s(Token("a", life_s=life_s), margin_s)
    assert life_s / 2 <= good_s <= life_s
    assert good_for_s(Token("a"), margin_s) == math.inf
