"""How a token is asked for."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import header
from tapehiss.clients.errors import LoginNeeded
from tapehiss.clients.grants import AuthorizationCode, ClientCredentials, JwtBearer
from tapehiss.clients.tokens import Token

URL = "https://login.vendor.example/token"
SECRET = "open" + "-sesame"
PERSON = AuthorizationCode("https://login.vendor.example/ask", URL, "app", "http://localhost/back", scope="read")


def form(request):
    """The fields of a request to a token endpoint."""
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def test_client_credentials():
    """Client id and secret by Basic, percent-encoded first (RFC 6749 section 2.3.1), or in the body where the vendor wants that."""
    request = ClientCredentials(URL, "ro:bot", SECRET, "read write", (("audience", "x"),)).request(None, 0.0, "n")
    assert form(request) == {"grant_type": "client_credentials", "scope": "read write", "audience": "x"}
    pair = base64.b64decode(header(request.headers, "authorization").removeprefix("Basic ")).decode()
    assert pair == f"ro%3Abot:{SECRET}"
    in_body = ClientCredentials(URL, "robot", SECRET, in_body=True).request(None, 0.0, "n")
    assert (form(in_body)["client_secret"], header(in_body.headers, "authorization")) == (SECRET, None)


def test_secrets_are_not_said_aloud():
    """No secret in any ``repr``."""
    for grant in (
        ClientCredentials(URL, "robot", SECRET),
        JwtBearer(URL, "robot", SECRET),
        PERSON.login(SECRET, SECRET),
    ):
        assert SECRET not in repr(grant)


def test_a_signed_assertion_is_verified_by_the_library():
    """What we sign, PyJWT verifies: issuer, audience, expiry, a nonce, the id of the key (RFC 7523 section 3)."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    grant = JwtBearer(URL, "robot", pem, subject="ada", key_id="k2", scope="read", claims=(("tenant", "7"),))
    sent = form(grant.request(None, 1_792_000_000.0, "nonce-1"))
    claims = jwt.decode(
        sent["assertion"],
        key.public_key(),
        ["RS256"],
        audience=URL,
        issuer="robot",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert (claims["sub"], claims["jti"], claims["scope"], claims["tenant"]) == ("ada", "nonce-1", "read", "7")
    assert claims["iat"] < 1_792_000_000 < claims["exp"]
    assert jwt.get_unverified_header(sent["assertion"])["kid"] == "k2"
    assert sent["grant_type"].endswith("jwt-bearer")


@pytest.mark.parametrize(("key", "algorithm"), [("no pem " + SECRET, "RS256"), (SECRET * 9, "XY1")])
def test_a_key_that_cannot_sign(key, algorithm):
    """An error that names the setting and does not quote the key."""
    with pytest.raises(Misuse) as caught:
        JwtBearer(URL, "robot", key, algorithm=algorithm).request(None, 0.0, "n")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_person_is_asked_with_a_challenge():
    """The URL has the challenge and not the verifier (RFC 7636 section 4.2)."""
    login = PERSON.login("state-1", "verifier-1")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(login.url).query).items()}
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"verifier-1").digest()).rstrip(b"=").decode()
    assert (asked["code_challenge"], asked["code_challenge_method"], asked["state"]) == (digest, "S256", "state-1")
    assert "verifier-1" not in login.url
    sent = form(PERSON.redeem(login, "http://localhost/back?code=c&state=state-1"))
    assert (sent["code"], sent["code_verifier"], sent["client_id"]) == ("c", "verifier-1", "app")


def test_refreshing():
    """The refresh token is sent; without one, a person is needed."""
    assert form(PERSON.request(Token("a", "r"), 0.0, "n"))["refresh_token"] == "r"
    for token in (None, Token("a")):
        with pytest.raises(LoginNeeded):
            PERSON.request(token, 0.0, "n")
    assert not PERSON.repeatable
    assert AuthorizationCode("u", URL, "app", "b", rotates=False).repeatable
