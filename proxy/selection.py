"""Which exchanges are kept: by host, by path, by the kind of content that came back.

The law of this file: pure. Nothing that is not wanted is touched, and traffic is never changed by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Selection:
    """Shell patterns (``*``, ``?``, ``[seq]``); an empty list wants everything, and a pattern with ``!`` in front refuses."""

    hosts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """Matched against the path without its query."""
    types: tuple[str, ...] = ()
    """Matched against the media type of the response, without parameters; an exchange without a response is kept."""

    def wants(self, host: str, path: str) -> bool:
        """Whether an exchange with this request may be kept."""
        return _chosen(self.hosts, host.lower()) and _chosen(self.paths, path.partition("?")[0])

    def wants_type(self, media_type: str | None) -> bool:
        """Whether an exchange with this response (``None``: no response) is kept."""
        return media_type is None or _chosen(self.types, media_type.lower())


def _chosen(patterns: tuple[str, ...], text: str) -> bool:
    """Refusals win; without any other pattern everything is wanted."""
    if not patterns:
        return True
    refused = (pattern[1:] for pattern in patterns if pattern.startswith("!"))
    if any(fnmatchcase(text, pattern) for pattern in refused):
        return False
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    return not wanted or any(fnmatchcase(text, pattern) for pattern in wanted)
