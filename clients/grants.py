"""How a token is asked for: the grants of OAuth 2 (RFC 6749, 7523, 7636), each as the request that it makes.

What keeps a secret has it out of its ``repr``. Keys sign by way of PyJWT: no cryptography of our own.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from tapehiss.cassettes.errors import Misuse, missing_extra
from tapehiss.cassettes.exchange import Request
from tapehiss.clients.errors import LoginNeeded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.clients.tokens import Token

ASSERTION_S = 300.0
"""How long a signed assertion is good."""
SKEW_S = 30.0
"""How far the vendor's clock may be behind ours."""


class Grant(Protocol):
    """A way to get a token."""

    @property
    def repeatable(self) -> bool:
        """Whether it can be asked for again when nobody knows whether the first time succeeded."""

    def request(self, token: Token | None, unix_s: float, nonce: str) -> Request:
        """What to send; ``LoginNeeded`` when only a person can go on."""


def _form(url: str, form: Mapping[str, str], client_id: str, secret: str, *, in_body: bool = False) -> Request:
    """A request to a token endpoint; the client says who it is by Basic (RFC 6749 section 2.3.1), or in the body."""
    headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
    said = {name: value for name, value in form.items() if value}
    if secret and not in_body:
        pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
        headers.append(("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"))
    elif client_id:
        said |= {"client_id": client_id, **({"client_secret": secret} if secret else {})}
    return Request("POST", url, tuple(headers), urlencode(said).encode())


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """A program that speaks for itself (RFC 6749 section 4.4)."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    more: tuple[tuple[str, str], ...] = ()
    """More that this vendor wants: ``(("audience", "..."),)``."""
    in_body: bool = False
    """Whether the vendor takes client id and secret in the body only."""

    repeatable = True

    def request(self, _token: Token | None, _unix_s: float, _nonce: str) -> Request:
        """Ask for a token."""
        form = {"grant_type": "client_credentials", "scope": self.scope, **dict(self.more)}
        return _form(self.token_url, form, self.client_id, self.client_secret, in_body=self.in_body)


@dataclass(frozen=True, slots=True)
class JwtBearer:
    """A program that signs who it is, or for whom it speaks (RFC 7523); needs the extra ``auth``."""

    token_url: str
    issuer: str
    key: str = field(repr=False)
    """The private key as PEM; the shared secret for HS256."""
    subject: str = ""
    """For whom; the issuer itself if nothing is said."""
    audience: str = ""
    """The token URL if nothing is said."""
    algorithm: str = "RS256"
    key_id: str = ""
    """Which of several keys: so keys are rotated."""
    scope: str = ""
    claims: tuple[tuple[str, str], ...] = ()

    repeatable = True

    def request(self, _token: Token | None, unix_s: float, nonce: str) -> Request:
        """Ask for a token with an assertion that is made anew each time."""
        claims = {
            "iss": self.issuer,
            "sub": self.subject or self.issuer,
            "aud": self.audience or self.token_url,
            "iat": int(unix_s - SKEW_S),
            "exp": int(unix_s + ASSERTION_S),
            "jti": nonce,
            **dict(self.claims),
        }
        if self.scope:
            claims["scope"] = self.scope
        assertion = _signed(claims, self.key, self.algorithm, self.key_id)
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
        return _form(self.token_url, form, "", "")


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """A person who lets a program speak for them (RFC 6749 section 4.1), always with PKCE (RFC 7636, RFC 9700)."""

    authorize_url: str
    token_url: str
    client_id: str
    redirect_url: str
    client_secret: str = field(default="", repr=False)
    scope: str = ""
    rotates: bool = True
    """Whether a refresh token is used up by using it: then it is never sent twice, not even when nobody knows what became of it."""

    @property
    def repeatable(self) -> bool:
        """Whether a refresh token can be sent a second time."""
        return not self.rotates

    def login(self, state: str, verifier: str) -> Login:
        """Where to send the person; ``state`` and ``verifier`` are random, and made for this login only."""
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_url,
            "scope": self.scope,
            "state": state,
            "code_challenge": digest,
            "code_challenge_method": "S256",
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return Login(f"{self.authorize_url}{'&' if '?' in self.authorize_url else '?'}{query}", state, verifier)

    def redeem(self, login: Login, callback_url: str) -> Request:
        """The code that the person came back with, for a token; ``LoginNeeded`` when they came back without, or it is not theirs."""
        try:
            said = {name: values[0] for name, values in parse_qs(urlsplit(callback_url).query).items()}
        except ValueError:
            said = {}  # no URL, or too much in it: no answer to our question
        if said.get("state") != login.state:
            raise LoginNeeded("the answer to the login is not to our question", "login", "begin the login again")
        if "code" not in said:
            raise LoginNeeded("the login brought no code: it was refused", "login", "begin the login again")
        form = {
            "grant_type": "authorization_code",
            "code": said["code"],
            "redirect_uri": self.redirect_url,
            "code_verifier": login.verifier,
        }
        return _form(self.token_url, form, self.client_id, self.client_secret)

    def request(self, token: Token | None, _unix_s: float, _nonce: str) -> Request:
        """Refresh the token."""
        if token is None or not token.refresh:
            raise LoginNeeded("there is no refresh token", self.token_url, LoginNeeded.advice)
        form = {"grant_type": "refresh_token", "refresh_token": token.refresh}
        return _form(self.token_url, form, self.client_id, self.client_secret)


class Login(NamedTuple):
    """One login on its way; keep it until the person comes back."""

    url: str
    """Where to send the person."""
    state: str
    verifier: str

    def __repr__(self) -> str:
        """Without what only we may know."""
        return "Login(...)"


def _signed(claims: Mapping[str, Any], key: str, algorithm: str, key_id: str) -> str:
    try:
        import jwt
    except ImportError:
        raise missing_extra("PyJWT", "auth") from None
    try:
        return str(jwt.encode(dict(claims), key, algorithm, {"kid": key_id} if key_id else None))
    except (jwt.PyJWTError, ValueError, TypeError, NotImplementedError):
        # Neither kept nor chained: its words may quote the key.
        raise Misuse(f"this key cannot sign with {algorithm}", "auth", "check the key and the algorithm") from None
