"""``tapehiss tape``: a group of verbs, each in ``cli/tape_<verb>.py``."""

from __future__ import annotations

from tapehiss.cli.lazy import LazyGroup

command = LazyGroup(
    name="tape",
    help="Look at tapes, convert them, check them.",
    module="tapehiss.cli.tape_",
    summaries={
        "export": "tapes as a vcrpy cassette or as HAR",
        "import": "other recorders' recordings as tapes, through the redaction door",
        "ls": "a table of the exchanges",
        "merge": "several tapes as one, in the order of the requests",
        "pretty": "a tape as block YAML, for reading and for git",
        "show": "one exchange, readable",
        "split": "one tape as several: by host, label or count",
        "verify": "is the tape whole, and is there a secret in it",
    },
)
