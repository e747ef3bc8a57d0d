"""The values that are kept of a column: those with the smallest hash, each with the number of exchanges that it occurred in.

Values are written as JSON, in UTF-8, and all of a column by one call. The order is ``rank_of_text`` of ``sums``; here it is found
without ranking every value: of many hashes only the small ones are sorted.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from itertools import compress
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson

from tapehiss.contracts.counts import VALUE_LENGTH_MAX, VALUES_MAX

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tapehiss.contracts.rows import Rows

Sketch = tuple[dict[str, int], bool]
"""JSON texts of the values that are kept, in how many exchanges each occurred, and whether there were others."""

_HASHES = 2**32
_ENOUGH = 4
"""So many times the hashes that are wanted are looked at first."""


def sketch_of(values: Sequence[Any], rows: Rows, distinct: Collection[Any], short: Collection[Any]) -> Sketch:
    """The sketch of a column of strings or numbers (of one type: equal values are one value).

    ``distinct`` are its values, each once, and ``short`` those of them that may be short enough to be kept.
    """
    named = _kept(list(short)) if short else {}
    more = len(named) < len(distinct)
    if len(distinct) == 1:
        return dict.fromkeys(named.values(), rows.count), more
    if rows.count == 1 or len(distinct) == len(values):
        return dict.fromkeys(named.values(), 1), more
    counts = _counted(values, rows, named.keys() if more else None)
    return {text: counts[value] for value, text in named.items()}, more


def text_of(value: str) -> str:
    """The JSON text of a string."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # half surrogate pairs
        return json.dumps(value, ensure_ascii=False)


def texts_of(values: list[Any]) -> list[bytes]:
    """The JSON text of each value; nought has no sign, so that equal numbers have equal texts."""
    try:
        written = orjson.dumps(values, option=orjson.OPT_INDENT_2)[4:-2].split(b",\n  ")
    except TypeError:  # half surrogate pairs, integers of more than 64 bits
        written = [json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass") for value in values]
    return written if b"-0.0" not in written else [b"0.0" if text == b"-0.0" else text for text in written]


def _kept(short: list[Any]) -> dict[Any, str]:
    """The values that are kept, with their texts."""
    texts = texts_of(short)
    told = zip(short, texts, strict=True)
    if len(texts) > VALUES_MAX:
        return {value: text.decode("utf-8", "surrogatepass") for _, text, value in _smallest(short, texts)}
    return {value: text.decode("utf-8", "surrogatepass") for value, text in told if len(text) <= VALUE_LENGTH_MAX}


def _smallest(values: list[Any], texts: list[bytes]) -> list[tuple[int, bytes, Any]]:
    """Hash, text and value of those whose texts have the smallest hashes, of the texts that are not too long."""
    hashes = list(map(zlib.crc32, texts))
    limit = _HASHES * VALUES_MAX * _ENOUGH // len(texts)
    for most in (limit, _HASHES):
        small = [(each, texts[place], values[place]) for place, each in enumerate(hashes) if each < most]
        fits = [told for told in small if len(told[1]) <= VALUE_LENGTH_MAX]
        if len(fits) >= VALUES_MAX:
            break
    return sorted(fits)[:VALUES_MAX]


def _counted(values: Sequence[Any], rows: Rows, wanted: Collection[Any] | None) -> Counter[Any]:
    """In how many exchanges each value occurs, or each of those that are wanted."""
    ids: Sequence[int] = rows.ids
    if wanted is not None:
        those = list(map(wanted.__contains__, values))
        values, ids = list(compress(values, those)), list(compress(ids, those))
    if rows.once:
        return Counter(values)
    return Counter(map(itemgetter(1), set(zip(ids, values, strict=True))))
