"""Names that say that a secret follows: of headers, query parameters, form and JSON fields, XML elements, cookies.

The law of this file: a name is compared without case and without anything but letters and digits (``apiKey``, ``api_key`` and
``X-Api-Key`` end alike), and what it says has two strengths: STRONG means whatever stands there goes; WEAK means it goes if it looks
like a secret, because the same name is used for harmless things (``key`` of an object, ``token`` of a language model).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from fnmatch import fnmatchcase


class Strength(IntEnum):
    """How much a name says."""

    NONE = 0
    WEAK = 1
    STRONG = 2


class Place(IntEnum):
    """Where a name stands: some names are secrets in a header and harmless in a body."""

    HEADER = 0
    QUERY = 1
    """``name=value``: query strings, forms, environment files."""
    FIELD = 2
    """JSON, XML, GraphQL, multipart, YAML."""


_HARMLESS = re.compile(
    r"(?:next|prev|previous|page|paging|pagination|continuation|sync|cursor|skip|delta|start|starting|end|ending|resume|resumption|change"
    r"|list|max|min|total|prompt|completion|cached|input|output|stop|eos|bos|pad|unk|mask|sep|cls|clientrequest|client|idempotency|scroll"
    r"|offset|position|marker|watch|history|revision|concurrency|snapshot|special|reasoning|audio|text|image)token"
    r"|(?:idempotency|surrogate|cache|public|sort|partition|foreign|hash|range|unique|natural|composite|candidate|object|sec"
    r"websocket|publishable|group|routingpartition|i18n|translation|locale|lookup|index|data|json|field|foreignobject|dedup"
    r"|deduplication|rate(?:limit)?(?:api)?|keyedby|kms|bucket|file|row|map|custom|external|project|issue|parent|feature|preference)key"
    r"|statuscode|errorcode|countrycode|postalcode|zipcode|currencycode|languagecode|regioncode|promocode|couponcode|barcode|qrcode"
)
"""Ends of names that sound secret and are not: cursors, counts, identifiers. (A flag's value is no text and never looked at.)"""

_STRONG = re.compile(
    r"(?:passw(?:or)?d|passphrase|passcode|passwd|pwd)(?:s|\d{1,2})?(?:confirm(?:ation)?|again|repeat|old|new|current|hash|digest|salt)?"
    r"|secretkeybase"
    r"|secret\d?(?:key|value|string|text|data|hash|json|accesskey|token)?|clientsecrets?"
    r"|(?:api|access|secret|private|auth|authentication|authorization|signing|signature|encryption|decryption|master|shared|account"
    r"|subscription|app|application|consumer|write|server|service|servicerole|webhook|hmac|storage|security|session|admin"
    r"|deploy|bot|developer|merchant|partner|vault|aws|gcp|azure|openai|anthropic|stripe|verification"
    r"|symmetric|ephemeral|unseal|rest|functions|instrumentation|ingest|ingestion|stream|rpc|pass|pre?shared)keys?\d?"
    r"|(?:access|refresh|id|auth|authentication|authorization|authenticity|api|session|bearer|security|csrf|xsrf|personal|private|bot|user"
    r"|app|application|device|oauth|login|reset|invit(?:e|ation)|verification|verif(?:y|ier)|requestverification|secret|master|admin"
    r"|deploy|job|registration|runner|service|webhook|web|push|card|payment|vault|consul|root|identity|sso|saml|jwt|magic|remember"
    r"|confirmation|activation|unlock|impersonation|sas|signed|signature|upload|download|share|sharing|ephemeral|temp(?:orary)?|long"
    r"lived|csrfmiddleware|anticsrf|antiforgery|forgery|recovery|unsubscribe|partner|merchant|customer|fcm|apns|expo|channel|feed"
    r"|github|gitlab|slack|npm|pypi|metrics|ingest|write|read|x)token\d?"
    r"|csrf|xsrf|wpnonce|apitokens?|accesscode|authcode|devicecode|usercode|recoverycodes?|backupcodes?|codeverifier"
    r"|clientassertion|samlresponse|samlart|connectionstring"
    r"|sharedaccesssignature|xamzsignature|xgoogsignature|xamzsecuritytoken|otp|otpcode|totp"
    r"|mfacode|twofactorcode|twofacode|verificationcode|securitycode|cvv2?|cvc2?|cardcvc|cardcvv|cardnumber|creditcardnumber|ccnumber"
    r"|mnemonic|seedphrase|jwt|jwttoken|bearer|encryptedpassword|psk|keymaterial|idtokenhint|xauth|apiauth|basicauth|clientkeydata",
)
_WEAK = re.compile(
    r"token|tokens|key|sig|signature|hmac|auth|session|sessionid|sessid|jsessionid|phpsessid|assertion|code|secrets|credentials?|dsn"
    r"|authorization|proxyauthorization|authorizationcode|cookie|setcookie|(?:xamz|xgoog)credential"
    r"|license|licensekey|integrationkey|routingkey|primarykey|secondarykey|userkey|clientkey|customerkey|devicekey|activationkey|installkey|hostkey|authdata|authinfo|pin"
    r"|pass|secretid|ticket|plaintext|plaintextkey|[a-z0-9]*credential|magiclink|[a-z0-9]+(?:signature|hmac|hmacsha256|hmacsha1|signaturesha256|signature256)",
)
_HEADER = re.compile(
    r"(?:.*[-_])?(?:api|auth|access|secret|app|application|subscription|account|session|write|server|master|admin|user|client|private"
    r"|service|license|project|device|partner|merchant|consumer|functions)?key"
    r"|(?:.*[-_])?[a-z0-9]*(?:token|secret|password|passwd|passphrase|credentials?|authorization|authentication)"
    r"|(?:.*[-_])?(?:signature|auth|jwt|hmac|assertion|cookie2?|bearer|xsrf|csrf|session|session[-_]?id|otp|authcode|apiauth|apisecret"
    r"|apipass|pass|pwd)"
    r"|.*(?:signature|hmac)(?:-?(?:v?\d|sha-?(?:1|256|512)))+",
)
_HARMLESS_HEADER = re.compile(
    r"(?:.*[-_])?(?:websocket|surrogate|cache|memc|idempotency|request|group|public|kms|range|sort|partition|storage|hash|correlation|trace)[-_]?key"
    r"|.*-?rate-?limit.*|.*(?:continuation|next|sync|page|cursor|skip)[-_]?token|(?:x-)?key|accept-.*|access-control-.*|.*keyid|.*key-id"
    r"|sec-.*|x-amz-expected-.*",
)
_HANDSHAKES = frozenset({"www-authenticate", "proxy-authenticate"})
"""Nearly always a realm and a nonce; in NTLM and Kerberos, a credential."""
_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_NAMES_MAX = 4096


def solid(name: str) -> str:
    """A name without case and without anything but ASCII letters and digits."""
    return _NOT_ALNUM.sub("", name.lower())


@dataclass(frozen=True, slots=True)
class Names:
    """Which names say that a secret follows: ours, and what a project adds; globs are allowed in what is added."""

    headers: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    _headers: dict[str, Strength] = field(default_factory=dict, repr=False, compare=False)
    _known: dict[tuple[str, Place], Strength] = field(default_factory=dict, repr=False, compare=False)

    def strength(self, name: str, place: Place) -> Strength:
        """How much a name says at a place; remembered, for names repeat."""
        known = self._known.get((name, place))
        if known is None:
            if len(self._known) >= _NAMES_MAX:
                self._known.clear()
            known = self._known[name, place] = self._judged(name, place)
        return known

    def header_strength(self, name: str) -> Strength:
        """How much a header's name says."""
        known = self._headers.get(name)
        return self._headers_judged(name) if known is None else known

    def _headers_judged(self, name: str) -> Strength:
        if len(self._headers) >= _NAMES_MAX:
            self._headers.clear()
        strength = self._headers[name] = self._judged(name, Place.HEADER)
        return strength

    def _judged(self, name: str, place: Place) -> Strength:
        if _listed(name, self.keep):
            return Strength.NONE
        if _listed(name, (self.headers, self.query, self.fields)[place]):
            return Strength.STRONG
        return _header_strength(name.lower()) if place is Place.HEADER else _field_strength(solid(name), place)


def _listed(name: str, names: tuple[str, ...]) -> bool:
    """Whether a name is on a list: an exact entry in any spelling, a glob word by word (``*_key`` is not ``key``)."""
    bare, spaced = solid(name), _words(name)
    return any(
        fnmatchcase(spaced, _words(each)) if "*" in each or "?" in each else bare == solid(each) for each in names
    )


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _words(name: str) -> str:
    return re.sub(r"[^a-z0-9*?]+", "_", _CAMEL.sub("_", name).lower())


def _header_strength(name: str) -> Strength:
    if name in _HANDSHAKES:
        return Strength.STRONG
    if name == "sec-websocket-protocol":
        return Strength.WEAK  # browsers can send a token in no other header
    if _HARMLESS_HEADER.fullmatch(name):
        return Strength.NONE
    return Strength.STRONG if _HEADER.fullmatch(name) else Strength.NONE


_ENDS_STRONG = re.compile(rf".*?(?:{_STRONG.pattern})")
_PASS = re.compile(r"[a-z]*(?:db|database|user|admin|root|smtp|mail|ftp|mysql|pg|postgres|redis|mongo|login|my)pass")
"""``pass`` alone may be a count of tests, and ends many a word."""
_ENDS_HARMLESS = re.compile(rf".*?(?:{_HARMLESS.pattern})")


def _field_strength(bare: str, place: Place) -> Strength:
    if _ENDS_HARMLESS.fullmatch(bare):
        return Strength.NONE
    if _ENDS_STRONG.fullmatch(bare) or _PASS.fullmatch(bare):
        return Strength.STRONG
    if place is Place.QUERY and bare in {
        "sig",
        "signature",
        "hmac",
        "key",
        "token",
        "auth",
        "sessionid",
        "jsessionid",
        "pin",
    }:
        return Strength.WEAK
    return Strength.WEAK if _WEAK.fullmatch(bare) or bare.endswith("token") else Strength.NONE
