"""What a secret looks like."""

from __future__ import annotations

import base64
import random
import string
import uuid

import pytest

from tapehiss.cassettes.secretshapes import (
    PATTERNS,
    is_bounded,
    is_opaque,
    is_placeholder,
    is_spreadable,
    is_uuid,
    looks_like_key,
    looks_like_mac,
    looks_random,
)

DICE = random.Random(20261121)


def drawn(alphabet: str, length: int) -> bytes:
    return "".join(DICE.choices(alphabet, k=length)).encode()


ALPHABETS = {
    "base62": string.ascii_letters + string.digits,
    "base36": string.ascii_lowercase + string.digits,
    "base32": string.ascii_uppercase + "234567",
    "hexadecimal": "0123456789abcdef",
    "letters": string.ascii_letters,
}


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_random_texts_look_random(alphabet):
    """Of a thousand tokens of 32 characters nearly all are told from words."""
    assert sum(looks_random(drawn(ALPHABETS[alphabet], 32)) for _ in range(1000)) >= 990


@pytest.mark.parametrize("text", ["invalid_request", "NotAuthorizedOrNotFound", "rate_limit_exceeded", "application/json", "2026-11-21T00:00:00Z", "SubscriptionUpdateForInvoice", "claude-3-5-sonnet-20241022", "us-east-1", "https://api.vendor.example/v1/x9y8z7", "AbstractSingletonProxyFactoryBean", "user_12345", "550e8400-e29b-41d4-a716-446655440000", "next_page_v2", "usps_priority_mail", "short9", "with a blank 9Xy8Zq", "1700000000000", "standard_cloudfront"])  # fmt: skip
def test_ordinary_values_do_not(text):
    """Words, however they are joined; dates, versions, URLs, UUIDs, numbers."""
    assert not looks_random(text.encode())


@pytest.mark.parametrize("text", ["", "***", "xxxx", "<token>", "[FILTERED]", "{{ api_key }}", "${SECRET}", "REDACTED", "your-api-key", "YOUR_ACCESS_TOKEN_HERE", "null", "true", "password", "string", "changeme", "AUTHORIZATION-XXX", "sk_***_abc", "Bearer"])  # fmt: skip
def test_placeholders(text):
    """A value that says itself that it is no secret stays, so that documentation stays readable."""
    assert is_placeholder(text.encode())


@pytest.mark.parametrize(
    "text",
    ["hunter2", "Tr0ub4dor&3", "correct horse battery staple", "sk_test_x9", "password1!", "a", "0", "secretsauce"],
)
def test_what_is_no_placeholder(text):
    """Anything that somebody could really use."""
    assert not is_placeholder(text.encode()) or text == "0"


@pytest.mark.parametrize(("text", "spreads", "bounded"), [
    ("true", False, True),
    ("admin", False, True),
    ("production", False, True),
    ("1234", False, True),
    ("1700000000", False, True),
    ("4242424242424242", True, False),
    ("aaaaaaaaaaaa", False, True),
    ("hunter2", True, True),
    ("swordfish", True, True),
    ("Xk29fPq7ZL", True, False),
    ("correct horse battery staple", True, False),
])  # fmt: skip
def test_which_secrets_are_replaced_everywhere(text, spreads, bounded):
    """Short ones, numbers and common words only where they were found; word-like ones only where they stand alone."""
    assert is_spreadable(text.encode()) is spreads
    assert is_bounded(text.encode()) is bounded or not spreads


@pytest.mark.parametrize(("text", "opaque"), [("Xk29fPq7ZLabcd", True), (str(uuid.UUID(int=7)), True), ("canary_cookie_7f3a9", True), ("America/New_York", False), ("2026-11-21T07:28:00", False), ("dark", False), ("1700000000000", False), ("1280x720", False), ("Portuguese", False)])  # fmt: skip
def test_settings_are_not_opaque(text, opaque):
    """A cookie that holds a place, a date, a size or a word tells nothing that must not stand elsewhere."""
    assert is_opaque(text.encode()) is opaque


def test_signatures_have_the_length_of_a_hash():
    """Or of an RSA key; longer opaque texts are something else."""
    digests = [
        drawn("0123456789abcdef", 64),
        base64.b64encode(bytes(32)),
        base64.urlsafe_b64encode(bytes(range(20))).rstrip(b"="),
    ]
    assert all(looks_like_mac(digest) for digest in digests)
    assert not looks_like_mac(drawn(ALPHABETS["base62"], 300))
    assert not looks_like_mac(b"v1")


def test_a_key_is_random_all_through():
    """A path or a name with something random in it is none."""
    assert looks_like_key(b"9f8e7d6c5b4a39281706f5e4d3c2b1a0")
    assert not looks_like_key(b"uploads/2026/9f8e7d6c5b4a39281706f5e4.png")
    assert not looks_like_key(b"com.vendor.account.name.of.something")


def test_uuids():
    """In either case."""
    assert is_uuid(str(uuid.UUID(int=7)).upper().encode())
    assert not is_uuid(b"550e8400-e29b-41d4-a716")


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: f"{pattern.rule} {pattern.literal.decode()}")
def test_a_pattern_begins_with_its_literal(pattern):
    """The automaton looks for the literal in lower case; no match could begin otherwise, and prose matches none."""
    assert pattern.literal == pattern.literal.lower()
    assert pattern.regex.pattern.lower().replace(b"\\", b"").startswith(pattern.literal)
    assert pattern.regex.match(pattern.literal + b" is how it begins") is None


LIVE = {
    "stripe-key": ("sk_" + "live_", ALPHABETS["base62"], 24),
    "github-token": ("gh" + "p_", ALPHABETS["base62"], 36),
    "gitlab-token": ("gl" + "pat-", ALPHABETS["base62"], 20),
    "aws-key-id": ("AK" + "IA", string.ascii_uppercase + string.digits, 16),
    "google-key": ("AI" + "za", ALPHABETS["base62"], 35),
    "mailgun-key": ("ke" + "y-", ALPHABETS["hexadecimal"], 32),
    "npm-token": ("np" + "m_", ALPHABETS["base62"], 36),
    "shopify-token": ("shp" + "at_", ALPHABETS["hexadecimal"], 32),
    "webhook-secret": ("whs" + "ec_", ALPHABETS["base62"], 32),
    "twilio-key": ("S" + "K", ALPHABETS["hexadecimal"], 32),
}


@pytest.mark.parametrize("rule", LIVE)
def test_keys_of_vendors_are_known_by_their_form(rule):
    """As their issuers make them."""
    prefix, alphabet, length = LIVE[rule]
    key = prefix.encode() + drawn(alphabet, length)
    assert [
        pattern.rule
        for pattern in PATTERNS
        if pattern.regex.match(key + b'"') and key.lower().startswith(pattern.literal)
    ][:1] == [rule]
