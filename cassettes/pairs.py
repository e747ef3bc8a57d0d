"""Header pairs as vcrpy's dict of lists, and the pairs again.

vcrpy holds headers as ``{name: [values]}``; httpx breaks on a value outside ASCII and every client on a connection header of a
connection that it does not have. So the dict holds what can be replayed, and an *order* beside it the rest.

An order is a text with one line a header. ``Name`` is the next value that the dict holds under this name; ``Name: value`` is a
header that the dict lacks or shows otherwise. (One text, because every node of a cassette costs vcrpy 10 microseconds.) It is
a list of such lines where some line must be a ``[name, value]`` pair, for a line break inside, which no HTTP/1 header has.

The law of this file: ``from_dict(*to_dict(headers, ...)) == headers``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.cassettes.exchange import Headers

Order = str | list[Any]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")  # RFC 9110 section 5.6.2; libyaml's keys end at 1,024


def to_dict(
    headers: Headers, dropped: frozenset[str], length: str | None, *, join: bool
) -> tuple[dict[str, list[str]], Order | None]:
    """Headers as vcrpy's dict of lists, and the order that restores the pairs (``None`` if the dict alone does).

    ``dropped``: lower-case names that the dict must not hold; ``length``: what ``Content-Length`` is to say there, ``None`` for
    what was sent; ``join``: vcrpy keeps only the first value of a request header, so all go into it.
    """
    values: dict[str, list[str]] = {}
    seen: dict[str, list[str]] = {}
    lines: list[Any] = []
    for name, value in headers:
        low = _lower(name)
        if low is None or low in dropped:
            lines.append(_line(name, value))
            continue
        shown = value if value.isascii() and value.isprintable() else _printable(value)
        if low == "content-length" and length is not None:
            shown = length
        held = seen.get(low)
        if held is None:
            seen[low] = values[name] = [shown]
        else:
            held.append(shown)
        lines.append(name if shown == value else _line(name, value))
    if join and len(values) < sum(map(len, values.values())):
        return {name: [_joined(name, held)] for name, held in values.items()}, _order(
            [_line(*pair) for pair in headers]
        )
    if length not in {None, "0"} and "content-length" not in seen:
        values["Content-Length"] = [str(length)]
    return values, None if lines == list(values) else _order(lines)


def from_dict(values: Mapping[str, Any], order: Order | None) -> Headers:
    """The pairs again. What somebody added to the dict by hand comes last; what they took out is gone."""
    if order is None:
        return _flat(values)
    left = {_lower(name): [(name, string(value)) for value in held] for name, held in values.items()}
    pairs: list[tuple[str, str]] = []
    for line in _lines(order):
        name, told, value = line.partition(": ") if isinstance(line, str) else (line[0], ": ", line[1])
        held = left.get(_lower(name))
        shown = held.pop(0) if held else None
        if told:
            pairs.append((string(name), string(value)))
        elif shown is not None:
            pairs.append((name, shown[1]))
    left.pop("content-length", None)  # ours, not the vendor's: else it were in the order
    return (*pairs, *(pair for held in left.values() for pair in held))


def _line(name: str, value: str) -> str | list[str]:
    return [name, value] if "\n" in name or "\n" in value or ": " in name else f"{name}: {value}"


def _order(lines: list[Any]) -> Order:
    try:
        return "\n".join(lines)
    except TypeError:
        return lines


def _lines(order: Order) -> list[Any]:
    if isinstance(order, str):
        return order.split("\n") if order else []
    return order


def _flat(values: Mapping[str, Any]) -> Headers:
    return tuple((name, string(value)) for name, held in values.items() for value in held)


def _joined(name: str, held: list[str]) -> str:
    """Several values of one request header in one (RFC 9110 section 5.3, RFC 9113 section 8.2.3)."""
    return ("; " if name.lower() == "cookie" else ", ").join(held)


@lru_cache(maxsize=4096)
def _lower(name: str) -> str | None:
    """The name to compare by, or ``None`` for what no player could send as a header name."""
    return name.lower() if _TOKEN.fullmatch(name) else None


def _printable(value: str) -> str:
    """The value in printable ASCII, other bytes percent-encoded: a client under vcrpy breaks on anything else."""
    wire = value.encode("latin-1") if all(char < "\u0100" for char in value) else value.encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if byte == 9 or 32 <= byte < 127 else f"%{byte:02X}" for byte in wire)


def string(value: object) -> str:
    """The value, which must be text; ``TypeError`` otherwise."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} where text belongs")
    return value
