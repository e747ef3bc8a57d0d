"""A part of a contract that is ready to judge documents: fast where they are as expected, in words where they are not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from tapehiss.contracts.expectations import Expectation, expected, strict_schema
from tapehiss.contracts.judging import deviations

if TYPE_CHECKING:
    from tapehiss.contracts.counts import Field, Part
    from tapehiss.contracts.judging import Deviation


@dataclass(frozen=True)
class Judge:
    """What is expected of the documents of a part; the validator is made when it is first asked."""

    part: Part
    expectation: Expectation
    nodes: int
    """How many paths the expectation has."""
    once: int
    """How many things below it were seen exactly once."""
    names_only: bool = False
    """Whether only the names of members are judged, as of headers: what they say changes with every answer."""

    @cached_property
    def validator(self) -> jsonschema_rs.Draft202012Validator:
        """The strict schema, compiled; patterns by the engine that takes linear time, whatever the text."""
        schema = strict_schema(self.expectation)
        return jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions())

    def accepts(self, document: Any) -> bool:
        """Whether a document is as expected."""
        return self.validator.is_valid(document)

    def seen(self, path: str) -> Field | None:
        """The evidence at a path; ``None`` where nothing was seen."""
        return next((each.seen for each in self.expectation.everything() if each.path == path), None)

    def deviations(self, document: Any) -> tuple[Deviation, ...]:
        """What about a document is not as expected."""
        if self.accepts(document):
            return ()
        found = deviations(self.expectation, document)
        return (
            tuple(each for each in found if each.id in _OF_NAMES and each.path.count("/") == 1)
            if self.names_only
            else found
        )


_OF_NAMES = frozenset({"member-missing", "member-unknown"})


def judge_of(part: Part, *, names_only: bool = False) -> Judge:
    """The judge of a part."""
    expectation = expected(part)
    once = expectation.lone_here if names_only else expectation.lone
    return Judge(part, expectation, sum(1 for _ in expectation.everything()), once, names_only)
