"""What is to go wrong at a mock, from the command line."""

from __future__ import annotations

import pytest

from tapehiss.cli.weather_options import Weather, profile_file
from tapehiss.mocks.errors import BadProfile, BadSchedule
from tapehiss.mocks.faults import Reset, Status
from tapehiss.mocks.scenario import scenario
from tapehiss.mocks.schedule import Rule


def test_rules_add_up(tmp_path):
    """File, scenarios and command line, in this order."""
    (tmp_path / "storm.yaml").write_text("- reset\n")
    rules = Weather(tmp_path / "storm.yaml", ("rate-limited",), ("503 first=1",)).rules()
    assert rules == (Rule(Reset()), *scenario("rate-limited").rules, Rule(Status(503), first=1))
    assert Weather().rules() == ()


def test_what_is_wrong_is_placed():
    """On the command line, too; and limits that nobody knows are named with those that there are."""
    with pytest.raises(BadSchedule) as caught:
        Weather(faults=("503 first=0",)).rules()
    assert caught.value.where == "--fault '503 first=0'"
    with pytest.raises(BadProfile, match="choose one of"):
        Weather(limits="nobody").profile()
    assert Weather().profile() is None


def test_only_files_are_watched(tmp_path):
    """A shipped profile does not change; a file with a plan behind it does."""
    assert [str(profile_file(text)) for text in ("klaviyo:XS", "github", "mine.yaml", "a/mine.yml:big")] == [
        "None",
        "None",
        "mine.yaml",
        "a/mine.yml",
    ]
    watched = Weather(tmp_path / "storm.yaml", limits=f"{tmp_path}/mine.yaml:big").sources(None)
    assert [(source.what, *source.paths) for source in watched] == [
        ("rules", tmp_path / "storm.yaml"),
        ("limits", tmp_path / "mine.yaml"),
    ]
    assert list(Weather(limits="klaviyo:XS").sources(None)) == []
