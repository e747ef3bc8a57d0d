"""The part of the control plane that says whether a client did what it should: ``/_tapehiss/verify``."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field

from tapehiss.mocks.control_journal import EntryOut, Wanted, entry_out
from tapehiss.mocks.control_parts import Named, detail
from tapehiss.mocks.selection import DEPTH_MAX, too_deep
from tapehiss.mocks.verification import Expectation

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tapehiss.mocks.live import LiveVendor
    from tapehiss.mocks.selection import Selection
    from tapehiss.mocks.verification import Verdict

ORDER_MAX = 1000
Count = Annotated[int | None, Field(ge=0)]
Gap = Annotated[
    float | None, Field(ge=0, allow_inf_nan=False, description="between one and the next, by the vendor's clock")
]


class CheckIn(Wanted):
    """Which requests are meant, and what is expected of them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"on": "POST /v1/charges", "exactly": 2, "min_gap_s": 2}]},
    )

    on: Named
    idempotency_key: str | None = Field(default=None, max_length=1000)
    body_sha256: str | None = Field(default=None, pattern="^[0-9a-fA-F]{64}$", description="of the decoded body")
    body_json: Any = Field(
        default=None,
        description=f"what the body has in it, whatever else; bodies must be kept for it; at most {DEPTH_MAX} deep",
    )
    exactly: Count = None
    at_least: Count = None
    at_most: Count = None
    min_gap_s: Gap = None
    max_gap_s: Gap = None
    order: list[Named] = Field(
        default_factory=list, max_length=ORDER_MAX, description="operations that came in this order"
    )
    waits_as_told: bool = Field(default=False, description="none came before an earlier one's Retry-After had passed")

    def selection(self) -> Selection:
        """The same for the journal."""
        return replace(
            super().selection(),
            idempotency_key=self.idempotency_key,
            body_sha256=self.body_sha256,
            json=self.body_json,
        )

    def expectation(self) -> Expectation:
        """What is expected."""
        return Expectation(
            self.exactly,
            self.at_least,
            self.at_most,
            self.min_gap_s,
            self.max_gap_s,
            tuple(self.order),
            self.waits_as_told,
        )


class ViolationOut(BaseModel):
    """One thing that is not as expected."""

    what: str = Field(description="count, gap, order, early, or forgotten (the journal has too little to tell)")
    wanted: str
    seen: str
    numbers: list[int] = Field(description="of the entries")


class NearMissOut(BaseModel):
    """A request that would have been one of them but for one thing."""

    entry: EntryOut
    differs: list[str] = Field(description="in what: no value is told")


class CheckOut(BaseModel):
    """Whether everything is as expected, and what was seen."""

    ok: bool
    count: int
    numbers: list[int] = Field(description="of the last entries that are meant")
    by_status: dict[str, int]
    violations: list[ViolationOut]
    near_misses: list[NearMissOut]


def verify_routes(app: FastAPI, prefix: str, live: LiveVendor, _: Callable[[], float]) -> None:
    """The route of verification."""

    @app.post(f"{prefix}/verify")
    async def verify(check: CheckIn) -> CheckOut:
        """Whether the requests that are meant came as expected; if not, precisely what was seen, and what nearly was it."""
        if too_deep(check.body_json):
            told = detail(("body", "body_json"), f"is deeper than {DEPTH_MAX}", "depth")
            raise HTTPException(422, [told])
        return _check_out(live.verify(check.selection(), check.expectation()))


def _check_out(verdict: Verdict) -> CheckOut:
    return CheckOut(
        ok=verdict.ok,
        count=verdict.count,
        numbers=list(verdict.numbers),
        by_status=verdict.by_status,
        violations=[ViolationOut(**asdict(each)) for each in verdict.violations],
        near_misses=[NearMissOut(entry=entry_out(each.entry), differs=list(each.differs)) for each in verdict.near],
    )
