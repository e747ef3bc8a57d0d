"""What a secret looks like, whatever its name: vendors' key formats, private keys, random strings; and what is no secret at all.

The law of this file: data and pure predicates; a pattern begins with a literal, so that one automaton finds where to look.
Sources of the formats: the vendors' own pages and the public rule sets of gitleaks and of GitHub's secret scanning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Pattern:
    """One format of credential: ``literal`` is how it begins (any case), ``regex`` the whole of it."""

    rule: str
    literal: bytes
    regex: re.Pattern[bytes]
    sure: bool = True
    """Whether the format alone says that it is a credential; otherwise it must look random, too."""


def _family(rule: str, literals: str, rest: str, *, sure: bool = True) -> tuple[Pattern, ...]:
    return tuple(
        Pattern(rule, literal.lower().encode(), re.compile(re.escape(literal).encode() + rest.encode()), sure)
        for literal in literals.split()
    )


PATTERNS: tuple[Pattern, ...] = (
    *_family("stripe-key", "sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ sk_sandbox_", r"[0-9A-Za-z_]{8,250}"),
    *_family("webhook-secret", "whsec_", r"[0-9A-Za-z+/=_-]{16,120}"),
    *_family("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", r"[0-9A-Za-z_]{16,255}"),
    *_family("github-token", "github_pat_", r"[0-9A-Za-z_]{22,255}"),
    *_family(
        "gitlab-token",
        "glpat- gloas- gldt- glrt- glcbt- glptt- glft- glimt- glagent- glsoat-",
        r"[0-9A-Za-z_.-]{16,300}",
    ),
    *_family(
        "slack-token",
        "xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xoxc- xoxd- xoxo- xoxe.xox xapp- xwfp-",
        r"[0-9A-Za-z%.-]{10,300}",
    ),
    *_family("slack-webhook", "hooks.slack.com/", r"(?:services|workflows|triggers)/([0-9A-Za-z_/-]{20,200})"),
    *_family("discord-webhook", "/api/webhooks/", r"\d{10,25}/([0-9A-Za-z_-]{30,120})"),
    *_family("teams-webhook", "/webhookb2/", r"([0-9A-Za-z@/-]{60,300})"),
    *_family("zapier-webhook", "hooks.zapier.com/", r"hooks/(?:catch|standard)/([0-9]+/[0-9A-Za-z]+)"),
    *_family("ifttt-key", "/with/key/", r"([0-9A-Za-z_-]{10,100})"),
    *_family("mattermost-webhook", "/hooks/", r"([0-9a-z]{26})(?![0-9a-z])"),
    *_family("telegram-bot", "/bot", r"(\d{5,16}:[0-9A-Za-z_-]{20,80})"),
    *_family(
        "path-token",
        "/token/ /tokens/ /reset/ /reset-password/ /reset_password/ /password/ /invite/ /invites/ /invitation/ /invitations/ /confirm/ "
        "/confirmation/ /verify/ /verification/ /activate/ /activation/ /unsubscribe/ /magic/ /apikey/ /api-key/ /secret/",
        r"([0-9A-Za-z_.~=-]{16,256})(?![0-9A-Za-z_.~=%-])",
        sure=False,
    ),
    *_family("aws-key-id", "AKIA ASIA ABIA ACCA", r"[0-9A-Z]{16}(?![0-9A-Za-z])"),
    *_family("google-key", "AIza", r"[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])"),
    *_family("google-token", "ya29.", r"[0-9A-Za-z_.-]{20,1000}"),
    *_family("google-refresh", "1//", r"0[0-9A-Za-z_-]{40,200}"),
    *_family("google-client-secret", "GOCSPX-", r"[0-9A-Za-z_-]{20,60}"),
    *_family("sendgrid-key", "SG.", r"[0-9A-Za-z_-]{16,40}\.[0-9A-Za-z_-]{20,80}"),
    *_family("mailgun-key", "key-", r"[0-9a-f]{32}(?![0-9A-Za-z])"),
    *_family("openai-key", "sk-proj- sk-svcacct- sk-admin- sk-ant- sk-or-v1- sk-lf-", r"[0-9A-Za-z_-]{16,300}"),
    *_family("sk-key", "sk-", r"[0-9A-Za-z]{20,100}(?![0-9A-Za-z-])"),
    *_family("ai-key", "gsk_ xai- r8_ pplx- fw_", r"[0-9A-Za-z]{24,200}"),
    *_family("huggingface-token", "hf_ api_org_", r"[0-9A-Za-z]{30,50}"),
    *_family("npm-token", "npm_", r"[0-9A-Za-z]{36,50}"),
    *_family("pypi-token", "pypi-", r"AgEIcHlwaS[0-9A-Za-z_-]{50,1000}"),
    *_family("rubygems-key", "rubygems_", r"[0-9a-f]{40,60}"),
    *_family("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", r"[0-9a-f]{40,80}"),
    *_family("shopify-token", "shpat_ shpca_ shppa_ shpss_ shpit_", r"[0-9A-Fa-f]{24,80}"),
    *_family("square-token", "sq0atp- sq0csp- sq0idp-", r"[0-9A-Za-z_-]{20,80}"),
    *_family("square-token", "EAAA", r"[0-9A-Za-z_-]{56,64}(?![0-9A-Za-z_-])"),
    *_family("facebook-token", "EAAB EAAC EAAD EAAE EAAF EAAG", r"[0-9A-Za-z]{80,400}(?![0-9A-Za-z+/=])"),
    *_family("braintree-token", "access_token$production$ access_token$sandbox$", r"[0-9a-z]{16}\$[0-9a-f]{32}"),
    *_family("vault-token", "hvs. hvb. hvr.", r"[0-9A-Za-z_-]{20,300}"),
    *_family("notion-token", "ntn_", r"[0-9A-Za-z]{40,60}"),
    *_family("notion-token", "secret_", r"[0-9A-Za-z]{40,50}(?![0-9A-Za-z])"),
    *_family("linear-key", "lin_api_ lin_oauth_", r"[0-9A-Za-z]{32,80}"),
    *_family("figma-token", "figd_ figo_ figu_", r"[0-9A-Za-z_-]{30,80}"),
    *_family("docker-token", "dckr_pat_ dckr_oat_", r"[0-9A-Za-z_-]{20,60}"),
    *_family("atlassian-token", "ATATT3 ATBB ATCTT3", r"[0-9A-Za-z_=-]{20,400}"),
    *_family("hubspot-token", "pat-na1- pat-eu1- pat-na2- pat-na3- pat-ap1-", r"[0-9A-Fa-f-]{36}"),
    *_family("airtable-token", "pat", r"[0-9A-Za-z]{14}\.[0-9a-f]{64}(?![0-9A-Za-z])"),
    *_family("tailscale-key", "tskey-", r"[a-z]+-[0-9A-Za-z]+-[0-9A-Za-z]{16,80}"),
    *_family("supabase-key", "sbp_ sb_secret_", r"[0-9A-Za-z_]{30,80}"),
    *_family("postman-key", "PMAK-", r"[0-9a-f]{24}-[0-9a-f]{34}"),
    *_family("newrelic-key", "NRAK- NRII- NRRA-", r"[0-9A-Za-z_-]{20,60}"),
    *_family("grafana-token", "glsa_ glc_", r"[0-9A-Za-z+/=_]{30,400}"),
    *_family("databricks-token", "dapi", r"[0-9a-f]{32}(?:-\d)?(?![0-9A-Za-z])"),
    *_family("doppler-token", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", r"[0-9A-Za-z_.-]{30,80}"),
    *_family("pulumi-token", "pul-", r"[0-9a-f]{40}(?![0-9A-Za-z])"),
    *_family("sentry-token", "sntrys_ sntryu_", r"[0-9A-Za-z+/=_-]{40,400}"),
    *_family("card-number", "card[number] card%5bnumber%5d", r"=([0-9]{12,19})(?![0-9])"),
    *_family("klaviyo-key", "pk_", r"[0-9a-f]{34}(?![0-9A-Za-z])"),
    *_family("twilio-key", "SK", r"[0-9a-f]{32}(?![0-9A-Za-z])"),
    *_family("mailchimp-key", "-us", r"(?<=[0-9a-f]{32}-us)\d{1,2}(?![0-9A-Za-z])"),
    *_family("planetscale-token", "pscale_tkn_ pscale_pw_ pscale_oauth_", r"[0-9A-Za-z_.-]{32,80}"),
    *_family("cloudflare-token", "v1.0-", r"[0-9a-f]{24}-[0-9a-f]{100,180}"),
    *_family("flutterwave-key", "FLWSECK_TEST- FLWSECK-", r"[0-9A-Za-z-]{12,80}"),
    *_family("easypost-key", "EZAK EZTK", r"[0-9A-Za-z]{54}(?![0-9A-Za-z])"),
    *_family("shippo-key", "shippo_live_ shippo_test_", r"[0-9A-Fa-f]{40}"),
    *_family("duffel-key", "duffel_live_ duffel_test_", r"[0-9A-Za-z_=-]{40,60}"),
    *_family("contentful-token", "CFPAT-", r"[0-9A-Za-z_-]{40,60}"),
    *_family("fly-token", "FlyV1 fm2_", r"[0-9A-Za-z+/=,_ -]{40,800}"),
    *_family("heroku-key", "HRKU-", r"[0-9A-Za-z_-]{36,80}"),
    *_family("twitch-token", "oauth:", r"([0-9a-z]{30})(?![0-9A-Za-z])"),
    *_family("age-key", "AGE-SECRET-KEY-1", r"[0-9A-Z]{58}"),
)
"""Ours. A group, where there is one, is the secret; otherwise all of it is."""

PRIVATE_KEY = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----((?:[^-\x00]|-(?!----)){32,20000})(?:-----END|(?=\x00)|\Z)",
)
"""The group is what lies between the first line and the last, which may be missing."""
KEY_LINE = re.compile(rb"(?:(?<=\\n)|(?<=\\r)|(?<![\\0-9A-Za-z+/]))[0-9A-Za-z+/]{4,}={0,2}")
"""One line of a private key, behind a line break or an escaped one."""
BEARER = re.compile(rb"bearer\s+([0-9A-Za-z._~+/-]{16,4096}=*)", re.IGNORECASE)
BASIC = re.compile(rb"basic\s+([0-9A-Za-z+/_-]{8,4096}={0,2})(?![0-9A-Za-z])", re.IGNORECASE)
USERINFO = re.compile(rb"([!$-&(-.0-9;=A-Z\[\]-~]{0,256})(?::([!$-&(-.0-;=A-Z\[\]-~]{1,512}))?")
"""What stands between ``://`` and ``@``."""
EMAIL = re.compile(rb"(?<![\w.+%-])([A-Za-z0-9_.+%-]{1,64})@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}(?![\w-])")

_PLACEHOLDER = re.compile(
    rb"[\s*.#\xe2\x80\xa2xX_0-]*|[<\[{(%$]{1,3}[\w .:/-]*[>\]})%]{0,3}|(?:.{1,4})?[*]{3,}.{0,4}"
    rb"|[xX]{3,}={0,2}|[A-Z_-]+[-_]X{3,}|placeholder[\w-]*|<[^<>]*>"
    rb"|[\W_]*(?:redacted|filtered|masked|hidden|placeholder|censored|dummy|changeme|change[-_ ]me|removed|scrubbed|sanitized|omitted|fake"
    rb"|not[-_ ]?set|none|null|nil|true|false|undefined|string|bearer|basic|token|digest|required|optional|deleted|yes|no|on|off|n/a)[\W_]*"
    rb"|[<\[{(]?(?:your|my|the|some|an?)?[-_ ]?(?:(?:api|access|secret|auth|bearer|client|private|refresh|example|test|dummy|fake|user)[-_ ]?){0,4}"
    rb"(?:key|token|secret|password|passwd|pass|value|credentials?)(?:[-_ ]?(?:here|value|goes[-_ ]here))?[>\]})]?",
    re.IGNORECASE,
)
_COMMON = frozenset(
    b"access account active admin administrator anonymous application authorization basic bearer client code cookie customer default demo "
    b"development disabled enabled error example expired external failed failure finished global google github guest header hidden inactive "
    b"internal invalid invoice live local localhost manager member missing monthly normal object offline online operator optional order "
    b"password payment pending personal private product production project public read refresh regular required response root sandbox "
    b"secret server service session signin signup staging standard state static status string subscription success superuser system tester "
    b"testing token unknown update username verified version website welcome write password1 password123 admin123 test1234 test123 "
    b"12345678 123456789 1234567890 qwerty letmein passw0rd s3cret".split(),
)
_DIGITS_MIN = 12
_LENGTH_MIN = 6
_WORD_LENGTH = 16
_LOOSE_LENGTH = 8
_DIGITS = frozenset(b"0123456789")


def is_placeholder(value: bytes) -> bool:
    """Whether a value says itself that it is no secret: stars, ``<token>``, ``REDACTED``, ``true``."""
    return (len(value) <= 80 and _PLACEHOLDER.fullmatch(value) is not None) or not value.strip(b"xX*")


def is_spreadable(value: bytes) -> bool:
    """Whether a secret is distinct enough to be replaced wherever it stands, and not only where it was found."""
    if len(value) < _LENGTH_MIN or value.lower() in _COMMON:
        return False
    if value.isdigit():
        return len(value) >= _DIGITS_MIN
    distinct = len(set(value))
    if value.isalpha():
        return len(value) >= 8 and distinct >= 5
    return distinct >= 4


def is_bounded(value: bytes) -> bool:
    """Whether a secret should be replaced only where it stands alone: very short ones, and those that look like a word."""
    return len(value) < _LOOSE_LENGTH or (len(value) < _WORD_LENGTH and _strangeness(value, 4) < _RANDOM_MIN)


def is_opaque(value: bytes) -> bool:
    """Whether a value is somebody's identifier or credential, and no word, date, number, place or size."""
    mixed = (
        len(value) >= 12 and any(byte in _DIGITS for byte in value) and any(byte in _ALNUM - _DIGITS for byte in value)
    )
    return looks_random(value) or is_uuid(value) or (mixed and not _DATE.match(value))


_MAC = re.compile(
    rb"(?:v\d[=,:]|sha\d+=|t=\d+,v\d=)?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}|[0-9A-F]{40}|[0-9A-F]{64}"
    rb"|[0-9A-Za-z+/_-]{27}=?|[0-9A-Za-z+/_-]{43}=?|[0-9A-Za-z+/_-]{86}(?:==)?|[0-9A-Za-z+/_-]{342}(?:==)?)",
)
_KEY = re.compile(rb"[0-9A-Za-z]{20,256}|[0-9A-Za-z+/]{40,256}={0,2}")
_TOKEN = re.compile(rb"[0-9A-Za-z._~+/=:|!$@*-]{12,8192}")
_UUID = re.compile(rb"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_DATE = re.compile(rb"\d{4}-\d\d-\d\d([T ].*)?")
_HEX = re.compile(rb"(?=.*[0-9])(?=(?:.*[a-fA-F]){3})(?:[0-9a-f]{16,}|[0-9A-F]{16,})")
_WORDLIKE = frozenset(
    (
        b"ab ac ad ag al am an ap ar as at av ay ba be bi bl bo ca cc ce ch ck cl co cr ct cu da de di do dr du ea ec ed ef el em "
        b"en ep er es et ev ex ey fi fo fr ga ge gi go gr ha he hi ho ic id ie il im in io ir is it iv ke ki ks la ld le li ll lo "
        b"ly ma me mi mm mo mp na nd ne nf ng ni no ns nt nv oc od of ok ol om on op or os ot ou ow pa pe pi pl po pp pr qu ra rc "
        b"rd re ri rk rm ro rs rt sa sc se sh si so ss st su sy ta te th ti to tr ts tu ty ue ul um un up ur us ut ve vi wa we wh "
        b"wi wo "
    ).split(),
)
"""Two letters that often stand side by side in English and in the names of programs."""
_RANDOM_MIN = 0.58
_RANDOM_SHORT_MIN = 0.7


def looks_random(value: bytes) -> bool:
    """Whether a value under an ambiguous name is a secret: one long word that nobody could pronounce."""
    if not _TOKEN.fullmatch(value) or _DATE.fullmatch(value) or _UUID.fullmatch(value) or b"://" in value:
        return False
    if _HEX.fullmatch(value):
        return True
    return _strangeness(value, 8) > (_RANDOM_MIN if len(value) >= 16 else _RANDOM_SHORT_MIN)


def _strangeness(value: bytes, pairs_min: int) -> float:
    """Which share of its neighbouring letters and digits no word has; 0 where there are too few to tell."""
    pairs = [pair for pair in pairwise(value) if pair[0] in _ALNUM and pair[1] in _ALNUM]
    lettered = [pair for pair in pairs if pair[0] > 57 or pair[1] > 57]
    return sum(not _is_wordlike(*pair) for pair in lettered) / len(lettered) if len(lettered) >= pairs_min else 0.0


def _is_wordlike(first: int, second: int) -> bool:
    """Whether two letters are a piece of a word, all in one case or with a capital first."""
    shouted = second <= 90 < first
    return not shouted and bytes((first, second)).lower() in _WORDLIKE


_ALNUM = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def looks_like_mac(value: bytes) -> bool:
    """Whether a value is as long as the output of a hash or an RSA key: what a signature over a message looks like."""
    return _MAC.fullmatch(value) is not None


def looks_like_key(value: bytes) -> bool:
    """Whether a value is random all through: what is under ``key`` is a path or a name otherwise."""
    return _KEY.fullmatch(value) is not None and looks_random(value)


def is_uuid(value: bytes) -> bool:
    """Whether a value has the form of a UUID (RFC 9562)."""
    return _UUID.fullmatch(value) is not None
