r"""One exchange on one line: plain YAML to vcrpy, one JSON text to us.

::

    - {"request": {...}, "response": {...}}     an exchange that a player can replay
    # tapehiss {"request": {...}, ...}          an exchange that no player could (reset, truncated, cut, WebSocket)
    # tapehiss {"gap": {...}}                   something was not recorded
    # tapehiss {"format": 1}                    the version of this format

The law of this file: a line is ASCII, holds no line break but its last byte, and ``decode_line(encode_line(x)) == x``. JSON and
YAML disagree in three places, and a line is written so that both read it (docs/tape.md): characters beyond U+FFFF are
``\U0001F600`` as in YAML, bytes are ``!!binary "..."`` as in YAML (and on such a line no other ``!`` stands), U+007F is escaped.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.errors import DamagedTape, UnsupportedFormat
from tapehiss.cassettes.view import (
    as_base64,
    from_interaction,
    to_interaction,
    without_surrogates,
)

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Clean, Exchange

FORMAT = 1
COMMENT = b"# tapehiss {"
ENTRY = b"- {"
FORMAT_LINE = b'# tapehiss {"format": 1}\n'
HEADER = b"version: 1\ninteractions:\n"
"""Stands before the first interaction, and never without one: vcrpy cannot read an empty list of this form."""

_ODD = re.compile(r"[^\x00-\x7e]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_WIDE = re.compile(r"\\(?:\\|U(........))")
_BINARY = re.compile(r'!!binary ("[A-Za-z0-9+/=]*")')
_BASE64 = re.compile(r'\{"base64": ("[A-Za-z0-9+/=]*")\}')
# Escapes are ours: a text that is ASCII already, as most are, is known to be so without a look at it.
_dumps = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, default=as_base64).encode


@dataclass(frozen=True, slots=True)
class Gap:
    """Something passed by and was not recorded."""

    started_at: float
    """Unix time in seconds."""
    ended_at: float
    lost: int
    """How many exchanges are missing, as far as is known; 0 if that is not known."""
    reason: str


def encode_line(x: Clean) -> bytes:
    """The line of an exchange, line break included: an interaction if it is replayable, else a comment."""
    interaction = to_interaction(x)
    text = _dumps(interaction)
    if not text.isascii() and _SURROGATE.search(text):
        text = _dumps(without_surrogates(interaction))
    return f"{'-' if x.replayable else '# tapehiss'} {_spelt(text)}\n".encode("ascii")


def encode_gap(gap: Gap) -> bytes:
    """The comment line of a gap."""
    return f"# tapehiss {_spelt(_dumps({'gap': asdict(gap)}))}\n".encode("ascii")


def decode_line(line: bytes) -> Exchange | Gap | None:
    """What a line holds; ``None`` for the format line, the header's lines, blank lines and comments of others.

    Raises ``DamagedTape`` for anything else, ``UnsupportedFormat`` for a tape of a later format; neither says where.
    """
    line = line.strip()
    if line.startswith(ENTRY):
        return from_interaction(_parse(line[2:]))
    if line.startswith(COMMENT):
        return _from_comment(_parse(line[len(COMMENT) - 1 :]))
    if not line or line.startswith(b"#") or line in {b"version: 1", b"interactions:"}:
        return None
    raise DamagedTape(f"not a line of a tape: {line[:40].decode('ascii', 'backslashreplace')}")


def _from_comment(comment: dict[str, Any]) -> Exchange | Gap | None:
    if "format" in comment:
        if comment["format"] != FORMAT:
            raise UnsupportedFormat(
                f"the tape has format {comment['format']}, this tapehiss reads {FORMAT}",
                remedy="update tapehiss",
            )
        return None
    if "gap" in comment:
        try:
            return Gap(**comment["gap"])
        except TypeError as error:
            raise DamagedTape(f"not a gap record ({error})") from error
    return from_interaction(comment)


# --- writing ----------------------------------------------------------------------------------------------------------


def _spelt(text: str) -> str:
    """JSON in the spelling that is YAML too."""
    if not text.isascii() or "\x7f" in text:
        text = _ODD.sub(_escaped, text)
    if '{"base64": "' in text:  # a mapping: the quotes of a text would be escaped
        text = _BASE64.sub(r"!!binary \1", text.replace("!", "\\u0021"))
    return text


def _escaped(odd: re.Match[str]) -> str:
    r"""A run of characters beyond ASCII: ``\u00e9`` as in JSON, ``\U0001f600`` as in YAML."""
    escapes = odd[0].encode("ascii", "backslashreplace").decode("ascii")
    return escapes.replace("\\x", "\\u00").replace("\x7f", "\\u007f")


# --- reading ----------------------------------------------------------------------------------------------------------


def _parse(text: bytes) -> dict[str, Any]:
    """The JSON object of a line, whichever of the two spellings it has."""
    try:
        plain = text.decode("utf-8")
        if "!!binary" in plain:
            plain = _BINARY.sub(r'{"base64": \1}', plain)
        if "\\U" in plain:
            plain = _WIDE.sub(_character, plain)
        value: dict[str, Any] = json.loads(plain)  # begins with a brace
    except (ValueError, RecursionError) as error:
        raise DamagedTape(f"not a whole line ({type(error).__name__}: {error})") from error
    return value


def _character(found: re.Match[str]) -> str:
    """YAML's escape of a wide character as the character itself."""
    return found[0] if found[1] is None else chr(int(found[1], 16))
