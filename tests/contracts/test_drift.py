"""What changed between two contracts: the laws that hold for any traffic, and what a newcomer wants to see."""

from __future__ import annotations

from itertools import combinations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.drift import _questions, breaking, drift
from tapehiss.contracts.evidence import Contract, Taped, learn, observe
from tapehiss.contracts.findings import Severity
from tapehiss.contracts.wording import RULES, message_of, remedy_of
from traffic import answer, answers, exchanges, lists


@given(lists())
def test_nothing_changed(several):
    """A contract has not drifted from itself."""
    contract = learn(several)
    assert drift(contract, contract).findings == ()


@given(lists(), lists())
def test_every_finding_can_be_told(several, others):
    """Each finding has its row in the table, its own fingerprint, and says what the counts were; what is undecided is info."""
    found = drift(learn(several), learn(others)).findings
    assert len({finding.fingerprint for finding in found}) == len(found)
    for finding in found:
        assert message_of(finding)
        assert remedy_of(finding) == RULES[finding.id].remedy
        assert finding.severity <= RULES[finding.id].severity
        assert finding.severity is Severity.INFO or dict(finding.arguments)["verdict"] == "decided"


@settings(max_examples=30)
@given(lists(), lists(), st.randoms(use_true_random=False))
def test_order_does_not_matter(several, others, random):
    """The same exchanges in another order have drifted in the same way."""
    before = drift(learn(several), learn(others))
    random.shuffle(several)
    random.shuffle(others)
    assert drift(learn(several), learn(others)) == before


SIXTHS = [
    answer(
        {name: 1 for name, among in zip("abcde", ("012", "013", "124", "235", "345"), strict=True) if str(at) in among}
    )
    for at in range(6)
]
"""Six answers and five members that three of them have: every member splits them otherwise."""


@settings(max_examples=20, deadline=None)
@example(SIXTHS, 3, 0.05)
@given(st.lists(exchanges(), min_size=6, max_size=6), st.integers(1, 5), st.sampled_from([0.05, 0.2, 0.4]))
def test_alpha_holds_exactly(several, new, alpha):
    """Over every way of dealing the same exchanges to OLD and NEW, at most alpha of the runs decide that anything changed."""
    each = [observe(exchange) for exchange in several]
    ways = list(combinations(range(len(each)), new))
    alarms = 0
    for chosen in ways:
        sides = [sum((c for at, c in enumerate(each) if (at in chosen) is side), Contract()) for side in (False, True)]
        found = drift(*sides, alpha=alpha).findings
        alarms += any(dict(finding.arguments).get("verdict") == "decided" for finding in found)
    assert alarms <= alpha * len(ways)


@settings(max_examples=50, deadline=None)
@given(lists(), st.integers(0, 255), st.integers(0, 255))
def test_the_questions_do_not_depend_on_the_sides(several, deal, other):
    """Which questions are asked, and at which level they could be decided, is the same however the exchanges were dealt."""
    leasts = []
    for mask in (deal, other):
        sides = [learn(each for at, each in enumerate(several) if (mask >> at & 1) is side) for side in (0, 1)]
        both = catalogue(sides[0] + sides[1])
        questions = _questions(both, *map(both.of, sides))
        leasts.append(sorted(f"{question.trial.least:.8g}" for _, question in questions if question.trial))
    assert leasts[0] == leasts[1]


@given(lists())
def test_only_one_side(several):
    """What only one side called is told, and breaks nothing."""
    contract = learn(several)
    assert {finding.id for finding in drift(Contract(), contract).findings} <= {"api-operation-added"}
    assert {finding.id for finding in drift(contract, Contract()).findings} <= {"api-operation-uncalled"}


def test_evidence_decides():
    """A member that was in 300 of 300 answers and is in none of 40 is an error; after 4 answers, one without it is undecided."""
    found = drift(learn(answers([{"a": 1, "b": 2}] * 300)), learn(answers([{"a": 1}] * 40)))
    (finding,) = found.findings
    assert (finding.id, finding.severity, finding.pointer) == (
        "response-required-property-removed",
        Severity.ERROR,
        "/b",
    )
    assert message_of(finding) == (
        "integer, in NEW in 0 of 40 exchanges, in OLD in 300 of 300 (decided: without a change the chance of that is < 1e-52, "
        "decided is what stays below 0.34 %)"
    )
    assert found.undecided == 0
    found = drift(learn(answers([{"a": 1, "b": 2}] * 4)), learn(answers([{"a": 1}])))
    (finding,) = found.findings
    assert (finding.severity, dict(finding.arguments)["chance"]) == (Severity.INFO, "20 %")
    assert found.undecided == 1
    assert list(breaking(found.findings)) == []


def test_a_page_is_one_witness():
    """A hundred items of one page that lack a member are one exchange that does."""
    old = learn(answers([[{"a": 1}] * 10] * 30))
    (finding,) = drift(old, learn(answers([[{}] * 100]))).findings
    assert dict(finding.arguments)["verdict"] == "undecided"
    (finding,) = drift(old, learn(answers([[{}] * 2] * 20))).findings
    assert dict(finding.arguments)["verdict"] == "decided"


def test_rejected_requests_are_no_drift():
    """That other requests are turned down changes nothing about how the vendor wants to be asked."""
    old = learn([answer({"a": 1}, url="https://api.vendor.example/v1?limit=5")] * 50)
    new = learn([answer({"error": "x"}, url="https://api.vendor.example/v1?limit=many", status=422)] * 50)
    assert {(each.id, each.severity) for each in drift(old, new).findings} == {
        ("response-non-success-status-added", Severity.INFO)
    }


def test_a_witness_is_named():
    """A finding names a tape and a line that show it: in NEW what came, in OLD what is gone."""
    old = learn([Taped(each, "old.yaml", 3) for each in answers([{"a": 1}] * 40)])
    new = learn([Taped(each, "new.yaml", 9) for each in answers([{"b": 1}] * 40)])
    found = {finding.id: str(finding.witness) for finding in drift(old, new).findings}
    assert found == {
        "response-required-property-removed": "old.yaml:3",
        "response-optional-property-added": "new.yaml:9",
    }


def test_what_both_called_is_counted():
    """Operations of one side alone are none that could be compared."""
    things, others = answers([{"a": 1}] * 3), [answer({"a": 1}, url="https://api.vendor.example/others")]
    assert drift(learn(things), learn([*things, *others])).common == 1
    assert drift(learn(things), learn(others)).common == 0
