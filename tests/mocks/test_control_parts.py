"""How the control plane refuses."""

from __future__ import annotations

import pytest
from steering import Control

UNREADABLE = (b"\xff", b"[" * 100_000)


@pytest.fixture
def control():
    return Control()


def test_a_misspelt_filter_does_not_mean_everything(control):
    """A parameter that an operation does not have is refused, with those that it has."""
    answer = control("GET", "/journal?operation=POST")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "operation"]
    assert "on" in answer.json()["detail"][0]["msg"]
    assert "it has none" in control("GET", "/totals?x=1").json()["detail"][0]["msg"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"rules": [], "seed": NaN}',
        b'{"rules": [], "for_s": Infinity}',
        b'{"rules": [{"status": 503, "on": "\\ud800"}]}',
        b'{"rules": ["\\ud83d\\ude00"]}',
        b'["\\u0',
        *UNREADABLE,
    ],
)
def test_what_is_no_value_is_refused_with_its_place(control, body):
    """Numbers that are none, halves of characters, no JSON, no text: nothing of it is quoted."""
    answer = control("PUT", "/schedule", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == (400 if body in UNREADABLE else 422)
    assert all(set(each) == {"loc", "msg", "type"} for each in answer.json()["detail"])


def test_what_is_no_json_is_left_to_who_reads_it(control):
    """A body of another kind is none, whatever is in it."""
    answer = control("PUT", "/schedule", content=b"\\ud800", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422
    assert control("POST", "/reset", content=b"\\ud800", headers={"Content-Type": "text/plain"}).status_code == 200


@pytest.mark.parametrize(
    ("content", "sent_as", "said"),
    [
        (b'{"rules": []}', "application/x-www-form-urlencoded", "was sent as application/x-www-form-urlencoded -> "),
        (b'{"rules": []}', None, "was sent as nothing -> "),
        (b"[]", "application/json; charset=utf-8", "is no JSON object"),
        (b"[]", "application/vnd.api+json", "is no JSON object"),
    ],
)
def test_who_forgets_to_say_json_is_told_so(control, content, sent_as, said):
    """As curl's ``-d`` does: what was wrong is the header, not the JSON."""
    headers = {"Content-Type": sent_as} if sent_as else {}
    answer = control("PUT", "/schedule", content=content, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["msg"].startswith(said)


@pytest.mark.parametrize("on", ["POST", "nonsense", "post /v1/*", "", "POST v1"])
def test_what_no_request_can_be_is_refused(control, on):
    """A check of nothing would always hold, and a filter by it find nothing."""
    for answer in (
        control("POST", "/verify", json={"on": on, "at_most": 0}),
        control("POST", "/verify", json={"on": "*", "order": [on]}),
        control("GET", "/journal", params={"on": on}),
        control("GET", "/effects", params={"on": on}),
        control("PUT", "/schedule", json={"rules": [{"status": 503, "on": on}]}),
    ):
        assert answer.status_code == 422
        assert f"{on!r} is not an operation -> write METHOD /path" in answer.json()["detail"][0]["msg"]
