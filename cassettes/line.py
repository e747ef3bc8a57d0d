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
    has_surrogates,
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

_PAIR = re.compile(r"\\(?:\\|u(d[89ab]..)\\u(d[c-f]..))")
_WIDE = re.compile(r"\\(?:\\|U(........))")
_BINARY = re.compile(r'!!binary ("[A-Za-z0-9+/=]*")')
_BASE64 = re.compile(r'\{"base64": ("[A-Za-z0-9+/=]*")\}')
_dumps = json.JSONEncoder(ensure_ascii=True, allow_nan=False, default=as_base64).encode


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
    write = _flow if x.replayable else _comment
    text = write(interaction)
    if ("\\ud" in text or "\\U" in text) and has_surrogates(interaction):
        text = write(without_surrogates(interaction))
    return text.encode("ascii")


def encode_gap(gap: Gap) -> bytes:
    """The comment line of a gap."""
    return f"# tapehiss {_dumps({'gap': asdict(gap)})}\n".encode("ascii")


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


def _flow(interaction: dict[str, Any]) -> str:
    """An interaction as YAML and JSON agree to read it."""
    text = _dumps(interaction)
    if "\\ud" in text:
        text = _PAIR.sub(_wide, text)
    if '{"base64": "' in text:  # a mapping: the quotes of a text would be escaped
        text = _BASE64.sub(r"!!binary \1", text.replace("!", "\\u0021"))
    return f"- {text}\n"


def _comment(interaction: dict[str, Any]) -> str:
    """An interaction for our reader alone: JSON as the RFC has it."""
    return f"# tapehiss {_dumps(interaction)}\n"


def _wide(found: re.Match[str]) -> str:
    """A surrogate pair as one escape; an escaped backslash as it is."""
    if found[1] is None:
        return found[0]
    return f"\\U{0x10000 + ((int(found[1], 16) - 0xD800) << 10) + int(found[2], 16) - 0xDC00:08x}"


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
