"""Known secrets, found again."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.taints import Taint, Taints

secrets = st.lists(
    st.text(string.ascii_letters + string.digits, min_size=8, max_size=40).map(str.encode),
    min_size=1,
    max_size=30,
    unique_by=bytes.lower,
)
noise = st.binary(max_size=50)


def taint(value: bytes, *, bounded: bool = False) -> Taint:
    return Taint(value, b"*" * len(value), "test", bounded)


@given(secrets, noise, noise)
def test_every_secret_is_found_wherever_it_stands(values, before, after):
    """Whatever else is known, and in whatever tier of automata it lies."""
    taints = Taints()
    for value in values:
        taints.add(taint(value))
        text = before + b"<" + value + b">" + after
        assert value not in taints.without(text)
    assert all(value not in taints.without(before + value + after) for value in values)


@given(secrets, noise)
def test_a_text_without_secrets_stays(values, text):
    """Nothing else is touched."""
    if not any(value.lower() in text.lower() for value in values):
        taints = Taints(map(taint, values))
        assert taints.without(text) == text
        assert taints.found(text) == []


def test_a_thousand_secrets_learnt_one_by_one_are_all_found():
    """The tiers merge as they grow; none is lost."""
    taints, values = Taints(), [f"secret-number-{i:04d}".encode() for i in range(1000)]
    for value in values:
        taints.add(taint(value))
        assert len(taints.found(value)) == 1
    assert all(len(taints.found(b"a " + value)) == 1 for value in values)
    assert len(taints) == 1000


def test_tiers_become_one_when_nothing_is_learnt():
    """After a while a scan costs one automaton again."""
    taints = Taints([taint(b"first-secret")])
    taints.found(b"")
    for i in range(3):
        taints.add(taint(f"secret-number-{i}".encode()))
        taints.found(b"")
    for _ in range(2100):
        taints.found(b"")
    assert len(taints._tiers) == 1
    assert len(taints.found(b"first-secret secret-number-2")) == 2


def test_the_longest_of_two_that_begin_together_wins():
    """A token within a longer one does not break it."""
    taints = Taints([taint(b"abcdefgh"), Taint(b"abcdefghijkl", b"############", "test")])
    assert taints.without(b"x abcdefghijkl abcdefgh") == b"x ############ ********"


def test_letter_case_does_not_hide_a_secret():
    """Its pseudonym takes the case in which it stands."""
    taints = Taints([Taint(b"SeCrEtToken9", b"PsEuDoNyms1x", "test")])
    assert (
        taints.without(b"secrettoken9 SECRETTOKEN9 SeCrEtToken9 sEcReTtOKEN9")
        == b"pseudonyms1x PSEUDONYMS1X PsEuDoNyms1x pSeUdOnYMS1x"
    )


def test_a_bounded_secret_stands_alone():
    """Short and word-like ones are not cut out of words."""
    taints = Taints([taint(b"hunter2", bounded=True)])
    assert taints.without(b"hunter2 hunter22 xhunter2 'hunter2'") == b"******* hunter22 xhunter2 '*******'"


def test_a_secret_is_learnt_once():
    """And nothing is no secret."""
    taints = Taints()
    assert taints.add(taint(b"abcdefgh"))
    assert not taints.add(taint(b"abcdefgh"))
    assert not taints.add(taint(b""))
    assert b"abcdefgh" in taints
    assert len(taints) == 1


def test_a_secret_that_the_end_cuts_off_is_seen():
    """From six bytes on; the right one of two that begin alike."""
    taints = Taints([taint(b"sk_live_aaaaaaaa"), taint(b"sk_live_bbbbbbbb")])
    cut = taints.begun_at_end(b'{"key": "sk_live_bbb', 6)
    assert cut is not None
    assert (cut[0], cut[1].value) == (9, b"sk_live_bbbbbbbb")
    assert taints.begun_at_end(b'{"key": "sk_l', 6) is None
    assert taints.begun_at_end(b'{"key": "sk_live_bbbbbbbb"', 6) is None


def test_a_taint_says_nothing_of_its_secret():
    """Neither in a repr nor in an error that shows one."""
    assert "abcdefgh" not in repr(taint(b"abcdefgh"))
