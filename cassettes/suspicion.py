"""A suspicion: where a secret may still be, without the secret."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A place that may still hold a secret; the secret itself is no part of it."""

    rule: str
    """Which rule found it, such as ``name:password``."""
    part: str
    """Such as ``request.headers`` or ``response.body``."""
    pointer: str
    """Where in the part: a header's name, a byte offset, or in which encoding."""

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.rule} in {self.part} at {self.pointer}"
