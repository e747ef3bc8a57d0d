"""By what states are told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Request
from tapehiss.mocks.errors import BadStateKey
from tapehiss.mocks.statekeys import DIGEST_CHARS, KEY_MAX_CHARS, By, shown, state_by


def key(text: str, *headers: tuple[str, str]) -> str:
    return state_by(text).key_of(Request("GET", "http://m/", headers))


def test_a_header_tells_states_apart():
    """Whatever its case; who does not send it names no state."""
    assert key("header:X-Test-Id", ("x-test-id", "checkout 7")) == "checkout 7"
    assert key("header:X-Test-Id") == ""
    assert key("path", ("x-test-id", "a")) == ""


def test_a_credential_is_never_its_own_key():
    """It is a digest that everybody can compute, also where its header is named."""
    secret = "Bearer " + "made-up"
    assert key("key", ("Authorization", secret)) == key("header:Authorization", ("Authorization", secret))
    assert secret not in key("key", ("Authorization", secret))
    assert len(key("key", ("X-Api-Key", "k"))) == DIGEST_CHARS


@given(st.text(min_size=1, max_size=300))
def test_keys_can_be_shown(told):
    """They are short and printable, and different values have different keys."""
    found = shown(told)
    assert 0 < len(found) <= KEY_MAX_CHARS
    assert found.isprintable()
    assert found == told or shown(told + "x") != found


@pytest.mark.parametrize(
    "text",
    ["", "cookie", "header", "header:", "header:a b", "key:x", "path:x", "port", "port:0", "port:101", "Header:X"],
)
def test_other_words_are_refused(text):
    """With what can be written."""
    with pytest.raises(BadStateKey, match="header:NAME"):
        state_by(text)


def test_three_more_ways():
    """By path, by port, and not at all."""
    assert [state_by(word).by for word in ("path", "port:4", "nothing")] == [By.PATH, By.PORT, By.NOTHING]
    assert state_by("port:4").ports == 4
