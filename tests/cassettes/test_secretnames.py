"""What names say."""

from __future__ import annotations

import pytest

from tapehiss.cassettes.secretnames import Names, Place, Strength, solid

NAMES = Names()


@pytest.mark.parametrize("name", ["password", "userPassword", "db-passwd", "PASSPHRASE", "client_secret", "clientSecret", "api_key", "X-API-Key", "apikey", "access_token", "refreshToken", "id-token", "privateKey", "secret_access_key", "csrf_token", "authenticity_token", "codeVerifier", "otp", "cvc", "webhookSecret", "user.password", "new_password", "passwordConfirmation", "connectionString", "mnemonic", "X-Amz-Signature"])  # fmt: skip
@pytest.mark.parametrize("place", [Place.FIELD, Place.QUERY])
def test_names_of_secrets(name, place):
    """In any spelling, whatever stands before the name's end."""
    assert NAMES.strength(name, place) is Strength.STRONG


@pytest.mark.parametrize("name", ["next_page_token", "pageToken", "NextToken", "continuation-token", "syncToken", "max_tokens", "promptTokens", "completion_tokens", "token_type", "token_count", "idempotency_key", "IdempotencyKey", "primary", "public_key", "cacheKey", "sort_key", "author", "password_reset_required", "passwordPolicy", "secret_name", "keyId", "id", "name", "etag", "hash", "checksum", "status_code", "country_code", "postalCode", "currencyCode", "description", "session_count", "clientToken", "monkey", "client_id", "nonce", "state"])  # fmt: skip
@pytest.mark.parametrize("place", [Place.FIELD, Place.QUERY])
def test_names_that_only_sound_so(name, place):
    """Cursors, counts, identifiers and flags."""
    assert NAMES.strength(name, place) is Strength.NONE


@pytest.mark.parametrize(
    "name", ["key", "token", "code", "sig", "signature", "session_id", "hmac", "authorization", "credentials"]
)
def test_names_that_may_be_one(name):
    """What stands there decides."""
    assert NAMES.strength(name, Place.FIELD) is Strength.WEAK


@pytest.mark.parametrize("name", ["Authorization", "proxy-authorization", "Cookie", "SET-COOKIE", "X-Api-Key", "x-acme-key", "X-Auth-Token", "Private-Token", "X-Shopify-Access-Token", "X-Hub-Signature-256", "Stripe-Signature", "X-Twilio-Signature", "X-Vault-Token", "DD-APPLICATION-KEY", "Ocp-Apim-Subscription-Key", "X-CSRF-Token", "X-Amz-Security-Token", "x-goog-api-key", "X-Auth", "WWW-Authenticate", "apikey", "X-Shopify-Hmac-Sha256", "CF-Access-Client-Secret"])  # fmt: skip
def test_headers_that_smell(name):
    """Any that ends like a credential does."""
    assert NAMES.header_strength(name) is Strength.STRONG


@pytest.mark.parametrize("name", ["Content-Type", "ETag", "X-Request-Id", "Idempotency-Key", "Sec-WebSocket-Key", "Sec-WebSocket-Accept", "X-RateLimit-Limit-Tokens", "anthropic-ratelimit-tokens-remaining", "Surrogate-Key", "X-Cache-Key", "X-Trans-Id", "Access-Control-Allow-Headers", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "Date", "X-Author", "Authority", "X-Monkey", "Accept-Encoding", "X-Continuation-Token", "traceparent", "X-Status-Code", "x-ms-client-request-id"])  # fmt: skip
def test_headers_that_do_not(name):
    """Identifiers, limits, caches, negotiations."""
    assert NAMES.header_strength(name) is Strength.NONE


def test_a_project_adds_names():
    """Exactly or by glob, for headers, queries and fields apart."""
    names = Names(headers=("X-Acme-*",), query=("q",), fields=("tax_number",))
    assert names.header_strength("X-Acme-Anything") is Strength.STRONG
    assert names.strength("q", Place.QUERY) is Strength.STRONG
    assert names.strength("q", Place.FIELD) is Strength.NONE
    assert names.strength("taxNumber", Place.FIELD) is Strength.STRONG


def test_a_project_keeps_names():
    """What it says is no secret is none, wherever."""
    names = Names(keep=("x-request-token", "*_password"))
    assert names.header_strength("X-Request-Token") is Strength.NONE
    assert names.strength("testPassword", Place.FIELD) is Strength.NONE
    assert names.strength("password", Place.FIELD) is Strength.STRONG


def test_names_are_remembered_within_bounds():
    """A vendor that makes up names does not fill the memory."""
    names = Names()
    for i in range(5000):
        names.strength(f"name{i}", Place.FIELD)
        names.header_strength(f"name{i}")
    assert len(names._known) <= 4096
    assert len(names._headers) <= 4096


def test_solid():
    """Letters and digits, lower case."""
    assert solid("X-Api_Key.2") == "xapikey2"
