"""The one door."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Exchange, Message, Request, Response
from tapehiss.cassettes.redaction import Limits, Quarantined, Redactor, Rules, Suspicion, suspicions

KEY = b"a project key of some length"
SECRET = "Xk29fPq7ZLabcd8R"
headers = st.lists(
    st.tuples(
        st.sampled_from(["A", "Cookie", "Authorization", "Set-Cookie", "X-Api-Key", "Content-Type"]),
        st.text(max_size=30),
    ),
    max_size=4,
).map(tuple)
bodies = st.binary(max_size=80) | st.text('{}[]":,\\/&%=+ abcXYZ019passwordtokenkey', max_size=80).map(str.encode)
exchanges = st.builds(
    Exchange,
    request=st.builds(Request, method=st.just("GET"), url=st.text(max_size=40), headers=headers, body=bodies),
    response=st.none() | st.builds(Response, status=st.sampled_from([200, 401]), headers=headers, body=bodies),
    label=st.text(max_size=9),
    messages=st.lists(st.builds(Message, st.booleans(), st.booleans(), bodies, st.just(0.0)), max_size=3).map(tuple),
)


@settings(deadline=None)
@given(exchanges)
def test_any_exchange_goes_through_the_door(x):
    """Nothing raises; what comes out is as long, stays as it is when cleaned again, and arouses no suspicion."""
    redactor = Redactor(Rules(emails=True), key=KEY)
    cleaned = redactor.clean(x)
    assert not isinstance(cleaned, Quarantined)
    assert redactor.clean(cleaned) == cleaned
    assert suspicions(cleaned, Rules(emails=True)) == ()


def test_known_secrets_are_out_from_the_start():
    """Given as texts, or by the rules' environment variables."""
    x = Exchange(Request("GET", f"https://x/{SECRET}"))
    for redactor in (
        Redactor(Rules(), key=KEY, known=[SECRET]),
        Redactor(Rules(known=(("env:X", SECRET.encode()),)), key=KEY),
    ):
        assert SECRET not in redactor.clean(x).request.url
        assert redactor.secrets_known == 1
        assert sum(redactor.taken_out.values()) == 1


def test_what_is_clean_comes_back_itself():
    """Not a copy: nothing was done."""
    x = Exchange(Request("GET", "https://api.vendor.example/v1/things?limit=3"), Response(200, body=b'{"id": "x_1"}'))
    assert Redactor(Rules(), key=KEY).clean(x) is x


def test_too_much_to_read_is_quarantined():
    """A limit on everything."""
    limits = Limits(scan_max_bytes=100)
    held = Redactor(Rules(limits=limits), key=KEY).clean(Exchange(Request("GET", "https://x/", body=bytes(200))))
    assert isinstance(held, Quarantined)
    assert [each.rule for each in held.suspicions] == ["too-large"]


def test_what_is_quarantined_is_not_shown():
    """Neither in its repr nor in a suspicion; what is known is out of it already."""
    import gzip

    x = Exchange(Request("POST", "https://x/", (("X-Api-Key", SECRET),), gzip.compress(SECRET.encode() * 9)))
    held = Redactor(Rules(), key=KEY).clean(x)
    assert isinstance(held, Quarantined)
    assert SECRET not in repr(held)
    assert "POST" not in repr(held)
    assert SECRET not in repr(held.exchange.request.headers)


def test_a_secret_that_cannot_be_put_back_is_quarantined():
    """A decimal reference that would need one digit more."""
    text = "".join(f"&#{ord(char)};" for char in "abc-ca-9-bbacbca")
    held = Redactor(Rules(), key=b"a key for which it does not fit", known=["abc-ca-9-bbacbca"]).clean(
        Exchange(Request("POST", "https://x/", body=text.encode()))
    )
    assert isinstance(held, Quarantined)
    assert held.suspicions == (Suspicion("unplaceable", "exchange", "an encoding that changes its length"),)
    assert suspicions(Exchange(Request("POST", "https://x/", body=b"<password>" + text.encode() + b"</password>")))


def test_the_door_fails_closed():
    """Whatever goes wrong inside, nothing half cleaned comes out, and the reason tells no secret."""
    held = Redactor(Rules(), key=KEY).clean(Exchange(Request("GET", None)))
    assert isinstance(held, Quarantined)
    assert held.suspicions == (Suspicion("failed", "exchange", "AttributeError"),)


@pytest.mark.parametrize("rules", [Rules(), Rules(emails=True)])
def test_e_mail_addresses_only_when_asked_for(rules):
    """Personal data is no credential; whoever wants it out says so."""
    x = Exchange(Request("POST", "https://x/", body=b'{"to": "jane.doe@example.org"}'))
    cleaned = Redactor(rules, key=KEY).clean(x)
    assert (b"jane.doe@" in cleaned.request.body) is not rules.emails
    assert cleaned.request.body.endswith(b'@example.org"}')
