"""The sums of a mock in Prometheus' text format (prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4).

The law of this file: pure, and made when it is asked for: nothing is counted twice on the data plane. Label values are bounded, because the journal
bounds what it counts apart. A reset of the mock sets counters to zero, which Prometheus understands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tapehiss.mocks.feed import Feed
    from tapehiss.mocks.journal import Totals
    from tapehiss.mocks.ledger import Effect
    from tapehiss.mocks.postbox import PostTotals

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels: TypeAlias = tuple[tuple[str, str], ...]
Samples: TypeAlias = "tuple[tuple[Labels, float], ...]"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: a counter's name ends in ``_total``."""

    name: str
    about: str
    samples: Samples

    @property
    def kind(self) -> str:
        """What Prometheus calls it."""
        return "counter" if self.name.endswith("_total") else "gauge"

    def lines(self) -> Iterator[str]:
        """As text."""
        yield f"# HELP {self.name} {self.about}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels, value in self.samples:
            inner = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
            yield f"{self.name}{{{inner}}} {value:.17g}" if inner else f"{self.name} {value:.17g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def exposition(families: Iterable[Family]) -> str:
    """All of them as one text; a metric without samples is left out."""
    return "".join(f"{line}\n" for family in families if family.samples for line in family.lines())


def families_of(
    totals: Totals, effects: Iterable[Effect], feed: Feed, *, recordings: int, elapsed_s: float
) -> tuple[Family, ...]:
    """What a mock has to tell."""
    effects = tuple(effects)
    return (
        Family("tapehiss_requests_total", "Requests on the data plane.", _single(totals.requests)),
        Family("tapehiss_matches_total", "Requests by how they found their recording.", _by("match", totals.rungs)),
        Family("tapehiss_answers_total", "Answers by status, or by how they ended.", _by("status", totals.statuses)),
        Family("tapehiss_faults_total", "How often each rule struck.", _by("rule", totals.struck)),
        Family("tapehiss_limited_total", "Requests that a limit refused.", _by("limit", totals.limited)),
        Family("tapehiss_effects_total", "Writes that were carried out.", _of(effects, "carried_out")),
        Family("tapehiss_effects_doubled_total", "Writes that had been done before.", _of(effects, "doubled")),
        Family("tapehiss_effects_lost_total", "Writes that were done and never answered.", _of(effects, "lost")),
        Family("tapehiss_events_lost_total", "Events that a listener was too slow for.", _single(feed.lost)),
        Family("tapehiss_listeners", "Who listens to events now.", _single(len(feed.listeners))),
        Family("tapehiss_recordings", "Recordings that are played.", _single(recordings)),
        Family("tapehiss_uptime_seconds", "Since the mock began.", _single(elapsed_s)),
    )


def webhook_families(totals: PostTotals) -> tuple[Family, ...]:
    """What a mock that sends webhooks has to tell beside."""
    believed = "Forged webhooks that the endpoint answered with success."
    return (
        Family(
            "tapehiss_webhooks_total",
            "Attempts to deliver a webhook, by what became of them.",
            _by("fate", dict(totals.fates)),
        ),
        Family("tapehiss_webhooks_believed_total", believed, _single(totals.believed)),
        Family("tapehiss_webhooks_exhausted_total", "Webhooks that were given up.", _single(totals.exhausted)),
        Family("tapehiss_webhooks_pending", "Attempts that wait or are on their way.", _single(totals.pending)),
    )


def _single(value: float) -> Samples:
    return (((), float(value)),)


def _by(label: str, counts: Mapping[str, int]) -> Samples:
    return tuple((((label, name),), float(count)) for name, count in sorted(counts.items()))


def _of(effects: Iterable[Effect], field: str) -> Samples:
    return tuple(((("operation", each.operation),), float(getattr(each, field))) for each in effects)
