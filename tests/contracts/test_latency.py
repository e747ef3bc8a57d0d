"""Latency: quantiles within the error that is stated, whatever the merge."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.latency import BUCKETS_MAX, ERROR, bucket_of, quantile_s
from tapehiss.contracts.sums import tally

DURATIONS = st.lists(st.floats(1e-5, 8e4), min_size=1, max_size=40)


@given(DURATIONS, st.floats(0, 1))
def test_a_quantile_is_within_the_stated_error(durations_s, share):
    """Every quantile is within ``ERROR`` of the duration at that rank."""
    exact_s = sorted(durations_s)[int(share * (len(durations_s) - 1))]
    told_s = quantile_s(Counter(map(bucket_of, durations_s)), share)
    assert told_s is not None
    assert abs(told_s - exact_s) <= exact_s * ERROR * 1.001


@given(DURATIONS, DURATIONS)
def test_histograms_add(a, b):
    """Two histograms merged are the histogram of all."""
    whole = Counter(map(bucket_of, a + b))
    assert tally(Counter(map(bucket_of, a)), Counter(map(bucket_of, b))) == whole


@given(st.floats(allow_nan=False))
def test_there_are_so_many_buckets_and_no_more(duration_s):
    """Any number falls into one of ``BUCKETS_MAX`` buckets, an impossible one into the first or the last."""
    first, last = int(bucket_of(0)), int(bucket_of(1e9))
    assert first <= int(bucket_of(duration_s)) <= last
    assert last - first + 1 == BUCKETS_MAX


def test_nothing_has_no_quantile():
    """Of no durations nothing is said."""
    assert quantile_s({}, 0.5) is None
