"""The part of the control plane about what the vendor remembers: ``/_tapehiss/reset``, ``states``, ``snapshots`` and ``health``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, Field

from tapehiss.mocks.control_parts import AnyStateKey  # noqa: TC001 (fastapi reads the annotations)
from tapehiss.mocks.sandbox import LOAN_MAX_S
from tapehiss.mocks.snapshots import NAME
from tapehiss.mocks.statekeys import KEY_MAX_CHARS

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tapehiss.mocks.live import LiveVendor
    from tapehiss.mocks.sandbox import Loan
    from tapehiss.mocks.snapshots import Snapshot

Name = Annotated[str, Path(pattern=f"^{NAME}$", description="letters, digits, dots and dashes")]
MISSING: dict[int | str, dict[str, Any]] = {409: {"description": "it is not there, or there are too many"}}


class Health(BaseModel):
    """The mock lives."""

    status: str
    recordings: int
    hosts: list[str]
    elapsed_s: float


class StateOut(BaseModel):
    """A state of its own."""

    key: str
    requests: int = Field(description="how many it answered")
    own: list[str] = Field(description="what was set for it alone: weather, limits, clock")


class StatesOut(BaseModel):
    """The states that there are."""

    by: str = Field(description="what tells them apart")
    states: list[StateOut] = Field(description="the one that was used last at the end")


class SnapshotOut(BaseModel):
    """A snapshot."""

    name: str
    taken_s: float = Field(description="seconds since the mock began")
    whole: bool = Field(description="whether it is of all states")
    keys: list[str] = Field(description="of which states it is; the empty one is everybody's who names none")


class HeartbeatIn(BaseModel):
    """For how long from now what was set with an end is to stay."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"for_s": 60}]}}

    for_s: float = Field(gt=0, le=LOAN_MAX_S, allow_inf_nan=False)


class HeartbeatOut(BaseModel):
    """What ends when."""

    schedule_ends_in_s: float | None = Field(description="null if it does not end by itself, or has ended")
    limits_end_in_s: float | None


def state_routes(app: FastAPI, prefix: str, live: LiveVendor, clock: Callable[[], float]) -> None:
    """The routes about the state."""

    @app.post(f"{prefix}/reset")
    async def reset(key: AnyStateKey = None) -> Health:
        """Play the tapes and the schedule from their beginning, and forget the journal; of one state, or of all."""
        live.reset(clock(), key=key)
        return _health(live, clock())

    @app.get(f"{prefix}/health")
    async def health() -> Health:
        """The mock lives."""
        return _health(live, clock())

    @app.post(f"{prefix}/heartbeat")
    async def heartbeat(given: HeartbeatIn, key: AnyStateKey = None) -> HeartbeatOut:
        """Somebody is still there: schedules and limits that end by themselves end so long from now."""
        live.prolong(clock(), given.for_s, key=key)
        now_s = clock()
        sandbox = live.sandbox(key or "", now_s)
        return HeartbeatOut(
            schedule_ends_in_s=_left_s(sandbox.weather_loan, now_s), limits_end_in_s=_left_s(sandbox.limits_loan, now_s)
        )

    _states(app, prefix, live)
    _snapshots(app, prefix, live, clock)


def _left_s(loan: Loan[Any] | None, now_s: float) -> float | None:
    return None if loan is None else loan.until_s - now_s


def _states(app: FastAPI, prefix: str, live: LiveVendor) -> None:
    @app.get(f"{prefix}/states")
    async def list_states() -> StatesOut:
        """The states that tests have for themselves."""
        found = [StateOut(key=key, requests=each.requests, own=sorted(each.own)) for key, each in live.states.items()]
        return StatesOut(by=live.by.by, states=found)

    @app.delete(f"{prefix}/states")
    async def forget_state(key: Annotated[str, Query(min_length=1, max_length=KEY_MAX_CHARS)]) -> StatesOut:
        """Forget a state: who names it again begins anew."""
        live.evict(key)
        return await list_states()


def _snapshots(app: FastAPI, prefix: str, live: LiveVendor, clock: Callable[[], float]) -> None:
    @app.get(f"{prefix}/snapshots")
    async def list_snapshots() -> list[SnapshotOut]:
        """The snapshots that there are."""
        return [_snapshot_out(each) for each in live.snapshots.by_name.values()]

    @app.put(f"{prefix}/snapshots/{{name}}", responses=MISSING)
    async def take_snapshot(name: Name, key: AnyStateKey = None) -> SnapshotOut:
        """Keep all states, or one, under a name: memory, weather, limits and the vendor's clock."""
        return _snapshot_out(live.snapshot(name, clock(), key=key))

    @app.post(f"{prefix}/snapshots/{{name}}/restore", responses=MISSING)
    async def restore_snapshot(name: Name, key: AnyStateKey = None) -> SnapshotOut:
        """Go on as it was then; with ``key`` one state does, and the snapshot of one state can be given to any other."""
        return _snapshot_out(live.restore(name, clock(), key=key))

    @app.delete(f"{prefix}/snapshots/{{name}}", responses=MISSING)
    async def drop_snapshot(name: Name) -> list[SnapshotOut]:
        """Forget a snapshot."""
        live.snapshots.drop(name)
        return await list_snapshots()


def _snapshot_out(snapshot: Snapshot) -> SnapshotOut:
    return SnapshotOut(
        name=snapshot.name, taken_s=snapshot.taken_s, whole=snapshot.whole, keys=list(snapshot.sandboxes)
    )


def _health(live: LiveVendor, now_s: float) -> Health:
    index = live.vendor.index
    return Health(status="ok", recordings=len(index.recordings), hosts=sorted(index.hosts), elapsed_s=now_s)
