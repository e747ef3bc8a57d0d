"""The laws of contracts."""

from __future__ import annotations

import json
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Clean, Ending, Exchange, Request
from tapehiss.contracts import desk, levels
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.counts import PARTS_MAX
from tapehiss.contracts.errors import DamagedContract
from tapehiss.contracts.evidence import Contract, from_json, learn, observe, to_json
from tapehiss.contracts.levels import NAMES_MAX, SAMPLES
from traffic import answer, lists


def contracts() -> st.SearchStrategy[Contract]:
    return lists(4).map(learn)


@given(contracts(), contracts(), contracts())
def test_contracts_are_a_commutative_monoid(a, b, c):
    """``+`` is associative and commutative, and ``Contract()`` is its zero."""
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + Contract() == a == Contract() + a


@given(lists(), st.integers(0, 8), st.randoms(use_true_random=False))
def test_the_whole_is_the_sum_of_its_parts(exchanges, cut, dice):
    """Learning at once, one by one, in two halves, resumed, or in another order gives the same contract."""
    whole = learn(exchanges)
    assert whole == reduce(lambda a, b: a + b, map(observe, exchanges), Contract())
    assert whole == learn(exchanges[:cut]) + learn(exchanges[cut:])
    assert whole == learn(exchanges[cut:], known=learn(exchanges[:cut]))
    dice.shuffle(exchanges)
    assert whole == learn(exchanges)


@given(lists(), st.randoms(use_true_random=False))
def test_a_saved_contract_is_the_same(exchanges, dice):
    """Saved and resumed a contract is equal, and its text depends on nothing but the evidence."""
    contract = learn(exchanges)
    text = to_json(contract)
    assert from_json(text) == contract
    dice.shuffle(exchanges)
    assert text == to_json(learn(exchanges))


@given(lists())
def test_every_exchange_is_counted(exchanges):
    """As many exchanges as were seen, however they ended."""
    assert len(exchanges) == learn(exchanges).exchanges


def test_a_contract_reads_in_order():
    """Operations come by origin, path and method."""
    several = [answer({}, url=f"https://h/{path}", method=method) for path in "ba" for method in ("POST", "GET")]
    assert [str(operation) for operation, _ in learn(several)] == [
        "GET https://h/a",
        "POST https://h/a",
        "GET https://h/b",
        "POST https://h/b",
    ]


def test_an_exchange_without_an_answer_counts():
    """A reset is evidence, too."""
    contract = observe(Clean(Exchange(Request("GET", "https://h/a"), None, Ending.RESET)))
    assert contract.operations["GET https://h/a"].endings == {"reset": 1}


def test_many_exchanges_are_frozen_in_between():
    """The counts are the same when they grow so many that they are frozen before the end."""
    wide = {f"key {number}": number for number in range(2_500)}
    several = [answer(wide, url=f"https://h/{name}") for name in "abcdefghijkl"]
    assert learn(several) == reduce(lambda a, b: a + b, map(observe, several))


def test_operations_are_bounded_and_nothing_is_forgotten():
    """Of too many names at one place samples stay, in any order; the others are summed, it is said where, and none is rejected."""
    many = [answer(1, url=f"https://h/users/{name}") for name in _logins(NAMES_MAX + 50)]
    contract = learn(many)
    assert sum(evidence.exchanges for evidence in contract.operations.values()) == len(many)
    assert (len(contract.operations), contract.reached) == (SAMPLES + 1, ("GET https://h/users/~+: operations",))
    assert contract == learn(reversed(many))
    assert contract == reduce(lambda a, b: a + b, (learn(many[at::3]) for at in range(3)))
    known = catalogue(contract)
    assert {str(known.read(exchange).operation) for exchange in many} == {"GET https://h/users/{user}"}
    assert [evidence.exchanges for _, evidence in known.entries] == [len(many)]


CROWDED = st.lists(
    st.builds(
        lambda path, status, body: answer(body, url=f"https://h{path}", status=status),
        st.lists(st.sampled_from(["a", "b", "c", "d", "e", "7", "true"]), min_size=1, max_size=3).map(lambda names: "".join(f"/{name}" for name in names)),
        st.sampled_from([200, 201, 404]),
        st.sampled_from([{}, {"x": 1}, [1, None]]),
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=40)
@given(CROWDED, st.integers(0, 14), st.randoms(use_true_random=False))
def test_where_names_are_too_many_the_laws_hold_all_the_same(several, at, dice):
    """Any order and split gives the same contract, saved or not, and every exchange is accepted, with bounds that are reached at once."""
    with pytest.MonkeyPatch.context() as bounds:
        for module, name, value in ((levels, "NAMES_MAX", 2), (levels, "SAMPLES", 1), (levels, "FREE", 3), (levels, "BUDGET", 40),
                                    (levels, "MARKS", 4), (desk, "PILES_MAX", 3)):  # fmt: skip
            bounds.setattr(module, name, value)
        contract = learn(several)
        text = to_json(contract)
        assert text == to_json(learn(dice.sample(several, len(several))))
        assert text == to_json(reduce(lambda a, b: a + b, map(observe, several), Contract()))
        assert text == to_json(from_json(to_json(learn(several[:at]))) + learn(several[at:]))
        assert text == to_json(learn(several[at:], learn(several[:at])))
        known = catalogue(contract)
        judge = Conformance(contract)
        for exchange in several:
            assert known.read(exchange).operation in known
            assert judge.findings(exchange) == ()


def _logins(count):
    """Names that could be words."""
    return ["".join("aeiou"[int(digit)] + "lmnrs"[int(digit)] for digit in f"{number:05}") for number in _base5(count)]


def _base5(count):
    """Numbers without the digits from 5 on."""
    return [int("".join(str(number // 5**place % 5) for place in range(4, -1, -1))) for number in range(count)]


def test_parts_are_bounded():
    """A vendor that answers with hundreds of statuses is cut short, and it is said where."""
    contract = learn([answer(1, status=status) for status in range(400, 400 + PARTS_MAX + 9)])
    assert contract.reached == ("GET https://api.vendor.example/v1/things: parts",)
    assert len(contract.operations["GET https://api.vendor.example/v1/things"].parts) == PARTS_MAX


def test_a_bound_in_a_part_is_reported():
    """Where a document was too deep is told by operation and part."""
    deep: object = 1
    for _ in range(60):
        deep = [deep]
    line = "GET https://api.vendor.example/v1/things response 200 application/json: depth"
    assert learn([answer(deep)]).reached == (line,)


SAVED = json.loads(to_json(learn([answer({"a": 1})])))


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "1", "{}", '{"openapi": "3.1.0"}', "[" * 100_000, b"\xff",
        json.dumps(SAVED | {"tapehiss-contract": 2}),
        json.dumps(SAVED | {"operations": {"nonsense": {}}}),
        json.dumps(SAVED | {"operations": []}),
        json.dumps(SAVED | {"templates": 3}),
        json.dumps(SAVED | {"templates": ["no path"]}),
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    """A file that is no saved contract, or one of another version, is refused with its name."""
    with pytest.raises(DamagedContract) as caught:
        from_json(text, where="some.json")
    assert caught.value.where == "some.json"
    assert caught.value.remedy
