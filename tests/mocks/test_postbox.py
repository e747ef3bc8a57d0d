"""What is sent when, in virtual time."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from shop import SHOP

from tapehiss.contracts.webhook_retries import RETRIES
from tapehiss.contracts.webhook_signatures import keyring
from tapehiss.mocks.outcome import Outcome, Rung
from tapehiss.mocks.postbox import PENDING_MAX, Fate, Postbox
from tapehiss.mocks.webhook_templates import Occasion, Template
from tapehiss.mocks.webhooks import CALM, Plan, Storm

RING = keyring("standard", ["YWJj"])
ORDERED = Template("ordered", "order.created", "POST /v1/orders", after_s=1.0)
storms = st.builds(
    Storm, *[st.floats(0, 5)] * 2, *[st.sampled_from([0.0, 0.3, 0.9])] * 5
)  # delay_s, reorder_s; duplicates, unheard, lost, dropped, forged


def postbox(storm=CALM, seed=1, retries="standard") -> Postbox:
    return Postbox(Plan(RING, (ORDERED,), storm, retries=RETRIES[retries]), "http://127.0.0.1:9/", seed=seed)


def run(box, answer, from_s=0.0):
    """Send everything there is; ``answer`` says status and headers of each attempt. How many seconds it took."""
    now_s = from_s
    while box.due_s < math.inf:
        now_s = max(now_s, box.due_s)
        number, sending = box.take(now_s)
        status, headers = answer(sending)
        box.ended(number, sending, now_s, status, headers)
    return now_s


def taken(_):
    return 204, ()


@given(storms, st.integers(0, 99), st.lists(st.sampled_from([200, 410, 500, None]), max_size=30))
def test_the_same_seed_and_answers_bring_the_same_deliveries(storm, seed, statuses):
    """To the last attempt and the last microsecond."""
    logs = []
    for _ in range(2):
        box, answers = postbox(storm, seed), iter(statuses)
        for number in range(5):
            box.post(ORDERED, Occasion(), float(number))
        run(box, lambda _, answers=answers: (next(answers, 200), ()))
        logs.append((tuple(box.log), box.totals()))
    assert logs[0] == logs[1]


@given(storms, st.integers(0, 99))
def test_every_event_is_taken_dropped_or_exhausted(storm, seed):
    """Nothing gets lost in the post office itself, and a forged one is sent once."""
    box = postbox(replace(storm, unheard=0.0), seed)
    ids = {box.post(ORDERED, Occasion(), 0.0) for _ in range(10)}
    run(box, lambda sending: (401 if sending.forged else 200, ()))
    totals = box.totals()
    got = {each.event for each in box.log if each.fate is Fate.TAKEN}
    assert len(ids) == totals.events == 10
    assert got <= ids
    assert len(got) >= 10 - totals.dropped - totals.exhausted
    assert (box.settled, totals.pending, totals.believed) == (True, 0, 0)
    forged = [each.event for each in box.log if each.forged]
    assert len(set(forged)) == len(forged) == totals.forged
    assert not ids & set(forged)


def test_it_insists_by_the_vendors_schedule():
    """At once, after 5 s, after 5 min ..., a little later each time and never early; then it gives up."""
    box = postbox()
    box.post(ORDERED, Occasion(), 0.0)
    run(box, lambda _: (500, ()))
    at = [each.at_s for each in box.log]
    waits = [later - earlier for earlier, later in itertools.pairwise(at)]
    planned = RETRIES["standard"].waits_s
    assert at[0] == ORDERED.after_s
    assert all(least <= wait <= least * 1.1 for least, wait in zip(planned[1:], waits, strict=True))
    assert (box.totals().exhausted, dict(box.totals().fates)) == (1, {"failed": 10})


def test_retry_after_is_honoured_if_it_was_heard():
    """In seconds; an answer that was not heard asks for nothing."""
    for storm, least_s in ((Storm(), 99.0), (Storm(unheard=1.0), 5.0)):
        box = postbox(storm)
        box.post(ORDERED, Occasion(), 0.0)
        number, sending = box.take(10.0)
        box.ended(number, sending, 10.0, 503, (("Retry-After", "99"),))
        assert 10 + least_s <= box.due_s <= 10 + least_s * 1.1
    for odd in ("soon", "-1", "1e9", "٣"):
        assert postbox_wait(odd) <= 5.5


def postbox_wait(text) -> float:
    box = postbox()
    box.post(ORDERED, Occasion(), 0.0)
    number, sending = box.take(1.0)
    box.ended(number, sending, 0.0, 503, (("Retry-After", text),))
    return box.due_s


def test_410_disables_the_endpoint():
    """What waits is not sent, and nothing new is; a reset begins anew."""
    box = postbox()
    for _ in range(3):
        box.post(ORDERED, Occasion(), 0.0)
    run(box, lambda _: (410, ()))
    box.post(ORDERED, Occasion(), 5.0)
    assert (len(box.log), box.log[0].fate, box.totals().disabled, box.settled) == (1, Fate.GONE, True, True)
    box.clear()
    box.post(ORDERED, Occasion(), 5.0)
    assert (box.totals().disabled, box.totals().events, box.settled) == (False, 1, False)


def test_what_ends_after_a_reset_is_nobodys():
    """An attempt that was on its way when everything was forgotten is not counted."""
    box = postbox()
    box.post(ORDERED, Occasion(), 0.0)
    number, sending = box.take(1.0)
    box.clear()
    box.ended(number, sending, 2.0, 500)
    assert (box.settled, box.totals().attempts) == (True, 0)


def test_a_vendor_that_does_not_insist_sends_once():
    """GitHub."""
    box = postbox(retries="github")
    box.post(ORDERED, Occasion(), 0.0)
    run(box, lambda _: (500, ()))
    assert len(box.log) == 1


def test_what_does_not_fit_is_counted():
    """Bounded: the rest is told as overflowed."""
    box = postbox()
    for _ in range(PENDING_MAX + 5):
        box.post(ORDERED, Occasion(), 0.0)
    assert (box.totals().pending, box.totals().overflowed) == (PENDING_MAX, 5)


def test_forged_ones_that_are_believed_are_counted():
    """Each is a finding about the endpoint, and is not sent again."""
    box = postbox(Storm(forged=1.0))
    box.post(ORDERED, Occasion(), 0.0)
    run(box, taken)
    assert (box.totals().forged, box.totals().believed, len(box.log)) == (1, 1, 2)


def test_whoever_carries_is_woken():
    """When something is brought about, has ended, or is forgotten."""
    box, calls = postbox(), []
    box.wake = lambda: calls.append(box.settled)
    box.post(ORDERED, Occasion(), 0.0)
    run(box, taken)
    box.clear()
    assert calls == [False, True, True]
    assert box.take(99.0) is None


def test_an_operation_brings_its_webhooks_about():
    """After what the vendor carried out, and not after other operations."""
    box, request = postbox(), SHOP[3].request
    box.answered(request, Outcome(SHOP[3].response, rung=Rung.EXACT, recording=3), 0.0)
    box.answered(SHOP[0].request, Outcome(SHOP[0].response, rung=Rung.EXACT, recording=0), 0.0)
    assert box.totals().events == 1
    box.answered(request, Outcome(SHOP[3].response, recording=3, twice=True), 0.0)
    assert box.totals().events == 3
    _, sending = box.take(1.0)
    assert b'"data": {"id": 1}' in sending.message.body


def test_events_are_dated_by_the_vendors_clock():
    """A clock that was set ahead is told in what is sent, and sends nothing later."""
    box = postbox()
    box.unix_s = 1_800_000_000.0
    box.answered(SHOP[3].request, Outcome(SHOP[3].response, recording=3), 5.0, ahead_s=31_536_000.0)
    assert box.due_s == 6.0
    _, sending = box.take(6.0)
    assert b'"timestamp": "2028-01-15T08:00:05Z"' in sending.message.body
