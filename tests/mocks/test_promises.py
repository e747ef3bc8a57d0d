"""The table of promises."""

from __future__ import annotations

import re

from tapehiss.mocks.promises import PROMISES


def test_names_are_fit_for_a_command_line():
    """Short words with hyphens: they stand in files, options and test names."""
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in PROMISES)


def test_each_says_what_is_promised_and_how_it_was_broken():
    """Two different sentences, without an end."""
    for promise in PROMISES.values():
        assert promise.says != promise.broken
        assert not (promise.says + promise.broken).endswith(".")
