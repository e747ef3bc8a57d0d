"""Which documented operation a recorded one is."""

from __future__ import annotations

import pytest

from tapehiss.contracts.matching import Matching
from tapehiss.contracts.operations import Operation
from tapehiss.contracts.published_values import Description, PublishedOperation

PATHS = ("/v1/users/{id}", "/v1/users/me", "/v1/files/{id}.json", "/v1/users/{id}/posts")
KNOWN = Matching.of(
    Description("x", tuple(PublishedOperation("GET", path) for path in PATHS), {}, ("https://api.vendor.example",))
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/users/{user_id}", "/v1/users/{id}"),
        ("/v1/users/me", "/v1/users/me"),
        ("/v1/users/ada/", "/v1/users/{id}"),
        ("/v1/files/{file_id}.json", "/v1/files/{id}.json"),
        ("/v1/users/{x}/posts#query=Q", "/v1/users/{id}/posts"),
        ("/v1/users", None),
        ("/v1/users/a/b/c", None),
    ],
)
def test_the_most_literal_template_that_fits(path, expected):
    """A word fits a parameter, a documented word is better; an ending slash and an action do not count."""
    found = KNOWN.find(Operation("GET", "https://api.vendor.example", path))
    assert (found.path if found else None) == expected


def test_other_methods_are_known():
    """A path that is documented for another method is told so."""
    assert KNOWN.methods(Operation("POST", "", "/v1/users/me")) == ["GET"]


@pytest.mark.parametrize(
    ("origin", "path", "expected"),
    [
        ("https://api.vendor.example", "/v9", True),
        ("https://eu.vendor.example", "/v1/x", True),
        ("https://eu.vendor.example", "/other", False),
        ("https://cdn.elsewhere.example.org", "/v1/x", False),
    ],
)
def test_only_what_the_description_is_about_can_be_missing_in_it(origin, path, expected):
    """The documented server, or beside documented paths on a sister of it."""
    assert KNOWN.is_served(Operation("GET", origin, path)) is expected


def test_without_servers_everything_is_served():
    """A description that names no host is about any."""
    assert Matching.of(Description("x", (), {})).is_served(Operation("GET", "https://h", "/"))
