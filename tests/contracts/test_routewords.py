"""Words that are no values."""

from __future__ import annotations

import pytest

from tapehiss.contracts.routewords import is_collection, is_reserved, is_routelike, is_spoken, is_version


@pytest.mark.parametrize(
    "segment", ["search", "me", "@me", "$count", "v1", "v1beta1", "2.0", "api", "", "search.json", "values:batchGet"]
)
def test_reserved(segment):
    """Actions, pronouns, versions and what is marked as no name are words of routes wherever they stand."""
    assert is_reserved(segment) is (segment != "values:batchGet")


@pytest.mark.parametrize(
    "segment",
    ["customers", "unread_count", "customFields", "get-preference", "analyses", "people", "criteria", "search"],
)
def test_routelike(segment):
    """Collections, joined words and what has an action in it are written as routes are."""
    assert is_routelike(segment)


@pytest.mark.parametrize(
    "segment", ["ada", "fr-par-1", "blue-lamp", "JFK", "pwwbOvUitdtKvBuhoYgZea", "bus", "analysis"]
)
def test_not_routelike(segment):
    """Names, codes, slugs and tokens are not."""
    assert not is_routelike(segment)


@pytest.mark.parametrize(("segment", "said"), [("users", True), ("line-items", True), ("lineItems", True), ("people", True), ("user", False),
                                               ("status", False), ("settings", False), ("v2", False), ("", False)])  # fmt: skip
def test_collections(segment, said):
    """A plural that is no action names many things."""
    assert is_collection(segment) is said


def test_versions_and_words():
    """What is a version, and what can be spoken."""
    assert [is_version(each) for each in ("v2", "1.1", "2024-10", "users")] == [True, True, False, False]
    assert [is_spoken(each) for each in ("customFields", "xKqWzRtPl")] == [True, False]
