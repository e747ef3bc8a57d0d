"""Validators, freshness and conditional requests."""

from __future__ import annotations

from tapehiss.contracts.caching import signs


def test_validators_and_freshness():
    """A weak and a strong tag are told apart; directives are words, an age is a number."""
    told = (("ETag", 'W/"1"'), ("Last-Modified", "x"), ("Cache-Control", 'private, Max-Age="60", no-cachet'))
    assert list(signs("GET", (), 200, told)) == [
        "caching answers",
        "caching etag weak",
        "caching last-modified",
        "caching control private",
        "max-age 60",
    ]
    assert "caching etag strong" in signs("HEAD", (), 200, (("etag", '"1"'),))


def test_only_successful_reads_have_validators():
    """What a write or a refusal carries says nothing about caching."""
    assert list(signs("POST", (), 200, (("ETag", '"1"'),))) == []
    assert list(signs("GET", (), 404, (("ETag", '"1"'),))) == []


def test_conditional_requests():
    """What a condition was answered is told, whatever it was."""
    asked = (("If-None-Match", '"1"'), ("Accept", "x"))
    assert list(signs("GET", asked, 304, ())) == ["conditional if-none-match 304"]
    assert list(signs("PUT", (("if-match", '"1"'),), 412, ())) == ["conditional if-match 412"]
