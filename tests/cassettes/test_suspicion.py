"""Where a secret may still be."""

from __future__ import annotations

from tapehiss.cassettes.suspicion import Suspicion


def test_a_suspicion_is_one_line():
    """What was found, and where to look."""
    assert str(Suspicion("name:password", "request.body", "byte 7")) == "name:password in request.body at byte 7"
