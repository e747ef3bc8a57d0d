"""How vendors sign, against examples that are not ours."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from tapehiss.contracts.webhook_styles import STYLES, TOLERANCE_S

BODY = b'{"id":"evt_1"}'


def hex_of(key: bytes, content: bytes) -> str:
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def test_every_style_names_its_source():
    """A style is a fact about a vendor, and says which page has it."""
    assert all(each.source.startswith("https://") and each.name == name for name, each in STYLES.items())


def test_the_example_of_github():
    """The vendor's own test values: docs.github.com, validating webhook deliveries, testing."""
    secret = STYLES["github"].key("It's a Secret to Everybody")
    found = hex_of(secret, STYLES["github"].signed("", "", b"Hello, World!"))
    assert found == "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_the_example_of_slack():
    """The vendor's own test values: docs.slack.dev, verifying requests from Slack."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name="
        b"foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F"
        b"hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015."
        b"47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    key = STYLES["slack"].key("8f742231b10e8888" + "abcd99yyyzzz85a5")
    found = hex_of(key, STYLES["slack"].signed("", "1531420618", body))
    assert found == "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def test_the_example_of_standard_webhooks():
    """The values of the specification's own test vector (id, time, body and secret joined by full stops, base64)."""
    style = STYLES["standard"]
    key = style.key("whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = style.signed("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert style.spelt(hmac.new(key, signed, hashlib.sha256).digest()) == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_klaviyo_puts_the_time_behind_the_body():
    """Body first, no separator; the time in the vendor's words."""
    style = STYLES["klaviyo"]
    assert style.signed("", "Tue, 14 Apr 2026 03:50:12 GMT", BODY) == BODY + b"Tue, 14 Apr 2026 03:50:12 GMT"
    assert style.time_text(1_776_138_612.9) == "Tue, 14 Apr 2026 03:50:12 GMT"


@pytest.mark.parametrize(
    ("text", "unix_s"),
    [
        ("Tue, 14 Apr 2026 03:50:12 GMT", 1_776_138_612.0),
        ("2026-04-14T03:50:12+00:00", 1_776_138_612.0),
        ("1776138612", 1_776_138_612.0),
        ("yesterday", None),
        ("6m0s", None),
        ("", None),
    ],
)
def test_times_of_klaviyo(text, unix_s):
    """Each form that customers of this vendor have seen, and nothing else."""
    assert STYLES["klaviyo"].instant(text) == unix_s


@pytest.mark.parametrize(
    "text", ["1700000000.9", "1.7e9", "170_0000000", " 1700000000", "-1", "+1", "١٧", "9" * 13, ""]
)
def test_other_times_are_ascii_digits(text):
    """The signed time is the literal header: what only some parsers read as a number is none."""
    assert STYLES["standard"].instant(text) is None


def test_signatures_that_cannot_be_read_count_for_nothing():
    """A vendor that adds a scheme, or a broken entry before a good one, breaks nobody."""
    assert STYLES["standard"].parts("v1a,x v1 v1,good ,, v1,b,c") == ("", ("good", "b,c"))
    assert STYLES["stripe"].parts("t=1,v0=x,v1=a,v1=b,=,v1") == ("1", ("a", "b", ""))
    assert STYLES["stripe"].parts("t=1,t=2,v1=a") == ("", ("a",))
    assert STYLES["github"].parts("sha1=abc") == ("", ())
    assert STYLES["slack"].parts("v0=abc") == ("", ("abc",))


def test_a_secret_of_standard_webhooks_is_base64():
    """With its prefix or without, padded or not."""
    key = STYLES["standard"].key
    assert key("whsec_YWI=") == key("YWI") == b"ab"
    for secret in ("whsec_~~", "Y", "ä"):
        with pytest.raises(ValueError, match="not base64"):
            key(secret)


def test_how_late_a_delivery_may_be():
    """Five minutes where the vendor says so; half a day for the one that says nothing and is hours off."""
    assert {name: each.tolerance_s for name, each in STYLES.items() if each.tolerance_s != TOLERANCE_S} == {
        "klaviyo": 43_200.0
    }
