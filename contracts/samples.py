"""Samples: documents that really were sent, as a whole, so that an example need not be put together from several calls.

Documents with the same places and the same kinds of values are of one *sort*, which is called by its number of places and a digest.
Of each sort a contract keeps how many there were and the least of them (``tapehiss.contracts.counts``).
"""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson

from tapehiss.contracts.counts import DEPTH_MAX, ITEM, Sample, bounded_samples
from tapehiss.contracts.names import step_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SAMPLE_MAX_BYTES = 4_000
"""The longest document that is a sample, as JSON text."""
_TOO_DEEP = "…"


def samples_of(documents: Iterable[Any]) -> Mapping[str, Sample]:
    """The samples of these documents by their sorts, within bounds."""
    found: dict[str, Sample] = {}
    for text, count in Counter(map(_text, documents)).items():
        sort = _sort(orjson.loads(text)) if text else ""
        if sort:
            found[sort] = found[sort] + Sample(count, text) if sort in found else Sample(count, text)
    return bounded_samples(found)


def size_of(sort: str) -> int:
    """How many places the documents of a sort have."""
    return int(sort.partition(":")[0])


def _text(document: Any) -> str:
    """The document as JSON with sorted names; empty when it is too long."""
    try:
        text = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # half surrogate pairs, or deeper than is read
        return ""
    return text.decode() if len(text) <= SAMPLE_MAX_BYTES else ""


def _sort(document: Any) -> str:
    """The sort of a document; empty for one that is deeper than contracts are."""
    places = sorted(set(_places(document, "", 0)))
    if _TOO_DEEP in places:
        return ""
    return f"{len(places):04}:{blake2b(chr(10).join(places).encode(), digest_size=8).hexdigest()}"


def _places(value: Any, path: str, depth: int) -> Iterator[str]:
    """Every place with the kind of its value; items of an array share one, and so do members whose names are data."""
    if depth > DEPTH_MAX:
        yield _TOO_DEEP
        return
    yield f"{path} {type(value).__name__}"
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _places(member, f"{path}/{step_of(name)}", depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _places(item, f"{path}/{ITEM}", depth + 1)
