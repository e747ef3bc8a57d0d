"""By which way a request came to the mock: which vendor it is for, and whose state it means.

The law of this file: pure. A client that can set neither a Host header nor one of its own says so at the beginning of the path
(``/_state/test-7/_host/api.vendor.example/v1/x``), or by the port that it connects to; the rest is the vendor's own path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tapehiss.mocks.keys import split_url
from tapehiss.mocks.links import HOST_SEGMENT

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Request

STATE_SEGMENT = "_state"
"""``/_state/test-7/v1/x`` asks with a state of its own."""
_STATE = re.compile(rf"/{STATE_SEGMENT}/([A-Za-z0-9._~-]{{1,100}})(?=[/?]|\Z)")
_HOST = re.compile(rf"/{HOST_SEGMENT}/([^/?]+)")
_MARKED = "/_"


@dataclass(frozen=True, slots=True)
class Door:
    """One way in."""

    host: str = ""
    """The vendor that is meant (an authority), where the Host header does not say it."""
    state: str = ""
    """Whose state is meant."""
    below: tuple[str, ...] = ()
    """What the client's URLs have between the mock's and the vendor's path."""


FRONT = Door()


def through(request: Request, door: Door = FRONT, *, by_path: bool = False) -> tuple[Request, Door]:
    """The request as the vendor would have got it, and the way in which it came; ``by_path``: a path may say whose state is meant."""
    if not door.host and _MARKED not in request.url:
        return request, door
    authority, target, _ = split_url(request.url)
    state, host, below = door.state, door.host, door.below
    if by_path and (found := _STATE.match(target)):
        state, below, target = found[1], (STATE_SEGMENT, found[1]), target[found.end() :]
    if authority and (found := _HOST.match(target)):
        host, below, target = found[1], (*below, HOST_SEGMENT, found[1]), target[found.end() :]
    if host is door.host and below is door.below:
        return (replace(request, url=f"https://{host}{target}") if host else request), door
    return replace(request, url=f"https://{host or authority}{target}"), Door(host, state, below)
