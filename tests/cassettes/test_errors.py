"""Errors are values that say whose fault, where, and what next."""

from __future__ import annotations

import contextlib
import errno
import pickle

import pytest

from tapehiss.cassettes.errors import (
    DamagedTape,
    Fault,
    Misuse,
    TapeError,
    VendorError,
    Weather,
    missing_extra,
    remedy_for,
)


def test_equal_facts_are_equal_errors():
    """Tests compare errors, not prose; and the kind of error is part of the value."""
    assert Misuse("a", "b", "c") == Misuse("a", "b", "c")
    assert Misuse("a", "b", "c") != Weather("a", "b", "c")
    assert hash(Misuse("a")) == hash(Misuse("a"))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Misuse("port 80 is taken"), "port 80 is taken"),
        (DamagedTape("not JSON", where="t.yaml:7"), "t.yaml:7: not JSON"),
        (Weather("disk full", "t.yaml", "make room"), "t.yaml: disk full -> make room"),
    ],
)
def test_one_line_says_it_all(error, said):
    """Place, matter and remedy stand on one line; what is unknown takes no room."""
    assert str(error) == said


@pytest.mark.parametrize(
    ("kind", "fault"),
    [(Misuse, Fault.YOURS), (DamagedTape, Fault.TAPE), (VendorError, Fault.VENDOR), (Weather, Fault.WEATHER)],
)
def test_the_kind_says_whose_fault(kind, fault):
    """Nobody searches their own code for the vendor's mistake."""
    assert kind("x").fault is fault


def test_errors_cross_processes():
    """An error keeps its kind and fields when it is pickled."""
    error = DamagedTape("not JSON", "t.yaml:7", "verify")
    assert pickle.loads(pickle.dumps(error)) == error


def test_errors_pass_through_context_managers():
    """Errors can be raised inside ``contextlib`` generators, which assign to them."""

    @contextlib.contextmanager
    def block():
        yield

    with pytest.raises(TapeError), block():
        raise DamagedTape("x")


@pytest.mark.parametrize("code", [*errno.errorcode])
def test_every_error_of_the_system_has_a_remedy(code):
    """An order for whatever errno says; a full disk is not told to look at permissions."""
    remedy = remedy_for(OSError(code, "x"))
    assert remedy
    assert (remedy == "make room, then try again") == (code in {errno.ENOSPC, errno.EDQUOT})


def test_a_missing_extra_names_the_cure():
    """The remedy can be pasted into a shell."""
    assert missing_extra("mitmproxy", "proxy").remedy == "pip install 'tapehiss[proxy]'"
