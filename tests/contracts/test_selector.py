"""Which operation is meant where one URL serves many."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from strategies import requests
from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.contracts.operations import parse
from tapehiss.contracts.reading import read
from tapehiss.contracts.selector import selector_of

URL = "https://api.vendor.example/"
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
JSON = (("Content-Type", "application/json"),)


def graphql(**body: object) -> Request:
    return Request("POST", URL, JSON, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("request_", "selector"),
    [
        (
            Request("POST", URL, (("x-amz-target", "DynamoDB_20120810.PutItem"),)),
            "X-Amz-Target=DynamoDB_20120810.PutItem",
        ),
        (Request("POST", URL, (("SOAPAction", '"urn:Get Quote"'),)), "SOAPAction=urn:Get%20Quote"),
        (Request("POST", URL, (("SOAPAction", '""'),)), ""),
        (Request("POST", URL, FORM, b"Action=SendMessage&Version=2012-11-05"), "Action=SendMessage"),
        (Request("GET", f"{URL}?Action=ListUsers&Version=2010-05-08"), "Action=ListUsers"),
        (Request("GET", f"{URL}?Action=buy"), ""),
        (Request("POST", URL, (), b"Action=SendMessage&Version=2012-11-05"), ""),
        (graphql(query="query Things($a: Int) { things }"), "query=Things"),
        (graphql(query="# a comment\nmutation\n Make { make }", variables={}), "mutation=Make"),
        (graphql(query="query A { a } query B { b }", operationName="B"), "query=B"),
        (graphql(query="fragment F on T { x } query A { ...F }", operationName=None), "query=A"),
        (graphql(query="{ things }"), ""),
        (graphql(query="word", query_="x"), ""),
        (graphql(query=["query A { a }"]), ""),
        (Request("POST", URL, JSON, b'["query"]'), ""),
        (Request("POST", URL, JSON, b'{"query"'), ""),
        (Request("GET", f"{URL}v1/things"), ""),
    ],
)
def test_actions(request_, selector):
    """Headers of AWS and SOAP, forms of AWS, operations of GraphQL; everything else is known by its path alone."""
    assert selector == selector_of(request_)


def test_an_action_is_an_operation():
    """Two actions on one URL are two operations, each with a line that can be read back."""
    lines = [
        str(read(Exchange(Request("POST", URL, (("X-Amz-Target", f"Queue.{action}"),)), Response(200))).operation)
        for action in ("Send", "Receive")
    ]
    assert lines == [f"POST {URL}#X-Amz-Target=Queue.{action}" for action in ("Send", "Receive")]
    assert lines == [str(parse(line)) for line in lines]


@given(requests())
def test_any_request_has_an_operation(request_):
    """Whatever was sent, the operation's line can be read back."""
    line = str(read(Exchange(request_)).operation)
    assert line == str(parse(line))
