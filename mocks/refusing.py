"""What a client is told whose request is not served at all: a whole answer of ours, after which the connection ends.

The law of this file: pure, and without a word of what was sent or of what an error quotes: that may be a secret.
"""

from __future__ import annotations

import traceback
from pathlib import PurePath


def refusal(status: int, reason: str, detail: str = "") -> bytes:
    """The answer; ``status`` and ``reason`` are those of its first line."""
    body = detail.encode()
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode("ascii") + body


def defect(error: Exception) -> str:
    """What a client is told about a defect of ours: its kind and its place."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{PurePath(place.filename).name}:{place.lineno}"
    return f"tapehiss has a defect, please report it: {type(error).__name__} in {where}\n"
