"""Which member names are data: an object whose members are called by ids, dates or addresses is a map, not a record.

What a name is, is said by its form and nothing else, so that it never depends on what else was seen. Such members share one path,
``~+``. A form is on the list only when no record's member is called so: a name that could be a word, with or without digits,
has a path of its own (``address_line1``, ``sha256``, ``app.kubernetes.io/name``).
"""

from __future__ import annotations

import re
from functools import lru_cache

from tapehiss.contracts.counts import REST
from tapehiss.contracts.pointers import escaped

_HEX = "[0-9a-fA-F]"
_FORMS = (
    "[+-]?[0-9]+(?:[.,:][0-9]+)*",  # numbers, versions, times of day, IPv4 addresses
    rf"(?:urn:uuid:)?\{{?{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}\}}?",  # UUIDs
    rf"(?=[0-9a-fA-F]*[0-9])(?=[0-9]*[a-fA-F]){_HEX}{{16,128}}",  # digests, object ids
    "[0-7][0-9A-HJKMNP-TV-Z]{25}",  # ULIDs
    "[0-9]{4}-[0-9]{2}(?:-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}[0-9:.Z+-]{0,20})?)?",  # months, dates, instants
    "[0-9]{4}/[0-9]{2}/[0-9]{2}",
    "(?:[a-zA-Z]{1,12}[_-]){1,2}[0-9]{4,}",  # order_10023
    "(?:[a-z]{1,12}_){1,2}(?=[A-Za-z]*[0-9])(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[A-Za-z0-9]{8,64}",  # cus_9s6XKzkNRiz8i3
    "[!-.0-?A-~]+@[!-.0-?A-~]+[.][A-Za-z]{2,}",  # e-mail addresses
    "https?://[!-~]+",
    "(?=[A-Za-z]*[0-9][A-Za-z]+[0-9])(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[A-Za-z0-9]{17,64}",  # tokens of mixed case
)

MINTED_PATTERN = rf"^(?:{'|'.join(_FORMS)})(?!\n)$"
"""The names that are data, as a pattern that Python, ECMA 262 and Rust read alike."""

_MINTED = re.compile(MINTED_PATTERN)


@lru_cache(maxsize=20_000)
def step_of(name: str) -> str:
    """The step of a path to a member of this name: the escaped name (RFC 6901 section 3), or ``REST``."""
    return REST if _MINTED.search(name) else escaped(name)
