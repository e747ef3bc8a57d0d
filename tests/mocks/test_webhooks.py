"""The plan: what is sent because of one event, and what befalls it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.errors import Misuse
from tapehiss.contracts.errors import WebhookError
from tapehiss.contracts.webhook_retries import RETRIES
from tapehiss.contracts.webhook_signatures import keyring, verify
from tapehiss.contracts.webhook_styles import STYLES
from tapehiss.mocks.webhook_templates import Occasion, Template, written
from tapehiss.mocks.webhooks import (
    Forgery,
    Plan,
    Sending,
    Storm,
    dice,
    endpoint,
    id_of,
    path_of,
    sendings,
    share,
    signed,
)

NOW = 1_700_000_000.0


def plan_of(name="stripe", **more) -> Plan:
    return Plan(keyring(name, ["whsec_" + "YWJj"]), **more)


def message(plan, event_id="evt_1"):
    return written(Template("t", "x"), plan.ring.style, 0, event_id, Occasion(), NOW)


@pytest.mark.parametrize("name", STYLES)
def test_what_is_genuine_is_believed_and_what_is_forged_is_not(name):
    """Every kind of forgery, in every style, against the core of the receivers."""
    plan = plan_of(name)
    headers, body = signed(plan, Sending(message(plan)), NOW)
    verify(plan.ring, headers, body, NOW)
    for kind in Forgery:
        if kind is Forgery.STALE and not plan.ring.style.timed:
            continue
        headers, body = signed(plan, Sending(message(plan), forged=kind), NOW)
        with pytest.raises(WebhookError):
            verify(plan.ring, headers, body, NOW)


@given(st.integers(0, 2**32), st.integers(0, 50))
def test_the_same_seed_sends_the_same(seed, number):
    """Whatever else is sent, and in whatever order."""
    storm = Storm(1.0, 5.0, 0.5, 0.3, 0.3, 0.2, 0.5)
    plan = plan_of(storm=storm)
    event_id = id_of(seed, "t", number)
    one = list(sendings(plan, seed, message(plan, event_id), message(plan, "forged")))
    assert one == list(sendings(plan, seed, message(plan, event_id), message(plan, "forged")))
    assert all(1.0 <= delay_s < 6.0 for delay_s, _ in one)
    assert dice(seed, number).random() == dice(seed, number).random()


def test_shares_are_met():
    """Of many events, as many are doubled, dropped and forged as was asked for; kinds of forgery are all used."""
    plan = plan_of("github", storm=Storm(duplicates=0.3, dropped=0.2, forged=0.5, lost=0.1, unheard=0.4))
    sent = [list(sendings(plan, 7, message(plan, id_of(7, n)), message(plan, "f"))) for n in range(4000)]
    genuine = [[each for _, each in one if not each.forged] for one in sent]
    forged = [each.forged for one in sent for _, each in one if each.forged]
    kept = 0.8 * 4000
    assert sum(not one for one in sent) == pytest.approx(0.2 * 4000, rel=0.1)
    assert sum(len(one) == 2 for one in genuine) == pytest.approx(0.3 * kept, rel=0.1)
    assert len(forged) == pytest.approx(0.5 * kept, rel=0.1)
    assert set(forged) == {*Forgery} - {Forgery.STALE}
    attempts = [each for one in genuine for each in one]
    assert sum(each.lost for each in attempts) == pytest.approx(0.1 * len(attempts), rel=0.15)
    assert sum(each.unheard for each in attempts) == pytest.approx(0.4 * len(attempts), rel=0.1)


def test_fair_weather_sends_once_and_at_once():
    """Nothing happens that was not asked for."""
    plan = plan_of()
    assert list(sendings(plan, 1, message(plan), message(plan))) == [(0.0, Sending(message(plan)))]


def test_a_higher_share_strikes_what_a_lower_one_struck():
    """The draw does not depend on the share."""
    assert 0 <= share(1, "a", 2) == share(1, "a", 2) < 1
    assert share(1, "a", 2) != share(2, "a", 2) != share(2, "b", 2)


def test_repeats_say_so_where_the_vendor_does():
    """Slack numbers them."""
    plan = plan_of("slack", retries=RETRIES["slack"])
    first, second = (dict(signed(plan, Sending(message(plan), attempt=number), NOW)[0]) for number in (0, 1))
    assert "X-Slack-Retry-Num" not in first
    assert second["X-Slack-Retry-Num"] == "1"


def test_waits_go_by_the_pace():
    """A day in a second, for tests."""
    assert plan_of(pace=0.01).paced.waits_s[1] == 0.05
    assert plan_of(templates=(Template("a", "x"),)).template("a").type == "x"
    assert plan_of().template("b") is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x?y=1", "http://localhost/", "https://[::1]:8443/hooks"])
def test_endpoints_on_this_machine(url):
    """Anything on loopback will do; its query is not said aloud."""
    assert endpoint(url) == url
    assert "?" not in path_of(url)


@pytest.mark.parametrize(
    "url", ["http://192.168.0.1/", "https://hooks.example/", "http://localhost.evil.example/", "http://2130706433/", "http://0.0.0.0/"]
)  # fmt: skip
def test_endpoints_elsewhere_are_refused_unless_told(url):
    """A mock that can be steered must not send signed requests into the world."""
    with pytest.raises(Misuse, match="not this machine"):
        endpoint(url)
    assert endpoint(url, anywhere=True) == url


@pytest.mark.parametrize(
    "url",
    ["", "ftp://127.0.0.1/", "127.0.0.1:80", "http://127.0.0.1/a b", "http://me:pw@127.0.0.1/", "http://127.0.0.1/\n"],
)
def test_what_is_no_endpoint(url):
    """Said before anything is sent."""
    with pytest.raises(Misuse):
        endpoint(url)
