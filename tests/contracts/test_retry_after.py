"""How long a vendor asks us to wait."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from journeys import WAITS
from tapehiss.contracts.retry_after import SECONDS_MAX, instant, parse, retry_after

NOW = 1_445_412_480.0
"""Wed, 21 Oct 2015 07:28:00 GMT."""


@given(st.one_of(st.text(), st.sampled_from(WAITS), st.from_regex(r"[-+0-9.e:, ]{1,30}")), st.floats(0, 1e11))
def test_any_text_has_an_answer(text, now):
    """``None`` or a finite number of seconds, 0 or more; never an exception (R3)."""
    wait_s = parse(text, now)
    assert wait_s is None or (math.isfinite(wait_s) and 0 <= wait_s <= SECONDS_MAX)


@given(st.integers(min_value=0), st.integers(min_value=0))
@example(10**400, 10**5000)
def test_more_is_never_less(a, b):
    """A larger number never gives a shorter wait: absurd ones are capped, not ignored."""
    texts = [f"{min(number, 10**400)}" + "0" * (number > 10**400) for number in sorted((a, b))]
    fewer, more = (parse(text, NOW) for text in texts)
    assert fewer <= more


@given(st.integers(0, 10**7))
def test_seconds_are_seconds(seconds):
    """Digits stand for themselves, with or without a fraction."""
    assert (seconds, seconds + 0.5) == (parse(str(seconds), NOW), parse(f"{seconds}.5", NOW))


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)), st.integers(0, 10**6))  # noqa: DTZ001 (the strategy's wish)
def test_a_date_counts_to_the_end_of_its_second(now, seconds):
    """Both dates are cut to whole seconds, so that one second more is never too early."""
    vendor_now = now.replace(microsecond=0, tzinfo=UTC)
    later = datetime.fromtimestamp(vendor_now.timestamp() + seconds, UTC)
    headers = (
        ("Date", format_datetime(vendor_now, usegmt=True)),
        ("Retry-After", format_datetime(later, usegmt=True)),
    )
    assert seconds + 1 == retry_after(headers, unix_s=0.0)


@pytest.mark.parametrize(
    "date",
    ["Wed, 21 Oct 2015 07:28:30 GMT", "Wednesday, 21-Oct-15 07:28:30 GMT", "Wed Oct 21 07:28:30 2015",
     "Wed, 21 Oct 2015 07:28:30 -0000", "Wed, 21 Oct 2015 09:28:30 +0200", "2015-10-21T07:28:30Z", "2015-10-21T09:28:30+02:00"],
)  # fmt: skip
def test_all_forms_of_a_date(date):
    """The three forms of RFC 9110, zones of mail, and RFC 3339, which vendors send too."""
    assert parse(date, NOW) == 31.0


@pytest.mark.parametrize(
    "text",
    ["", "soon", "-1", "+5", "2 s", "1_000", "1e3", "٣", "inf", "nan", "2,3", ".5", "Wed, 21 Oct 2015 07:28:30", "Wed, 21 Oct",
     "2015-10-21T07:28:30", "Wed, 21 Oct 2015 25:28:30 GMT", "Wed, 21 Oct 99999 07:28:30 GMT", "Wed, 21 Oct 2015 07:28:30 CEST",
     "Wed, 21 Oct 2015 07:28:30 +9900", "x" * 5000],
)  # fmt: skip
def test_what_says_nothing_is_nothing(text):
    """Signs, units, words, other digits, dates without a zone or out of the calendar: no answer, so our own backoff holds."""
    assert parse(text, NOW) is None


def test_the_past_is_now():
    """A date that has passed asks for no wait."""
    assert parse("Wed, 21 Oct 2015 06:00:00 GMT", NOW) == 0.0


def test_an_absurd_date_is_capped():
    """The end of the calendar is as long as the longest number."""
    assert parse("Fri, 31 Dec 9999 23:59:59 GMT", NOW) == SECONDS_MAX


def test_our_own_clock_stands_in():
    """Without a ``Date`` that can be read, ours is taken; a wrong clock here does not matter otherwise."""
    wait = ("Retry-After", "Wed, 21 Oct 2015 07:28:30 GMT")
    assert retry_after((wait,), NOW) == 31.0
    assert retry_after((wait, ("Date", "gibberish")), NOW) == 31.0
    assert retry_after((wait, ("Date", "Wed, 21 Oct 2015 07:28:20 GMT")), 0.0) == 11.0


def test_of_several_the_longest():
    """A header that came twice asks for the longer wait; none asks for none."""
    assert retry_after((("Retry-After", "5"), ("retry-after", "x"), ("RETRY-AFTER", "70")), NOW) == 70.0
    assert retry_after((), NOW) is None
    assert instant("x" * 101) is None
