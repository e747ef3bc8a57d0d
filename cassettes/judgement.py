"""Judgement: whether what stands at a place is a secret, and what shall stand there instead.

The law of this file: a value that is judged to be a secret under any name is one under every name: it becomes a taint, unless it is too
short or too common to be told from an ordinary word; then it is replaced only where it was found.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import TYPE_CHECKING

from tapehiss.cassettes import jwt
from tapehiss.cassettes.credentials import secrets_in
from tapehiss.cassettes.pseudonyms import is_pseudonym, pseudonym
from tapehiss.cassettes.secretnames import Strength
from tapehiss.cassettes.secretshapes import (
    KEY_LINE,
    PRIVATE_KEY,
    is_bounded,
    is_opaque,
    is_placeholder,
    is_spreadable,
    is_uuid,
    looks_like_key,
    looks_like_mac,
    looks_random,
)
from tapehiss.cassettes.taints import Taint, Taints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tapehiss.cassettes.rules import Rules
    from tapehiss.cassettes.spotting import Find

_VERDICTS_MAX = 20_000
_SCHEME = re.compile(rb"\s*(?:Bearer|Token|Bot|ApiKey|JWT|GenieKey|Key)\s+(?=\S)", re.IGNORECASE)
_BASIC = re.compile(rb"\s*Basic\s+(?=\S)", re.IGNORECASE)
_SCOPE = re.compile(rb"/\d{8}/")
_URL = re.compile(rb"(?:https?|wss?|ftp|file|data|mailto|arn|urn):[^\s]+", re.IGNORECASE)
_PRINTABLE = re.compile(rb"[\x20-\x7e]{6,}")
_PROSE = re.compile(rb"[A-Za-z']+(?: \S+){2,}")
_CODE = re.compile(rb"[A-Za-z_.$]+(?:\([^)]*\)?)?")


class TooManySecrets(Exception):
    """The number of secrets that can be remembered is reached."""


class Judge:
    """Decides, and remembers what it took for a secret."""

    def __init__(self, rules: Rules, key: bytes, known: Iterable[tuple[str, bytes]]) -> None:
        self._rules = rules
        self._key = key
        self._verdicts: dict[tuple[bytes, Strength, int, str, str], tuple[bytes, bool]] = {}
        self.taints = Taints()
        for rule, value in known:
            self._spread(value, pseudonym(key, value), rule)

    def verdict(self, value: bytes, find: Find) -> tuple[bytes, bool]:
        """What shall stand in the place of a value (undone of its encoding), and whether it is a secret or one's pseudonym."""
        asked = (value, find.strength, find.sure, find.rule, find.form)
        known = self._verdicts.get(asked)
        if known is None:
            if len(self._verdicts) >= _VERDICTS_MAX:
                self._verdicts.clear()
            known = self._verdicts[asked] = self._verdict(value, find)
        return known

    def _verdict(self, value: bytes, find: Find) -> tuple[bytes, bool]:
        made = self._basic(value, find) if find.form == "basic" else self._composed(value, find)
        if made is not None:
            return made, True
        return (self._replaced(value, find.rule), True) if self._is_secret(value, find) else (value, False)

    def _judged(self, value: bytes, find: Find) -> bytes:
        return self._verdict(value, find._replace(form="plain"))[0]

    def _replaced(self, value: bytes, rule: str) -> bytes:
        made = pseudonym(self._key, value)
        self._spread(value, value if made == value else made, rule)
        return made

    def _composed(self, value: bytes, find: Find) -> bytes | None:
        """What stands for a value of which only pieces are secret; ``None`` for any other."""
        scheme = _BASIC.match(value)
        if scheme:
            return scheme[0] + self._basic(value[scheme.end() :], find)
        wrapped = _SCHEME.match(value)
        if wrapped:
            word = value[wrapped.end() :]
            return wrapped[0] + self._judged(word, _said(find, word))
        if jwt.is_token(value):
            return self._token(value)
        if b"PRIVATE KEY" in value:
            return PRIVATE_KEY.sub(lambda match: self._key_lines(match, find), value)
        return self._composed_by_name(value, find)

    def _composed_by_name(self, value: bytes, find: Find) -> bytes | None:
        if value[:1] == b"{" and find.rule in _DOCUMENTS:
            return _TEXT.sub(lambda text: text[0] if text[2] else b'"' + self._judged(text[1], find) + b'"', value)
        scope = _SCOPE.search(value) if find.rule.endswith("credential") else None
        if scope:
            return self._judged(value[: scope.start()], find) + value[scope.start() :]
        return self._like_header(value, find) if _HEADER_SHAPE.search(value) and find.rule in _HEADER_LIKE else None

    def _is_secret(self, value: bytes, find: Find) -> bool:
        if is_placeholder(value) or self._is_kept(value) or value[:1] in {b"{", b"["}:
            return False
        if find.strength is Strength.WEAK:
            return _is_weak_secret(value, find.rule, in_form=find.form == "form")
        if find.sure == 0:
            return looks_random(value)
        if find.rule.startswith("refused:") and _PROSE.fullmatch(value):
            return False
        if find.rule != "basic" and _URL.fullmatch(value):
            return False  # what is secret in it is found by itself
        return not (find.sure == 1 and (_CODE.fullmatch(value) or b" " in value))

    def _is_kept(self, value: bytes) -> bool:
        return any(regex.fullmatch(value) for regex in self._rules.keep_values)

    def _key_lines(self, match: re.Match[bytes], find: Find) -> bytes:
        first, last = match.span(1)
        lines = KEY_LINE.sub(lambda line: self._judged(line[0], find), match.string[first:last])
        return match.string[match.start() : first] + lines + match.string[last : match.end()]

    def _like_header(self, value: bytes, find: Find) -> bytes:
        made, at = [], 0
        for start, end in secrets_in(_HEADER_LIKE[find.rule], value.decode("latin-1")):
            made += [
                value[at:start],
                self._judged(value[start:end], find._replace(rule="header", strength=Strength.STRONG)),
            ]
            at = end
        return b"".join([*made, value[at:]])

    def _token(self, value: bytes) -> bytes:
        made = jwt.reissued(value, lambda text: pseudonym(self._key, text), self.taints.without)
        self._spread(value, value if made == value else made, "jwt")
        return made

    def _basic(self, value: bytes, find: Find) -> bytes:
        """Basic credentials with both halves replaced (RFC 7617); what is no base64 is a secret as a whole."""
        padded = value + b"=" * (-len(value) % 4)
        try:
            user, colon, password = b64decode(
                padded, altchars=b"-_" if set(value) & set(b"-_") else None, validate=True
            ).partition(b":")
        except (Base64Error, ValueError):
            return self._judged(value, find)
        if not colon or not _is_text(user + password):
            return self._judged(value, find)
        strong = find._replace(strength=Strength.STRONG, rule="basic", sure=2)
        lone = not password or looks_random(user) or any(48 <= byte <= 57 for byte in user)
        made = (self._judged(user, strong) if lone else user) + b":" + self._judged(password, strong)
        return b64encode(made, altchars=b"-_" if set(value) & set(b"-_") else None)[: len(value)]

    def _spread(self, value: bytes, made: bytes, rule: str) -> None:
        if not _spreads(value, rule) or value in self.taints:
            return
        if len(self.taints) >= self._rules.limits.taints_max:
            raise TooManySecrets
        self.taints.add(Taint(value, made, rule, is_bounded(value)))
        self._spread_inside(value, rule)
        self._spread_in_latin_1(value, made, rule)

    def _spread_inside(self, value: bytes, rule: str) -> None:
        """A secret that is base64 of a text: the text is one too."""
        try:
            inside = b64decode(value + b"=" * (-len(value) % 4), validate=True) if len(value) >= 12 else b""
        except (Base64Error, ValueError):
            return
        if (
            _PRINTABLE.fullmatch(inside)
            and b":" not in inside
            and inside[:1] not in {b"{", b"["}
            and not is_pseudonym(inside)
        ):
            self._spread(inside, pseudonym(self._key, inside), rule)

    def _spread_in_latin_1(self, value: bytes, made: bytes, rule: str) -> None:
        if value.isascii():
            return
        try:
            other, stands = (text.decode("utf-8").encode("latin-1") for text in (value, made))
        except UnicodeError:
            return
        self.taints.add(Taint(other, stands, rule, is_bounded(other)))


def _is_text(content: bytes) -> bool:
    """Whether bytes are UTF-8 without control characters (RFC 7617 section 2.1)."""
    try:
        return content.decode("utf-8").isprintable()
    except UnicodeDecodeError:
        return False


_PASSWORDS = re.compile(
    r".*(?:passw|pwd|phrase|secret|authorization|auth|basic|userinfo|mnemonic)|env:|known|pattern:|path:"
)
_WORDS = re.compile(rb"[A-Za-z_ .-]+")


def _spreads(value: bytes, rule: str) -> bool:
    """Whether a secret is replaced wherever it stands: one made of words only if it is a password, a cookie only if it is no setting."""
    if not is_spreadable(value):
        return False
    if rule in {"header:cookie", "header:set-cookie", "header"}:
        return is_opaque(value)
    return _PASSWORDS.match(rule) is not None or not _WORDS.fullmatch(value) or looks_random(value)


_HEADER_LIKE = {f"{kind}:{name}": name for kind in ("name", "refused") for name in ("cookie", "authorization")} | {
    f"{kind}:setcookie": "set-cookie" for kind in ("name", "refused")
}
"""Fields that echo a header: what in it is the secret is known from the header."""
_DOCUMENTS = frozenset({"name:secretstring", "name:secretvalue", "name:secretdata", "name:secretjson"})
"""Fields that hold a whole document of secrets, as text; every text in it is one."""
_TEXT = re.compile(rb'"((?:[^"\\]|\\.)*+)"(\s*:)?')
_IN_FORMS = (":auth", ":code", ":hmac", ":key", ":session", ":sessionid", ":jsessionid", ":sig", ":signature")
"""What names a credential in a query or a form, and many other things elsewhere."""
_MIXED = re.compile(rb"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])(?![\w-]*-\d\d?-)[0-9A-Za-z_~+/=!$*-]{8,}")
"""Letters and digits, and neither a date nor a version."""
_HEADER_SHAPE = re.compile(rb"\S[= ]\S")


def _is_weak_secret(value: bytes, rule: str, *, in_form: bool) -> bool:
    """Whether the value under an ambiguous name is a secret, by what the name is otherwise used for."""
    if _ADDRESS.fullmatch(value):
        return False
    if rule.endswith(":token") or (in_form and rule.endswith(_IN_FORMS)):
        return looks_random(value) or is_uuid(value) or _MIXED.fullmatch(value) is not None
    for ends, looks_like_one in _USES:
        if rule.endswith(ends):
            return looks_like_one(value)
    return looks_random(value) or (is_uuid(value) and ("token" in rule or rule.endswith("secretid")))


def _said(find: Find, word: bytes) -> Find:
    """A field ``authorization`` may hold anything; a scheme and one word in it are a credential."""
    sure = find.rule.endswith("authorization") and b" " not in word
    return find._replace(strength=Strength.STRONG) if sure else find


def _is_pin(value: bytes) -> bool:
    return value.isdigit() and 4 <= len(value) <= 12


def _is_pass(value: bytes) -> bool:
    """Whether a value is no count of tests, and not their outcome."""
    return len(value) >= 6 and not value.isdigit() and value.lower() not in _OUTCOMES


_OUTCOMES = frozenset({b"passed", b"failed", b"skipped", b"pending", b"warning"})
_USES: tuple[tuple[tuple[str, ...], Callable[[bytes], bool]], ...] = (
    (("signature", "hmac", "sha256", ":sig"), looks_like_mac),
    ((":pin",), _is_pin),
    ((":key",), looks_like_key),
    ((":pass",), _is_pass),
)
"""Ambiguous names, and what a secret under one looks like."""


_ADDRESS = re.compile(rb"0x(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})")
"""Of a contract or a transaction on a blockchain, where a token is a thing that everybody may look at."""
