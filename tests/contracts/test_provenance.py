"""Where values of path parameters come from."""

from __future__ import annotations

import pytest

from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.provenance import NOWHERE, parameter_values, provenance, written
from traffic import answer

HOST = "https://api.vendor.example"
IDS = ("cus_9s6XKzkNRiz8i3", "cus_9s6XKzkNRiz8i4")


def test_the_list_that_hands_out_ids_is_named():
    """A value that an answer held and a later URL has came from there: the collection is better than the thing itself."""
    exchanges = [
        answer({"data": [{"id": each} for each in IDS]}, url=f"{HOST}/v1/customers"),
        *(answer({"id": each, "n": 1}, url=f"{HOST}/v1/customers/{each}") for each in IDS),
        answer({"customer": IDS[0]}, url=f"{HOST}/v1/charges"),
    ]
    known = catalogue(learn(exchanges))
    [(operation, evidence)] = [entry for entry in known.entries if entry[0].parameters]
    [values] = parameter_values(evidence).values()
    source = provenance(known).source(operation, values)
    assert source is not None
    assert (source.operation.path, source.path, source.shared, source.of) == ("/v1/customers", "data[].id", 2, 2)
    assert NOWHERE.source(operation, values) is None


def test_short_numbers_prove_nothing():
    """Twelve is in many answers by accident."""
    exchanges = [answer({"count": 12}, url=f"{HOST}/v1/stats"), answer({}, url=f"{HOST}/v1/things/12")]
    known = catalogue(learn(exchanges))
    [(operation, evidence)] = [entry for entry in known.entries if entry[0].parameters]
    assert provenance(known).source(operation, next(iter(parameter_values(evidence).values()))) is None


@pytest.mark.parametrize(
    ("path", "expected"), [("/data/~*/id", "data[].id"), ("/~*/a~1b", "[].a/b"), ("/m/~+/x", "m.<key>.x"), ("", "")]
)
def test_paths_are_written_as_people_do(path, expected):
    """Dots for members, brackets for items."""
    assert written(path) == expected
