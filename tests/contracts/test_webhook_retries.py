"""When vendors send again."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.webhook_retries import JITTER, RETRIES, WAIT_MAX_S, Answer, meaning, wait_s
from tapehiss.contracts.webhook_styles import STYLES

STANDARD = RETRIES["standard"]


def test_every_style_has_a_vendor_that_insists_or_does_not():
    """One schedule for each style, each with its source; the first attempt is at once."""
    assert set(RETRIES) == set(STYLES)
    assert all(each.source.startswith("https://") and each.waits_s[0] == 0 for each in RETRIES.values())


def test_the_schedule_of_the_standard():
    """Immediately, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h."""
    assert [each / 3600 for each in STANDARD.waits_s[4:]] == [2, 5, 10, 14, 20, 24]
    assert STANDARD.waits_s[:4] == (0, 5, 300, 1800)


def test_what_is_not_published_fits_into_what_is():
    """Stripe's three days and Shopify's eight times in four hours."""
    assert sum(RETRIES["stripe"].waits_s) <= 3 * 86_400
    assert (len(RETRIES["shopify"].waits_s), sum(RETRIES["shopify"].waits_s)) == (
        1 + 8,
        pytest.approx(4 * 3600, rel=0.01),
    )


@given(st.sampled_from(list(RETRIES.values())), st.integers(0, 20), st.none() | st.floats(0, 1e7), st.integers())
def test_no_repeat_is_early(retries, failed, asked_s, seed):
    """Not before the schedule says, nor before the receiver asked for; and not without an end."""
    found = wait_s(retries, failed, asked_s, Random(seed))
    if failed >= len(retries.waits_s) or (asked_s or 0) > WAIT_MAX_S:
        assert found is None
    else:
        planned = retries.waits_s[failed]
        assert max(planned, asked_s or 0) <= found <= max(planned * (1 + JITTER), asked_s or 0)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, "taken"), (299, "taken"), (None, "again"), (301, "again"), (404, "again"), (500, "again"), (410, "gone")],
)
def test_what_an_answer_means(status, expected):
    """2xx is taken, 410 ends it, anything else, redirects too, is a failure."""
    assert meaning(STANDARD, status) is Answer(expected)


def test_slack_can_be_told_not_to_repeat():
    """By a header, whatever the status; others do not know it."""
    headers = (("x-slack-no-retry", "1"),)
    assert meaning(RETRIES["slack"], 500, headers) is Answer.TAKEN
    assert meaning(STANDARD, 500, headers) is meaning(RETRIES["slack"], 410) is Answer.AGAIN
