"""Secret or not, and what stands instead."""

from __future__ import annotations

import base64

import pytest

from tapehiss.cassettes.judgement import Judge, TooManySecrets
from tapehiss.cassettes.pseudonyms import is_pseudonym, pseudonym
from tapehiss.cassettes.rules import Limits, Rules
from tapehiss.cassettes.secretnames import Strength
from tapehiss.cassettes.spotting import Find

KEY = b"a project key of some length"


def find(rule: str = "name:password", strength: Strength = Strength.STRONG, sure: int = 2, form: str = "plain") -> Find:
    return Find(0, 0, form, strength, rule, sure)


def judge(rules: Rules | None = None) -> Judge:
    return Judge(rules or Rules(), KEY, ())


def test_a_secret_becomes_its_pseudonym_and_a_taint():
    """From then on it is known."""
    j = judge()
    assert j.verdict(b"hunter22", find()) == (pseudonym(KEY, b"hunter22"), True)
    assert b"hunter22" in j.taints


def test_a_short_secret_is_replaced_only_there():
    """Too short or too common to be told from a word."""
    j = judge()
    assert j.verdict(b"1234", find())[0] != b"1234"
    assert j.verdict(b"admin", find())[0] != b"admin"
    assert len(j.taints) == 0


def test_a_pseudonym_stays():
    """And is remembered as one."""
    made = pseudonym(KEY, b"some secret value 9")
    assert judge().verdict(made, find()) == (made, True)


@pytest.mark.parametrize("value", [b"", b"***", b"<token>", b"REDACTED", b'{"a": 1}', b"https://vendor.example/reset"])
def test_what_is_no_secret_under_any_name(value):
    """Placeholders, documents and addresses, in which secrets are found by themselves."""
    assert judge().verdict(value, find()) == (value, False)


@pytest.mark.parametrize(("rule", "value", "secret"), [
    ("name:token", b"next", False),
    ("name:token", b"Xk29fPq7ZLabcd8R", True),
    ("name:token", b"550e8400-e29b-41d4-a716-446655440000", True),
    ("name:code", b"550e8400-e29b-41d4-a716-446655440000", False),
    ("name:code", b"resource_missing", False),
    ("name:signature", b"0123456789abcdef" * 4, True),
    ("name:signature", b"Xk29fPq7ZLabcd8R" * 9, False),
    ("name:key", b"uploads/9f8e7d6c5b4a39281706f5e4.png", False),
    ("name:key", b"9f8e7d6c5b4a39281706f5e4d3c2b1a0", True),
    ("name:pin", b"4711", True),
    ("name:pin", b"blue", False),
])  # fmt: skip
def test_under_an_ambiguous_name_the_value_decides(rule, value, secret):
    """By what the name is otherwise used for."""
    made, is_secret = judge().verdict(value, find(rule, Strength.WEAK))
    assert is_secret is secret
    assert (made != value) is secret


def test_words_in_a_refusal_are_words():
    """In an error, a password's field says what is wrong with it; elsewhere words are a pass phrase."""
    words = b"is too short and must be longer"
    assert judge().verdict(words, find("refused:password")) == (words, False)
    assert judge().verdict(words, find("name:password"))[1]


def test_code_is_no_secret_where_code_may_stand():
    """``password=get_password()`` in a text; in a form it is one."""
    assert not judge().verdict(b"get_password()", find(sure=1))[1]
    assert judge().verdict(b"get_password()", find(sure=2))[1]


@pytest.mark.parametrize("scheme", [b"Bearer ", b"bearer ", b"Token ", b"ApiKey "])
def test_a_scheme_stays(scheme):
    """What follows it is the secret."""
    made, _ = judge().verdict(scheme + b"Xk29fPq7ZLabcd8R", find())
    assert made == scheme + pseudonym(KEY, b"Xk29fPq7ZLabcd8R")


@pytest.mark.parametrize(
    ("user", "password", "kept"), [("jane", "hunter22", "jane"), ("sk_x9Xk29fPq7", "", None), ("user7", "y9", None)]
)
def test_basic_credentials_stay_basic_credentials(user, password, kept):
    """Both halves are judged; a name made of letters alone is a name."""
    text = base64.b64encode(f"{user}:{password}".encode())
    made, _ = judge().verdict(text, find(form="basic"))
    new_user, _, new_password = base64.b64decode(made).decode().partition(":")
    assert len(made) == len(text)
    assert (new_user == kept) is (kept is not None)
    assert new_password != password or not password


def test_basic_credentials_that_are_none_are_a_secret_as_a_whole():
    """Some vendors put a key there without encoding it."""
    assert judge().verdict(b"Xk29fPq7!!ZLab", find(form="basic"))[0] != b"Xk29fPq7!!ZLab"
    assert judge().verdict(base64.b64encode(b"nocolonhere9"), find(form="basic"))[1]


def test_a_signed_credential_keeps_its_scope():
    """Date, region and service of AWS's credential are no secret."""
    made, _ = judge().verdict(b"AKIDXX9/20260101/eu/s3/aws4_request", find("name:xamzcredential", Strength.STRONG))
    assert made.endswith(b"/20260101/eu/s3/aws4_request")
    assert not made.startswith(b"AKIDXX9")


def test_an_echoed_header_is_read_as_one():
    """A service that repeats what it was sent, in JSON."""
    made, _ = judge().verdict(b"theme=x; session=Xk29fPq7ZLabcd8R", find("name:cookie", Strength.WEAK))
    assert made.startswith(b"theme=")
    assert made.endswith(b"; session=" + pseudonym(KEY, b"Xk29fPq7ZLabcd8R"))


def test_a_private_key_keeps_its_frame():
    """Line by line, with line breaks of any spelling."""
    for end in (b"\n", b"\\n", b"\r\n"):
        text = end.join(
            [
                b"-----BEGIN PRIVATE KEY-----",
                b"MIIabcdefgh0123456789",
                b"ABCdefgh0123456789+/=",
                b"-----END PRIVATE KEY-----",
            ]
        )
        made, _ = judge().verdict(text, find("name:privatekey"))
        assert len(made) == len(text)
        assert made.count(end) == text.count(end)
        assert made.startswith(b"-----BEGIN PRIVATE KEY-----" + end)
        assert b"MIIabcdefgh" not in made


def test_base64_of_a_text_makes_the_text_known_too():
    """A Kubernetes secret is base64 of what other requests send plainly."""
    j = judge()
    j.verdict(base64.b64encode(b"plain-password-7"), find())
    assert b"plain-password-7" in j.taints


def test_a_text_beyond_ascii_is_known_in_both_codings():
    """UTF-8, and latin-1 as old servers write it."""
    j = judge()
    j.verdict("pässwörd-7-lang".encode(), find())
    assert "pässwörd-7-lang".encode("latin-1") in j.taints


def test_kept_values_stay():
    """A project says which values are no secret."""
    import re

    rules = Rules(keep_values=(re.compile(rb"pk_test_.*"),))
    assert judge(rules).verdict(b"pk_test_Xk29fPq7", find()) == (b"pk_test_Xk29fPq7", False)


def test_what_is_known_from_the_start():
    """Values of environment variables."""
    j = Judge(Rules(), KEY, [("env:X_TOKEN", b"Xk29fPq7ZLabcd8R"), ("env:Y", b"ab")])
    assert j.taints.without(b"a Xk29fPq7ZLabcd8R b") == b"a " + pseudonym(KEY, b"Xk29fPq7ZLabcd8R") + b" b"
    assert len(j.taints) == 1


def test_a_cookie_that_is_a_setting_is_replaced_only_there():
    """The name of a place stands in bodies, too, and is no secret there."""
    j = judge()
    assert j.verdict(b"America/New_York", find("header:cookie"))[0] != b"America/New_York"
    assert len(j.taints) == 0
    j.verdict(b"Xk29fPq7ZLabcd8R", find("header:set-cookie"))
    assert len(j.taints) == 1


def test_more_secrets_than_can_be_remembered():
    """Fails closed: the exchange is not let through half cleaned."""
    j = judge(Rules(limits=Limits(taints_max=2)))
    j.verdict(b"first-secret-1", find())
    j.verdict(b"second-secret-2", find())
    with pytest.raises(TooManySecrets):
        j.verdict(b"third-secret-3", find())


def test_verdicts_are_remembered_within_bounds():
    """A long recording does not fill the memory with them."""
    j = judge()
    for i in range(20_100):
        j.verdict(b"v%d" % i, find(strength=Strength.WEAK))
    assert len(j._verdicts) <= 20_000


def test_made_is_a_pseudonym():
    """Recognised by anybody."""
    assert is_pseudonym(judge().verdict(b"Xk29fPq7ZLabcd8R", find())[0])


def test_a_document_of_secrets_keeps_its_names():
    """A secret manager's answer is JSON in JSON; every text in it is a secret, whatever its name."""
    value = b'{"username": "app-user-7", "anything": "Xk29fPq7ZLabcd8R"}'
    made, is_secret = judge().verdict(value, find("name:secretstring"))
    assert is_secret
    assert made.startswith(b'{"username": "')
    assert b'"anything": "' + pseudonym(KEY, b"Xk29fPq7ZLabcd8R") in made


def test_a_scheme_and_a_word_are_a_credential_under_any_strength():
    """Where a field ``authorization`` may hold anything, a scheme and one word are no accident; a sentence is none."""
    weak = find("name:authorization", Strength.WEAK)
    assert judge().verdict(b"Bearer short-one-7", weak)[0].startswith(b"Bearer ")
    assert judge().verdict(b"Bearer short-one-7", weak)[0] != b"Bearer short-one-7"


def test_basic_credentials_in_a_field_keep_their_scheme():
    """The scheme, the user and the colon stay; the password goes."""
    user = b"Basic " + base64.b64encode(b"ada:hunter22")
    made, secret = judge().verdict(user, find("name:authorization"))
    assert secret
    assert made.startswith(b"Basic ")
    assert base64.b64decode(made[6:]) == b"ada:" + pseudonym(KEY, b"hunter22")


def test_basic_credentials_that_are_no_text_are_a_secret_as_a_whole():
    """Bytes that decode to no text are a token that looks like base64."""
    word = base64.b64encode(b"\xff\xfe\xfd:\xfc\xfb\xfa12")
    assert judge().verdict(word, find("basic", form="basic")) == (pseudonym(KEY, word), True)


@pytest.mark.parametrize(("value", "secret"), [(b"hush-hush", True), (b"FAILED", False), (b"1234567", False)])
def test_a_pass_may_be_a_password_or_an_outcome(value, secret):
    """Test reports count passes; credentials files have one."""
    assert judge().verdict(value, find("name:pass", Strength.WEAK))[1] is secret


def test_how_much_the_surroundings_say_counts():
    """Somewhere in a value only what looks random is a secret; an address on a blockchain never is."""
    assert judge().verdict(b"hush-hush", find(sure=0))[1] is False
    assert judge().verdict(b"x9Kq2Lm4Zr7Tb1Wd", find(sure=0))[1] is True
    assert judge().verdict(b"0x" + b"1f" * 20, find("name:token", Strength.WEAK))[1] is False
