"""Exact statements about small samples, held against exact fractions and against every way of dealing exchanges to two sides."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.statistics import (
    Trial,
    binomial_at_most,
    decided,
    first_time,
    fisher,
    in_words,
    novelty,
    share_at_least,
    share_at_most,
    thresholds,
    unseen_share_at_most,
)

counts = st.integers(0, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
shares = st.fractions(Fraction(1, 500), Fraction(499, 500), max_denominator=500)
levels = st.sampled_from([0.001, 0.01, 0.05, 0.2])


def binomial(hits, of, share):
    """The same as ``binomial_at_most``, by the book and without rounding."""
    return sum(comb(of, at) * share**at * (1 - share) ** (of - at) for at in range(hits + 1))


@given(counts, shares)
def test_binomial_is_exact(count, share):
    """The chance of at most k hits is the sum of the binomial terms, to 12 digits."""
    hits, of = count
    exact = float(binomial(hits, of, share))
    assert abs(binomial_at_most(hits, of, float(share)) - exact) <= 1e-12 + 1e-10 * exact


def test_binomial_of_many_exchanges():
    """Millions of exchanges are as easy as ten, and what cannot happen has no chance."""
    assert 0.49 < binomial_at_most(500_000, 1_000_000, 0.5) < 0.51
    assert binomial_at_most(10, 1_000_000, 0.5) == 0.0
    assert binomial_at_most(-1, 10, 0.5) == 0.0
    assert binomial_at_most(3, 10, 1.0) == 0.0
    assert binomial_at_most(10, 10, 0.3) == binomial_at_most(0, 10, 0.0) == 1.0


@given(counts, levels)
def test_bounds_on_a_share_cover(count, doubt):
    """Clopper-Pearson: at the bound itself, counts as small as those seen have exactly the stated doubt."""
    hits, of = count
    most = share_at_most(hits, of, doubt)
    assert share_at_least(of - hits, of, doubt) == 1 - most
    if hits < of:
        assert abs(binomial_at_most(hits, of, most) - doubt) < 1e-9
    else:
        assert most == 1.0


@given(st.integers(1, 5000))
def test_rule_of_three(of):
    """What never happened in n exchanges happens in at most about 3 / n of them (95 %)."""
    assert abs(share_at_most(0, of) - (1 - 0.05 ** (1 / of))) < 1e-9
    assert share_at_most(0, of) <= 3 / of


@given(st.integers(0, 25), st.integers(0, 25), st.data())
def test_fisher_is_exact(old, new, data):
    """The tail of the hypergeometric distribution, to 10 digits, and the smallest chance that any two sides of so many have."""
    hits_old, hits_new = data.draw(st.integers(0, old)), data.draw(st.integers(0, new))
    hits = hits_old + hits_new
    ways = [comb(new, at) * comb(old, hits - at) for at in range(min(hits, new) + 1)]
    trial = fisher(hits_old, old, hits_new, new)
    assert abs(trial.chance - sum(ways[hits_new:]) / comb(old + new, hits)) < 1e-10
    assert abs(trial.least * comb(old + new, hits) - 1) < 1e-9
    assert trial.least <= trial.chance * (1 + 1e-9)


def test_fisher_of_many_exchanges():
    """Large counts neither overflow nor take long, and the far tail keeps its size."""
    assert 0.3 < fisher(300_000, 1_000_000, 300_000, 1_000_000).chance < 0.7
    assert 0 < fisher(0, 412, 412, 412).chance < 1e-200
    assert fisher(5, 10, 0, 10).chance == 1.0


@given(st.lists(st.booleans(), min_size=1, max_size=9), st.integers(0, 9), levels)
def test_fisher_is_valid(exchanges, new, alpha):
    """Over every way of dealing the same exchanges to OLD and NEW, at most alpha of the ways look like a change."""
    new = min(new, len(exchanges))
    ways = list(combinations(range(len(exchanges)), new))
    alarms = 0
    for chosen in ways:
        hits = sum(exchanges[place] for place in chosen)
        alarms += fisher(sum(exchanges) - hits, len(exchanges) - new, hits, new).chance <= alpha
    assert alarms <= alpha * len(ways)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), levels)
def test_novelty_is_valid(values, alpha):
    """Whichever of n + 1 exchanges comes last, a new value in it is called unlikely (at most alpha) in at most alpha of the cases."""
    alarms = 0
    for last, value in enumerate(values):
        before = values[:last] + values[last + 1 :]
        once = sum(before.count(each) == 1 for each in set(before))
        alarms += value not in before and novelty(once, len(before)) <= alpha
    assert alarms <= alpha * len(values)


def test_first_time():
    """After n exchanges without it, a thing comes in the next with chance 1 / (n + 1); in none, the question is empty."""
    assert first_time(300) == 1 / 301
    assert first_time(0) == first_time(7, 0) == 1.0
    assert novelty(0, 300) == first_time(300)
    assert unseen_share_at_most(0, 0) == 1.0
    assert unseen_share_at_most(0, 300) < 0.01 < unseen_share_at_most(1, 300)


tables = st.lists(st.lists(st.booleans(), min_size=7, max_size=7), min_size=1, max_size=6)


@given(tables, st.integers(1, 6), st.sampled_from([0.03, 0.05, 0.1, 0.3]))
def test_a_run_keeps_alpha(questions, new, alpha):
    """Several dependent questions about the same exchanges: over every dealing, at most alpha of the runs decide anything."""
    ways = list(combinations(range(7), new))
    alarms = 0
    for chosen in ways:
        hits = [sum(question[place] for place in chosen) for question in questions]
        trials = [fisher(sum(q) - hit, 7 - new, hit, new) for q, hit in zip(questions, hits, strict=True)]
        alarms += any(decided(trials, alpha))
    assert alarms <= alpha * len(ways)


chances = st.floats(0, 1).flatmap(lambda chance: st.builds(Trial, st.just(chance), st.floats(0, chance)))


@given(st.lists(chances, max_size=30), levels)
def test_never_stricter_than_bonferroni(trials, alpha):
    """What alpha divided by the number of questions would decide is decided; what is above alpha never is."""
    found = decided(trials, alpha)
    for trial, yes in zip(trials, found, strict=True):
        assert yes or trial.chance > alpha / len(trials)
        assert not yes or trial.chance <= alpha


@given(st.lists(chances, min_size=1, max_size=20), levels)
def test_hopeless_questions_cost_nothing(trials, alpha):
    """Questions that no outcome could decide change no decision (Tarone)."""
    hopeless = [Trial(1.0, 0.9)] * 50
    assert decided([*trials, *hopeless], alpha)[: len(trials)] == decided(trials, alpha)


def test_holm_by_example():
    """Three questions at 5 %: held against a third, a half, the whole; none is decided after one that is not."""
    assert decided([Trial(0.02), Trial(0.01), Trial(0.2)], 0.05) == (True, True, False)
    assert decided([Trial(0.03), Trial(0.01), Trial(0.04)], 0.05) == (False, True, False)
    assert thresholds([Trial(0.02), Trial(0.01)], 0.05) == (0.05, 0.025)
    assert decided([], 0.05) == ()


@given(st.floats(0, 1))
def test_words_never_understate(chance):
    """What is written is at least the chance."""
    words = in_words(chance)
    said = float(words.removeprefix("< ")) if words.startswith("<") else float(words.removesuffix(" %")) / 100
    assert said * (1 + 1e-9) >= chance


def test_words_by_example():
    """Small chances by their power of ten, the others in per cent."""
    assert [in_words(each) for each in (0, 1e-310, 3e-10, 1e-4, 1 / 301, 0.0123, 0.12, 1)] == [
        "< 1e-300", "< 1e-300", "< 1e-9", "< 1e-3", "0.34 %", "1.3 %", "12 %", "100 %",
    ]  # fmt: skip
