"""Hypothesis strategies for documents with structure: maps, tuples, tagged unions, recursion, and the same things in several places."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

IDS = st.sampled_from(
    ["4242", "4243", "cus_9s6XKzkNRiz8i3", "2026-01-01", "00000000-0000-4000-8000-000000000000", "a@b.example"]
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 400), st.floats(-1, 1), st.sampled_from(["x", "2026-01-01", "", "4242"])
)


def cards() -> st.SearchStrategy[dict[str, Any]]:
    """A thing that stands in many places, and is not always whole."""
    whole = {"id": st.integers(), "object": st.just("card"), "brand": st.sampled_from(["visa", "amex"])}
    return st.fixed_dictionaries(
        whole, optional={"last4": SCALARS, "owner": st.none() | st.dictionaries(IDS, SCALARS, max_size=2)}
    )


def unions() -> st.SearchStrategy[dict[str, Any]]:
    """Objects whose tag says what else they have, most of the time."""
    card = st.fixed_dictionaries({"type": st.just("card"), "brand": SCALARS})
    bank = st.fixed_dictionaries({"type": st.just("bank"), "iban": SCALARS}, optional={"card": cards()})
    odd = st.fixed_dictionaries(
        {"type": st.sampled_from(["card", "bank", "cash", 7])}, optional={"brand": SCALARS, "iban": SCALARS}
    )
    return st.one_of(card, card, bank, bank, odd)


def comments() -> st.SearchStrategy[Any]:
    """Comments in the replies to comments."""
    leaf = st.fixed_dictionaries(
        {"text": SCALARS, "replies": st.sampled_from([None, [], ""])}, optional={"by": cards()}
    )
    return st.recursive(
        leaf,
        lambda below: st.fixed_dictionaries({"text": SCALARS, "replies": st.lists(below, max_size=2)}),
        max_leaves=6,
    )


def tuples() -> st.SearchStrategy[Any]:
    """Arrays in which what stands where matters, most of the time."""
    return st.one_of(st.tuples(st.just("GET"), st.integers(), SCALARS).map(list), st.lists(SCALARS, max_size=4))


def structured() -> st.SearchStrategy[Any]:
    """A document of all of these."""
    members = {"card": cards(), "cards": st.lists(cards(), max_size=2), "source": unions(), "thread": comments(), "log": st.lists(tuples(), max_size=3),
               "by_id": st.dictionaries(IDS, st.one_of(cards(), SCALARS), max_size=3),
               "rates": st.fixed_dictionaries({}, optional={code: st.floats(0, 9) for code in ("USD", "EUR", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN")})}  # fmt: skip
    return st.one_of(
        st.fixed_dictionaries({}, optional=members),
        st.lists(unions(), max_size=30),
        st.dictionaries(IDS, unions()),
        comments(),
    )
