"""``tapehiss scenario``: the group."""

from __future__ import annotations

from tapehiss.cli.scenario import command


def test_every_verb_has_its_file(tapehiss):
    """The help of each verb can be shown, and each is in the group's help."""
    listed = tapehiss("scenario", "--help").out
    for verb in command.summaries:
        assert verb in listed
        assert tapehiss("scenario", verb, "--help").code == 0
