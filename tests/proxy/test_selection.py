"""Which exchanges are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.proxy.selection import Selection

NAMES = st.sampled_from(["a.example", "b.example", "A.example", "x"])
PATTERNS = st.lists(st.sampled_from(["a.example", "*.example", "b*", "!a.example", "!*"]), max_size=4).map(tuple)


@given(NAMES, st.text(max_size=10))
def test_without_patterns_everything_is_wanted(host: str, path: str) -> None:
    """The default records all there is."""
    assert Selection().wants(host, path)
    assert Selection().wants_type(path)


@given(PATTERNS, PATTERNS, NAMES)
def test_a_refusal_wins_in_any_order(some: tuple[str, ...], more: tuple[str, ...], host: str) -> None:
    """The order of the patterns does not matter, and what one of them refuses is not wanted."""
    assert Selection(hosts=some + more).wants(host, "/") == Selection(hosts=more + some).wants(host, "/")
    assert not Selection(hosts=(*some, "!*", *more)).wants(host, "/")


@pytest.mark.parametrize(
    ("selection", "host", "path", "wanted"),
    [
        (Selection(hosts=("*.vendor.example",)), "api.vendor.example", "/", True),
        (Selection(hosts=("*.vendor.example",)), "API.Vendor.example", "/", True),
        (Selection(hosts=("*.vendor.example",)), "vendor.example", "/", False),
        (Selection(hosts=("!telemetry.*",)), "api.vendor.example", "/", True),
        (Selection(hosts=("!telemetry.*",)), "telemetry.vendor.example", "/", False),
        (Selection(paths=("/v1/*", "!/v1/health")), "h", "/v1/things?x=/v2", True),
        (Selection(paths=("/v1/*", "!/v1/health")), "h", "/v1/health?deep=1", False),
        (Selection(paths=("/v1/*",)), "h", "/v2?x=/v1/", False),
        (Selection(hosts=("a",), paths=("/x",)), "a", "/y", False),
    ],
)
def test_hosts_and_paths(selection: Selection, host: str, path: str, wanted: bool) -> None:
    """Hosts without case, paths without their query; both must be wanted."""
    assert selection.wants(host, path) is wanted


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("application/json", True), ("Application/Problem+JSON", True), ("text/html", False), ("", False), (None, True)],
)
def test_media_types(kind: str | None, wanted: bool) -> None:
    """What has no response is kept: it is what went wrong."""
    assert Selection(types=("application/*json",)).wants_type(kind) is wanted
