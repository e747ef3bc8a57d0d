"""Errors of contracts are values that say what to do."""

from __future__ import annotations

import pickle

import pytest

from tapehiss.cassettes.errors import Fault, Misuse
from tapehiss.contracts.errors import DamagedContract, NoEvidence


@pytest.mark.parametrize("kind", [DamagedContract, NoEvidence])
def test_an_error_is_a_value(kind):
    """It says whose fault it is and where, compares equal, and survives pickling."""
    error = kind("it is not so", "a.json", "do this")
    assert isinstance(error, Misuse)
    assert (error.fault, str(error)) == (Fault.YOURS, "a.json: it is not so -> do this")
    assert pickle.loads(pickle.dumps(error)) == error
