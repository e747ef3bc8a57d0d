"""``tapehiss contract``: a group of verbs, each in ``cli/contract_<verb>.py``."""

from __future__ import annotations

from tapehiss.cli.lazy import LazyGroup

command = LazyGroup(
    name="contract",
    help="Read what a contract proves. A CONTRACT is a file of `tapehiss infer --into`, a tape, or a folder of tapes.",
    module="tapehiss.cli.contract_",
    summaries={
        "compare": "a published description against what the tapes prove",
        "openapi": "the contract as OpenAPI 3.1",
        "report": "the whole contract as Markdown or HTML, for a team",
        "schema": "what one operation answers, as JSON Schema",
        "show": "how to call a vendor, and what comes back",
    },
)
