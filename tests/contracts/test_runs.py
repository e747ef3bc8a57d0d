"""A run of exchanges against a contract."""

from __future__ import annotations

from hypothesis import given, settings

from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.findings import Finding, Severity, gathered
from tapehiss.contracts.runs import Run
from traffic import answer, answers, exchanges, lists

GOOD = [{"a": 1, "b": "x"}]
WITHOUT = {"a": 1}


def ran(learnt, judged, most=100) -> tuple[Finding, ...]:
    """What a run finds."""
    run = Run(Conformance(learn(learnt)), most)
    for exchange in judged:
        run.add(exchange)
    return run.findings()


@settings(max_examples=50, deadline=None)
@given(lists(), exchanges())
def test_a_run_finds_what_its_exchanges_have_and_never_worse(several, other):
    """The same findings as the exchanges one by one, none of them more severe; nothing in what was learnt from."""
    judge = Conformance(learn(several))
    assert ran(several, several) == ()
    alone = {each.fingerprint: each for each in gathered(judge.findings(other) * 2)}
    for each in ran(several, [*several, other, other]):
        assert each.severity <= alone[each.fingerprint].severity
        assert (each.count, each.witness) == (alone[each.fingerprint].count, alone[each.fingerprint].witness)


def test_one_surprise_among_many_is_a_remark():
    """Of two hundred exchanges the only odd one is in either half with the same chance: that it is in the run proves nothing."""
    (found,) = ran(answers(GOOD * 100), answers([*GOOD * 99, WITHOUT]))
    assert (found.severity, dict(found.arguments)["chance"]) == (Severity.INFO, "50 %")


def test_one_surprise_in_a_short_run_counts():
    """After a hundred exchanges that had it, the only one of a run lacks it."""
    (found,) = ran(answers(GOOD * 100), [answer(WITHOUT)])
    assert (found.severity, dict(found.arguments)["chance"]) == (Severity.ERROR, "1 %")


def test_what_comes_again_and_again_counts():
    """Ten of ten exchanges that lack what twenty had are no chance, however long the run is otherwise."""
    others = [answer({"c": 1}, url="https://api.vendor.example/v2")] * 100
    (found,) = ran([*answers(GOOD * 20), *others], [*answers([WITHOUT] * 10), *others])
    assert (found.severity, found.count) == (Severity.ERROR, 10)
    assert dict(found.arguments)["chance"] == "< 1e-7"


def test_where_much_is_rare_a_surprise_is_none():
    """A vendor that brings something once in every operation brings something else in the next run."""
    calls = [f"https://api.vendor.example/{name}" for name in ("aa", "bb", "cc", "dd", "ee", "ff")]
    steady = [answer(GOOD[0], url=url) for url in calls for _ in range(60)]
    rare = [answer(WITHOUT, url=url) for url in calls[1:]]
    odd = [answer({"a": None, "b": "x"}, url=calls[0])]
    run = [answer(GOOD[0], url=url) for url in calls[1:]]
    assert [each.severity for each in ran(steady, [*odd, *run])] == [Severity.WARN]
    assert [each.severity for each in ran([*steady, *rare], [*odd, *run])] == [Severity.INFO]


def test_statuses_and_media_types_are_graded_by_the_run_as_well():
    """A status that comes once is a remark, one that comes always is an error, among all answers of the operation."""
    learnt = answers(GOOD * 50)
    (once,) = ran(learnt, [*answers(GOOD * 49), answer(GOOD[0], status=201)])
    (always,) = ran(learnt, [answer(GOOD[0], status=201)] * 50)
    assert [(each.id, each.severity) for each in (once, always)] == [
        ("status-unknown", Severity.INFO),
        ("status-unknown", Severity.ERROR),
    ]


def test_words_are_judged_more_strictly():
    """One new word is a remark, a new word in every exchange is a warning."""
    learnt = answers([{"s": "on"}, {"s": "off"}] * 100)
    assert [each.severity for each in ran(learnt, answers([{"s": "on"}] * 20 + [{"s": "new"}]))] == [Severity.INFO]
    assert [each.severity for each in ran(learnt, answers([{"s": "new"}] * 9))] == [Severity.WARN]


def test_a_run_is_never_judged_harder_than_its_exchanges():
    """Six of six is beyond chance, but all of them may be of one kind that four learnt exchanges did not have: a warning."""
    (found,) = ran(answers(GOOD * 4), answers([WITHOUT] * 6))
    assert (found.severity, dict(found.arguments)["chance"]) == (Severity.WARN, "0.48 %")


def test_where_one_word_was_rare_another_is_to_be_expected():
    """After five hundred exchanges a new word is a warning, but not where one of them had a word to itself."""
    usual = [{"s": "on"}] * 499
    severities = [ran(answers([*usual, {"s": s}]), [answer({"s": "new"})])[0].severity for s in ("on", "rare")]
    assert severities == [Severity.WARN, Severity.INFO]


def test_what_is_unknown_is_counted_and_not_graded():
    """Operations that nobody recorded are remarks as they are; findings beyond the bound are counted."""
    run = Run(Conformance(learn(answers(GOOD))), 1)
    for name in ("x", "y"):
        run.add(answer(1, url=f"https://api.vendor.example/{name}"))
    assert [each.id for each in run.findings()] == ["operation-unknown"]
    assert (run.exchanges, len(run.operations), run.dropped) == (2, 2, 1)
