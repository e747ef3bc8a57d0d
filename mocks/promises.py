"""The promises that a client can keep or break, by name: what each says, and how it is told when it was broken.

The letters are those of the invariants by which clients are commonly judged: R retry, I idempotency, D deadline, V bodies, P pages, E errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Promise:
    """One row of the table."""

    says: str
    """What is promised."""
    broken: str
    """How it is told: a template over the arguments of the verdict."""


PROMISES: Mapping[str, Promise] = {
    "no-unsafe-resend": Promise(
        "a write that may have been done is not sent again without an idempotency key",
        "{operation} may have been done, and was sent again {again} without a key",
    ),
    "effects-once": Promise(
        "what the client asked for is done once",
        "{operation} was carried out {times} where {wanted} was meant",
    ),
    "same-key": Promise(
        "all attempts of a call carry the same idempotency key",
        "{operation} was sent again with another key",
    ),
    "same-body": Promise(
        "an idempotency key belongs to one body",
        "{operation} was sent again with the same key and another body",
    ),
    "refusals-accepted": Promise(
        "what the vendor refused for good is not asked again",
        "{operation} was refused with {status} and asked again {again}",
    ),
    "stays-away": Promise(
        "a vendor that asks not to be asked again is left alone",
        "{operation} was answered with x-should-retry: false, and asked again",
    ),
    "attempts-bounded": Promise(
        "a call is tried so many times and no more",
        "{operation} was tried {times}; at most {most} is allowed",
    ),
    "waits-as-told": Promise(
        "a vendor that names a time is not asked before it",
        "{operation} was to wait {wait_s:g} s and was sent again after {after_s:g} s",
    ),
    "pauses-between": Promise(
        "attempts of a call are spaced",
        "{operation} was sent again {again} times within {after_s:g} s",
    ),
    "amplification-bounded": Promise(
        "an outage does not multiply the traffic",
        "{requests} requests were sent where fair weather needs {wanted}; at most {most} is allowed",
    ),
    "success-is-whole": Promise(
        "a client that reports success has got every answer, whole",
        "success was reported, and {operation} got no whole answer {times}",
    ),
    "ends-in-time": Promise(
        "the client ends before its deadline, with or without an answer",
        "it ended after {at_s:g} s; the deadline is {deadline_s:g} s",
    ),
    "ends-cleanly": Promise(
        "a failure ends in an error of the client's own",
        "it ended in {crash}",
    ),
    "recovers": Promise(
        "when nothing was lost and the weather clears within the attempts that are allowed, the call succeeds",
        "{operation} was turned away {times}, then the weather was fair, and the client failed",
    ),
}
