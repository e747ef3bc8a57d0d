"""JSON Pointers."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.pointers import below, escaped, steps_of, unescaped


@given(st.text(max_size=6))
def test_a_name_survives_its_step(name):
    """Escaping is undone, and no name looks like the step of items or of the rest."""
    assert unescaped(escaped(name)) == name
    assert escaped(name) not in {"~*", "~+"}


@given(st.lists(st.text(max_size=4), max_size=4))
def test_a_pointer_is_its_steps(names):
    """What was escaped and joined comes apart again; the empty pointer has no steps."""
    assert steps_of("".join(f"/{escaped(name)}" for name in names)) == names


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", {"a/b": [1, {"c": 2}]}),
        ("/a~1b/0", 1),
        ("/a~1b/1/c", 2),
        ("/a~1b/2", None),
        ("/a~1b/-1", None),
        ("/a~1b/\u00b2", None),
        ("/a~1b/0/c", None),
        ("/none/at/all", None),
    ],
)
def test_a_pointer_leads_to_a_value_or_to_nothing(pointer, found):
    """Members by name, items by place (RFC 6901 section 4); beyond what is there is nothing, and nothing fails."""
    assert reduce(below, steps_of(pointer), {"a/b": [1, {"c": 2}]}) == found
