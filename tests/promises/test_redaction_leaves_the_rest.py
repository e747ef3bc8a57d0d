"""What is no secret stays: the tape is worth what it still tells.

Ordinary traffic of many kinds of vendors, made up here, goes through the door as it is: identifiers, cursors, entity tags, hashes,
times, public keys, documents about passwords, and words.
"""

from __future__ import annotations

import base64
import json
import random
import string
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.redaction import Redactor, Rules, suspicions

KEY = b"a project key of some length"
DICE = random.Random(7)
HEADERS = (
    ("Date", "Sat, 21 Nov 2026 00:00:00 GMT"),
    ("Server", "cloudfront/1.27.3"),
    ("ETag", 'W/"9f8e7d6c5b4a39281706f5e4d3c2b1a0"'),
    ("Last-Modified", "Sat, 21 Nov 2026 00:00:00 GMT"),
    ("X-Request-Id", "req_Xk29fPq7ZLabcd8R"),
    ("X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678"),
    ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ("CF-RAY", "7d1f3c5b6a7e8f90-FRA"),
    ("X-RateLimit-Remaining-Tokens", "149984"),
    ("x-ratelimit-reset-tokens", "6ms"),
    ("X-Request-Cost", "17"),
    ("X-Cache-Key", "/v1/things?limit=3"),
    ("Cache-Control", "private, max-age=0, must-revalidate"),
    ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
    ("Access-Control-Allow-Headers", "Authorization, X-Api-Key, X-CSRF-Token"),
    ("Vary", "Accept, Authorization, Cookie"),
    ("Link", '<https://api.vendor.example/v1/things?page=2&page_token=CAoQAA>; rel="next"'),
    ("WWW-Authenticate", 'Bearer realm="api", error="invalid_token", error_description="The token expired"'),
    ("X-Content-SHA256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("Content-Security-Policy", "default-src 'self'; script-src 'sha256-n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg='"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Idempotency-Key", "5b8f7c1e-1d2c-4b6a-9e5f-3a2b1c0d9e8f"),
)


def drawn(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(DICE.choices(alphabet, k=length))


BODIES = {
    "a list of payments": {
        "object": "list",
        "has_more": True,
        "url": "/v1/charges",
        "data": [
            {
                "id": f"ch_{drawn(24)}",
                "amount": 1999,
                "currency": "usd",
                "created": 1700000000,
                "customer": f"cus_{drawn(14)}",
                "idempotency_key": str(uuid.UUID(int=DICE.getrandbits(128))),
                "payment_method_details": {"card": {"fingerprint": drawn(16), "last4": "4242", "exp_year": 2030}},
                "receipt_url": f"https://pay.vendor.example/receipts/{drawn(40)}",
                "metadata": {"order_id": "6735", "note": "paid with the secret code word, see ticket"},
            },
        ],
    },
    "a commit": {
        "sha": drawn(40, "0123456789abcdef"),
        "node_id": base64.b64encode(b"04:Commit123456:9f8e7d6c5b4a").decode(),
        "tree": {"sha": drawn(40, "0123456789abcdef"), "url": "https://api.vendor.example/repos/a/b/git/trees/1"},
        "author": {"name": "Jane Doe", "email": "jane@vendor.example", "date": "2026-11-21T00:00:00Z"},
        "verification": {
            "verified": True,
            "reason": "valid",
            "signature": "-----BEGIN PGP SIGNATURE-----\n\niQIz\n-----END",
        },
        "files": [
            {
                "filename": "src/token.py",
                "patch": "@@ -1 +1 @@\n-password = get_password()\n+token = next_token(key=key)",
            }
        ],
    },
    "a chat completion": {
        "id": f"chatcmpl-{drawn(29)}",
        "model": "gpt-4o-mini-2024-07-18",
        "system_fingerprint": "fp_0705bf87c0",
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": "Your password must be long. A token is a word: tokens: 7.",
                },
                "logprobs": {"content": [{"token": " implementation", "logprob": -0.1, "bytes": [32, 105]}]},
                "finish_reason": "stop",
            },
        ],
        "usage": {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21, "max_tokens": 4096},
    },
    "thinking, with its signature": {
        "content": [
            {"type": "thinking", "thinking": "Let me see.", "signature": base64.b64encode(DICE.randbytes(400)).decode()}
        ],
    },
    "pages": {
        "next_page_token": base64.b64encode(DICE.randbytes(40)).decode(),
        "nextToken": drawn(80),
        "cursor": drawn(60),
        "continuation_token": drawn(60),
        "pageInfo": {"endCursor": base64.b64encode(b"cursor:v2:1234567").decode(), "hasNextPage": True},
        "after": f"t3_{drawn(6)}",
    },
    "public keys": {
        "keys": [
            {
                "kty": "RSA",
                "kid": drawn(43),
                "use": "sig",
                "alg": "RS256",
                "n": base64.urlsafe_b64encode(DICE.randbytes(256)).decode(),
                "e": "AQAB",
            },
        ],
        "public_key": "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----\n",
    },
    "a description of an API": {
        "openapi": "3.1.0",
        "components": {
            "securitySchemes": {"api_key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
            "schemas": {
                "Login": {
                    "properties": {"password": {"type": "string", "format": "password"}, "token": {"type": "string"}}
                }
            },
        },
    },
    "a refusal": {
        "errors": {"password": ["is too short (minimum is 8 characters)"], "token": ["can't be blank"]},
        "code": "invalid_request",
    },
    "settings": {
        "password_policy": "strict",
        "token_type": "bearer",
        "token_endpoint_auth_method": "client_secret_basic",
        "secret_name": "prod/db",
        "key": "ISSUE-123",
        "primary_key": "id",
        "sort_key": "created_at",
        "auth": "basic",
        "session": {"id": str(uuid.UUID(int=7)), "state": "open"},
        "code": "en-US",
        "has_password": False,
        "password_changed_at": "2026-11-21T00:00:00Z",
    },
    "an object in a store": {
        "Key": f"uploads/2026/11/21/{drawn(24)}.png",
        "ETag": '"9f8e7d6c5b4a39281706f5e4d3c2b1a0"',
        "ChecksumSHA256": base64.b64encode(DICE.randbytes(32)).decode(),
        "VersionId": drawn(32),
        "md5": drawn(32, "0123456789abcdef"),
        "integrity": "sha512-" + base64.b64encode(DICE.randbytes(64)).decode(),
    },
    "tokens that everybody may see": {
        "token": {"address": "0x" + drawn(40, "0123456789abcdef"), "symbol": "USDC"},
        "transfers": [{"token": "0x" + drawn(40, "0123456789abcdef"), "tokenId": "1234567"}],
        "compass": "north",
        "bypass": "never",
    },
    "a picture": {"mime_type": "image/png", "data": base64.b64encode(DICE.randbytes(3000)).decode()},
    "an embedding": {"embedding": base64.b64encode(DICE.randbytes(2000)).decode(), "encoding_format": "base64"},
    "times and numbers": {
        "created": 1700000000,
        "updated_ms": 1700000000000,
        "version": "v2.13.1-rc.4+build.77",
        "ip": "192.0.2.7",
    },
    "words in other tongues": {
        "titre": "Mot de passe oublié ?",
        "text": "Пароль: введите пароль",
        "html": "<b>Passwort:</b> <i>vergessen</i>",
    },
}
TEXTS = {
    "a page": ("text/html", b'<form><label for="password">Password:</label><input type="password" name="password"></form><a href="/reset?x=1&amp;y=2">Reset password</a>'),
    "a script": ("text/javascript", b"const token = getToken(); fetch(url, {headers: {Authorization: `Bearer ${token}`}}); password = form.password;"),
    "a feed": ("application/xml", b"<ListBucketResult><Name>b</Name><NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken><Key>a/b</Key></ListBucketResult>"),
    "a table": ("text/csv", b"id,token_count,key,created\n1,17,ISSUE-1,2026-11-21\n"),
    "a program": ("text/plain", b"def login(user, password):\n    token = session.get_token(password=password)\n    return token.key\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_ordinary_json_stays(name):
    """Asked or answered, plainly or in a line of a stream."""
    body = json.dumps(BODIES[name]).encode()
    x = Exchange(
        Request(
            "POST",
            f"https://api.vendor.example/v1/things/{drawn(24)}?limit=3&cursor={drawn(30)}",
            HEADERS,
            b"" if name == "a refusal" else body,
        ),
        Response(422 if name == "a refusal" else 200, "OK", (*HEADERS, ("Content-Type", "application/json")), body),
    )
    assert Redactor(Rules(), key=KEY).clean(x) is x
    assert suspicions(x) == ()


@pytest.mark.parametrize("name", TEXTS)
def test_ordinary_texts_stay(name):
    """Pages, programs and tables in which the words occur."""
    kind, body = TEXTS[name]
    x = Exchange(Request("GET", "https://www.vendor.example/"), Response(200, "OK", (("Content-Type", kind),), body))
    assert Redactor(Rules(), key=KEY).clean(x) is x


NAMES = st.sampled_from(
    [
        "id",
        "name",
        "etag",
        "cursor",
        "sha",
        "hash",
        "createdAt",
        "url",
        "type",
        "status",
        "node_id",
        "requestId",
        "next",
        "value",
        "data",
    ]
)
VALUES = st.one_of(
    st.uuids().map(str),
    st.integers(),
    st.booleans(),
    st.none(),
    st.datetimes().map(str),
    st.text(string.ascii_letters + string.digits, max_size=40),
    st.binary(max_size=60).map(lambda content: base64.b64encode(content).decode()),
    st.text(max_size=40),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, VALUES | st.lists(VALUES, max_size=3), max_size=8))
def test_identifiers_stay_beside_a_known_secret(document):
    """A recording that knows secrets replaces them, and nothing that merely looks alike."""
    redactor = Redactor(Rules(), key=KEY, known=["Xk29fPq7ZLabcd8R", "correct horse battery staple"])
    x = Exchange(Request("GET", "https://api.vendor.example/"), Response(200, "OK", (), json.dumps(document).encode()))
    assert redactor.clean(x) is x
