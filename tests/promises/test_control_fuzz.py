"""Whatever is sent to the control plane, it answers as its own description says, and never with a defect."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import quote

import httpx
import jsonschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shop import SHOP

from tapehiss.mocks.control import control_app
from tapehiss.mocks.live import LiveVendor, dated
from tapehiss.mocks.statekeys import state_by
from tapehiss.mocks.vendor import Vendor


def live() -> LiveVendor:
    return LiveVendor(dated(Vendor.of(SHOP), 1.7e9), by=state_by("header:X-Test-Id"))


DOCUMENT = control_app(live(), lambda: 0.0).openapi()
ENDLESS = {"/_tapehiss/events"}
OPERATIONS = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if path not in ENDLESS
]

TEXT = st.text(st.characters(codec=None), max_size=12) | st.sampled_from(
    ["a", "POST /v1/*", "*", "../x", "\ud800", "\x00"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.integers(0, 9)
    | st.floats()
    | TEXT
    | st.sampled_from(["503 first=1", "latency=1", "lose", "klaviyo:XS", "stripe", "2026-01-01T00:00:00Z"])
)
JSON = st.recursive(
    SCALARS, lambda each: st.lists(each, max_size=3) | st.dictionaries(TEXT, each, max_size=3), max_leaves=5
)


def mostly(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """These, and now and then anything."""
    return st.one_of(*[strategy] * 7, JSON)


def resolved(schema: dict) -> dict:
    """The schema that a reference leads to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["schemas"][name] if name else schema


def values(schema: dict) -> st.SearchStrategy[object]:
    """Values that fit a schema, roughly; and any others."""
    schema = resolved(schema)
    if "anyOf" in schema:
        return st.one_of([values(each) for each in schema["anyOf"]])
    if "enum" in schema:
        return mostly(st.sampled_from(schema["enum"]))
    kinds = {
        "integer": st.integers(schema.get("minimum", -9), schema.get("maximum", 10**6)),
        "number": st.floats(
            max(schema.get("minimum", -9), schema.get("exclusiveMinimum", -9)), schema.get("maximum", 1e6)
        ),
        "boolean": st.booleans(),
        "null": st.none(),
        "string": TEXT,
        "array": st.lists(values(schema["items"]), max_size=3) if "items" in schema else JSON,
        "object": objects(schema),
    }
    return mostly(kinds.get(schema.get("type", ""), JSON))


def objects(schema: dict) -> st.SearchStrategy[object]:
    """Objects with the required members, mostly, some of the others, and some that nobody knows."""
    fields = {name: values(each) for name, each in schema.get("properties", {}).items()}
    required = {name: each for name, each in fields.items() if name in schema.get("required", ())}
    others = {name: each for name, each in fields.items() if name not in required}
    whole = st.fixed_dictionaries(required, optional=others)
    if not fields:
        return st.dictionaries(TEXT, JSON, max_size=3)
    return st.one_of(whole, whole, whole, st.fixed_dictionaries({}, optional=fields | {"unknown": JSON}))


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, str, list[tuple[str, str]], bytes | None]:
    """One call: method, path, query and body."""
    path, method, operation = draw(st.sampled_from(OPERATIONS))
    query = []
    for parameter in operation.get("parameters", ()):
        told = draw(st.sampled_from(["a", "b", "outage"]) | values(parameter["schema"]))
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(str(told), safe="", errors="replace") or "x")
        elif draw(st.booleans()):
            query.append((parameter["name"], spelt(told)))
    query += draw(st.lists(st.tuples(TEXT, TEXT), max_size=1)) if draw(st.integers(0, 9)) == 0 else []
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    content = None
    if body is not None:
        examples = resolved(body).get("examples", [])
        made = draw(values(body) | st.sampled_from(examples)) if examples else draw(values(body))
        content = json.dumps(made).encode() if draw(st.integers(0, 19)) else draw(st.binary(max_size=9))
    return method, path, query, content


def spelt(told: object) -> str:
    text = told if isinstance(told, str) else json.dumps(told)
    return text.encode("utf-8", "replace").decode()


def answered(mock: LiveVendor, asked: list, clock) -> list[httpx.Response]:
    """What the control plane says, call by call; the vendor is asked something in between."""

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(control_app(mock, clock))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            told = []
            for number, (method, path, query, content) in enumerate(asked):
                pairs = [(spelt(name), spelt(value)) for name, value in query]
                headers = {"Content-Type": "application/json"} if content is not None else {}
                told.append(await client.request(method, path, params=pairs, content=content, headers=headers))
                mock.answer(SHOP[number % len(SHOP)].request, clock())
            return told

    return asyncio.run(ask())


@given(st.lists(calls(), min_size=1, max_size=8))
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_nothing_that_is_sent_makes_a_defect(asked):
    """No 5xx and no exception (also none of the vendor's after it), refusals in one form, and answers as described."""
    times = iter(range(10**6))
    told = answered(live(), asked, lambda: float(next(times)))
    for (method, path, _, _), answer in zip(asked, told, strict=True):
        assert answer.status_code < 500, (method, path, answer.text)
        if answer.status_code >= 400:
            detail = answer.json()["detail"]
            assert all(set(each) == {"loc", "msg", "type"} for each in detail), (method, path, detail)
        else:
            fits(method, path, answer)


def fits(method: str, path: str, answer: httpx.Response) -> None:
    """The answer is one that the description has."""
    template = next(each for each, does, _ in OPERATIONS if does == method and alike(each, path))
    content = DOCUMENT["paths"][template][method]["responses"][str(answer.status_code)].get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is not None and answer.headers["content-type"] == "application/json":
        jsonschema.validate(answer.json(), {**schema, "components": DOCUMENT["components"]})


def alike(template: str, path: str) -> bool:
    """Whether a path is one of a template."""
    pairs = zip(template.split("/"), path.split("/"), strict=False)
    return template.count("/") == path.count("/") and all(a == b or a.startswith("{") for a, b in pairs)
