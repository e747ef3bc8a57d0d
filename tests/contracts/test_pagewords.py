"""The words of paging, in the dialects of many vendors."""

from __future__ import annotations

import pytest

from tapehiss.contracts import pagewords as words


@pytest.mark.parametrize(
    ("member", "parent", "role"),
    [
        ("next", "links", "next"), ("next_cursor", "", "next"), ("nextPageToken", "", "next"), ("@odata.nextLink", "", "next"),
        ("href", "next", "next"), ("after", "cursors", "next"), ("end_cursor", "page_info", "next"), ("nextRecordsUrl", "", "next"),
        ("LastEvaluatedKey", "", "next"), ("previous", "", "other"), ("self", "links", "other"), ("has_more", "", "more"),
        ("incomplete_results", "", "more"), ("total", "", "total"), ("totalPages", "", "total"), ("current_page", "", "at"),
        ("page", "", "at"), ("number", "page", "at"), ("number", "order", ""), ("next_run_at", "", ""), ("colour", "", ""),
    ],
)  # fmt: skip
def test_roles_of_members(member, parent, role):
    """What a member could say about pages, by its name and its parent's."""
    assert words.role_of(member, parent) == role


@pytest.mark.parametrize(
    "name",
    [
        "page",
        "page[number]",
        "cursor",
        "starting_after",
        "offset",
        "$skip",
        "pageToken",
        "max_id",
        "p",
        "start_cursor",
        "ExclusiveStartKey",
    ],
)
def test_positions(name):
    """Parameters that say where a page begins are no sizes."""
    assert words.is_position(name)
    assert not words.is_size(name)


@pytest.mark.parametrize(
    "name", ["limit", "per_page", "page[size]", "pageSize", "maxResults", "$top", "count", "page_size", "first"]
)
def test_sizes(name):
    """Parameters that say how many items a page has are no positions."""
    assert words.is_size(name)
    assert not words.is_position(name)


@pytest.mark.parametrize(
    "name", ["q", "status", "filter[name]", "colour", "created", "sort", "order_number", "routing_number"]
)
def test_others_are_neither(name):
    """Filters and the like have nothing to do with pages."""
    assert not words.is_position(name)
    assert not words.is_size(name)


def test_the_rest_of_the_vocabulary():
    """Totals in headers, booleans, offsets, and names that are alike."""
    assert words.role_of_header("X-Total-Count") == words.role_of_header("Total-Records") == "total"
    assert words.role_of_header("Next-Page") == words.role_of_header("X-MS-Continuation") == "next"
    assert words.role_of_header("X-Page") == "at"
    assert words.role_of_header("X-Totally") == words.role_of_header("X-Next-Of-Kin") == ""
    assert words.is_more("hasNextPage")
    assert words.is_offset("startIndex")
    assert words.speaks_of_pages("page[cursor]")
    assert words.is_about_pages("_links")
    assert words.is_next_parent("next")
    assert words.are_alike("current_page", "page")
    assert not words.are_alike("total", "limit")
