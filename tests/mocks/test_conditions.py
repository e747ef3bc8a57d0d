"""Conditions and ranges."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import HOST, SHOP, get

from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response, header
from tapehiss.mocks.conditions import selected
from tapehiss.mocks.outcome import Outcome, Rung
from tapehiss.mocks.vendor import State, Vendor

BODY = b"0123456789"
MONDAY, TUESDAY = "Mon, 09 Nov 2026 12:00:00 GMT", "Tue, 10 Nov 2026 12:00:00 GMT"
WHOLE = Response(
    200,
    "OK",
    (
        ("Content-Type", "text/plain"),
        ("ETag", '"v1"'),
        ("Last-Modified", MONDAY),
        ("Accept-Ranges", "bytes"),
        ("Content-Length", "10"),
    ),
    BODY,
)


def told(*headers: tuple[str, str], response: Response = WHOLE, method: str = "GET") -> Response:
    """What becomes of an answer under these headers."""
    return selected(Outcome(response), Request(method, HOST + "/x", headers), None).response


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((("If-None-Match", '"v1"'),), 304),
        ((("If-None-Match", 'W/"v1", "v2"'),), 304),
        ((("If-None-Match", "*"),), 304),
        ((("If-None-Match", '"v2"'), ("If-Modified-Since", TUESDAY)), 200),
        ((("If-Modified-Since", MONDAY),), 304),
        ((("If-Modified-Since", "Sun, 08 Nov 2026 12:00:00 GMT"),), 200),
        ((("If-Modified-Since", "yesterday"),), 200),
        ((("If-Match", '"v1"'),), 200),
        ((("If-Match", '"v2"'),), 412),
        ((("If-Match", "*"),), 200),
        ((("If-Match", '"v1"'), ("If-Unmodified-Since", "Sun, 08 Nov 2026 12:00:00 GMT")), 200),
        ((("If-Unmodified-Since", "Sun, 08 Nov 2026 12:00:00 GMT"),), 412),
        ((("If-Unmodified-Since", TUESDAY),), 200),
        ((("Range", "bytes=0-3"),), 206),
        ((("Range", "bytes=10-"),), 416),
        ((("Range", "bytes=-0"),), 416),
        ((("Range", "bytes=0-1,4-5"),), 200),
        ((("Range", "bytes=5-2"),), 200),
        ((("Range", "bytes=-"),), 200),
        ((("Range", "lines=1-2"),), 200),
        ((("Range", "bytes=0-3"), ("If-Range", '"v1"')), 206),
        ((("Range", "bytes=0-3"), ("If-Range", '"v0"')), 200),
        ((("Range", "bytes=0-3"), ("If-None-Match", '"v1"')), 304),
        ((), 200),
    ],
)
def test_conditions_are_judged_as_the_standard_has_it(headers, status):
    """RFC 9110: tags before dates, conditions before ranges, weak tags for If-None-Match only, one range or the whole."""
    assert told(*headers).status == status
    assert (told(*headers).body == b"") is (status in {304, 412, 416})


@given(st.binary(min_size=1, max_size=50), st.integers(0, 60), st.integers(0, 60) | st.none())
def test_a_part_is_the_part(body, first, last):
    """Every range that can be answered is that slice, and says which."""
    asked = f"bytes={first}-{'' if last is None else last}"
    answer = told(("Range", asked), response=replace(WHOLE, body=body))
    if last is not None and last < first:
        assert answer.status == 200
    elif first >= len(body):
        assert (answer.status, header(answer.headers, "content-range")) == (416, f"bytes */{len(body)}")
    else:
        end = len(body) - 1 if last is None else min(last, len(body) - 1)
        assert answer.body == body[first : end + 1]
        assert header(answer.headers, "content-range") == f"bytes {first}-{end}/{len(body)}"
        assert header(answer.headers, "content-length") is None


@given(st.binary(min_size=1, max_size=50), st.integers(1, 60))
def test_the_last_bytes(body, count):
    """A suffix range is the end, all of it if that is shorter."""
    assert told(("Range", f"bytes=-{count}"), response=replace(WHOLE, body=body)).body == body[-count:]


def test_what_the_vendor_did_not_show_is_not_done():
    """Without a validator, without Accept-Ranges, of errors, writes, cut answers and coded bodies nothing is made."""
    bare = Response(200, "OK", (("Content-Type", "text/plain"),), BODY)
    asked = (("If-None-Match", '"v1"'), ("If-Match", '"v1"'), ("If-Modified-Since", TUESDAY), ("Range", "bytes=0-1"))
    assert told(*asked, response=bare) is bare
    coded = replace(WHOLE, headers=(*WHOLE.headers, ("Content-Encoding", "gzip")))
    assert told(("Range", "bytes=0-1"), response=coded) is coded
    assert told(*asked, method="PUT") is WHOLE
    assert told(("Range", "bytes=0-1"), method="HEAD") is WHOLE
    missing = replace(WHOLE, status=404)
    assert told(*asked, response=missing) is missing
    request = Request("GET", HOST + "/x", asked)
    cut = Outcome(WHOLE, Ending.TRUNCATED, 3)
    assert selected(cut, request, None) is cut
    none = Outcome(None, Ending.RESET)
    assert selected(none, request, None) is none
    assert selected(Outcome(WHOLE), request, request).response is WHOLE


def test_a_vendor_judges_conditions():
    """A condition that no recording has is judged by the recorded validators; a recorded one is played as it was."""
    session = [Exchange(Request("GET", HOST + "/x"), WHOLE)]
    ask = Request("GET", HOST + "/x", (("If-None-Match", '"v1"'),))
    outcome = Vendor.of(session).answer(State(), ask, 0.0)[1]
    assert (outcome.rung, outcome.response.status) == (Rung.NORMALISED, 304)
    recorded = [*session, Exchange(ask, replace(WHOLE, body=b"the vendor sends it nevertheless"))]
    assert Vendor.of(recorded).answer(State(), ask, 0.0)[1].response.body == b"the vendor sends it nevertheless"
    assert Vendor.of([*SHOP, get("/x")]).answer(State(), ask, 0.0)[1].response.status == 200
