"""What a published description says."""

from __future__ import annotations

from tapehiss.contracts.published_values import Description, PublishedOperation, PublishedParameter


def test_an_operation_is_a_line():
    """Method and template; values compare equal."""
    operation = PublishedOperation("GET", "/a/{b}", (PublishedParameter("b", "path", True, {}),))
    assert str(operation) == "GET /a/{b}"
    assert Description("x", (operation,), {}) == Description("x", (operation,), {})
