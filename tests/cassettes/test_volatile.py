"""Promises of ``cassettes/volatile.py``."""

from __future__ import annotations

from hypothesis import given

from strategies import exchanges
from tapehiss.cassettes.exchange import Exchange, Request, Response, Timings
from tapehiss.cassettes.volatile import EPOCH, normalised


@given(exchanges())
def test_normalising_twice_is_normalising_once(exchange: Exchange) -> None:
    """And no body changes."""
    once = normalised(exchange)
    assert normalised(once) == once
    assert once.request.body == exchange.request.body
    assert (once.response and once.response.body) == (exchange.response and exchange.response.body)


def test_what_every_recording_has_anew_is_replaced() -> None:
    """Dates by the epoch, ids by zeros of the same shape, times by nothing; the rest stays."""
    answered = (("Date", "Fri, 13 Feb 2009 23:31:30 GMT"), ("CF-Ray", "8f3a-FRA"), ("Expires", "0"), ("ETag", "abc"))
    exchange = Exchange(
        Request("GET", "https://api.vendor.example/", (("traceparent", "00-ab-cd-01"), ("Accept", "*/*"))),
        Response(200, "OK", answered, b"hiss", chunks=((0.1, 4),)),
        started_at=1.0,
        timings=Timings(end_s=0.2),
        label="kept",
    )
    assert normalised(exchange) == Exchange(
        Request("GET", "https://api.vendor.example/", (("traceparent", "00-00-00-00"), ("Accept", "*/*"))),
        Response(200, "OK", (("Date", EPOCH), ("CF-Ray", "0000-000"), ("Expires", "0"), ("ETag", "abc")), b"hiss"),
        label="kept",
    )
