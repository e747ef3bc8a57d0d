"""Rules are values."""

from __future__ import annotations

import dataclasses

import pytest

from tapehiss.cassettes.rules import Limits, Rules


def test_rules_are_frozen_and_compare():
    """They may be keys, and nobody changes them on the way."""
    assert Rules() == Rules()
    assert hash(Rules()) == hash(Rules())
    with pytest.raises(dataclasses.FrozenInstanceError):
        Rules().emails = True


def test_known_secrets_are_not_shown():
    """Rules hold the values of environment variables; no repr tells them."""
    assert "hush" not in repr(Rules(known=(("env:X_TOKEN", b"hush"),)))


def test_there_is_a_limit_on_everything():
    """And each is positive."""
    assert all(getattr(Limits(), field.name) > 0 for field in dataclasses.fields(Limits))
