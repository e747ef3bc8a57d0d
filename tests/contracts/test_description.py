"""One operation of OpenAPI."""

from __future__ import annotations

from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response
from tapehiss.contracts.behaviour import facts
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.description import Describing, rows_of
from tapehiss.contracts.evidence import Taped, learn
from traffic import answer

URL = "https://api.vendor.example/v1/things"
JSON = ("Content-Type", "application/json")


def described(*exchanges: Clean) -> dict:
    known = catalogue(learn([Taped(each, "t.yaml", 7) for each in exchanges]))
    [row] = rows_of(known.entries)
    return Describing.of([row], facts(known)).operation(row)


def test_headers_are_parameters_unless_they_are_credentials():
    """What a vendor asks for is a header parameter; credentials and what OpenAPI says otherwise are not."""
    headers = (("Authorization", "Bearer " + "abcdefghij" * 3), ("Vendor-Version", "3"), ("Accept", "application/json"))
    operation = described(
        Clean(Exchange(Request("GET", URL, headers), Response(200, "", (JSON, ("ETag", '"x"')), b"{}")))
    )
    assert [(each["name"], each["in"], each["required"]) for each in operation["parameters"]] == [
        ("vendor-version", "header", True)
    ]
    assert operation["security"] == [{"header-authorization-bearer": []}]
    assert list(operation["responses"]["200"]["headers"]) == ["etag"]


def test_every_answer_has_its_witness():
    """How often, and the tape and line of the last one."""
    operation = described(answer({"a": 1}, url=URL), answer({"a": 2}, url=URL))
    assert operation["responses"]["200"]["x-tapehiss"] == {"exchanges": 2, "witness": "t.yaml:7"}
    assert operation["x-tapehiss"]["witness"] == "t.yaml:7"


def test_an_object_in_the_query_is_deep():
    """``filter[a]=1`` is an object whose members stand in brackets."""
    [parameter] = described(answer({}, url=f"{URL}?filter[a]=1"))["parameters"]
    assert (parameter["name"], parameter["style"], parameter["explode"]) == ("filter", "deepObject", True)
