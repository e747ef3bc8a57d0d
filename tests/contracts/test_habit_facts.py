"""Idempotency, caching and latency as facts."""

from __future__ import annotations

import pytest

from habits import HOST, origin, told
from tapehiss.contracts.habit_facts import caching, idempotency, latency
from tapehiss.contracts.latency import ERROR

LINE = f"GET {HOST}/v1/things"


def test_keys_are_told_among_unsafe_requests():
    """Two of three writes had a key, one answer repeated it: by origin and by operation."""
    key = {"Idempotency-Key": "abc"}
    writes = [told(method="POST", asked=key, headers=key), told(method="POST", asked=key), told(method="POST")]
    known = [fact for fact in idempotency(origin([*writes, told()])) if fact.id == "idempotency-key"]
    assert [(fact.operation, fact["in"], fact["name"], fact["echoed"], fact.seen, fact.of) for fact in known] == [
        ("", "header", "idempotency-key", 1, 2, 3),
        (f"POST {HOST}/v1/things", "header", "idempotency-key", 1, 2, 3),
    ]


def test_a_replay_is_marked():
    """The header that marks a replay, with the values that it had."""
    writes = [told(method="POST", headers={"Idempotent-Replayed": value}) for value in ("true", "false", "true")]
    marker = next(fact for fact in idempotency(origin(writes)) if fact.id == "idempotency-marker")
    assert (marker["header"], marker["values"], marker.seen) == ("idempotent-replayed", ("false", "true"), 3)


def test_validators_are_told_among_successful_reads():
    """Two of four reads had a tag; ages are a span; a conditional request and its answer are told with their share."""
    tag = {"ETag": '"1"', "Cache-Control": "max-age=60"}
    reads = [
        told(headers=tag),
        told(headers={**tag, "Cache-Control": "max-age=5"}),
        told(),
        told(asked={"If-None-Match": '"1"'}, status=304),
    ]
    known = {fact.id: fact for fact in caching(origin(reads)) if fact.operation == LINE}
    assert (known["caching-etag"]["value"], known["caching-etag"].seen, known["caching-etag"].of) == ("strong", 2, 3)
    assert (known["caching-max-age"]["age_min_s"], known["caching-max-age"]["age_max_s"]) == (5, 60)
    assert (known["caching-conditional"]["header"], known["caching-conditional"]["status"]) == ("if-none-match", 304)


def test_latency_is_told_with_its_error():
    """Quantiles of a hundred answers are within the stated error; what was turned down does not count."""
    answers = [told(took_s=each / 100) for each in range(1, 101)] + [told(took_s=90, status=500)]
    fact = next(fact for fact in latency(origin(answers)) if fact.operation == LINE)
    assert fact["p50_s"] == pytest.approx(0.5, rel=ERROR + 0.01)
    assert fact["p99_s"] == pytest.approx(0.99, rel=ERROR + 0.01)
    assert fact.seen == 100
    assert list(latency(origin([told()]))) == []


def test_no_quantile_is_told_of_which_nothing_lay_beyond():
    """Of three answers nobody knows the slowest tenth."""
    fact = next(latency(origin([told(took_s=1.0)] * 3)))
    assert (fact["p50_s"], fact["p90_s"], fact["p99_s"]) == (pytest.approx(1.0, rel=ERROR), None, None)


def test_one_age_is_no_span():
    """Where every answer says the same age there is one number."""
    several = [told(headers={"Cache-Control": "max-age=0"})] * 2
    words = {fact.words for fact in caching(origin(several)) if fact.id == "caching-max-age"}
    assert words == {"fresh for 0 s"}
