"""What Prometheus is told, as its own parser reads it."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from tapehiss.mocks.feed import Feed
from tapehiss.mocks.journal import Totals
from tapehiss.mocks.ledger import Effect
from tapehiss.mocks.metrics import Family, exposition, families_of, webhook_families
from tapehiss.mocks.postbox import PostTotals

VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"))


def read(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(text)
    return {(each.name, tuple(each.labels.items())): each.value for family in families for each in family.samples}


@given(st.dictionaries(VALUES, st.integers(0, 2**53), max_size=5))
@example({r"a\nb": 1, 'a"b': 2, "a\nb": 3, "\\": 4})
def test_every_label_arrives_as_it_was(counts):
    """Quotes, backslashes and line ends of a rule or a path are the same on the other side; numbers are exact."""
    samples = tuple((((("rule", text)),), float(count)) for text, count in counts.items())
    text = exposition([Family("tapehiss_faults_total", "How often.", samples)])
    assert read(text) == {("tapehiss_faults_total", (("rule", rule),)): count for rule, count in counts.items()}


def test_the_sums_of_a_mock():
    """Everything that is counted is there, under names as Prometheus wants them; what is not known yet is left out."""
    totals = Totals(3, {"exact": 2, "miss": 1}, {"200": 2, "reset": 1}, {'503 body="x"': 1}, {"burst": 4})
    effects = [Effect("POST /v1/orders", carried_out=3, doubled=2, lost=1)]
    told = read(exposition(families_of(totals, effects, Feed(), recordings=9, elapsed_s=1.5)))
    assert told == {
        ("tapehiss_requests_total", ()): 3,
        ("tapehiss_matches_total", (("match", "exact"),)): 2,
        ("tapehiss_matches_total", (("match", "miss"),)): 1,
        ("tapehiss_answers_total", (("status", "200"),)): 2,
        ("tapehiss_answers_total", (("status", "reset"),)): 1,
        ("tapehiss_faults_total", (("rule", '503 body="x"'),)): 1,
        ("tapehiss_limited_total", (("limit", "burst"),)): 4,
        ("tapehiss_effects_total", (("operation", "POST /v1/orders"),)): 3,
        ("tapehiss_effects_doubled_total", (("operation", "POST /v1/orders"),)): 2,
        ("tapehiss_effects_lost_total", (("operation", "POST /v1/orders"),)): 1,
        ("tapehiss_events_lost_total", ()): 0,
        ("tapehiss_listeners", ()): 0,
        ("tapehiss_recordings", ()): 9,
        ("tapehiss_uptime_seconds", ()): 1.5,
    }
    empty = exposition(families_of(Totals(), [], Feed(), recordings=0, elapsed_s=0.0))
    assert "tapehiss_faults_total" not in empty
    assert "# TYPE tapehiss_requests_total counter\ntapehiss_requests_total 0\n" in empty
    assert "# TYPE tapehiss_listeners gauge\n" in empty


def test_the_sums_of_webhooks():
    """Attempts by what became of them, what waits, what was given up, and what should not have been believed."""
    totals = PostTotals(events=3, fates=(("failed", 2), ("taken", 5)), believed=1, exhausted=4, pending=6)
    assert read(exposition(webhook_families(totals))) == {
        ("tapehiss_webhooks_total", (("fate", "failed"),)): 2,
        ("tapehiss_webhooks_total", (("fate", "taken"),)): 5,
        ("tapehiss_webhooks_believed_total", ()): 1,
        ("tapehiss_webhooks_exhausted_total", ()): 4,
        ("tapehiss_webhooks_pending", ()): 6,
    }
