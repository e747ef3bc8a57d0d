"""What a published description says, whatever its format: operations, their parameters, bodies and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema = Any
"""A schema as it was written: an object in most formats, ``True`` for anything."""


@dataclass(frozen=True, slots=True)
class PublishedParameter:
    """One parameter of an operation."""

    name: str
    place: str
    """``path``, ``query`` or ``header``."""
    required: bool
    schema: Schema


@dataclass(frozen=True, slots=True)
class PublishedOperation:
    """One operation that is documented."""

    method: str
    path: str
    """Template with the base path in front; parameters are in braces."""
    parameters: tuple[PublishedParameter, ...] = ()
    request: Mapping[str, Schema] = field(default_factory=dict)
    """Media type (or range) -> schema of the body."""
    answers: Mapping[str, Mapping[str, Schema]] = field(default_factory=dict)
    """Status, ``4XX`` or ``default`` -> media type -> schema; empty where the format names no statuses."""

    def __str__(self) -> str:
        """The operation on one line."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Description:
    """Everything that is documented."""

    format: str
    """``OpenAPI 3.0.3``, ``Swagger 2.0``, ``Discovery v1``."""
    operations: tuple[PublishedOperation, ...]
    document: Mapping[str, Any]
    """The document itself, into which references point."""
    origins: tuple[str, ...] = ()
    """The servers' origins, where they are no templates."""
