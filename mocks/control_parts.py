"""What the parts of the control plane have in common: the parameters that many take, and how they refuse.

Refusals have one form, FastAPI's own: ``{"detail": [{"loc": ..., "msg": ..., "type": ...}]}``. What was given is not quoted in it: it could be
a secret, or no JSON.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, Field
from starlette.exceptions import HTTPException as Refused

from tapehiss.cassettes.media import is_json
from tapehiss.mocks.errors import BadClock, BadSnapshot, BadStateKey
from tapehiss.mocks.sandbox import LOAN_MAX_S
from tapehiss.mocks.schedule import checked_operation
from tapehiss.mocks.statekeys import KEY_MAX_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi import FastAPI

StateKey = Annotated[
    str, Query(max_length=KEY_MAX_CHARS, description="whose state is meant; without it everybody's who names none")
]
AnyStateKey = Annotated[
    str | None, Query(max_length=KEY_MAX_CHARS, description="whose state is meant; without it all states are")
]
ForS = Annotated[
    float | None,
    Field(
        gt=0,
        le=LOAN_MAX_S,
        allow_inf_nan=False,
        description="ends by itself after so many seconds unless it is renewed; what was before comes back",
    ),
]
OPERATION_MAX_CHARS = 500


Named = Annotated[
    str,
    AfterValidator(checked_operation),
    Field(max_length=OPERATION_MAX_CHARS, description="METHOD /path, with * for anything"),
]
Operation = Annotated[Named, Query()]

PLACES: dict[type[Exception], tuple[int, tuple[str, str]]] = {
    BadStateKey: (422, ("query", "key")),
    BadSnapshot: (409, ("path", "name")),
    BadClock: (422, ("body", "unix_s")),
}
"""Our errors: the status, and the place that is meant."""


def refuse_plainly(app: FastAPI) -> None:
    """Make every refusal of an application have the one form."""

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        """What is wrong with a request, and where."""
        sent = request.headers.get("content-type", "nothing")[:80]
        return refusal(422, [detail(each["loc"], _words(each, sent), each["type"]) for each in error.errors()])

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> JSONResponse:
        """What an endpoint, or the framework, says in words or as a list."""
        told: Any = error.detail
        told = [detail((), told, "refused")] if isinstance(told, str) else told
        return JSONResponse({"detail": told}, error.status_code, error.headers)

    for kind, (status, place) in PLACES.items():
        app.add_exception_handler(kind, _refusing(status, place))


def _words(error: Any, sent: str) -> str:
    """What is wrong; of what was not sent as JSON, how it is."""
    if error["type"] != "model_attributes_type":
        return str(error["msg"]).removeprefix("Value error, ")
    if is_json(sent.partition(";")[0].strip().lower()):
        return "is no JSON object"
    return f"was sent as {sent} -> send it as application/json (curl: --json in place of -d)"


def _refusing(status: int, place: tuple[str, str]) -> Any:
    async def refuse(_: Request, error: Exception) -> JSONResponse:
        return refusal(status, [detail(place, str(error), type(error).__name__)])

    return refuse


def refusal(status: int, details: list[dict[str, Any]]) -> JSONResponse:
    """The answer to a request that is refused."""
    return JSONResponse({"detail": details}, status)


def detail(place: tuple[Any, ...], what: str, kind: str) -> dict[str, Any]:
    """One thing that is wrong."""
    return {"loc": [_plain(step) for step in place], "msg": _plain(what), "type": kind}


def _plain(value: Any) -> Any:
    """Text without halves of characters, which no encoding has."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


async def well_formed(request: Request) -> None:
    """Refuse what would be misread or could not be said again.

    Parameters of a query that the operation does not have (a misspelt filter must not mean everything), and text in JSON with halves of
    characters in it (RFC 8259 section 8.2: software does anything with them).
    """
    fields = request.scope["route"].dependant.query_params
    known = {name for each in fields for name in _names(each.alias, each.field_info.annotation)}
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        remedy = f"allowed: {', '.join(sorted(known))}" if known else "it has none"
        told = [detail(("query", each), f"is no parameter of it; {remedy}", "extra") for each in unknown]
        raise HTTPException(422, told)
    if _halved(await request.body()):
        raise HTTPException(422, [detail(("body",), "has halves of characters in it", "surrogates")])


def _halved(body: bytes) -> bool:
    """Whether JSON has escapes of UTF-16 that are no characters."""
    if b"\\u" not in body:
        return False
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except ValueError:
        return False  # no JSON: refused by who reads it
    return False


def _names(alias: str, kind: Any) -> Iterable[str]:
    """The names of a parameter: one, or those of a model that stands for many."""
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else (alias,)
