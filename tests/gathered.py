"""Parts made of documents, for tests of what is said about them: ``from gathered import part_of``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.contracts.counts import Part
from tapehiss.contracts.gathering import NOWHERE, Gathering
from tapehiss.contracts.reading import Reading

if TYPE_CHECKING:
    from tapehiss.contracts.trees import Node


def part_of(*values: object) -> Part:
    """The evidence of these documents, each of an exchange of its own."""
    gathering = Gathering()
    for number, value in enumerate(values):
        gathering.take(Reading("response 200 application/json", (value,)), number)
    return gathering.part([NOWHERE] * len(values)) if values else Part()


def tree(*values: object) -> Node:
    """The evidence of these documents as a tree, as views see it."""
    from tapehiss.contracts.schemas import evidence_tree

    root = evidence_tree(part_of(*values))
    assert root is not None
    return root
