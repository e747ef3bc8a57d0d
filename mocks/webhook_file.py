"""Plans of webhooks in files: YAML (or JSON), with line and field of whatever is wrong.

::

    style: stripe
    secrets: [$STRIPE_WEBHOOK_SECRET]
    templates:
      charged: {type: charge.succeeded, on: POST /v1/charges}
    recorded:
      - {tape: hooks.yaml, type: "invoice.*", on: POST /v1/invoices}
    storm: {duplicates: 0.2, reorder_s: 2, forged: 0.1, unheard: 0.1}
"""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.tape import open_tapes
from tapehiss.contracts.errors import NoEvent
from tapehiss.contracts.webhook_events import events_of
from tapehiss.contracts.webhook_retries import RETRIES
from tapehiss.contracts.webhook_signatures import keyring
from tapehiss.mocks.dialects import INSTANTS
from tapehiss.mocks.errors import BadWebhooks
from tapehiss.mocks.schedule import checked_operation
from tapehiss.mocks.webhook_templates import Recorded, Template, forms_in
from tapehiss.mocks.webhooks import Plan, Storm
from tapehiss.mocks.yamlfile import content_of, formed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tapehiss.cassettes.exchange import Exchange, Headers
    from tapehiss.contracts.webhook_styles import Style

TEMPLATES_MAX = 1000
RECORDED_MAX = 10_000
DELAY_MAX_S = 86_400.0

Share = Annotated[float, Field(ge=0, le=1)]
Delay = Annotated[float, Field(ge=0, le=DELAY_MAX_S)]
Operation = Annotated[str, AfterValidator(checked_operation), Field(max_length=500)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TemplateForm(_Data):
    """One kind of webhook."""

    type: Annotated[str, Field(min_length=1, max_length=200)]
    on: Operation = ""
    version: str = ""
    data: Any = "{response}"
    body: Any = None
    after_s: Delay = 0.0

    def value(self, name: str) -> Template:
        """The template of this name."""
        return Template(name, self.type, self.on, self.version, self.data, self.body, self.after_s)


class StormForm(_Data):
    """What befalls webhooks."""

    delay_s: Delay = 0.0
    reorder_s: Delay = 0.0
    duplicates: Share = 0.0
    unheard: Share = 0.0
    lost: Share = 0.0
    dropped: Share = 0.0
    forged: Share = 0.0


class _RecordedForm(_Data):
    tape: str
    type: str = "*"
    on: Operation = ""
    after_s: Delay = 0.0


class PlanForm(_Data):
    """A whole file."""

    style: Literal["standard", "svix", "stripe", "github", "slack", "klaviyo", "shopify"]
    secrets: Annotated[list[str], Field(min_length=1, max_length=10)]
    retries: Literal["standard", "svix", "stripe", "github", "slack", "klaviyo", "shopify"] | None = None
    pace: Annotated[float, Field(ge=0, le=1000)] = 1.0
    templates: Annotated[dict[str, TemplateForm], Field(max_length=TEMPLATES_MAX)] = {}
    recorded: Annotated[list[_RecordedForm], Field(max_length=100)] = []
    storm: StormForm = StormForm()

    @model_validator(mode="after")
    def _forms_are_known(self) -> PlanForm:
        asked = {form for each in self.templates.values() for form in forms_in([each.data, each.body])}
        if stray := sorted(asked - set(INSTANTS)):
            raise ValueError(f"a time has the form {stray[0]!r}; there are {', '.join(INSTANTS)}")
        return self


def read_plan(path: Path, environ: Mapping[str, str]) -> Plan:
    """The plan in a file; raises ``BadWebhooks`` with file, line and field. Secrets may be names of environment variables: ``$NAME``."""
    return parse_plan(content_of(path, BadWebhooks, "a YAML file with webhooks"), path, environ)


def parse_plan(content: bytes, path: Path, environ: Mapping[str, str]) -> Plan:
    """The plan in a YAML text; tapes are sought beside ``path``."""
    return _plan(formed(PlanForm, content, str(path), BadWebhooks, "see docs/webhooks.md"), path, environ)


def _plan(form: PlanForm, path: Path, environ: Mapping[str, str]) -> Plan:
    try:
        ring = keyring(form.style, [_secret(text, environ) for text in form.secrets])
    except Misuse as error:
        raise BadWebhooks(f"{error.where}: {error.what}", str(path), error.remedy) from None
    templates = [each.value(name) for name, each in form.templates.items()]
    for each in form.recorded:
        templates += _from_tape(each, ring.style, path)
    names = {each.name for each in templates}
    if not templates or len(names) < len(templates):
        what = "names no webhook" if not templates else "has two webhooks of one name"
        raise BadWebhooks(what, str(path), "give templates, or recorded ones with different types")
    storm = Storm(**form.storm.model_dump())
    return Plan(ring, tuple(templates), storm, form.pace, RETRIES[form.retries or form.style])


def _secret(text: str, environ: Mapping[str, str]) -> str:
    if not text.startswith("$"):
        return text
    if text[1:] not in environ:
        raise Misuse(f"the environment has no {text[1:]}", "secrets", f"export {text[1:]}, or write a secret for tests")
    return environ[text[1:]]


def _from_tape(form: _RecordedForm, style: Style, path: Path) -> list[Template]:
    """One template for each type on a tape whose requests are webhooks, as a recorder in front of a receiver writes it."""
    found: dict[tuple[str, str], list[Recorded]] = {}
    for tape in open_tapes([path.parent / form.tape]):
        with tape:
            for exchange in tape:
                kind = _kind(style, exchange)
                if kind and fnmatch.fnmatchcase(kind[0], form.type) and len(found.get(kind, ())) < RECORDED_MAX:
                    kept = Recorded(exchange.request.body, _own(style, exchange.request.headers))
                    found.setdefault(kind, []).append(kept)
    if not found:
        what = f"{form.tape} has no webhook of type {form.type!r} in the style {style.name}"
        raise BadWebhooks(what, str(path), "record them first: see docs/webhooks.md")
    return [
        Template(f"recorded {kind}", kind, form.on, version, after_s=form.after_s, recorded=tuple(recorded))
        for (kind, version), recorded in found.items()
    ]


def _kind(style: Style, exchange: Exchange) -> tuple[str, str] | None:
    """Type and version of a recorded webhook."""
    try:
        events = events_of(style, exchange.request.headers, exchange.request.body)
    except NoEvent:
        return None
    return (events[0].type, events[0].version) if events else None


DROPPED = ("host", "content-length", "content-type", "connection", "user-agent", "transfer-encoding", "accept-encoding")
"""Headers that are of the recorded connection, or made anew."""


def _own(style: Style, headers: Headers) -> Headers:
    made = {style.signature, style.signed_id, style.time, style.id, style.type, style.version, *DROPPED}
    gone = {each.lower() for each in made}
    return tuple(
        pair for pair in headers if pair[0].lower() not in gone and not pair[0].lower().startswith("x-forwarded")
    )
