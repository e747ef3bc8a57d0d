"""How bad a finding is, on the evidence there is: a surprise that an unchanged vendor could well have had in store is a remark.

Of a thing that never happened in n exchanges the chance that it happens in the next one, without any change, is at most
1 / (n + 1); where rare things were seen (``once``: how many happened exactly once), more of them are to come, and it is
``statistics.novelty``. On that chance a finding is an error, a warning or a remark. What was measured: learning from n exchanges
of a vendor and checking others of the same recordings, with these bounds fewer than one exchange in a hundred has a warning from
n = 30 on, and one in five hundred an error.
"""

from __future__ import annotations

from tapehiss.contracts.findings import Severity

WARN_CHANCE_MAX = 0.2
"""A surprise that is likelier than this, without a change, is a remark."""
ERROR_CHANCE_MAX = 0.05
"""A surprise that is likelier than this is no error."""
WORD_CHANCE_MAX = 0.01
"""Likewise for a new word: lists of words grow, and a document has many of them."""
RUN_STRICTER = 4
"""The chance of a finding in a whole run (``runs``) has to be so many times less: a run is told once, and fails a build."""


def graded(worst: Severity, chance: float, *, words: bool = False) -> Severity:
    """The severity of a finding that can be ``worst``, and that an unchanged vendor shows with this chance."""
    by_evidence = Severity.INFO
    if chance <= (WORD_CHANCE_MAX if words else WARN_CHANCE_MAX):
        by_evidence = Severity.ERROR if chance <= ERROR_CHANCE_MAX else Severity.WARN
    return min(worst, by_evidence)
