"""The form of a profile: what a YAML file may say of a vendor's limits, as pydantic models; ``profile`` reads it."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 (pydantic reads the annotations)
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from tapehiss.mocks.dialects import INSTANTS, asked_in, pieces_of
from tapehiss.mocks.limits import VALUES, Cost, Limit, Refusal
from tapehiss.mocks.schedule import checked_operation
from tapehiss.mocks.windows import Bucket, Concurrent, Daily, Fixed, Model, Rolling, Sliding

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMITS_MAX = 50
WINDOW_MAX_S = 40 * 86_400.0

Quota = Annotated[float, Field(gt=0, le=1e12)]
Seconds = Annotated[float, Field(gt=0, le=WINDOW_MAX_S)]
Operation = Annotated[str, AfterValidator(checked_operation)]
Operations = Annotated[list[Operation], Field(min_length=1, max_length=200)]
Templates = Annotated[dict[str, str], Field(max_length=50)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Window(_Data):
    quota: Quota
    window_s: Seconds
    aligned: bool = True


class _Stretch(_Data):
    quota: Quota
    window_s: Seconds


class _Tokens(_Data):
    burst: Quota
    rate_per_s: Quota


class _Leaks(_Data):
    capacity: Quota
    leak_per_s: Quota


class _Running(_Data):
    quota: Quota
    from_s: Annotated[float, Field(ge=0, le=WINDOW_MAX_S)] = 0.0


class _Day(_Data):
    quota: Quota
    zone: str = "UTC"

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{zone!r} is no time zone; write one such as Europe/Berlin") from None
        return zone


class _Cost(_Data):
    each: Annotated[float, Field(ge=0, le=1e9)] = 1.0
    methods: dict[str, Annotated[float, Field(ge=0, le=1e9)]] = {}
    asked_at: Annotated[str, Field(pattern=r"^(/[^/~]+)*$")] = ""
    charged_at: Annotated[str, Field(pattern=r"^(/[^/~]+)*$")] = ""


class _Refusal(_Data):
    status: Annotated[int, Field(ge=200, le=599)] = 429
    headers: Templates = {"Retry-After": "{retry_after:delta_s}"}
    body: Annotated[str, Field(max_length=100_000)] = ""
    reason: str = ""

    def value(self) -> Refusal:
        return Refusal(self.status, tuple(self.headers.items()), self.body, self.reason)


class _Limit(_Data):
    fixed: _Window | None = None
    sliding: _Stretch | None = None
    rolling: _Stretch | None = None
    token_bucket: _Tokens | None = None
    leaky_bucket: _Leaks | None = None
    concurrent: _Running | None = None
    daily: _Day | None = None
    per: list[Literal["account", "endpoint", "path"]] = ["account"]
    on: Operations = ["*"]
    free: list[Operation] = []
    cost: _Cost = _Cost()
    refusal: _Refusal | None = None

    @model_validator(mode="after")
    def _one_model(self) -> _Limit:
        if sum(getattr(self, name) is not None for name in MODELS) != 1:
            raise ValueError(f"a limit counts in one way: give one of {', '.join(MODELS)}")
        return self

    def value(self, name: str) -> Limit:
        refusal = None if self.refusal is None else self.refusal.value()
        methods = tuple(self.cost.methods.items())
        cost = Cost(self.cost.each, methods, self.cost.asked_at, self.cost.charged_at)
        return Limit(name, self.model(), tuple(self.per), tuple(self.on), tuple(self.free), cost, refusal)

    def model(self) -> Model:
        """The way of counting."""
        kind = next(name for name in MODELS if getattr(self, name) is not None)
        given = getattr(self, kind).model_dump()
        if kind == "leaky_bucket":
            given = {"capacity": given["capacity"], "rate_per_s": given["leak_per_s"]}
        elif kind == "token_bucket":
            given = {"capacity": given["burst"], "rate_per_s": given["rate_per_s"]}
        model: Model = MODELS[kind](**given)
        return model


MODELS: dict[str, Any] = {
    "fixed": Fixed,
    "sliding": Sliding,
    "rolling": Rolling,
    "token_bucket": Bucket,
    "leaky_bucket": Bucket,
    "concurrent": Concurrent,
    "daily": Daily,
}


class ProfileForm(_Data):
    """A whole file."""

    vendor: str
    about: str = ""
    source: str
    read: dt.date
    confidence: Literal["official", "secondary", "memory", "inferred", "ours"]
    early: bool = False
    account: Annotated[list[str], Field(min_length=1, max_length=20)] = ["authorization", "x-api-key", "api-key"]
    plans: dict[str, dict[str, Quota]] = {}
    plan: str = ""
    limits: Annotated[dict[str, _Limit], Field(min_length=1, max_length=LIMITS_MAX)]
    headers: Templates = {}
    fields: dict[str, str] = {}
    refusal: _Refusal = _Refusal()

    @model_validator(mode="after")
    def _consistent(self) -> ProfileForm:
        for plan, quotas in self.plans.items():
            stray = next((name for name in quotas if name not in self.limits), None)
            if stray is not None:
                raise ValueError(f"plan {plan} names {stray!r}, which is no limit of this profile")
        if self.plan and self.plan not in self.plans:
            raise ValueError(f"the default plan {self.plan!r} is not among the plans")
        refusals = [self.refusal, *(each.refusal for each in self.limits.values() if each.refusal)]
        texts = [*self.headers.values(), *self.fields.values()]
        texts += [text for each in refusals for text in (*each.headers.values(), each.body)]
        flaw = next((flaw for text in texts if (flaw := _flaw_in(text, self.limits))), None)
        if flaw:
            raise ValueError(flaw)
        return self


def _flaw_in(template: str, limits: Iterable[str]) -> str:
    """What a template asks for that nobody can tell it."""
    for counter, value, form, _ in asked_in(pieces_of(template)):
        if counter and counter not in limits:
            return f"{template!r} asks for {counter!r}, which is no limit of this profile"
        if counter and value not in VALUES:
            return f"{template!r} asks for {value!r}; a counter has {', '.join(sorted(VALUES))}"
        if form and form not in INSTANTS:
            return f"{template!r} has the form {form!r}; there are {', '.join(INSTANTS)}"
    return ""
