"""What changed in how an operation answers: statuses, media types, bodies, endings and latency."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tapehiss.cassettes.exchange import Clean, Ending, Exchange, Request, Response
from tapehiss.contracts.conduct import Conduct
from tapehiss.contracts.drift import drift
from tapehiss.contracts.evidence import Contract, learn
from tapehiss.contracts.latency import bucket_of
from traffic import answer

MANY = 60
URL = "https://api.vendor.example/v1/things"


def told(status=200, media="application/json", body=b"{}", ending=Ending.COMPLETE):
    """One exchange that was answered so."""
    headers = (("Content-Type", media),) if media else ()
    return Clean(Exchange(Request("GET", URL), Response(status, "", headers, body), ending))


OK = told()


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ([OK], [told(202)], {("response-success-status-added", "warn", "", "202"),
                             ("response-success-status-removed", "error", "", "200")}),
        ([OK, told(201)], [OK], {("response-success-status-removed", "warn", "", "201")}),
        ([OK], [OK, told(404)], {("response-non-success-status-added", "info", "", "404")}),
        ([OK], [told(410)], {("api-operation-removed", "error", "", "410"),
                             ("response-non-success-status-added", "info", "", "410")}),
        ([OK], [told(404)], {("api-operation-removed", "warn", "", "404"),
                             ("response-non-success-status-added", "info", "", "404")}),
        ([OK], [OK, told(503)], {("response-failures-risen", "warn", "", ""),
                                 ("response-non-success-status-added", "info", "", "503")}),
        ([OK] * 9 + [told(503)], [OK, told(503)], {("response-failures-risen", "warn", "", "")}),
        ([OK], [told(media="text/html", body=b"x")], {
            ("response-media-type-added", "warn", "response 200", "text/html"),
            ("response-media-type-removed", "error", "response 200", "application/json")}),
        ([OK], [told(body=b"{")], {("response-body-unreadable", "error", "response 200 application/json", "not JSON")}),
        ([OK], [OK, told(ending=Ending.TRUNCATED)], {("response-ending-added", "warn", "", "truncated")}),
        ([OK], [OK], set()),
    ],
)  # fmt: skip
def test_each_change(old, new, changes):
    """One change of how an operation answers, sixty times: its findings."""
    found = drift(learn(old * MANY), learn(new * MANY)).findings
    assert {(each.id, each.severity.word, each.part, each.subject) for each in found} == changes


def test_errors_are_warnings():
    """What changes in the body of an error is a warning, for few clients read it."""
    old, new = (learn([answer(body, status=422)] * MANY) for body in ({"error": "x"}, {"message": "x"}))
    assert {(each.id, each.severity.word) for each in drift(old, new).findings} == {
        ("response-required-property-removed", "warn"),
        ("response-optional-property-added", "info"),
    }


def test_slower():
    """Three times the median is a warning, a little more is told as info when it is certain, and faster is nothing."""

    def taking(seconds):
        conduct = Conduct(latency={bucket_of(seconds): MANY})
        known = learn([OK] * MANY).operations
        return Contract({line: replace(evidence, conduct=conduct) for line, evidence in known.items()})

    fast, slow, slower = (taking(seconds) for seconds in (0.1, 0.2, 0.4))
    assert [(each.id, each.severity.word) for each in drift(fast, slow).findings] == [
        ("response-latency-risen", "info")
    ]
    assert [each.severity.word for each in drift(fast, slower).findings] == ["warn"]
    assert drift(slow, fast).findings == ()


def test_uncalled():
    """An operation that only one side called says nothing about the other side."""
    other = Clean(replace(OK, request=replace(OK.request, url=URL + "/other")))
    found = drift(learn([OK]), learn([other])).findings
    assert {(each.id, each.severity.word) for each in found} == {
        ("api-operation-uncalled", "info"),
        ("api-operation-added", "info"),
    }
