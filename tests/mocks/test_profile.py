"""Profiles of limits in files."""

from __future__ import annotations

import pytest

from tapehiss.mocks.errors import BadProfile
from tapehiss.mocks.profile import parse_profile, profile, profile_names, read_profile, shipped_profile
from tapehiss.mocks.windows import Bucket, Fixed

LEAST = """\
vendor: X
source: https://x.example
read: 2026-11-01
confidence: ours
limits:
  minute:
    fixed: {quota: 60, window_s: 60}
    on: [GET /v1/*]
"""


def parsed(text: str):
    return parse_profile(text.encode(), "x.yaml", "x")


def test_a_profile_needs_few_lines():
    """A source, a date, and one limit."""
    (limit,) = parsed(LEAST).limits.limits
    assert (limit.name, limit.model, limit.on, limit.per) == ("minute", Fixed(60.0, 60.0), ("GET /v1/*",), ("account",))


def test_a_plan_changes_the_quotas():
    """Of a bucket the rate goes along with its size."""
    text = (
        LEAST
        + "  tokens: {token_bucket: {burst: 10, rate_per_s: 1}}\nplans: {big: {minute: 600, tokens: 20}, small: {minute: 6}}\nplan: small\n"
    )
    assert parsed(text).limits.limits[0].model == Fixed(6.0, 60.0)
    assert [each.model for each in parsed(text).on_plan("big").limits.limits] == [Fixed(600.0, 60.0), Bucket(20.0, 2.0)]
    with pytest.raises(BadProfile, match="choose one of: big, small"):
        parsed(text).on_plan("huge")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "x.yaml:1"),
        ("", "x.yaml:1: is no mapping"),
        (LEAST.replace("quota: 60", "quota: -1"), "x.yaml:7: limits.minute.fixed.quota"),
        (LEAST.replace("fixed", "fixd"), "x.yaml:7: limits.minute.fixd"),
        (LEAST.replace("    on: [GET /v1/*]", "    on: 7"), "x.yaml:8: limits.minute.on"),
        (LEAST.replace("    on: [GET /v1/*]", "    per: [nobody]"), "x.yaml:8: limits.minute.per.0"),
        (LEAST + "    daily: {quota: 1}\n", "x.yaml:6: limits.minute: a limit counts in one way"),
        (
            LEAST + "  day: {daily: {quota: 1, zone: Mars/Base}}\n",
            "x.yaml:9: limits.day.daily.zone: 'Mars/Base' is no time zone",
        ),
        (LEAST + "headers: {X: '{hour.limit}'}\n", "asks for 'hour', which is no limit"),
        (LEAST + "headers: {X: '{minute.left}'}\n", "asks for 'left'; a counter has"),
        (LEAST + "headers: {X: '{minute.reset:fortnights}'}\n", "has the form 'fortnights'; there are delta_s"),
        (LEAST + "plan: big\n", "default plan 'big'"),
        (LEAST + "plans: {big: {hour: 1}}\n", "'hour', which is no limit"),
        (LEAST.replace("2026-11-01", "some day"), "x.yaml:3: read"),
        ("a: &a [*a]", "x.yaml"),
        (LEAST.replace("[GET /v1/*]", "[GET]"), "x.yaml:8: limits.minute.on.0: 'GET' is not an operation"),
        (LEAST.replace("[GET /v1/*]", "['*']\n    free: [health]"), "x.yaml:9: limits.minute.free.0: 'health' is not"),
        (LEAST + "? [1, 2]\n: 3\n", "x.yaml"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_field(text, said):
    """Before anything is served."""
    with pytest.raises(BadProfile) as caught:
        parsed(text)
    assert said in str(caught.value)


def test_profiles_that_ship_are_known_by_name():
    """With a plan behind a colon; a file of one's own likewise."""
    assert profile("klaviyo:XS").limits.limits[0].model.quota == 1
    assert profile("stripe").plan == "live"
    with pytest.raises(BadProfile, match="choose one of amazon"):
        profile("nobody")
    with pytest.raises(BadProfile, match="no profile is called"):
        shipped_profile("../profiles/klaviyo.yaml")


def test_a_file_of_ones_own(tmp_path):
    """Read by its path; that it is not there is said."""
    path = tmp_path / "mine.yaml"
    path.write_text(LEAST + "plans: {big: {minute: 600}}\n")
    assert profile(str(path)).name == "mine"
    assert profile(f"{path}:big").limits.limits[0].model.quota == 600
    with pytest.raises(BadProfile, match="cannot be read"):
        read_profile(tmp_path / "none.yaml")


def test_every_profile_that_ships_can_be_read():
    """With its source and the date on which it was read."""
    for name in profile_names():
        found = profile(name)
        assert found.source.startswith("https://")
        assert all(found.on_plan(plan).plan == plan for plan, _ in found.plans)
