"""What passed over a running mock, step by step, as the pure world would tell it: what the judge of a storm reads.

Whole requests are kept, secrets too: a trail is for who runs the storm, and is never shown. Owned by one thread, and bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tapehiss.mocks.world import Step

STEPS_MAX = 20_000
"""A client that asks more often than this has broken its promises before."""


class Trail:
    """The steps of one mock, in the order in which they were asked."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def keep(self, step: Step) -> None:
        """One more; what comes when there are too many is not kept."""
        if len(self.steps) < STEPS_MAX:
            self.steps.append(step)

    def abandoned(self, number: int, at_s: float) -> None:
        """The client left before it had the whole answer of this step."""
        if self.steps[number].known_at_s > at_s:
            self.steps[number] = self.steps[number].given_up(at_s)

    def until(self, at_s: float) -> tuple[Step, ...]:
        """The steps of a client that ended then: of what was on its way it knows nothing."""
        begun = [step for step in self.steps if step.sent_at_s <= at_s]
        return tuple(step if step.known_at_s <= at_s else step.given_up(at_s) for step in begun)
