"""The part of the control plane that tells what was done at the vendor: ``/_tapehiss/effects``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from tapehiss.mocks.control_parts import Operation, StateKey  # noqa: TC001 (fastapi reads the annotations)
from tapehiss.mocks.schedule import operation_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tapehiss.mocks.live import LiveVendor


class EffectOut(BaseModel):
    """What was done by one operation since the last reset; no key and no body is kept."""

    operation: str
    carried_out: int
    doubled: int = Field(description="how many of these were done before: for the same request, or the same key")
    requests: int = Field(description="different requests that were carried out")
    keys: int = Field(description="different idempotency keys that they had")
    unkeyed: int = Field(description="how many had no key")
    lost: int = Field(description="how many were carried out and never answered")
    replayed: int = Field(description="repeats that got the first answer again: not carried out")
    conflicts: int = Field(description="repeats of a key with another request: refused")


def effect_routes(app: FastAPI, prefix: str, live: LiveVendor, _: Callable[[], float]) -> None:
    """The routes about effects."""

    @app.get(f"{prefix}/effects")
    async def read_effects(on: Operation = "*", key: StateKey = "") -> list[EffectOut]:
        """Writes that were carried out, by operation; those first of which most was done again. ``on`` filters."""
        wanted = operation_pattern(on)
        found = [each for each in live.effects(key) if wanted(*each.operation.split(" ", 1))]
        return [EffectOut(**asdict(each)) for each in found]
