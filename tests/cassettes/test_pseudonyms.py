"""What stands in a secret's place."""

from __future__ import annotations

import re
import string
import uuid

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tapehiss.cassettes.pseudonyms import is_pseudonym, pseudonym, recased

KEY = b"a project key of some length"
values = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=60).map(str.encode),
    st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=60).map(str.encode),
    st.text("0123456789abcdef", min_size=8, max_size=64).map(str.encode),
    st.text(string.digits, min_size=1, max_size=30).map(str.encode),
    st.uuids().map(lambda each: str(each).encode()),
    st.binary(max_size=60),
)


def kinds(value: bytes) -> str:
    """Digits as 0, letters as a and A, all else as it is."""
    return re.sub("[a-z]", "a", re.sub("[A-Z]", "A", re.sub("[0-9]", "0", value.decode("latin-1"))))


@given(values)
def test_a_pseudonym_is_as_long_and_stands_for_itself(value):
    """Same length; recognised as one; and its own pseudonym under any key."""
    made = pseudonym(KEY, value)
    assert len(made) == len(value)
    assert is_pseudonym(made)
    assert pseudonym(KEY, made) == made
    assert pseudonym(b"somebody else's key", made) == made


@given(values)
def test_the_same_value_has_the_same_pseudonym(value):
    """A recording made again under the same key tells the same story; under another key, another."""
    assert pseudonym(KEY, value) == pseudonym(KEY, value)
    if len(re.findall(rb"[A-Za-z0-9]", value)) > 12:
        assert pseudonym(KEY, value) != pseudonym(b"somebody else's key", value) or is_pseudonym(value)


@given(st.text(string.ascii_letters + string.digits + "-_.:/+=", min_size=16, max_size=60).map(str.encode))
def test_a_long_secret_is_not_its_own_pseudonym(value):
    """Only what was made here passes for a pseudonym."""
    assume(len(re.findall(rb"[A-Za-z0-9]", value)) > 12)
    assert not is_pseudonym(value)
    assert pseudonym(KEY, value) != value


@given(st.text(string.ascii_letters + "ghijk" + string.digits + "-_.:/+= &%", min_size=1, max_size=60).map(str.encode))
def test_every_place_keeps_its_kind(value):
    """Digits stay digits, letters keep their case, punctuation is untouched, so every encoding is as long as before."""
    assume(re.search(rb"[g-zG-Z]", value))
    assume(2 * len(re.findall(rb"[A-Za-z0-9]", value)) >= len(value))
    assert kinds(pseudonym(KEY, value)) == kinds(value)


@given(st.text("0123456789abcdef", min_size=16, max_size=64).map(str.encode), st.booleans())
def test_hexadecimal_stays_hexadecimal(value, upper):
    """In the case that it had."""
    assume(re.search(rb"[a-f]", value) and re.search(rb"[0-9]", value))
    value = value.upper() if upper else value
    assert re.fullmatch(rb"[0-9A-F]+" if upper else rb"[0-9a-f]+", pseudonym(KEY, value))


@given(st.uuids(version=4))
def test_a_uuid_stays_one_of_its_version(value):
    """Version and variant are no secret, and a client may check them."""
    made = uuid.UUID(pseudonym(KEY, str(value).encode()).decode())
    assert (made.version, made.variant) == (value.version, value.variant)


@given(values)
@example(rb"0000000000@0\L0")
@example(rb"\N0")
@example(b"secret&AMP;salt")
def test_letter_case_does_not_hide_one(value):
    """Upper and lower spellings are recognised, and are those of the same pseudonym."""
    made = pseudonym(KEY, value)
    assert is_pseudonym(made.lower())
    assert pseudonym(KEY, value.lower()).lower() == made.lower() or is_pseudonym(value) or is_pseudonym(value.lower())
    assert recased(made, value.upper()) == made.upper()


@pytest.mark.parametrize(
    "value",
    ["sk_" + "test_", "gh" + "p_", "xox" + "b-", "AK" + "IA", "whs" + "ec_", "sk-" + "proj-", "SG" + "."],
)
def test_a_vendor_prefix_stays(value):
    """Who issued a key is no secret, and SDKs look at it."""
    secret = (value + "Z9".join("QWERTZUIOP")).encode()
    assert pseudonym(KEY, secret).startswith(value.encode())
    assert pseudonym(KEY, secret) != secret


@given(st.text("äöüßéèñçÄÖÜ" + string.ascii_lowercase, min_size=8, max_size=30))
def test_letters_beyond_ascii_stay_letters_of_the_same_length(value):
    """A pass phrase in another language has a pseudonym in valid UTF-8, and none of its umlauts at its place by rule."""
    made = pseudonym(KEY, value.encode()).decode()
    assert len(made) == len(value)
    assert len(made.encode()) == len(value.encode())


@given(st.text("!$()*~,;:@?#[]=^|`{}", min_size=6, max_size=30).map(str.encode))
def test_punctuation_alone_is_replaced_too(value):
    """A secret without letters and digits is one all the same."""
    made = pseudonym(KEY, value)
    assert len(made) == len(value)
    assert re.fullmatch(rb"[!$()*~._-]+", made)


def test_numbers_stay_numbers():
    """No leading zero appears, for JSON has none."""
    assert all(
        re.fullmatch(rb"[1-9][0-9]{5}", pseudonym(KEY, str(number).encode())) for number in range(100000, 100400)
    )


def test_escapes_of_punctuation_stay_escapes():
    """A value that is itself escaped text stays escaped text: percent signs, backslashes and entities keep their meaning."""
    made = pseudonym(KEY, rb"abc%2Fdef%3Dghi\njkl&amp;mno")
    assert re.fullmatch(rb"[a-z]{3}%2F[a-z]{3}%3D[a-z]{3}\\n[a-z]{3}&amp;[a-z]{3}", made)
