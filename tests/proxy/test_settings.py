"""What a person decides before a recording begins."""

from __future__ import annotations

import pickle

from tapehiss.cassettes.origins import target
from tapehiss.proxy.settings import Settings


def test_secrets_of_the_settings_are_not_shown() -> None:
    """Settings may end up in a log."""
    settings = Settings(key=b"the project's key", known=("a known secret",))

    assert "project" not in repr(settings)
    assert "known secret" not in repr(settings)


def test_settings_are_a_value() -> None:
    """Equal by content, and they survive pickling."""
    settings = Settings(to=target("https://api.vendor.example"), label="x")

    assert settings == pickle.loads(pickle.dumps(settings))
    assert settings != Settings()


def test_nothing_is_without_a_limit() -> None:
    """The defaults bound bodies, spools, the queue and the end."""
    plain = Settings()

    assert 0 < plain.body_max_bytes <= plain.spool_max_bytes
    assert plain.queue_max_bytes > 0
    assert plain.drain_max_s > 0
