"""Signing and verifying: the laws first, then the packages of the vendors."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tapehiss.cassettes.errors import Misuse
from tapehiss.contracts.errors import BadSignature, OutOfTime, Unsigned, WebhookError
from tapehiss.contracts.webhook_signatures import ID_MAX, SECRETS_MAX, Keyring, Stamp, keyring, sign, verify
from tapehiss.contracts.webhook_styles import STYLES

NOW = 1_700_000_000.0
SECRETS = tuple("whsec_" + base64.b64encode(bytes([number]) * 24).decode() for number in range(4))
TIMED = [name for name, style in STYLES.items() if style.timed]

names = st.sampled_from(list(STYLES))
secrets = st.lists(st.sampled_from(SECRETS), min_size=1, max_size=3, unique=True)
ids = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
bodies = st.binary(max_size=60)
texts = st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))


def test_both_sides_agree():
    """What one side signs the other believes, and learns who and when."""
    for name, style in STYLES.items():
        ring = keyring(name, SECRETS[:1])
        stamp = verify(ring, sign(ring, "msg_1", NOW + 0.7, b"{}"), b"{}", NOW)
        assert stamp == Stamp("msg_1" if style.signed_id else "", NOW if style.timed else None)


@given(names, ids, st.floats(0, 4e9), bodies, secrets, secrets)
def test_a_delivery_is_believed_exactly_if_a_secret_is_shared(name, message, unix_s, body, theirs, ours):
    """Rotation on both sides: any signature by any secret will do; where only one has room, it is the newest's."""
    sent = theirs if STYLES[name].rotates else theirs[:1]
    headers = sign(keyring(name, theirs), message, unix_s, body)
    if set(sent) & set(ours):
        assert verify(keyring(name, ours), headers, body, unix_s, tolerance_s=1).id in {message, ""}
    else:
        with pytest.raises(BadSignature):
            verify(keyring(name, ours), headers, body, unix_s, tolerance_s=1)


@given(names, ids, bodies, st.data())
def test_one_byte_changed_is_one_too_many(name, message, body, data):
    """No byte of body, id, time or signature can be another one."""
    ring = keyring(name, SECRETS[:1])
    headers = sign(ring, message, NOW, body)
    place = data.draw(st.integers(-1, len(headers) - 1))
    old = body if place < 0 else headers[place][1].encode()
    assume(old)
    at = data.draw(st.integers(0, len(old) - 1))
    new = old[:at] + bytes([data.draw(st.integers(0, 255).filter(lambda byte: byte != old[at]))]) + old[at + 1 :]
    changed = [*headers]
    if place >= 0:
        changed[place] = (headers[place][0], new.decode("latin-1"))
    with pytest.raises(WebhookError):
        verify(ring, tuple(changed), new if place < 0 else body, NOW, tolerance_s=1e12)


@given(names, st.lists(st.tuples(st.integers(0, 3), texts), max_size=5), bodies, st.floats(0, 1e10))
@example("stripe", [(0, "t=1,v1=\u00e9")], b"", 0.0)
@example("standard", [(0, "v1,a,b"), (1, "1"), (2, "1")], b"\xff", 0.0)
@example("standard", [(0, "v1,a"), (1, "\ud800"), (2, "1")], b"", 0.0)
@example("shopify", [(0, "\ud800")], b"", 0.0)
def test_only_webhook_errors_come_of_any_bytes(name, given_headers, body, now):
    """Whatever is sent, and in whatever headers: no other error leaves."""
    style = STYLES[name]
    places = (style.signature, style.signed_id or "x", style.time or "y", "z")
    headers = tuple((places[place], text) for place, text in given_headers)
    with pytest.raises(WebhookError):
        verify(keyring(name, SECRETS), headers, body, now)


@given(st.sampled_from(TIMED), st.integers(-100_000, 100_000))
def test_the_tolerance_holds_both_ways(name, late_s):
    """Too old is a copy, too new is a wrong clock: neither is taken, and the bound itself is."""
    ring = keyring(name, SECRETS[:1])
    headers = sign(ring, "m", NOW, b"{}")
    if abs(late_s) <= ring.style.tolerance_s:
        assert verify(ring, headers, b"{}", NOW + late_s).unix_s == NOW
    else:
        with pytest.raises(OutOfTime, match="before" if late_s > 0 else "after"):
            verify(ring, headers, b"{}", NOW + late_s)


def test_a_time_is_believed_after_its_signature():
    """An old time under a bad signature is a bad signature: who it is comes before when it was."""
    ring = keyring("stripe", SECRETS[:1])
    with pytest.raises(BadSignature):
        verify(ring, (("Stripe-Signature", "t=1,v1=00"),), b"{}", NOW)


@pytest.mark.parametrize("name", STYLES)
def test_a_header_that_stands_twice_is_refused(name):
    """One of them is signed, and a reader behind us might take the other."""
    ring = keyring(name, SECRETS[:1])
    for pair in (headers := sign(ring, "m", NOW, b"{}")):
        with pytest.raises(Unsigned, match="twice"):
            verify(ring, (*headers, pair), b"{}", NOW)
        with pytest.raises(Unsigned, match="missing"):
            verify(ring, tuple(each for each in headers if each != pair), b"{}", NOW)


def test_what_is_said_holds_no_secret():
    """Neither error nor keyring shows a secret, a signature or a body."""
    ring = keyring("stripe", SECRETS[:1])
    with pytest.raises(WebhookError) as caught:
        verify(ring, (("Stripe-Signature", "t=1,v1=cafe"),), b"private", NOW)
    said = f"{caught.value} {caught.value!r} {ring!r}"
    assert not any(word in said for word in ("cafe", "private", SECRETS[0], repr(ring.keys[0])))


@pytest.mark.parametrize(
    ("style", "given_secrets"),
    [
        ("strip", SECRETS[:1]),
        ("stripe", ()),
        ("stripe", ("x",) * (SECRETS_MAX + 1)),
        ("stripe", ("",)),
        ("standard", ("whsec_",)),
        ("standard", ("no base64!",)),
    ],
)
def test_a_keyring_that_cannot_be_meant(style, given_secrets):
    """Refused before the first delivery, without saying the secret aloud."""
    with pytest.raises(Misuse) as caught:
        keyring(style, given_secrets)
    assert "base64!" not in str(caught.value)


@pytest.mark.parametrize("message_id", ["two words", "line\nbreak", "é", "x" * (ID_MAX + 1)])
def test_an_id_that_no_header_can_hold(message_id):
    """Refused at signing: a header is one line of ASCII."""
    with pytest.raises(Misuse):
        sign(keyring("standard", SECRETS[:1]), message_id, NOW, b"")


# ---- against the packages of the vendors, in real time: they read the clock themselves

jsons = st.dictionaries(st.text(max_size=5), st.integers(), max_size=3).map(lambda value: str(value).encode())


def standard_says(ring: Keyring, headers, body: bytes, package: str) -> bool:
    """Whether the package believes it; every error of its own counts as no."""
    from standardwebhooks import Webhook
    from svix.webhooks import Webhook as SvixWebhook

    try:
        if package == "svix":
            SvixWebhook(ring.keys[0]).verify(body, dict(headers))
        else:
            Webhook(ring.keys[0]).verify(body, dict(headers), json_parse=False)
    except Exception:  # noqa: BLE001 (it raises whatever its parsing meets)
        return False
    return True


def stripe_says(secret: str, headers, body: bytes) -> bool:
    from stripe import SignatureVerificationError, WebhookSignature

    try:
        return WebhookSignature.verify_header(body, dict(headers)["Stripe-Signature"], secret, 300)
    except (SignatureVerificationError, UnicodeDecodeError, TypeError):
        return False


def we_say(ring: Keyring, headers, body: bytes) -> bool:
    try:
        verify(ring, headers, body, time.time())
    except WebhookError:
        return False
    return True


@pytest.mark.parametrize(("name", "package"), [("standard", "standardwebhooks"), ("svix", "svix")])
@given(message=ids, body=jsons, secret=st.sampled_from(SECRETS), late_s=st.sampled_from([0, -200, 200, -900, 900]))
def test_standard_webhooks_says_the_same(name, package, message, body, secret, late_s):
    """What we sign their package believes, and what it signs we do; both refuse what is old, and what is from the future."""
    from standardwebhooks import Webhook

    ring, at = keyring(name, [secret]), int(time.time()) + late_s
    headers = sign(ring, message, at, body)
    assert standard_says(ring, headers, body, package) == we_say(ring, headers, body) == (abs(late_s) < 300)
    theirs = Webhook(secret).sign(message, datetime.fromtimestamp(at, tz=UTC), body.decode())
    assert dict(headers)[ring.style.signature] == theirs
    assert not standard_says(ring, headers, body + b" ", package)
    assert not we_say(ring, headers, body + b" ")


@given(body=jsons, secret=st.sampled_from(SECRETS), late_s=st.sampled_from([0, -200, 200, -900]))
def test_stripe_says_the_same(body, secret, late_s):
    """Likewise; it alone takes what is signed in the future, and that is the difference we want."""
    from stripe import WebhookSignature

    ring, at = keyring("stripe", [secret]), int(time.time()) + late_s
    headers = sign(ring, "m", at, body)
    assert stripe_says(secret, headers, body) == we_say(ring, headers, body) == (late_s > -300)
    assert dict(headers)["Stripe-Signature"] == WebhookSignature.generate_signature_header(body.decode(), secret, at)
    assert not stripe_says(secret, headers, b" " + body)
    ahead = sign(ring, "m", time.time() + 86_400, body)
    assert stripe_says(secret, ahead, body)
    assert not we_say(ring, ahead, body)


@given(value=texts, package=st.sampled_from(["standardwebhooks", "svix", "stripe"]))
@example(value="v1 v1,x", package="standardwebhooks")
@example(value="t=1,v1=é", package="stripe")
def test_nothing_is_believed_that_they_refuse(value, package):
    """Whatever stands in the signature header, we are never the more credulous side."""
    name = {"standardwebhooks": "standard"}.get(package, package)
    ring = keyring(name, SECRETS[:1])
    good = sign(ring, "m", time.time(), b"{}")
    told = good[-1][1] + value if len(value) % 2 else value + good[-1][1]
    headers = (*good[:-1], (ring.style.signature, told))
    if package == "stripe":
        assert stripe_says(SECRETS[0], headers, b"{}") or not we_say(ring, headers, b"{}")
    elif we_say(ring, headers, b"{}"):
        # Their parser of Standard Webhooks gives up at an entry that it cannot read: without those, it believes, too.
        kept = " ".join(entry for entry in told.split(" ") if entry == good[-1][1])
        assert standard_says(ring, (*good[:-1], (ring.style.signature, kept)), b"{}", package)


def test_rotation_is_read_by_their_packages():
    """While we rotate, a receiver with the old secret and one with the new secret both believe us."""
    body = b"{}"
    for name, package in (("standard", "standardwebhooks"), ("svix", "svix")):
        headers = sign(keyring(name, SECRETS[:2]), "m", time.time(), body)
        assert all(standard_says(keyring(name, [secret]), headers, body, package) for secret in SECRETS[:2])
    headers = sign(keyring("stripe", SECRETS[:2]), "m", time.time(), body)
    assert all(stripe_says(secret, headers, body) for secret in SECRETS[:2])
