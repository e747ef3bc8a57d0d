"""``tapehiss scenario``: a group of verbs, each in ``cli/scenario_<verb>.py``."""

from __future__ import annotations

from tapehiss.cli.lazy import LazyGroup

command = LazyGroup(
    name="scenario",
    help="Ready schedules of faults: which there are, what they do, and play one.",
    module="tapehiss.cli.scenario_",
    summaries={
        "ls": "the scenarios that ship with us",
        "run": "play one at a running mock, or start one with it",
        "show": "one scenario as YAML, to read or to begin your own with",
    },
)
