"""One exchange's way through the door."""

from __future__ import annotations

import json

from tapehiss.cassettes.cleaning import Cleaning
from tapehiss.cassettes.exchange import Cut, Ending, Exchange, Request, Response
from tapehiss.cassettes.judgement import Judge
from tapehiss.cassettes.pseudonyms import pseudonym
from tapehiss.cassettes.rules import Limits, Rules
from tapehiss.cassettes.spotting import spotter_of
from tapehiss.cassettes.surface import surface_of

KEY = b"a project key of some length"
SECRET = "Xk29fPq7ZLabcd8R"


def cleaning_of(x: Exchange, rules: Rules | None = None, known: tuple[str, ...] = ()) -> Cleaning:
    rules = rules or Rules()
    judge = Judge(rules, KEY, [("known", value.encode()) for value in known])
    return Cleaning(rules, spotter_of(rules), judge, x, surface_of(x))


def test_what_is_learnt_inside_is_replaced_outside():
    """A field inside JSON inside JSON, and the same text in the URL, which was read before."""
    x = Exchange(
        Request("POST", f"https://x/{SECRET}", body=json.dumps({"a": json.dumps({"password": SECRET})}).encode())
    )
    assert SECRET.encode() not in cleaning_of(x).cleaned()


def test_what_was_replaced_is_counted_by_rule():
    """Every place counts; an echo counts for the rule that found the secret."""
    cleaning = cleaning_of(
        Exchange(Request("POST", "https://x/", body=json.dumps({"password": SECRET, "b": SECRET}).encode()))
    )
    cleaning.cleaned()
    assert cleaning.taken_out == {"name:password": 2}


def test_changes_say_where_and_not_what():
    """What ``tape verify`` reports."""
    cleaning = cleaning_of(Exchange(Request("POST", "https://x/", body=b'{"password": "hunter22"}')))
    cleaning.cleaned()
    assert [str(change) for change in cleaning.changes] == ["name:password in request.body at byte 14"]


def test_a_secret_that_the_end_cuts_off():
    """Half a secret is half too much."""
    for more in ({"ending": Ending.TRUNCATED}, {}):
        cut = None if more else Cut(99, "00")
        x = Exchange(
            Request("GET", "https://x/"), Response(200, body=b'{"a": "' + SECRET[:9].encode(), cut=cut), **more
        )
        view = cleaning_of(x, known=(SECRET,)).cleaned()
        assert SECRET[:9].encode() not in view
        assert pseudonym(KEY, SECRET.encode())[:9] in view


def test_a_secret_in_compressed_data_is_a_suspicion():
    """It can be read, but not replaced at the same length; without a secret the data passes."""
    import gzip

    for body, suspected in ((gzip.compress(SECRET.encode() * 3), True), (gzip.compress(b"nothing in it"), False)):
        cleaning = cleaning_of(Exchange(Request("POST", "https://x/", body=body)), known=(SECRET,))
        cleaning.cleaned()
        assert [each.rule for each in cleaning.suspicions] == ["compressed"] * suspected


def test_encodings_without_end_are_a_suspicion():
    """More to read inside than outside, by a factor: fails closed."""
    rules = Rules(limits=Limits(decoded_max_ratio=1))
    body = ("%2525252525" * 100_000).encode()
    cleaning = cleaning_of(Exchange(Request("POST", "https://x/", body=body)), rules)
    cleaning.cleaned()
    assert [each.rule for each in cleaning.suspicions] == ["too-deep"]


def test_too_many_secrets_are_a_suspicion():
    """What cannot be remembered is not let through."""
    rules = Rules(limits=Limits(taints_max=1))
    x = Exchange(Request("POST", "https://x/", body=b'{"password": "first-secret-1", "api_key": "second-secret-2"}'))
    cleaning = cleaning_of(x, rules)
    cleaning.cleaned()
    assert [each.rule for each in cleaning.suspicions] == ["too-many-secrets"]


def test_rounds_have_an_end():
    """Something new in every round, for ever, is a suspicion."""
    cleaning = cleaning_of(
        Exchange(Request("POST", "https://x/", body=json.dumps({"a": json.dumps({"password": SECRET})}).encode())),
        Rules(limits=Limits(rounds_max=1)),
    )
    cleaning.cleaned()
    assert [each.rule for each in cleaning.suspicions] == ["unstable"]


def test_a_secret_in_a_body_that_stayed_encoded_is_a_suspicion():
    """Cut off inside its coding, it is read as far as it can be; without a secret it passes."""
    import zlib

    for text, suspected in ((SECRET.encode() + bytes(range(256)) * 40, True), (bytes(range(256)) * 40, False)):
        packed = zlib.compress(text)
        response = Response(200, "OK", (("Content-Encoding", "deflate"),), packed[:-9], undecoded=True)
        cleaning = cleaning_of(Exchange(Request("GET", "https://x/"), response, Ending.TRUNCATED), known=(SECRET,))
        cleaning.cleaned()
        assert ["compressed"] * suspected == [each.rule for each in cleaning.suspicions]


def test_a_secret_in_a_body_of_zlib_is_a_suspicion():
    """No header says what it is, and it begins as zlib's data does."""
    import zlib

    x = Exchange(Request("POST", "https://x/", body=zlib.compress(b"password=" + SECRET.encode())))
    cleaning = cleaning_of(x)
    cleaning.cleaned()
    assert [each.rule for each in cleaning.suspicions] == ["compressed"]


def test_encodings_are_undone_to_a_depth():
    """Beyond it nothing is read."""
    from urllib.parse import quote

    text = SECRET + "/"
    for _ in range(2):
        text = quote(text, safe="")
    x = Exchange(
        Request("POST", "https://x/", body=b"%" + text.replace(SECRET[0], f"%25{ord(SECRET[0]):02X}").encode())
    )
    assert cleaning_of(x, Rules(limits=Limits(depth_max=1)), (SECRET,)).cleaned() == surface_of(x).view
    assert cleaning_of(x, known=(SECRET,)).cleaned() != surface_of(x).view
