"""The one door: a live Exchange comes in, a Clean one (or a Quarantined one) goes out.

The law of this file: a tape accepts only what went through here; the exchange that came in is never altered; what could not be made
clean is quarantined; and no secret appears in any ``repr``, ``str`` or error.

How: every place that may hold a secret is found (``spotting.py``), judged (``judgement.py``) and replaced by its pseudonym
(``pseudonyms.py``). A secret that is distinct enough becomes a taint, and is replaced wherever it stands from then on
(``taints.py``), inside any encoding (``encodings.py``) and over the pieces of a stream (``deltas.py``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from tapehiss.cassettes.cleaning import Cleaning
from tapehiss.cassettes.encodings import LengthChanged
from tapehiss.cassettes.exchange import Clean, Exchange
from tapehiss.cassettes.judgement import Judge
from tapehiss.cassettes.projectkey import project_key
from tapehiss.cassettes.rulefile import load_rules
from tapehiss.cassettes.rules import Limits, Rules
from tapehiss.cassettes.signatures import noted
from tapehiss.cassettes.spotting import spotter_of
from tapehiss.cassettes.surface import Surface, rebuilt, surface_of
from tapehiss.cassettes.suspicion import Suspicion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Limits", "Quarantined", "Redactor", "Rules", "Suspicion", "load_rules", "project_key", "suspicions"]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An exchange that may not go onto a tape, and why."""

    exchange: Exchange = field(repr=False)
    """What is known to be secret is already out of it; what is suspected is still in."""
    suspicions: tuple[Suspicion, ...]


class Redactor:
    """Learns secrets as it goes and takes them out of this and every later exchange. Not for two threads at once."""

    def __init__(self, rules: Rules, *, key: bytes, known: Iterable[str] = ()) -> None:
        self._rules = rules
        self._spotter = spotter_of(rules)
        self._taken_out: Counter[str] = Counter()
        self._judge = Judge(rules, key, [*rules.known, *(("known", value.encode()) for value in known)])

    @property
    def taken_out(self) -> Mapping[str, int]:
        """How many times each rule took something out so far."""
        return MappingProxyType(self._taken_out)

    @property
    def secrets_known(self) -> int:
        """How many different secrets are replaced wherever they stand."""
        return len(self._judge.taints)

    def clean(self, exchange: Exchange) -> Clean | Quarantined:
        """The same exchange without secrets, or what is left of it and why it may not be kept. Never raises for what is in it."""
        try:
            return self._clean(exchange)
        except LengthChanged:
            return Quarantined(exchange, (Suspicion("unplaceable", "exchange", "an encoding that changes its length"),))
        except Exception as error:  # noqa: BLE001  fail closed; the error's text may hold the secret, so only its type is told
            return Quarantined(exchange, (Suspicion("failed", "exchange", type(error).__name__),))

    def _clean(self, exchange: Exchange) -> Clean | Quarantined:
        surface = surface_of(exchange)
        if len(surface.view) > self._rules.limits.scan_max_bytes:
            return Quarantined(exchange, (Suspicion("too-large", "exchange", f"{len(surface.view)} bytes"),))
        cleaning = Cleaning(self._rules, self._spotter, self._judge, exchange, surface)
        view = cleaning.cleaned()
        for rule, count in cleaning.taken_out.items():
            self._taken_out[rule] += count
        clean = noted(exchange, _changed(exchange, surface, view))
        return Quarantined(clean, cleaning.suspicions) if cleaning.suspicions else Clean(clean)


def _changed(exchange: Exchange, surface: Surface, view: bytes) -> Exchange:
    return exchange if view == surface.view else rebuilt(exchange, surface, view)


def suspicions(exchange: Exchange, rules: Rules | None = None) -> tuple[Suspicion, ...]:
    """What on a written tape still looks like a secret: pseudonyms are recognised, whatever key made them."""
    rules = rules or Rules()
    surface = surface_of(exchange)
    cleaning = Cleaning(rules, spotter_of(rules), Judge(rules, b"verify", rules.known), exchange, surface)
    try:
        cleaning.cleaned()
    except LengthChanged:
        return (Suspicion("unplaceable", "exchange", "an encoding that changes its length"),)
    return (*cleaning.suspicions, *cleaning.changes)
