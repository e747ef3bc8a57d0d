"""Promises of ``cassettes/exporting.py``."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from strategies import exchanges
from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response
from tapehiss.cassettes.exporting import in_vcrpy, remark, to_har, to_vcrpy
from tapehiss.cassettes.importing import Source, read_source

ASKED = Request("GET", "https://api.vendor.example/v1/things")
ANSWERED = Exchange(ASKED, Response(200, "OK", (("Content-Type", "text/plain"),), b"hiss"), started_at=10.0)


def imported(text: str) -> list[Exchange]:
    """What our own importer reads from an export."""
    return list(read_source(Source("export", text.encode())))


def in_order(recorded: list[Exchange]) -> list[Exchange]:
    return sorted(recorded, key=lambda one: one.started_at)


@given(st.lists(exchanges(replayable=True), max_size=2))
def test_vcrpy_itself_replays_the_same_bytes(recorded: list[Exchange]) -> None:
    """What vcrpy's own loader reads from an export has the methods, URLs, statuses and bodies of the exchanges."""
    requests, responses = deserialize("".join(to_vcrpy(recorded)), yamlserializer)[:2]
    assert [(one.request.body, one.response.status, one.response.body) for one in in_order(recorded)] == [
        (request.body or b"", response["status"]["code"], response["body"]["string"])
        for request, response in zip(requests, responses, strict=True)
    ]


@given(st.lists(exchanges(replayable=True), min_size=1, max_size=2))
def test_a_vcrpy_export_comes_back_whole(recorded: list[Exchange]) -> None:
    """Block YAML loses nothing: what is imported from it equals what was exported."""
    assert imported("".join(to_vcrpy(recorded))) == in_order(recorded)


@given(st.lists(exchanges(), max_size=2))
def test_a_har_export_comes_back_whole(recorded: list[Exchange]) -> None:
    """HAR, with our own field, loses nothing of any exchange with a sane status, failures included."""
    assert imported(json.dumps(to_har(recorded))) == in_order(recorded)


@given(st.lists(exchanges(), max_size=2))
def test_a_vcrpy_export_is_ascii_and_leaves_failures_out(recorded: list[Exchange]) -> None:
    """vcrpy opens cassettes in the locale's encoding, and no failure is bent into a response."""
    text = "".join(to_vcrpy(recorded, remarks=True))
    assert text.isascii()
    assert text.count("# not replayable: ") >= sum(not in_vcrpy(one) for one in recorded)


def test_the_order_is_that_of_the_requests() -> None:
    """vcrpy plays equal matches in file order, so the first request stands first however the tape was written."""
    first = replace(ANSWERED, started_at=5.0, label="first")
    assert [one.label for one in imported("".join(to_vcrpy([ANSWERED, first])))] == ["first", ""]


def test_a_remark_stays_on_its_line() -> None:
    """A URL or an error text with a line break cannot smuggle YAML into the cassette."""
    failed = Exchange(replace(ASKED, url="https://x.example/\n- evil"), ending=Ending.RESET, detail="gone\r\nfor good")
    assert remark(failed) == "# not replayable: GET https://x.example/\\n- evil: reset (gone\\r\\nfor good)\n"


def test_what_vcrpy_cannot_hold_is_left_out_silently_unless_asked_for() -> None:
    """Remarks are for people; a program gets the cassette alone."""
    failed = Exchange(ASKED, ending=Ending.RESET)
    assert list(to_vcrpy([failed])) == ["version: 1\ninteractions: []\n"]
    assert any("not replayable" in piece for piece in to_vcrpy([failed], remarks=True))


def test_nothing_exported_is_still_a_cassette() -> None:
    """An export without exchanges loads as an empty list, which vcrpy can read."""
    assert list(to_vcrpy([])) == ["version: 1\ninteractions: []\n"]


@pytest.mark.parametrize("started_at", [0.0, 1e12, math.inf])
def test_any_start_has_a_date(started_at: float) -> None:
    """HAR wants a date even where the start is unknown or absurd."""
    (entry,) = to_har([replace(ANSWERED, started_at=started_at)])["log"]["entries"]
    assert entry["startedDateTime"].endswith("Z")
