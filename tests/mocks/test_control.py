"""The control plane over its own ASGI interface."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from openapi_spec_validator import validate
from shop import SHOP

from tapehiss.cassettes.exchange import Request
from tapehiss.mocks.control import control_app
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.vendor import Vendor

ORDER = SHOP[0].request


class Control:
    """A client of one control plane, and the live vendor behind it."""

    def __init__(self) -> None:
        self.live = LiveVendor(Vendor.of(SHOP))
        self.now_s = 10.0
        self.app = control_app(self.live, lambda: self.now_s)

    def __call__(self, method: str, path: str, **more) -> httpx.Response:
        """The answer to one request below ``/_tapehiss``."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://mock/_tapehiss") as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())


@pytest.fixture
def control():
    return Control()


def test_a_schedule_is_set_read_and_ended(control):
    """Rules in either form; they begin when they are set, and fair weather is one request away."""
    rules = ["429 retry-after=2 first=1", {"latency_s": 0.5, "on": "GET *"}]
    told = control("PUT", "/schedule", json={"rules": rules, "seed": 7}).json()
    assert told["short"] == ["429 retry-after=2 first=1", "latency=0.5 on=GET *"]
    assert (told["seed"], told["elapsed_s"], len(control.live.vendor.schedule)) == (7, 0.0, 2)
    control.now_s = 12.5
    assert control("GET", "/schedule").json() == told | {"elapsed_s": 2.5}
    assert control("DELETE", "/schedule").json()["rules"] == []
    assert control.live.vendor.schedule == ()


def test_every_flaw_of_a_schedule_is_told(control):
    """422 names rule and field of each, and the schedule stays as it was."""
    answer = control("PUT", "/schedule", json={"rules": ["503", "teapot", {"status": 503, "first": 0}]})
    assert answer.status_code == 422
    assert [each["loc"] for each in answer.json()["detail"]] == [["body", "rules[1]"], ["body", "rules[2].first"]]
    assert control.live.vendor.schedule == ()


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("PUT", "/schedule", {}),
        ("PUT", "/schedule", {"rules": "503"}),
        ("PUT", "/schedule", {"rules": [], "sede": 1}),
        ("PUT", "/schedule", {"rules": [], "seed": -1}),
        ("POST", "/verify", {"on": "*", "exactly": -1}),
        ("POST", "/verify", {}),
    ],
)
def test_wrong_types_are_refused(control, method, path, data):
    """422, not 500."""
    assert control(method, path, json=data).status_code == 422


def test_ready_scenarios_can_be_listed_and_played(control):
    """By name, with a seed; an unknown name is answered with the known ones."""
    listed = control("GET", "/scenarios").json()
    assert all(each["about"] and each["short"] for each in listed)
    played = control("POST", "/scenarios/outage", params={"seed": 3}).json()
    assert (played["seed"], played["short"]) == (3, next(e["short"] for e in listed if e["name"] == "outage"))
    assert control("POST", "/scenarios/sunshine").status_code == 404


def test_the_journal_can_be_read_and_filtered(control):
    """By operation and by rung, the last ones, the oldest first."""
    for url in (ORDER.url, ORDER.url, "http://m/none"):
        control.live.answer(Request("GET", url), 11.0)
    assert [entry["path"] for entry in control("GET", "/journal").json()] == ["/v1/orders/1", "/v1/orders/1", "/none"]
    assert [entry["number"] for entry in control("GET", "/journal?limit=1&match=exact").json()] == [1]
    assert control("GET", "/journal?on=POST *").json() == []
    assert control("GET", "/journal?limit=0").status_code == 422
    assert control("GET", "/totals").json()["matches"] == {"exact": 2, "miss": 1}


@pytest.mark.parametrize(
    ("bounds", "right"),
    [
        ({"exactly": 2}, True),
        ({"exactly": 1}, False),
        ({"at_least": 2, "at_most": 2}, True),
        ({"at_least": 3}, False),
        ({"at_most": 1}, False),
        ({"exactly": 0}, False),
        ({}, True),
    ],
)
def test_calls_can_be_verified(control, bounds, right):
    """Exactly, at least, at most so many calls of an operation."""
    for _ in range(2):
        control.live.answer(ORDER, 11.0)
    assert control("POST", "/verify", json={"on": "GET /v1/*", **bounds}).json() == {"ok": right, "count": 2}


def test_a_reset_and_a_look(control):
    """After a reset the tapes begin anew; health says what is served."""
    control.live.answer(ORDER, 11.0)
    control.now_s = 20.0
    assert control("POST", "/reset").json() == {
        "status": "ok",
        "recordings": len(SHOP),
        "hosts": ["api.shop.example"],
        "elapsed_s": 20.0,
    }
    assert control.live.answer(ORDER, 21.0)[0].recording == 0
    assert control("GET", "/health").status_code == 200


def test_the_interface_describes_itself(control):
    """The OpenAPI document is valid, and every operation has a summary a person understands."""
    document = control("GET", "/openapi.json").json()
    validate(document)
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert all(operation["description"] for operation in operations)
    assert "/_tapehiss/schedule" in control("GET", "/docs").text
    for path in ("", "/"):
        links = control("GET", path).json()
        assert links["docs"] == "/_tapehiss/docs"
        assert {control("GET", link.removeprefix("/_tapehiss")).status_code for link in links.values()} == {200}


def test_limits_are_kept_read_and_lifted(control):
    """By name and plan; with where they come from. What does not ship is not read from a disk."""
    told = control("PUT", "/limits", json={"profile": "klaviyo:XS"}).json()
    assert (told["profile"], told["plan"], told["limits"]) == ("klaviyo", "XS", ["burst", "steady"])
    assert "github" in told["available"]
    control.live.answer(ORDER, 10.0)
    assert control.live.answer(ORDER, 10.0)[0].limit == "burst"
    assert control("GET", "/totals").json()["limited"] == {"burst": 1}
    assert control("GET", "/journal").json()[-1]["limit"] == "burst"
    assert control("PUT", "/limits", json={"profile": None}).json()["limits"] == []
    assert control.live.answer(ORDER, 10.0)[0].limit == ""
    assert control("PUT", "/limits", json={"profile": "/etc/passwd.yaml"}).status_code == 404
