"""Which recorded requests are worth asking the vendor again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import exchanges as any_exchanges
from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Cut, Ending
from tapehiss.cassettes.origins import target
from tapehiss.contracts.liveplan import SAFE, Credentials, plan
from traffic import answer

HERE = target("https://test.vendor.example:8443/base", "--live")
URL = "https://api.vendor.example/v1/things"


def path_of(exchange):
    """What an exchange calls, for these tests."""
    return exchange.request.url.split("?")[0]


def asks(exchanges, **options):
    """Method and URL of what is asked."""
    chosen = plan(exchanges, HERE, path_of, **{"most": 50, **options})
    return [(ask.live.method, ask.live.url) for ask in chosen.asks]


def with_headers(*headers):
    """An exchange asked with these headers."""
    exchange = answer({})
    return replace(exchange, request=replace(exchange.request, headers=headers))


@given(st.lists(any_exchanges(), max_size=5), st.integers(1, 3))
def test_only_safe_requests_that_were_taken_are_asked(several, most):
    """Whatever is on a tape: nothing unsafe, nothing that was turned down, never more than allowed, nothing without a reason."""
    try:
        chosen = plan(several, HERE, path_of, most=most)
    except Misuse:
        return
    taken = {each.request for each in several if each.response and each.response.status < 400}
    assert {ask.recorded for ask in chosen.asks} <= taken
    assert {ask.live.method for ask in chosen.asks} <= SAFE
    assert len(chosen.asks) <= most
    assert len(chosen.asks) + sum(chosen.left_out.values()) == len(several)


def test_a_request_goes_to_the_place_that_was_named():
    """Scheme, host and base path of the target, path and query of the recording."""
    assert asks([answer({}, url=f"{URL}?a=1&b=%20")]) == [
        ("GET", "https://test.vendor.example:8443/base/v1/things?a=1&b=%20")
    ]


@pytest.mark.parametrize(
    "other",
    [
        answer({}, method="POST"),
        answer({}, status=404),
        replace(answer({}), response=None),
        replace(answer({}), ending=Ending.TRUNCATED),
        replace(answer({}), request=replace(answer({}).request, cut=Cut(1, ""))),
    ],
)
def test_what_is_not_asked_is_counted(other):
    """With the reason."""
    chosen = plan([other], HERE, path_of, most=5)
    assert chosen.asks == ()
    assert sum(chosen.left_out.values()) == 1


def test_the_same_request_is_asked_once():
    """However often it was recorded."""
    assert len(asks([answer({})] * 3)) == 1


def test_every_operation_has_its_turn():
    """A bounded number touches as many operations as possible."""
    several = [answer({}, url=f"{URL}?n={n}") for n in range(9)] + [answer({}, url="https://api.vendor.example/v2")]
    assert {url.split("?")[0].rpartition("/")[2] for _, url in asks(several, most=2)} == {"things", "v2"}


def test_other_methods_must_be_asked_for():
    """Who says POST means it."""
    assert asks([answer({}, method="POST")], methods=frozenset({"POST"}))[0][0] == "POST"


def test_of_several_origins_one_must_be_named():
    """It is not guessed which vendor stands behind a URL."""
    several = [answer({}), answer({}, url="https://other.example/v1")]
    with pytest.raises(Misuse, match=r"other\.example"):
        asks(several)
    assert len(asks(several, origin="https://other.example")) == 1


def test_what_belongs_to_the_recording_stays_there():
    """Credentials, cookies, conditions and framing of then are not sent; what says what is wanted is."""
    exchange = with_headers(
        ("Accept", "application/json"), ("Vendor-Version", "2026-01-01"), ("Authorization", "x"), ("X-Api-Key", "x"),
        ("Cookie", "x"), ("If-None-Match", "x"), ("Host", "x"), ("Range", "x"), (":authority", "x"),
    )  # fmt: skip
    (ask,) = plan([exchange], HERE, path_of, most=1).asks
    assert ask.live.headers == (("Accept", "application/json"), ("Vendor-Version", "2026-01-01"))


def test_who_asks_gives_credentials():
    """A header and a parameter replace those of the recording, and are in no ``repr``."""
    exchange = answer({}, url=f"{URL}?api_key=then&page=2&access_token=then")
    given_ = Credentials({"Accept": "x/y"}, {"api_key": "now&then"})
    asked = replace(exchange, request=replace(exchange.request, headers=(("accept", "*/*"),)))
    (ask,) = plan([asked], HERE, path_of, most=1, credentials=given_).asks
    assert ask.live.url.endswith("/v1/things?page=2&api_key=now%26then")
    assert ask.live.headers == (("Accept", "x/y"),)
    assert "now" not in repr((ask, given_))
