"""``tapehiss scenario show``: one scenario."""

from __future__ import annotations

import json

import pytest

from tapehiss.mocks.scenario import parse_scenario, scenarios


@pytest.mark.parametrize("each", scenarios(), ids=lambda each: each.name)
def test_what_is_shown_can_be_played(tapehiss, each):
    """The YAML is a file for ``--schedule`` with the same rules."""
    said = tapehiss("scenario", "show", each.name)
    assert (said.code, parse_scenario(said.out.encode(), "shown", each.name)) == (0, each)


def test_a_file_is_checked_by_showing_it(tapehiss, tmp_path):
    """A right one is shown, also as data; a wrong one is named with its line; an unknown name with those that there are."""
    (tmp_path / "own.yaml").write_text("- reset first=1\n")
    assert json.loads(tapehiss("scenario", "show", tmp_path / "own.yaml", "--json").out)["short"] == ["reset first=1"]
    (tmp_path / "own.yaml").write_text("- reset first=1\n- nonsense\n")
    said = tapehiss("scenario", "show", tmp_path / "own.yaml")
    assert (said.code, "own.yaml:2" in said.err) == (2, True)
    said = tapehiss("scenario", "show", "sunshine")
    assert (said.code, "choose one of" in said.err) == (2, True)
