"""What is said when a mock listens."""

from __future__ import annotations

from pathlib import Path

from shop import SHOP, get

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cli.announcement import Announcement
from tapehiss.mocks.profile import shipped_profile
from tapehiss.mocks.shorthand import rule_from_text
from tapehiss.mocks.vendor import Vendor

URL = "http://127.0.0.1:8000"


def said(vendor: Vendor, **more) -> str:
    return "\n".join(Announcement(URL, 8000, vendor, **more).lines())


def test_a_mock_in_fair_weather_is_told_in_a_few_lines():
    """What is served, where, what to try, and how to stop."""
    assert said(Vendor.of(SHOP)).splitlines() == [
        "serving    9 recordings of api.shop.example",
        f"at         {URL}",
        "weather    fair",
        f"try        curl {URL}/v1/orders/1",
        f"client     give it {URL} in place of https://api.shop.example",
        f"steer      {URL}/_tapehiss/docs",
        "stop       Ctrl-C",
    ]


def test_everything_that_was_chosen_is_told():
    """Rules, the seed where it decides, limits with their source, and a token only if we made it."""
    vendor = Vendor.of(SHOP, (rule_from_text("503 p=0.5"), rule_from_text("reset")), seed=7)
    text = said(vendor, kept=shipped_profile("klaviyo:XS"), token="made-up", made=True)
    for line in (
        "weather    503 p=0.5",
        "           reset",
        "limits     Klaviyo, plan XS (",
        "seed       7",
        "Bearer made-up ",
    ):
        assert line in text
    assert "made-up" not in said(vendor, token="made-up")


def test_several_vendors_are_told_apart():
    """The example goes by the path that names its vendor; quotes protect what a shell would read."""
    other = Exchange(Request("GET", "https://b.example/x?a=1&b=2"), Response(200))
    text = said(Vendor.of([other, *SHOP]))
    assert f"by Host header, or at {URL}/_host/api.shop.example/" in text
    assert f"try        curl '{URL}/_host/b.example/x?a=1&b=2'" in text


def test_without_a_recording_to_ask_for_there_is_nothing_to_try():
    """Only what anybody can ask for: GET, and well answered."""
    assert Announcement(URL, 8000, Vendor.of([get("/x", 500)])).sample() == ""
    assert "try " not in said(Vendor.of([get("/x", 500)]))


def test_with_https_it_is_told_how_to_trust():
    """The file, once for each kind of client."""
    text = said(Vendor.of(SHOP), certificate=Path("/p/mock-ca.pem"))
    assert "trust      /p/mock-ca.pem" in text
    assert "NODE_EXTRA_CA_CERTS=/p/mock-ca.pem" in text
    assert f"curl --cacert /p/mock-ca.pem {URL}/v1/orders/1" in text


def test_a_program_gets_the_same_as_data():
    """Port and URL, the token it needs, the file it must trust."""
    data = Announcement(URL, 8000, Vendor.of(SHOP), token="made-up", certificate=Path("/p/ca.pem")).as_data()
    assert (data["url"], data["port"], data["token"], data["certificate"]) == (URL, 8000, "made-up", "/p/ca.pem")
    assert (data["recordings"], data["hosts"], data["limits"]) == (9, ["api.shop.example"], None)


def test_further_ports_are_told():
    """With what it means to come in there: to a person, and to a program."""
    told = Announcement(URL, 8000, Vendor.of(SHOP), ports={"port-1": 8001, "auth.shop.example": 8002})
    lines = list(told.lines())
    assert lines[2:4] == [
        "           port-1: http://127.0.0.1:8001",
        "           auth.shop.example: http://127.0.0.1:8002",
    ]
    assert told.as_data()["ports"] == {"port-1": 8001, "auth.shop.example": 8002}
