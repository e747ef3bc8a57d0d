"""What the tapes prove about a vendor's behaviour, with support: authentication, paging, limits, idempotency, caching and latency."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from tapehiss.contracts import auth_facts, habit_facts, limit_facts, paging_facts
from tapehiss.contracts.grouping import origins

if TYPE_CHECKING:
    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.facts import Fact


def facts(catalogue: Catalogue) -> tuple[Fact, ...]:
    """Every fact, by topic and origin; those of an origin (``operation`` is empty) before those of its operations."""
    known = origins(catalogue.entries)
    return tuple(
        chain(
            auth_facts.facts(known),
            paging_facts.facts(known),
            limit_facts.facts(known),
            habit_facts.idempotency(known),
            habit_facts.caching(known),
            habit_facts.latency(known),
        )
    )
