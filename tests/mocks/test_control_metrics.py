"""What machines watch, over the control plane."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families
from shop import SHOP
from steering import Control

from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.vendor import Vendor


def test_prometheus_can_read_the_sums():
    """The text has the content type that a scraper asks for, and the numbers are the journal's."""
    control = Control()
    control.live.answer(SHOP[0].request, 11.0)
    control.live.answer(SHOP[3].request, 11.0)
    answer = control("GET", "/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = [each for family in text_string_to_metric_families(answer.text) for each in family.samples]
    assert {each.name: each.value for each in samples if not each.labels} == {
        "tapehiss_requests_total": 2,
        "tapehiss_events_lost_total": 0,
        "tapehiss_listeners": 0,
        "tapehiss_recordings": len(SHOP),
        "tapehiss_uptime_seconds": 10,
    }
    assert next(each.value for each in samples if each.name == "tapehiss_effects_total") == 1


def test_ready_is_more_than_alive():
    """A mock without a recording lives, and is not ready."""
    assert Control()("GET", "/ready").json() == {"ready": True, "recordings": len(SHOP)}
    empty = Control(LiveVendor(Vendor()))
    assert (empty("GET", "/health").status_code, empty("GET", "/ready").status_code) == (200, 503)
